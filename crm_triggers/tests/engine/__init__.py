"""The engine, without Odoo."""
