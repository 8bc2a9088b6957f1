from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase
from odoo.tests.test_cursor import TestCursor

from .checking import Checking

START = "2026-02-02 09:00:00"  # a Monday, ten o'clock in Paris


def code_step(code):
    """Return an administrator's step; ``code`` runs for each ``record``."""
    lines = "".join(f"\n    {line}" for line in code.splitlines())
    return {"kind": "other", "name": "Code", "state": "code", "code": f"for record in records:{lines}"}


class CrmTriggersCommon(Checking, TransactionCase):
    """A company in Paris and another one, their salespeople, frozen time, and builders.

    A test is one PostgreSQL transaction. :meth:`_new_transaction` does what a commit does for the rules: they
    decide on what was captured, and what follows happens at another time.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clock = cls.enterClassContext(freeze_time(START))
        cls._rest_rules()
        cls.company = cls.env.company
        cls.company.partner_id.tz = "Europe/Paris"
        cls.company_b = cls.env["res.company"].create({"name": "Lyon", "currency_id": cls.company.currency_id.id})
        salesman = "base.group_user,sales_team.group_sale_salesman"
        cls.admin = cls.env.ref("base.user_admin")
        cls.manager, cls.sam, cls.tom, cls.zoe = cls._create_users(
            ("mona", "base.group_user,sales_team.group_sale_manager", cls.company),
            ("sam", salesman, cls.company),
            ("tom", salesman, cls.company),
            ("zoe", salesman, cls.company_b),
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Paris", "user_id": cls.manager.id, "company_id": cls.company.id, "member_ids": cls.sam.ids}
        )
        cls.stage_new, cls.stage_offer, cls.stage_later = cls.env["crm.stage"].create(
            [{"name": name, "sequence": sequence} for sequence, name in enumerate(("New", "Offer", "Later"), 1)]
        )
        cls.partner = cls.env["res.partner"].create({"name": "Ada", "email": "ada@example.com", "user_id": cls.sam.id})
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        desk = {"name": "Desk", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        cls.product = cls.env["product.product"].create(desk)

    @classmethod
    def _rest_rules(cls):
        """Switch off the existing rules of the database: of an example, or of demo data."""
        return cls.env["crm.trigger.rule"].search([("state", "!=", "draft")]).action_draft()

    @classmethod
    def _create_user(cls, login, groups, company=None):
        return cls._create_users((login, groups, company or cls.company))

    @classmethod
    def _create_users(cls, *people):
        """Create users together and without invitation emails, as nearly every class needs some.

        :param people: ``(login, groups, company)``
        """
        values = [
            {
                "login": f"crm_triggers_{login}",
                "password": f"crm_triggers_{login}",
                "group_ids": [Command.set([cls.env.ref(group).id for group in groups.split(",")])],
                "name": login.capitalize(),
                "email": f"{login}@company.example.com",
                "tz": "Europe/Paris",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
            for login, groups, company in people
        ]
        return cls.env["res.users"].with_context(no_reset_password=True).create(values).with_env(cls.env)

    def setUp(self):
        super().setUp()
        self.clock.move_to(START)
        self._new_transaction()

    # Time

    def _new_transaction(self):
        """End the transaction as a commit does, without what runs after it."""
        self.env.cr.flush()
        self.env.invalidate_all()
        self.env.cr.cache.clear()
        self.clock.tick(timedelta(microseconds=1))
        self.env.cr._now = datetime.now()

    def _commit(self):
        """End the transaction as a commit does, and run what waits for it."""
        self._new_transaction()
        with self._other_cursors():
            self.env.cr.postcommit.run()
        self._new_transaction()

    def _run_worker(self):
        self._run_cron("crm_triggers.ir_cron_execute")

    def _run_sweep(self):
        self._run_cron("crm_triggers.ir_cron_sweep")

    def _run_cron(self, xmlid):
        self._new_transaction()
        with self._other_cursors():
            self.env.ref(xmlid).method_direct_trigger()
        self._new_transaction()

    @contextmanager
    def _other_cursors(self):
        """Let code open separate cursors, whose time advances at each commit like that of real ones."""
        commit_origin = TestCursor.commit

        def commit(cr):
            commit_origin(cr)
            self.clock.tick(timedelta(microseconds=1))
            cr._now = None

        with self.enter_registry_test_mode(), patch.object(TestCursor, "commit", commit):
            yield

    def _move_to(self, moment):
        self._new_transaction()
        self.clock.move_to(moment)
        self._new_transaction()

    def _run_until(self, moment):
        """Run both scheduled actions once, at that moment (naive UTC)."""
        self._move_to(moment)
        self._run_sweep()
        self._run_worker()

    # Builders

    def _create_rule(
        self, trigger="match", steps=None, *, model="crm.lead", date=None, activate=True, user=None, **vals
    ):
        """Return a rule created by the sales manager, live by default.

        :param list steps: values of the steps; an activity by default
        :param str date: name of the field of a date rule
        :param user: another creator; code steps are created by the administrator
        """
        for name in ("filter_domain", "filter_pre_domain", "stop_domain", "exclude_domain"):
            if name in vals:
                vals[name] = str(vals[name])
        if date:
            vals["trg_date_id"] = self.env["ir.model.fields"]._get(model, date).id
        rule = (
            self.env["crm.trigger.rule"]
            .with_user(user or self.manager)
            .create(
                {
                    "name": "Rule",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "trigger": trigger,
                    "step_ids": [Command.create(step) for step in steps or [self._task()]],
                    **vals,
                }
            )
        )
        if activate:
            rule.action_activate()
            self._new_transaction()
        return rule.sudo()

    def _task(self, summary="Call", **vals):
        values = {"kind": "activity", "name": summary, "activity_type_id": self.todo.id, "activity_summary": summary}
        return {**values, **vals}

    def _update(self, path, value, **vals):
        return {"kind": "update", "name": "Update", "update_path": path, "value": str(value), **vals}

    def _note(self, text="Look here", **vals):
        return {"kind": "note", "name": "Note", "message_body": f"<p>{text}</p>", **vals}

    def _code(self, code, **vals):
        return {**code_step(code), **vals}

    def _mail(self, template, **vals):
        return {"kind": "mail", "name": "Mail", "template_id": template.id, **vals}

    def _create_template(self, model="crm.lead", **vals):
        return self.env["mail.template"].create(
            {
                "name": "Template",
                "model_id": self.env["ir.model"]._get_id(model),
                "subject": "Hello",
                "body_html": "<p>Hello</p>",
                "partner_to": "{{ object.partner_id.id }}",
                "use_default_to": False,
                "lang": "{{ object.partner_id.lang }}",
                "auto_delete": False,
                **vals,
            }
        )

    def _create_leads(self, count, **vals):
        """Return opportunities that Sam entered in a separate transaction."""
        values = {
            "type": "opportunity",
            "partner_id": self.partner.id,
            "user_id": self.sam.id,
            "team_id": self.team.id,
            "company_id": self.company.id,
            "stage_id": self.stage_new.id,
            **vals,
        }
        leads = self.env["crm.lead"].with_user(self.sam).create([{"name": f"Lead {i}", **values} for i in range(count)])
        self._new_transaction()
        return leads

    def _create_lead(self, **vals):
        return self._create_leads(1, **vals)

    def _create_order(self, **vals):
        """Return a quotation for 100 that Sam entered in a separate transaction."""
        values = {
            "partner_id": self.partner.id,
            "user_id": self.sam.id,
            "team_id": self.team.id,
            "order_line": [Command.create({"product_id": self.product.id, "price_unit": 100})],
            **vals,
        }
        order = self.env["sale.order"].with_user(self.sam).create(values)
        self._new_transaction()
        return order

    def _create_invoice(self, **vals):
        """Return a draft invoice for 100, of Sam's."""
        values = {
            "move_type": "out_invoice",
            "partner_id": self.partner.id,
            "invoice_user_id": self.sam.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create({"name": "Desk", "price_unit": 100, "tax_ids": False})],
            **vals,
        }
        return self.env["account.move"].create(values)

    def _create_posted(self, **vals):
        """Return such an invoice, posted in a separate transaction."""
        invoice = self._create_invoice(**vals)
        invoice.action_post()
        self._new_transaction()
        return invoice

    def _pay(self, invoice, **vals):
        """Pay an invoice, completely by default, in a separate transaction."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        self.env["account.payment.register"].with_context(**context).create(vals)._create_payments()
        self._new_transaction()

    def _drag(self, leads, stage):
        """Drag cards to another stage, as the salesperson, in a separate transaction."""
        leads.write({"stage_id": stage.id})
        self._new_transaction()

    def _rule_on_offer(self, steps=None, **vals):
        """Return a rule on reaching the stage "Offer"."""
        return self._create_rule(steps=steps, filter_domain=[("stage_id", "=", self.stage_offer.id)], **vals)

    def _rule_before_deadline(self, count=30, steps=None, **vals):
        """Return a rule n days before the expected closing, at eight o'clock in Paris."""
        return self._create_rule(
            "date", steps, date="date_deadline", trg_date_range=count, trg_date_range_mode="before", **vals
        )
