"""A kind of step of an add-on: add followers."""

from . import crm_trigger_step
