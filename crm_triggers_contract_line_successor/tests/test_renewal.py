import ast

from odoo import fields
from odoo.addons.crm_triggers_contract.tests.common import ContractCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestRenewal(ContractCommon):
    """Lines that renew themselves have their end moved on the day of notice, a month before it
    by default: rules count from the notice for them, from the end for the others."""

    def _activate(self, name):
        """Return a rule that an administrator created from a template and activated."""
        ready = self.env.ref(f"crm_triggers_contract_line_successor.{name}").with_user(self.admin)
        ready = ready.with_company(self.company)
        rule = ready.browse(ready.action_use()["res_id"])
        rule.action_activate()
        self._new_transaction()
        return rule.sudo()

    def _create_renewing(self, date_end="2026-04-01", **vals):
        return self._create_contract(False, [self._line(date_end, is_auto_renew=True, **vals)])

    def _renew(self):
        self._run_cron("contract_line_successor.contract_line_cron_for_renew")

    def _run_days(self, *moments):
        """Let the renewal run each day before our clock, as it may."""
        for moment in moments:
            self._move_to(moment)
            self._renew()
            self._run_sweep()
            self._run_worker()

    def test_renewing_line_asks_to_renegotiate_once_before_its_notice_and_again_next_year(self):
        """K47, K52: notice on 1 March, 15 days before is 14 February. Fails if counted from the
        end: the renewal moves it first."""
        self._activate("rule_line_notice")
        contract = self._create_renewing()
        line = contract.contract_line_ids

        self._run_days("2026-02-13 23:59", "2026-02-14 08:01", "2026-02-20 08:01", "2026-02-28 08:01")
        self.assertExecutions(line, [("Plan the renegotiation, due on the day of notice", "done")])
        self.assertEqual(contract.sudo().activity_ids.date_deadline, fields.Date.to_date("2026-03-01"))

        self._run_days("2026-03-01 08:01", "2026-03-02 08:01", "2026-03-10 08:01")
        self.assertEqual(line.date_end, fields.Date.to_date("2027-04-01"))
        self.assertEqual(len(self._get_runs(line)), 1)
        self._run_days("2027-02-14 08:01", "2027-02-15 08:01")

        self.assertEqual(self._get_runs(line).mapped("date_value"), ["2026-03-01", "2027-03-01"])

    def test_rule_on_the_end_misses_a_line_that_renews_itself(self):
        """Why the ready rules count from the notice: with thirty days it is renewed first."""
        self._rule_before_end(model="contract.line", days=30)
        line = self._create_renewing().contract_line_ids

        self._run_days("2026-03-01 08:01", "2026-03-02 08:01", "2026-03-03 08:01")

        self.assertFalse(self._get_runs(line))

    def test_renewal_by_a_new_line_leaves_the_old_one_and_asks_about_the_new_one(self):
        self.company.create_new_line_at_contract_line_renew = True
        self._activate("rule_line_notice")
        self._activate("rule_line_ends")
        contract = self._create_renewing()
        old = contract.contract_line_ids

        self._run_days("2026-02-14 08:01", "2026-03-01 08:01", "2026-03-02 08:01", "2027-02-14 08:01")

        new = contract.contract_line_ids - old
        self.assertEqual(old.successor_contract_line_id, new)
        self.assertEqual(self._get_runs(old).mapped("date_value"), ["2026-03-01"])
        self.assertEqual(self._get_runs(new).mapped("date_value"), ["2027-03-01"])

    def test_plan_of_a_renewed_line_stops(self):
        """Promise 7. A step that waits until after the notice is of no use any more."""
        self._rule_before_end(
            [self._task("Call", delay_count=3)], model="contract.line", date="termination_notice_date", days=2
        )
        line = self._create_renewing().contract_line_ids

        self._run_days("2026-02-27 08:01", "2026-03-01 08:01", "2026-03-02 08:01")

        self.assertStopped(line, "date_moved")
        self.assertExecutions(line, [("Call", "cancel")])

    def test_line_renewed_by_hand_counts_from_its_end(self):
        self._activate("rule_line_ends")
        self._activate("rule_line_notice")
        contract = self._create_contract("2026-04-01")

        self._run_days("2026-02-14 08:01", "2026-03-02 08:01", "2026-03-03 08:01")

        self.assertEqual(self._get_runs(contract.contract_line_ids).mapped("date_value"), ["2026-04-01"])
        self.assertEqual(contract.sudo().activity_ids.date_deadline, fields.Date.to_date("2026-04-01"))

    def test_line_that_has_a_successor_or_is_cancelled_never_fires(self):
        self._activate("rule_line_ends")
        contract = self._create_contract(False, [self._line("2026-04-01"), self._line("2026-04-01")])
        followed, cancelled = contract.contract_line_ids
        followed.plan_successor(fields.Date.to_date("2026-04-02"), fields.Date.to_date("2027-04-01"), False)
        cancelled.cancel()

        self._run_days("2026-03-02 08:01")

        self.assertFalse(self._get_runs(followed | cancelled))

    def test_line_cancelled_later_stops_its_plan(self):
        rule = self.env.ref("crm_triggers_contract_line_successor.rule_line_ends")
        self._rule_before_end(
            [self._task("Renew", delay_count=5)], model="contract.line", filter_domain=rule.filter_domain
        )
        line = self._create_contract("2026-04-01").contract_line_ids
        self._run_days("2026-03-02 08:01")

        line.cancel()
        self._new_transaction()

        self.assertStopped(line, "unmatched")

    def test_contract_header_counts_if_all_lines_are_renewed_by_hand(self):
        """Its end is computed from the lines. One line that renews itself takes it out."""
        self._activate("rule_contract_ends")
        by_hand = self._create_contract(False, [self._line("2026-03-20"), self._line("2026-04-01")])
        mixed = self._create_contract(False, [self._line("2026-04-01"), self._line("2026-04-01", is_auto_renew=True)])

        self._run_days("2026-02-28 08:01")
        self._run_until("2026-03-02 08:01")

        self.assertEqual(self._get_runs(by_hand).mapped("date_value"), ["2026-04-01"])
        self.assertFalse(self._get_runs(mixed))

    def test_header_whose_end_moves_by_renewal_of_its_line_is_captured(self):
        """The contract is changed without ``write``. Fails without ``base._write_multi``."""
        self._rule_before_end([self._task("Renew", delay_count=10)], days=45)
        contract = self._create_renewing()
        self._run_days("2026-02-15 08:01")
        self.assertExecutions(contract, [("Renew", "scheduled")])

        self._move_to("2026-03-01 08:01")
        self._renew()

        self.assertStopped(contract, "date_moved")

    def test_new_rules_leave_out_lines_that_go_on_in_another(self):
        conditions = self.env["crm.trigger.rule"]._get_initial_conditions("contract.line")

        self.assertIn(("successor_contract_line_id", "=", False), ast.literal_eval(conditions))
        self.env["contract.line"].search(ast.literal_eval(conditions), limit=1)

    def test_terminated_contract_stops_its_plans(self):
        """With ``contract_termination``, which is in the tests' database: lines stop and the end
        moves to that day, or the contract leaves the conditions."""
        reason = self.env["contract.terminate.reason"].create({"name": "Gone", "terminate_comment_required": False})
        self.accountant.group_ids += self.env.ref("contract_termination.can_terminate_contract")
        conditions = self.env["crm.trigger.rule"]._get_initial_conditions("contract.contract")
        self._rule_before_end([self._task("Renew", delay_count=5)], filter_domain=conditions)
        earlier, same_day = self._create_contract("2026-04-01"), self._create_contract("2026-04-01")
        self._run_days("2026-03-02 08:01")
        self.assertExecutions(earlier | same_day, [("Renew", "scheduled")] * 2)

        for contract, day in ((earlier, "2026-03-20"), (same_day, "2026-04-01")):
            contract.with_user(self.accountant)._terminate_contract(reason, False, fields.Date.to_date(day))
            self._new_transaction()

        self.assertEqual(self._get_runs(earlier).stop_reason, "date_moved")
        self.assertEqual(self._get_runs(same_day).stop_reason, "unmatched")
