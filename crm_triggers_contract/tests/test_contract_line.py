from odoo import fields
from odoo.addons.crm_triggers.models.catalog.lost import find_lost
from odoo.addons.mail.tests.common import MailCase
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractLine(ContractCommon, MailCase):
    """Lines of a contract have neither chatter nor activities: their contract has."""

    def _rule_on_lines(self, steps=None, **vals):
        return self._rule_before_end(steps, model="contract.line", **vals)

    def _create_ten(self, date_end="2026-04-01", count=10):
        return self._create_contract(
            False, [self._line(date_end, name=f"Line {number}", sequence=number) for number in range(count)]
        )

    def test_ten_lines_that_end_together_are_one_activity_on_their_contract(self):
        """K47, K49. Fails without ``first.setdefault`` in ``_act_jointly``, and without the
        bridge's ``_get_document_fields``."""
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # otherwise they are skipped
        self._rule_on_lines()
        contract = self._create_ten()
        lines = contract.contract_line_ids

        self._run_until("2026-03-02 07:01")

        activity = contract.sudo().activity_ids
        self.assertRecordValues(activity, [{"summary": "Renew", "user_id": self.sam.id}])
        for line in lines:
            self.assertIn(line.name, activity.note)
        executions = self._get_executions(lines)
        self.assertEqual(executions.mapped("state"), ["done"] * 10)
        self.assertEqual(set(executions.mapped("result_id")), {activity.id})
        self.assertEqual(executions.mapped("together_id"), executions[0])
        self.assertEqual(executions[1].together_name, lines[0].display_name)
        self.assertEqual(executions.mapped("partner_id"), self.partner)
        self.assertEqual(executions.mapped("company_id"), self.company)

    def test_lines_in_several_batches_are_one_activity(self):
        """The worker claims fifty at a time. Fails without ``_search_made`` in ``_act_jointly``."""
        self._rule_on_lines()
        contract = self._create_ten(count=60)

        self._run_until("2026-03-02 07:01")

        self.assertEqual(len(contract.sudo().activity_ids), 1)
        self.assertEqual(contract.sudo().activity_ids.note.count("<li>"), 60)
        self.assertEqual(set(self._get_executions(contract.contract_line_ids).mapped("state")), {"done"})

    def test_lines_that_end_on_two_days_are_two_activities(self):
        """Both found at once, after an outage."""
        self._rule_on_lines()
        contract = self._create_contract(
            False, [self._line("2026-04-01"), self._line("2026-04-01"), self._line("2026-04-02")]
        )

        self._run_until("2026-03-04 07:01")

        self.assertEqual(len(contract.sudo().activity_ids), 2)

    def test_lines_that_end_on_two_days_are_two_mails(self):
        """Found at once, and of one contract: two mails, made one after the other, since a batch of
        Odoo's templates gives the reports of a record to its first mail only. Fails without
        ``seen`` in ``_take_turns``."""
        template = self.env.ref("crm_triggers_contract.mail_template_contract_renewal")
        self._rule_on_lines([self._mail(template)])
        contract = self._create_contract(False, [self._line("2026-04-01"), self._line("2026-04-02")])

        with self.mock_mail_gateway():
            self._run_until("2026-03-04 07:01")

        lines = self._get_executions(contract.contract_line_ids)
        self.assertEqual(lines.mapped("state"), ["done", "done"])
        self.assertEqual(len(set(lines.mapped("result_id"))), 2)
        step = lines.step_id
        turns = step._take_turns(lines, step._get_targets(step._get_records(lines)))
        self.assertEqual([len(turn) for turn in turns], [1, 1])
        self.assertEqual(len(self._new_mails.filtered(lambda mail: mail.recipient_ids == self.partner)), 2)

    def test_lines_of_two_contracts_are_two_activities(self):
        self._rule_on_lines()
        one, other = self._create_ten(count=2), self._create_ten(count=2)

        self._run_until("2026-03-02 07:01")

        self.assertEqual([len(contract.sudo().activity_ids) for contract in (one, other)], [1, 1])

    def test_line_entered_later_joins_the_activity_while_it_is_open(self):
        """K52."""
        self._rule_on_lines()
        contract = self._create_ten(count=2)
        self._run_until("2026-03-02 07:01")

        self._add_line(contract, "Added")
        self._run_worker()
        self.assertIn("Added", contract.sudo().activity_ids.note)
        contract.sudo().activity_ids.action_done()
        self._add_line(contract, "Too late for that one")
        self._run_worker()

        self.assertEqual(len(contract.sudo().activity_ids), 1)
        self.assertEqual(contract.sudo().activity_ids.note.count("<li>"), 1)
        self.assertEqual(len(self._get_executions(contract.contract_line_ids).filtered("together_id")), 2)

    def _add_line(self, contract, name):
        contract.contract_line_ids = [Command.create(self._line("2026-04-01", name=name))]
        self._new_transaction()

    def test_lines_are_an_activity_each_if_one_wants_it(self):
        self._rule_on_lines([self._task("Renew", together=False)])
        contract = self._create_ten(count=3)

        self._run_until("2026-03-02 07:01")

        notes = contract.sudo().activity_ids.mapped("note")
        self.assertEqual([note.count("<li>") for note in notes], [1, 1, 1])

    def test_ten_lines_are_one_note_and_one_mail_of_their_contract(self):
        """K50, K53. Mails are sent once whatever the option."""
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # otherwise they are skipped
        template = self.env.ref("crm_triggers_contract.mail_template_contract_renewal")
        self._rule_on_lines([self._note("They end"), self._mail(template, together=False)])
        contract = self._create_ten()

        with self.mock_mail_gateway():
            self._run_until("2026-03-02 07:01")

        note = contract.sudo().message_ids.filtered(lambda message: "They end" in message.body)
        self.assertEqual((len(note), note.body.count("<li>")), (1, 10))
        self.assertEqual(note.notified_partner_ids, self.sam.partner_id)
        mails = self._new_mails.filtered(lambda mail: mail.recipient_ids == self.partner)
        self.assertRecordValues(mails, [{"model": "contract.contract", "res_id": contract.id}])
        self.assertEqual(mails.author_id, self.sam.partner_id)
        self.assertEqual(set(self._get_executions(contract.contract_line_ids).mapped("state")), {"done"})

    def test_lines_of_a_customer_without_address_skip_the_mail_all_alike(self):
        """Promise 5."""
        self.partner.email = False
        template = self.env.ref("crm_triggers_contract.mail_template_contract_renewal")
        self._rule_on_lines([self._mail(template)])
        contract = self._create_ten(count=2)

        self._run_until("2026-03-02 07:01")

        executions = self._get_executions(contract.contract_line_ids)
        self.assertEqual(executions.mapped("skip_reason"), ["no_recipient"] * 2)
        self.assertFalse(any(executions.mapped("joint_key")))

    def test_cancelled_line_and_heading_never_fire(self):
        """With the conditions a new rule begins with."""
        conditions = self._begin_rule("contract.line").filter_domain
        self._rule_on_lines(filter_domain=conditions)
        contract = self._create_contract(
            False,
            [
                self._line("2026-04-01", is_canceled=True),
                {"display_type": "line_section", "name": "Heading"},
                self._line("2026-04-01", name="Sound"),
            ],
        )

        self._run_until("2026-03-02 07:01")

        self.assertEqual(self._get_runs(contract.contract_line_ids).mapped("record_name"), ["2025-03-01 - Sound"])

    def _begin_rule(self, model_name):
        """Return a rule that the manager begins in the form by choosing what it is for."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.name = "New"
        form.model_id = self.env["ir.model"]._get(model_name)
        return form.save()

    def test_manager_finds_contract_lines_among_what_rules_are_for(self):
        models = self.env["ir.model"].with_user(self.manager).with_context(crm_trigger_names=True)
        field = self.env["crm.trigger.rule"]._fields["model_id"]

        found = models.search(field.domain(self.env["crm.trigger.rule"])).filtered(
            lambda model: model.model == "contract.line"
        )

        self.assertEqual(found.display_name, "Contract line")

    def test_contract_button_shows_what_happened_to_its_lines(self):
        """Promise 5. Fails without ``_get_document_fields`` in ``_get_crm_trigger_owners``."""
        self._rule_on_lines()
        contract, other = self._create_ten(count=3), self._create_ten(count=1)
        self._run_until("2026-03-02 07:01")

        lines = self.env["crm.trigger.execution"].search(contract.action_view_crm_trigger_executions()["domain"])

        self.assertEqual((contract.crm_trigger_count, other.crm_trigger_count), (3, 1))
        self.assertEqual(set(lines.mapped("res_id")), set(contract.contract_line_ids.ids))
        self.assertFalse(lines.with_user(self.sam).search([("id", "in", lines.ids)]))

    def test_line_changes_the_salesperson_of_its_contract(self):
        self._rule_on_lines([self._update("contract_id.user_id", self.tom.id)])
        contract = self._create_ten(count=2)

        self._run_until("2026-03-02 07:01")

        self.assertEqual(contract.user_id, self.tom)

    def test_step_that_becomes_an_activity_is_made_for_the_contract(self):
        """Odoo supports activities on contracts only."""
        rule = self._rule_on_lines([self._update("contract_id.user_id", self.tom.id)], activate=False)

        rule.step_ids.write({"kind": "activity", "activity_type_id": self.todo.id})

        self.assertEqual(rule.step_ids.action_id.model_id.model, "contract.contract")
        rule.step_ids.kind = "update"
        self.assertEqual(rule.step_ids.action_id.model_id.model, "contract.line")

    def test_line_that_moves_stops_its_own_plan_only(self):
        self._rule_on_lines([self._task("Renew", delay_count=5)])
        contract = self._create_ten(count=2)
        moved, left = contract.contract_line_ids
        self._run_until("2026-03-02 07:01")

        moved.date_end = "2026-09-01"
        self._run_until("2026-03-07 07:01")

        self.assertStopped(moved, "date_moved")
        self.assertExecutions(left, [("Renew", "done")])
        self.assertEqual(contract.sudo().activity_ids.date_deadline, fields.Date.to_date("2026-03-07"))

    def test_rule_on_lines_is_paused_when_the_add_on_goes(self):
        """It says where what is planned for a line goes. Fails without ``_find_lost_words``."""
        on_lines = self._rule_before_end(model="contract.line")
        on_contracts = self._rule_before_end()
        lost = find_lost(self.env, ["crm_triggers_contract"])

        losses = self.env["crm.trigger.rule"]._get_losses(lost)

        self.assertIn(on_lines, losses)
        self.assertNotIn(on_contracts, losses)
