from unittest.mock import patch

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestDeleted(CrmTriggersCommon):
    """What a live rule needs is deleted: refused with its name where people may be asked, else it
    pauses itself and its owner is told."""

    def _assert_paused(self, rule, *words):
        """Run the clock; check that the rule is paused and its owner notified once, with this text."""
        self._run_sweep()
        self._run_sweep()
        self.assertEqual((rule.state, len(rule.activity_ids)), ("paused", 1))
        for word in (rule.name, *words):
            self.assertIn(word, rule.activity_ids.note)
        with self.assertRaisesRegex(UserError, rule.name):
            rule.action_activate()

    def _create_field(self, name, ttype, **vals):
        self.addCleanup(self.env.registry.reset_changes)
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name.title(),
                "ttype": ttype,
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                **vals,
            }
        )

    def test_field_a_rule_looks_at_is_not_deleted_nor_renamed(self):
        """Fails without ``_prepare_update``: the field went, and the rule failed at each save."""
        field = self._create_field("x_size", "integer")
        date = self._create_field("x_visit", "date")
        lead = self._create_lead()
        self._create_rule(filter_domain=[("x_size", ">", 3)], name="Big ones")
        self._create_rule("date", date="x_visit", name="Visit")
        self._rule_on_offer([self._task(filter_domain=[("x_size", ">", 3)])], name="By step")

        for record, message in ((field, "Big ones"), (field, "By step"), (date, "Visit")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                record.unlink()
        with self.assertRaisesRegex(UserError, "Big ones"):
            field.name = "x_other"

        lead.with_user(self.env.user).x_size = 4
        self._new_transaction()
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_field_of_a_related_record_is_not_deleted(self):
        field = self._create_field("x_vip", "boolean", model_id=self.env["ir.model"]._get_id("res.partner"))
        self._create_rule(filter_domain=[("partner_id.x_vip", "=", True)], name="Very important")

        with self.assertRaisesRegex(UserError, "Very important"):
            field.unlink()

    def test_field_no_rule_looks_at_is_deleted(self):
        self._rule_on_offer()
        draft = self._create_field("x_size", "integer")
        self._create_rule(filter_domain=[("x_size", ">", 3)], activate=False)

        draft.unlink()

        self.assertFalse(draft.exists())

    @mute_logger(ISOLATION)
    def test_field_gone_with_an_add_on_pauses_the_rule(self):
        """Uninstalling an add-on does not ask. Fails without ``_check_health``."""
        rule = self._rule_on_offer(name="Big ones")
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", ["[('x_gone', '>', 3)]", rule.id]
        )
        self.env.invalidate_all()

        self._assert_paused(rule, "Conditions", "Choose its fields and values again")

    def test_date_gone_with_an_add_on_pauses_the_rule_and_keeps_its_server_actions(self):
        """Fails with ``ondelete="cascade"``: the rule vanished without a word, its server action stayed."""
        rule = self._create_rule("date", date="date_deadline", name="Closing")
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_trigger_rule SET trg_date_id = NULL WHERE id = %s", [rule.id])
        self.env.invalidate_all()

        self._assert_paused(rule, "Choose another one")
        self.assertTrue(rule.step_ids.action_id.exists())

    def test_model_gone_with_an_add_on_pauses_the_rule(self):
        rule = self._rule_on_offer(name="Orphan")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.env.cr.execute("UPDATE crm_trigger_rule SET model_name = 'x.gone' WHERE id = %s", [rule.id])
        self.env.cr.execute("UPDATE crm_trigger_run SET res_model = 'x.gone' WHERE rule_id = %s", [rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        self.assertEqual(rule.run_ids.record_name, "Deleted record")
        self._assert_paused(rule, "delete the rule")

    def test_model_with_rules_is_not_deleted(self):
        self.addCleanup(self.env.registry.reset_changes)
        model = self.env["ir.model"].create(
            {"name": "House", "model": "x_house", "is_mail_thread": True, "is_mail_activity": True}
        )
        self._create_rule("create", model="x_house", name="New house", user=self.env.user)

        with self.assertRaisesRegex(UserError, "New house"):
            model.unlink()

    def test_choice_a_rule_asks_for_or_sets_is_not_deleted(self):
        field = self._create_field(
            "x_kind",
            "selection",
            selection_ids=[
                Command.create({"value": value, "name": value.title(), "sequence": sequence})
                for sequence, value in enumerate(("hot", "warm", "cold"))
            ],
        )
        hot, warm, cold = field.selection_ids
        self._create_rule(filter_domain=[("x_kind", "in", ["hot"])], name="Hot ones")
        self._rule_on_offer([self._update("x_kind", "cold")], name="Cool down", user=self.admin)

        for choice, name in ((hot, "Hot ones"), (cold, "Cool down")):
            with self.subTest(name), self.assertRaisesRegex(UserError, name):
                choice.unlink()
        warm.unlink()
        self.assertFalse(warm.exists())

    def test_stage_of_the_conditions_deleted_pauses_the_rule(self):
        """Fails without ``_find_gone``: the rule waited for ever, in silence."""
        stage = self.env["crm.stage"].create({"name": "Old"})
        rule = self._create_rule(filter_domain=[("stage_id", "=", stage.id)], name="Old stage")

        stage.unlink()

        self._assert_paused(rule, "Stage", "Choose another value")

    def test_one_of_several_stages_deleted_leaves_the_rule_live(self):
        stage = self.env["crm.stage"].create({"name": "Old"})
        rule = self._create_rule(filter_domain=[("stage_id", "in", [stage.id, self.stage_offer.id])])

        stage.unlink()
        self._run_sweep()

        self.assertEqual(rule.state, "live")

    def test_tag_a_step_sets_deleted_pauses_the_rule(self):
        """Fails without ``_is_value_gone``: the step failed six times for each record."""
        tag = self.env["crm.tag"].create({"name": "Big"})
        rule = self._rule_on_offer([self._update("tag_ids", tag.id)], name="Tag them")

        tag.unlink()

        self._assert_paused(rule, "step “Update”", "choose another one")

    def test_template_and_type_of_activity_of_a_step_are_not_deleted(self):
        """Fails without ``_forbid_deletion``: mails stopped in silence; the database answered for types."""
        template = self._create_template()
        kind = self.env["mail.activity.type"].create({"name": "Visit"})
        self._rule_on_offer([self._mail(template)], name="Mailing")
        self._rule_on_offer([self._task("Go there", activity_type_id=kind.id)], name="Visiting")

        for record, message in ((template, "“Mailing”, step “Mail”"), (kind, "“Visiting”, step “Go there”")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                record.unlink()

    def test_template_gone_with_an_add_on_pauses_the_rule(self):
        template = self._create_template()
        rule = self._rule_on_offer([self._mail(template)], name="Mailing")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_template WHERE id = %s", [template.id])
        self.env.invalidate_all()

        self._assert_paused(rule, "step “Mail”", "choose the template")

    def test_server_action_of_a_step_is_deleted_with_the_step_only(self):
        """Fails without ``_crm_trigger_unlink_unless_owned_by_steps``: the step and its log went along."""
        rule = self._rule_on_offer([self._task("Call Ada")], name="Caller")
        action = rule.step_ids.action_id

        with self.assertRaisesRegex(UserError, "“Caller”, step “Call Ada”"):
            action.unlink()
        rule.step_ids.unlink()

        self.assertFalse(action.exists())

    def test_server_action_left_by_the_database_is_cleaned_up(self):
        kept, gone = self._rule_on_offer(), self._rule_on_offer()
        actions = (kept | gone).step_ids.action_id
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_trigger_step WHERE rule_id = %s", [gone.id])
        self.env.invalidate_all()

        self.env["ir.actions.server"]._gc_crm_trigger_actions()

        self.assertEqual(actions.exists(), kept.step_ids.action_id)

    def test_uninstalled_action_takes_its_step_along_by_the_usual_way(self):
        """What an add-on brought goes with it; the log keeps the name, and the run goes on. Fails without
        ``unlink`` of the server action."""
        rule = self._create_rule(trigger="manual", steps=[self._task("First", delay_count=2), self._task("Second")])
        lead = self._create_lead()
        rule.enroll(lead.sudo())
        rule.step_ids[0].action_id.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self._run_worker()

        self.assertEqual(rule.step_ids.mapped("name"), ["Second"])
        self.assertExecutions(lead, [("First", "cancel"), ("Second", "done")])

    def test_all_steps_deleted_while_live_pauses_the_rule(self):
        rule = self._rule_on_offer(name="Idle")
        lead = self._create_lead()

        rule.with_user(self.manager).step_ids.unlink()
        self._drag(lead, self.stage_offer)

        self.assertEqual(self._get_runs(lead).state, "done")
        self._assert_paused(rule, "has no step yet")

    def test_archived_company_pauses_the_rule(self):
        company = self.env["res.company"].create({"name": "Closed"})
        rule = self._rule_on_offer(name="Closed", company_id=company.id, user=self.env.user)

        company.active = False

        self._assert_paused(rule, "Choose another one")

    def test_who_takes_the_place_of_an_owner_who_left_is_told(self):
        """Fails without ``_get_alerted``: nobody reads the activities of OdooBot."""
        leaver = self._create_user("leaver", "base.group_user,sales_team.group_sale_manager")
        rule = self._rule_on_offer(user=leaver, name="Left alone")
        leaver.active = False
        rule.step_ids.unlink()

        self._run_sweep()

        self.assertTrue(rule.activity_ids.user_id.active)
        self.assertTrue(rule.activity_ids.user_id.has_group("crm_triggers.crm_triggers_group_manager"))

    def test_owner_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        rule = self._rule_on_offer()
        rule.step_ids.unlink()
        seen = []
        origin = type(rule)._get_problem

        def spy(rules):
            seen.append(rules.env.lang)
            return origin(rules)

        with patch.object(type(rule), "_get_problem", spy):
            self._run_sweep()

        self.assertEqual(seen, ["fr_FR"])
