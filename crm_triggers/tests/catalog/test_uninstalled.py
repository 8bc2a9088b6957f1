from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .uninstall_case import ADDON, UninstallCase


@tagged("post_install", "-at_install")
class TestUninstalled(UninstallCase):
    """An add-on goes: the rules that need it are named before, paused with that reason, and keep their log."""

    def test_step_whose_kind_goes(self):
        """Fails without ``_prepare_for_loss``: the rule stayed live without its step."""
        rule = self._create_rule(
            "manual",
            [self._task("Call"), {"kind": "discount", "name": "Lower it", "delay_count": 3}],
            model="sale.order",
        )
        order = self._create_order()
        rule.enroll(order)
        self._run_worker()
        self._give_choice("crm.trigger.step", "kind", "discount")
        self.assertIn("“Rule” loses the step “Lower it”", self._get_losses())

        self._uninstall()

        self._assert_paused(rule, "the step “Lower it”")
        self.assertEqual(rule.step_ids.mapped("name"), ["Call"])
        self.assertExecutions(order, [("Call", "done"), ("Lower it", "cancel")])
        self.assertEqual(self._get_runs(order).state, "done")

    def test_server_action_whose_type_goes(self):
        rule = self._rule_on_offer([{"kind": "other", "name": "Follow", "state": "followers"}], user=self.admin)
        self._give_choice("ir.actions.server", "state", "followers")
        self.assertIn("“Follow”", self._get_losses())

        self._uninstall()

        self._assert_paused(rule, "the step “Follow”")
        self.assertFalse(rule.step_ids)

    def test_kind_of_record_goes(self):
        """Fails without ``_keep_of_models``: rule, plan and log vanished without a word."""
        self._create_model()
        rule = self._create_rule(
            "create",
            [self._update("x_name", "Seen", name="Look"), self._task("Write", delay_count=9)],
            model="x_house",
            user=self.env.user,
            user_id=self.manager.id,
        )
        house = self.env["x_house"].create({"x_name": "Mill"})
        self._new_transaction()
        self._run_worker()
        self.assertIn("its type of record, “House”", self._get_losses())

        self._uninstall()

        self._assert_paused(rule, "its type of record, “House”")
        lines = self.env["crm.trigger.execution"].with_user(self.manager).search([("rule_id", "=", rule.id)])
        self.assertEqual(
            [(line.step_name, line.state) for line in lines.sorted("id")], [("Look", "done"), ("Write", "cancel")]
        )
        self.assertEqual(set(lines.mapped("record_name")), {"Deleted record"})
        run = lines.run_id
        self.assertEqual((run.state, run.stop_reason, run.res_id), ("stopped", "record_gone", house.id))
        for record in (rule.with_user(self.manager), run, lines[:1]):
            views = record.get_views([(False, "form"), (False, "list")])["models"][record._name]["fields"]
            with self.subTest(record._name):
                self.assertTrue(record.web_read({name: {} for name in views if name in record._fields}))
        with self.assertRaisesRegex(UserError, "removed with its add-on"):
            lines[:1].action_open_record()
        self.assertFalse(lines.with_user(self.sam).search([("rule_id", "=", rule.id)]))
        with self.assertRaisesRegex(UserError, "delete the rule"):
            rule.action_activate()
        rule.with_user(self.manager).unlink()
        self.assertFalse(run.exists())

    def test_kind_of_record_comes_back(self):
        model = self._create_model()
        rule = self._create_rule("create", model="x_house", user=self.env.user)
        self._uninstall()

        again = self.env["ir.model"].create({"name": "House", "model": "x_house", "is_mail_thread": True})
        self.assertFalse(model.exists())
        with self.assertRaisesRegex(UserError, "no step yet"):
            rule.action_activate()
        rule.invalidate_recordset()
        self.assertEqual(rule.model_name, "x_house")
        rule.step_ids = [(0, 0, self._note())]
        rule.action_activate()

        self.assertEqual(rule.model_id, again)

    def test_field_of_the_conditions_goes(self):
        self._create_field()
        rule = self._create_rule(filter_domain=[("x_size", ">", 3)], name="Big ones")
        other = self._rule_on_offer(name="Other")
        self.assertIn("“Big ones” loses the field “Size”. It is paused", self._get_losses())
        self.assertNotIn("Other", self._get_losses())

        self._uninstall()

        self._assert_paused(rule, "the field “Size”")
        self.assertEqual(other.state, "live")

    def test_field_that_a_step_changes_goes(self):
        self._create_field()
        rule = self._rule_on_offer([self._update("x_size", "3")], user=self.admin)

        self._uninstall()

        self._assert_paused(rule, "the field “Size”")

    def test_record_of_the_conditions_or_a_step_goes(self):
        stage = self.env["crm.stage"].create({"name": "Visited"})
        template = self._create_template(name="Thank you")
        by_stage = self._create_rule(filter_domain=[("stage_id", "in", [stage.id])], name="Stage")
        by_template = self._rule_on_offer([self._mail(template)], name="Mail")
        self._give(stage)
        self._give(template)

        self._uninstall()

        self._assert_paused(by_stage, "“Visited”")
        self._assert_paused(by_template, "“Thank you”")

    def test_draft_is_named_and_not_paused(self):
        self._create_field()
        rule = self._create_rule(filter_domain=[("x_size", ">", 3)], name="Big ones", activate=False)
        self.assertIn("“Big ones”, a draft, loses the field “Size”", self._get_losses())

        self._uninstall()

        self.assertEqual((rule.state, len(rule.activity_ids)), ("draft", 0))

    def test_owner_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        rule = self._rule_on_offer(
            [{"kind": "other", "name": "Follow", "state": "followers"}], user=self.admin, user_id=self.manager.id
        )
        self._give_choice("ir.actions.server", "state", "followers")

        self._uninstall()

        self.assertIn("désinstallé", rule.activity_ids.note)

    def test_reason_in_the_log_stays_in_words(self):
        """Fails without ``_keep_reasons``: skipped without a visible reason."""
        rule = self._create_rule("manual", [self._task()])
        lead = self._create_lead()
        rule.enroll(lead)
        self._run_worker()
        line = self._get_executions(lead)
        line.write({"state": "skipped", "skip_reason": "test"})
        self._give_choice("crm.trigger.execution", "skip_reason", "test")

        self._uninstall()

        self.assertEqual((line.skip_reason, line.error), (False, "The rule is in test mode"))

    def test_nothing_depends_on_it(self):
        self._rule_on_offer()

        self.assertFalse(self._get_losses())

    def test_all_goes_with_the_app_itself(self):
        self.module = self.env["ir.module.module"].search([("name", "=", "crm_triggers")])

        self.assertIn("All triggers are deleted", self._get_losses())

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_what_was_deleted_is_forgotten_with_the_add_on(self):
        deleted = self.env["crm.trigger.deleted"]
        self.env.cr.execute("INSERT INTO crm_trigger_deleted (module, name, model) VALUES (%s, 'a', 'b')", [ADDON])

        self._uninstall()

        self.assertFalse(deleted.search([("module", "=", ADDON)]))

    def test_preset_of_a_happening_that_is_gone_is_not_offered(self):
        """Fails without ``_is_known``."""
        preset = self.env.ref("crm_triggers.preset_quotation_viewed").copy({"happening": "seen_from_space"})

        self.assertFalse(preset.available)
