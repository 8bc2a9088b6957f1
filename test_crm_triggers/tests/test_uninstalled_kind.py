from odoo.addons.crm_triggers.tests.catalog.uninstall_case import UninstallCase
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestUninstalledKind(UninstallCase):
    """The add-on that brought a kind of trigger, of happening or of step goes; "cascade" takes along neither rule
    nor log."""

    def _run_once(self, rule):
        lead = self._create_lead()
        self.env["crm.trigger.run"]._start(rule, {lead.id: "once"}, {})._plan(rule)
        self._run_worker()
        self.assertExecutions(lead, [("Call", "done")])
        return lead

    def test_kind_of_trigger_goes(self):
        """Fails without ``_keep_of_choice``: the rule vanished with its log."""
        field = self.env["ir.model.fields"]._get("crm.lead", "user_id")
        rule, lead = self._create_rule("lacking", lacking_field_id=field.id), self._create_lead()
        lead.with_user(self.manager).user_id = None
        self._new_transaction()
        self._run_worker()
        self._give_choice("crm.trigger.rule", "trigger", "lacking")
        self.assertIn("“A record is left without a value”", self._get_losses())

        self._uninstall()

        self._assert_paused(rule, "“A record is left without a value”")
        self.assertExecutions(lead, [("Call", "done")])
        self.assertEqual(rule.trigger, "manual")

    def test_happening_goes(self):
        rule = self._create_rule("happening", happening="call_missed_again")
        lead = self._run_once(rule)
        self._give_choice("crm.trigger.rule", "happening", "call_missed_again")

        self._uninstall()

        self._assert_paused(rule, "“A call is missed once more”")
        self.assertExecutions(lead, [("Call", "done")])
        self.assertTrue(rule.sentence)
        with self.assertRaisesRegex(UserError, "choose an event"):
            rule.action_activate()

    def test_kind_of_step_goes(self):
        followers = [Command.set(self.sam.partner_id.ids)]
        follow = {"kind": "followers", "name": "Follow", "delay_count": 1, "partner_ids": followers}
        rule = self._rule_on_offer([self._task(), follow])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._give_choice("crm.trigger.step", "kind", "followers")

        self._uninstall()

        self._assert_paused(rule, "the step “Follow”")
        self.assertExecutions(lead, [("Call", "done"), ("Follow", "cancel")])
