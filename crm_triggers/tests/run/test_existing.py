from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestExisting(CrmTriggersCommon):
    """Switching a rule on touches no existing record unless the person chose so after seeing the
    list and the count (promise 4)."""

    def setUp(self):
        super().setUp()
        self.rule = self._rule_on_offer(activate=False).with_user(self.manager)
        self.lead = self._create_lead(name="Chairs", stage_id=self.stage_offer.id)
        self.other = self._create_lead(name="Tables", stage_id=self.stage_offer.id, expected_revenue=9000)
        self._create_lead(name="Elsewhere")

    def _open_dialog(self, rule=None):
        action = (rule or self.rule).action_switch_on()
        return self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])

    def _take_in(self, rule=None, **vals):
        dialog = self._open_dialog(rule)
        dialog.write({"scope": "existing", **vals})
        dialog.action_switch_on()
        self._commit()

    def test_dialog_shows_list_and_count_and_changes_nothing(self):
        dialog = self._open_dialog()

        self.assertEqual((dialog.existing_count, dialog.record_count, dialog.scope), (2, 2, "new"))
        self.assertIn("Chairs", dialog.record_names)
        self.assertNotIn("Elsewhere", dialog.record_names)
        self.assertEqual(self.rule.state, "draft")

    def test_by_default_nothing_that_is_so_already_fires(self):
        self._open_dialog().action_switch_on()
        self._commit()
        self._run_sweep()

        self.assertEqual(self.rule.state, "live")
        self.assertFalse(self._get_runs(self.lead | self.other))

    def test_chosen_records_are_acted_upon_once(self):
        self._take_in()
        self._run_sweep()
        self._run_worker()

        self.assertExecutions(self.lead | self.other, [("Call", "done"), ("Call", "done")])
        self.assertEqual(self._get_runs(self.lead).user_id, self.manager)

    def test_only_those_that_meet_a_condition_are_taken_in(self):
        self._take_in(narrow_domain="[('expected_revenue', '>', 5000)]")

        self.assertFalse(self._get_runs(self.lead))
        self.assertExecutions(self.other, [("Call", "done")])

    def test_dialog_follows_the_condition_while_it_is_edited(self):
        with Form(self._open_dialog()) as form:
            form.scope = "existing"
            form.narrow_domain = "[('expected_revenue', '>', 5000)]"
            self.assertEqual(form.record_count, 1)

    def test_condition_that_cannot_be_used_is_refused(self):
        dialog = self._open_dialog()
        for domain in ("[('nothing', '=', 1)]", "[('user_id', '=', uid)]"):
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, "Only those with"):
                dialog.narrow_domain = domain

    def test_record_that_is_so_no_longer_is_left_alone(self):
        """Never stale (promise 7): between the list and the button it moved on."""
        dialog = self._open_dialog()
        self._drag(self.lead, self.stage_later)
        dialog.scope = "existing"
        dialog.action_switch_on()
        self._commit()

        self.assertFalse(self._get_runs(self.lead))
        self.assertExecutions(self.other, [("Call", "done")])

    def test_nobody_is_asked_when_nothing_is_so_or_that_is_no_question(self):
        """Nor when a paused rule is resumed."""
        scenario, created = (self._create_rule(trigger, activate=False) for trigger in ("manual", "create"))
        for rule in (scenario, created):
            self.assertIsNone(rule.with_user(self.manager).action_switch_on())
            self.assertEqual(rule.state, "live")
        (self.lead | self.other).sudo().unlink()

        self.assertIsNone(self.rule.action_switch_on())
        self._create_lead(stage_id=self.stage_offer.id)
        self.rule.action_pause()
        self.assertIsNone(self.rule.action_switch_on())

    def test_rule_that_cannot_work_says_so_before_asking(self):
        self.rule.step_ids.unlink()

        with self.assertRaisesRegex(UserError, "no step"):
            self.rule.action_switch_on()

    def test_what_the_rule_did_already_is_not_offered_again(self):
        self._take_in()
        self.rule.action_draft()
        new = self._create_lead(stage_id=self.stage_offer.id)

        self.assertEqual(self._open_dialog().existing_ids, new.ids)

    def test_dates_that_passed_are_offered_and_fire_once(self):
        """Future dates are left to the clock; fails without the date in ``_enter``."""
        self.lead.date_deadline, self.other.date_deadline = "2026-01-10", "2026-02-20"
        rule = self._create_rule(
            "date", date="date_deadline", activate=False, late_days=3, filter_domain=[("type", "=", "opportunity")]
        ).with_user(self.manager)
        self._new_transaction()

        self.assertEqual(self._open_dialog(rule).existing_ids, self.lead.ids)
        self._take_in(rule)
        for _time in range(2):
            self._run_sweep()
            self._run_worker()

        self.assertExecutions(self.lead, [("Call", "done")])
        self.assertEqual(self._get_runs(self.lead).date_value, "2026-01-10")
        self.assertFalse(self._get_runs(self.other))

    def test_date_that_is_due_today_is_no_question(self):
        """The clock acts on it, whichever option is chosen. Fails without ``news`` in ``_search_existing_matches``."""
        self.lead.date_deadline, self.other.date_deadline = "2026-02-02", "2026-02-01"
        rule = self._create_rule(
            "date", date="date_deadline", activate=False, filter_domain=[("type", "=", "opportunity")]
        ).with_user(self.manager)
        self._new_transaction()
        dialog = self._open_dialog(rule)
        self.assertEqual(dialog.existing_ids, self.other.ids)
        dialog.action_switch_on()
        self._run_sweep()
        self._run_worker()

        self.assertExecutions(self.lead, [("Call", "done")])
        self.assertFalse(self._get_runs(self.other))

    def test_many_are_taken_in_by_the_clock_and_the_rule_shows_how_far_it_is(self):
        """Fails without the backlog among the sweeps."""
        with patch("odoo.addons.crm_triggers.models.run.existing.SWEEP_BATCH", 1):
            self._take_in()
        self.assertEqual((self.rule.backlog_done, self.rule.backlog_count), (0, 2))
        self.rule.sudo()._enter_backlog(1)
        self.rule.invalidate_recordset()
        self.assertEqual((self.rule.backlog_done, self.rule.backlog_count), (1, 1))
        self._run_sweep()
        self._run_worker()

        self.assertExecutions(self.lead | self.other, [("Call", "done"), ("Call", "done")])
        self.assertEqual(self.rule.backlog_count, 0)

    def test_rule_that_is_switched_off_takes_nothing_in_any_more(self):
        """Fails without ``_forget`` in ``_stop_all``."""
        with patch("odoo.addons.crm_triggers.models.run.existing.SWEEP_BATCH", 1):
            self._take_in()
        self.rule.action_draft()
        self.rule.action_activate()
        self._run_sweep()

        self.assertFalse(self._get_runs(self.lead | self.other))

    def test_too_many_are_refused(self):
        with patch("odoo.addons.crm_triggers.models.run.existing.MANY", 1):
            dialog = self._open_dialog()
            dialog.scope = "existing"
            with self.assertRaisesRegex(UserError, "Add a filter"):
                dialog.action_switch_on()

    def test_manager_takes_in_only_what_he_may_read(self):
        """Numbers given by hand reach no record of another company (promise 8)."""
        hidden = self._create_lead(stage_id=self.stage_offer.id)
        hidden.sudo().write({"company_id": self.company_b.id, "user_id": self.zoe.id, "team_id": False})
        self._new_transaction()
        dialog = self._open_dialog()
        dialog.write({"scope": "existing", "existing_ids": [*dialog.existing_ids, hidden.id]})
        dialog.action_switch_on()
        self._commit()

        self.assertFalse(self._get_runs(hidden))
        self.assertTrue(self._get_runs(self.lead))

    def test_salesperson_switches_nothing_on(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.sam).action_switch_on()
        with self.assertRaises(AccessError):
            self.env["crm.trigger.activation"].with_user(self.sam).create({"rule_id": self.rule.id})

    def test_queries_do_not_grow_with_the_records(self):
        self._create_leads(200, stage_id=self.stage_offer.id)
        dialog = self._open_dialog()
        dialog.scope = "existing"
        self.env.flush_all()
        with self.assertQueryCount(100):
            dialog.action_switch_on()
            self.env.flush_all()
