from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestArchive(CrmTriggersCommon):
    """A rule in the archive is switched off; what happens meanwhile is history (promise 4).

    It is Monday 2 February 2026, 10:00 in Paris.
    """

    def _create_rules(self, **vals):
        """Return a rule on a date and one that acts on Wednesdays, live."""
        dated = self._create_rule("date", date="date_deadline", trg_date_range_mode="after", trg_date_range=0, **vals)
        return dated | self._create_rule("recurring", recur_weekday="2", filter_domain="[]", **vals)

    def test_rule_out_of_the_archive_is_a_draft_and_switched_on_anew(self):
        """Whichever way it goes in and out. Fails without ``_switch_off`` in ``write``."""
        ways = {
            "buttons": (lambda rules: rules.action_archive(), lambda rules: rules.action_unarchive()),
            "write": (lambda rules: rules.write({"active": False}), lambda rules: rules.write({"active": True})),
            "numbers": (lambda rules: rules.write({"active": 0}), lambda rules: rules.write({"active": 1})),
        }
        lead = self._create_lead(date_deadline="2026-02-03")
        for name, (archive, restore) in ways.items():
            with self.subTest(way=name):
                self._move_to("2026-02-02 09:00:00")
                rules = self._create_rules().with_user(self.manager)
                archive(rules)
                self._run_until("2026-02-05 09:00:00")
                restore(rules)
                self._run_until("2026-02-05 09:05:00")
                self.assertEqual(rules.mapped("state"), ["draft", "draft"])

                rules.action_activate()
                self._run_until("2026-02-05 09:10:00")

                self.assertFalse(self._get_runs(lead))
                rules.action_draft()

    def test_what_it_had_planned_is_offered_when_it_is_switched_on_again(self):
        steps = [self._task("1", sequence=1), self._task("2", sequence=2, delay_count=3)]
        rule = self._create_rule("date", steps, date="date_deadline", trg_date_range=5)
        lead = self._create_lead(date_deadline="2026-02-06")
        self._run_worker()
        rule = rule.with_user(self.manager)
        rule.action_archive()
        self.assertStopped(lead, "rule_closed")
        rule.action_unarchive()

        action = rule.action_switch_on()
        dialog = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertEqual(dialog.existing_ids, lead.ids)
        dialog.scope = "existing"
        dialog.action_switch_on()
        self._run_until("2026-02-05 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])

    def test_rule_that_was_activated_in_the_archive_comes_out_as_a_draft(self):
        rules = self._create_rules()
        rules.action_archive()
        rules.action_activate()
        self.assertTrue(rules.write({"active": True}))

        self.assertEqual(rules.mapped("state"), ["draft", "draft"])

    def test_other_changes_leave_a_live_rule_live(self):
        rules = self._create_rules()
        rules.write({"active": True, "name": "Another"})

        self.assertEqual(rules.mapped("state"), ["live", "live"])

    def test_rules_of_a_company_that_is_restored_are_switched_on_anew(self):
        """They were paused, with plans as old as the archive. Fails without ``write`` of res.company."""
        company = self.env["res.company"].create({"name": "Closed"})
        rules = self._create_rules(company_id=company.id, user=self.env.user)
        other = self._create_rules()
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "company_id": company.id,
                "date_deadline": "2026-02-03",
                "team_id": False,
                "user_id": False,
            }
        )
        company.active = False
        self._run_until("2026-02-02 10:00:00")
        self.assertEqual(rules.mapped("state"), ["paused", "paused"])
        self._run_until("2026-02-05 09:00:00")
        company.active = True
        self.assertEqual(rules.mapped("state"), ["draft", "draft"])
        rules.action_activate()
        self._run_until("2026-02-05 09:05:00")

        self.assertFalse(self._get_runs(lead))
        self.assertEqual(other.mapped("state"), ["live", "live"])
