from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.crm_triggers.models.trigger_kinds.happening.crm_trigger_rule import Happened
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestHappeningUndecided(CrmTriggersCommon):
    """Something happened, and a rule could not be decided on: it is noted, and a rule with slow conditions is
    paused, as rules on changes are (line 10). Each fails without ``_note_happened_undecided``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.meeting = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}

    def _create_happening(self, happening, **vals):
        return self._create_rule("happening", happening=happening, name="Slow rule", **vals)

    @contextmanager
    def _slow(self, rule):
        """Let the conditions of a rule take far longer than they may."""
        origin = type(rule)._search_matching

        def search(rules, res_ids):
            if rules == rule and res_ids:
                rules.env.cr.execute("SELECT pg_sleep(5)")
            return origin(rules, res_ids)

        with patch(f"{ISOLATION}.SLOW_SECONDS", 0.2), patch.object(type(rule), "_search_matching", search):
            yield

    def _happen(self, happening, record):
        """Let it happen to a record, as people and customers do."""
        if happening == "activity_done":
            record.activity_schedule(activity_type_id=self.call.id).action_feedback("Done")
        elif happening == "meeting_planned":
            self.env["calendar.event"].create({**self.meeting, "opportunity_id": record.id})
        elif happening == "message_received":
            values = {"message_type": "email", "subtype_xmlid": "mail.mt_comment"}
            record.message_post(body="Hello", author_id=self.partner.id, **values)
        else:  # as an add-on tells of a kind of its own
            item = Happened(record._name, record.id, 1, None, "")
            self.env["crm.trigger.rule"]._note_happened(happening, [item])
        self._new_transaction()

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_slow_conditions_are_noted_and_the_rule_is_paused(self):
        for happening in ("activity_done", "meeting_planned", "message_received", "quotation_viewed"):
            with self.subTest(happening):
                model = "sale.order" if happening == "quotation_viewed" else "crm.lead"
                rule = self._create_happening(happening, model=model)
                sound = self._create_happening(happening, model=model)
                record = self._create_order() if model == "sale.order" else self._create_lead()
                with self._slow(rule):
                    self._happen(happening, record)
                    self.assertEqual(rule.state, "live", "not in the transaction of who saves")
                    self._commit()

                self.assertEqual(rule.run_ids.mapped("stop_reason"), ["undecided"])
                self.assertEqual(rule.run_ids.res_id, record.id)
                self.assertIn("The database took too long", rule.run_ids.error)
                self.assertEqual(rule.state, "paused")
                self.assertIn("Use fewer conditions", rule.activity_ids.note)
                self.assertEqual(len(sound.run_ids), 1)
                self.assertFalse(sound.run_ids.stop_reason)
                (rule | sound).action_draft()
                self._new_transaction()

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_slow_for_once_is_noted_and_the_rule_goes_on(self):
        """A busy machine is no fault of the rule."""
        rule, lead = self._create_happening("activity_done"), self._create_lead()

        with self._slow(rule):
            self._happen("activity_done", lead)
        self._commit()
        self.assertEqual(rule.run_ids.mapped("stop_reason"), ["undecided"])
        self.assertEqual(rule.state, "live")
        self.assertIn("could not evaluate some records", rule.activity_ids.summary)

        self._happen("activity_done", lead)
        self.assertEqual(rule.run_ids.sorted("id").mapped("stop_reason"), ["undecided", False])

    @mute_logger(ISOLATION)
    def test_broken_conditions_are_noted(self):
        rule, lead = self._create_happening("meeting_planned"), self._create_lead()

        with patch.object(type(rule), "_search_matching", side_effect=ZeroDivisionError("odd")):
            self._happen("meeting_planned", lead)

        self.assertStopped(lead, "undecided")
        self.assertIn("odd", rule.run_ids.error)

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_what_the_rule_does_not_wait_for_is_not_noted(self):
        """Another type of activity, done in the same transaction."""
        rule = self._create_happening("activity_done", happening_type_id=self.call.id)
        called, other = self._create_leads(2)
        activities = called.activity_schedule(activity_type_id=self.call.id)
        activities |= other.activity_schedule(activity_type_id=self.todo.id)
        self._new_transaction()

        with self._slow(rule):
            activities.action_feedback("Done")
            self._new_transaction()

        self.assertEqual(rule.run_ids.mapped("res_id"), called.ids)
