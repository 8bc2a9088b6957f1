from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMoment(CrmTriggersCommon):
    """Promise 7: what counts is how things are when a step is carried out, not when it was planned."""

    def _plan(self, step, **vals):
        """Return a lead on which the step is planned for the 5th."""
        self._rule_on_offer([{**step, "delay_count": 3}], **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        return lead.sudo()

    def test_task_goes_to_the_salesperson_of_the_moment(self):
        lead = self._plan(self._task())

        lead.user_id = self.tom
        self._run_until("2026-02-05 10:00")

        self.assertEqual(lead.activity_ids.user_id, self.tom)

    def test_step_runs_in_the_company_of_the_moment(self):
        """Fails without ``_get_companies`` in ``_act``."""
        step = self._code("record['referred'] = env.company.name")
        lead = self._plan(step, user=self.admin, company_id=False)

        lead.write({"team_id": False, "user_id": False})
        lead.company_id = self.company_b
        self._run_until("2026-02-05 10:00")

        self.assertEqual(lead.referred, "Lyon")

    def test_rule_leaves_a_record_that_went_to_another_company(self):
        """Also when it goes on whatever happens to its conditions. Fails without ``_get_elsewhere``."""
        lead = self._plan(self._task(), keep_matching=False)

        lead.write({"team_id": False, "user_id": False})
        lead.company_id = self.company_b
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "unmatched")

    def test_rule_changed_meanwhile_is_the_rule_of_the_moment(self):
        lead = self._plan(self._task())

        rule = self._get_runs(lead).rule_id
        rule.step_ids.with_user(self.manager).write({"activity_summary": "Write", "responsible": "leader"})
        self._run_until("2026-02-05 10:00")

        self.assertRecordValues(lead.activity_ids, [{"summary": "Write", "user_id": self.manager.id}])

    def test_rule_paused_or_archived_meanwhile_does_nothing(self):
        for switch in ("action_pause", "action_archive"):
            with self.subTest(switch=switch):
                lead = self._plan(self._task())

                getattr(self._get_runs(lead).rule_id.with_user(self.manager), switch)()
                self._run_until("2026-02-05 10:00")

                self.assertFalse(lead.activity_ids)
                self._move_to("2026-02-02 09:00:00")
