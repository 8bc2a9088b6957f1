from unittest.mock import patch

from odoo.addons.crm_triggers.models.evaluation.one_model import OneRule
from odoo.addons.crm_triggers.models.run.crm_trigger_run import DRAIN_LIMIT
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..mailbox_case import MailboxCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestBrokenRules(MailboxCase):
    """Promise 3 with a rule broken in every way active: the save is complete, the log shows what was wrong."""

    def _create_broken_rules(self, trigger="create", model="crm.lead", **vals):
        """Return ``{what is broken: rule}``, all watching the same, and a sound one.

        Most are broken by SQL: a restored backup, a removed add-on and another program ask nobody.
        """
        old_stage = self.env["crm.stage"].create({"name": "Old"})
        template = self._create_template(model)
        company = self.env["res.company"].create({"name": "Closed"})
        leaver = self._create_user("leaver", "base.group_user,sales_team.group_sale_manager")
        rules = {
            "field": self._create_rule(trigger, model=model, name="Field", **vals),
            "syntax": self._create_rule(trigger, model=model, name="Syntax", **vals),
            "unsafe": self._create_rule(trigger, model=model, name="Unsafe", **vals),
            "template": self._create_rule(trigger, [self._mail(template)], model=model, name="Template", **vals),
            "no step": self._create_rule(trigger, model=model, name="Steps", **vals),
            "no action": self._create_rule(trigger, model=model, name="Action", **vals),
            "company": self._create_rule(
                trigger, model=model, name="Company", user=self.env.user, company_id=company.id, **vals
            ),
            "sound": self._create_rule(trigger, model=model, name="Sound", **vals),
        }
        if model == "crm.lead":
            rules["stage"] = self._create_rule(
                trigger, model=model, name="Stage", **{**vals, "filter_domain": [("stage_id", "=", old_stage.id)]}
            )
        rules["field"].user_id = leaver
        self.env.flush_all()
        cr = self.env.cr
        for key, domain in (("field", "[('x_gone', '=', 1)]"), ("syntax", "[("), ("unsafe", "[('id', '=', 9**9**9)]")):
            cr.execute("UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", [domain, rules[key].id])
        broken_body = '<p t-out="object.no_such_thing()"/>'
        cr.execute(
            "UPDATE mail_template SET body_html = jsonb_build_object('en_US', %s) WHERE id = %s",
            [broken_body, template.id],
        )
        cr.execute("DELETE FROM crm_trigger_step WHERE rule_id = %s", [rules["no step"].id])
        cr.execute("DELETE FROM ir_act_server WHERE id = %s", [rules["no action"].step_ids.action_id.id])
        cr.execute("DELETE FROM crm_stage WHERE id = %s", [old_stage.id])
        cr.execute("UPDATE res_company SET active = FALSE WHERE id = %s", [company.id])
        cr.execute("UPDATE res_users SET active = FALSE WHERE id = %s", [leaver.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        return rules

    def _check_log(self, rules):
        """Check that each broken rule is paused and its owner notified of the cause and the fix."""
        self._run_sweep()
        self._run_worker()
        self.assertEqual(rules["sound"].state, "live")
        self.assertFalse(rules["sound"].activity_ids)
        cures = {
            "field": "Choose its fields and values again",
            "syntax": "Choose its fields and values again",
            "unsafe": "Choose its fields and values again",
            "no step": "has no step yet",
            "no action": "has no step yet",
            "company": "Choose another one",
            "stage": "Choose another value",
        }
        for key, cure in cures.items():
            if key not in rules:
                continue
            with self.subTest(rule=key):
                alert = rules[key].activity_ids
                self.assertEqual((rules[key].state, len(alert)), ("paused", 1))
                self.assertIn(rules[key].name, alert.note)
                self.assertIn(cure, alert.note)
                self.assertTrue(alert.user_id.active and alert.user_id != self.env.ref("base.user_root"))

    def _sources(self):
        """Return ``{how a lead comes to be: function that returns it}``."""
        return {
            "form": self._create_lead,
            "import": lambda: self.env["crm.lead"].browse(
                self.env["crm.lead"].with_user(self.sam).load(["name"], [["Lead"], ["Other"]])["ids"]
            ),
            "mail": lambda: self.env["crm.lead"].browse(self._receive()),
            "copy": lambda: self._create_lead().copy(),
            "public": lambda: (
                self.env["crm.lead"].with_user(self.env.ref("base.public_user")).sudo().create({"name": "Form"})
            ),
        }

    @mute_logger(ISOLATION, "odoo.addons.mail.models.mail_render_mixin")
    def test_every_source_gets_its_records_and_the_sound_rule_fires(self):
        rules = self._create_broken_rules()
        for name, source in self._sources().items():
            with self.subTest(source=name):
                leads = source()
                self._run_worker()

                self.assertTrue(leads.exists())
                sound = self._get_executions(leads, rules["sound"])
                self.assertEqual(sorted(sound.mapped("res_id")), sorted(leads.ids))
                self.assertEqual(set(sound.mapped("state")), {"done"})
                failed = self._get_executions(leads, rules["template"])
                for line in failed:  # most sources have no contact to write to
                    said = line.error if leads.browse(line.res_id).partner_id else line.skip_reason
                    self.assertRegex(said, "no_such_thing|no_recipient")
        self._check_log(rules)

    @mute_logger(ISOLATION, "odoo.addons.mail.models.mail_render_mixin")
    def test_every_business_operation_goes_through(self):
        vals = {"filter_domain": [("priority", "=", "3")], "stop_domain": [("won_status", "=", "won")]}
        rules = self._create_broken_rules("match", **vals)
        operations = {
            "edit": lambda leads: leads.write({"priority": "3"}),
            "convert": lambda leads: leads.convert_opportunity(self.partner),
            "lost": lambda leads: leads.action_set_lost(),
            "restore": lambda leads: leads.action_unarchive(),
            "won": lambda leads: leads.action_set_won(),
            "merge": lambda leads: leads.merge_opportunity(),
        }
        leads = self._create_leads(3, priority="0", type="lead")
        for name, operation in operations.items():
            with self.subTest(operation=name):
                operation(leads)
                self._new_transaction()
        survivor = leads.exists()
        self.assertEqual(len(survivor), 1)
        self.assertEqual((survivor.priority, survivor.won_status), ("3", "won"))
        self._check_log(rules)
        survivor.with_user(self.env.user).unlink()
        self._new_transaction()
        self.assertFalse(survivor.exists())

    @mute_logger(ISOLATION, "odoo.addons.mail.models.mail_render_mixin")
    def test_quotation_is_confirmed(self):
        rules = self._create_broken_rules("match", "sale.order", filter_domain=[("state", "=", "sale")])
        order = self._create_order()

        order.action_confirm()
        self._new_transaction()

        self.assertEqual(order.state, "sale")
        self.assertEqual(len(self._get_executions(order, rules["sound"])), 1)
        self._check_log(rules)

    @mute_logger(ISOLATION)
    def test_record_that_could_not_be_looked_at_is_noted_with_the_reason(self):
        """Nothing missed in silence. Fails without ``_note_undecided``."""
        rule = self._rule_on_offer(name="Follow up")
        lead, other = self._create_leads(2)
        domain = [("stage_id", "=", self.stage_offer.id), ("x_gone", "=", 1)]
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", [str(domain), rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()  # as when an add-on goes

        self._drag(lead, self.stage_offer)

        self.assertStopped(lead, "undecided")
        self.assertIn("x_gone", self._get_runs(lead).error)
        self.assertFalse(self._get_runs(other))
        self.assertEqual(rule.state, "live", "not in the transaction of who saves")
        self._commit()
        self.assertEqual(rule.state, "paused")
        self.assertIn("Follow up", rule.activity_ids.note)

    @mute_logger(ISOLATION)
    def test_rule_that_fails_on_one_record_goes_on_and_its_owner_is_told_once(self):
        rule = self._rule_on_offer()
        leads = self._create_leads(2)
        would_start = OneRule.would_start

        def fail(one):
            if one.touched & set(leads.ids):
                raise ZeroDivisionError("odd <b>record</b>")
            return would_start(one)

        with patch.object(OneRule, "would_start", fail):
            for lead in leads:
                self._drag(lead, self.stage_offer)
                self._commit()
        other = self._create_lead()
        self._drag(other, self.stage_offer)

        self.assertEqual(rule.state, "live")
        self.assertEqual(self._get_runs(leads).mapped("stop_reason"), ["undecided"] * 2)
        self.assertEqual(len(rule.activity_ids), 1)
        self.assertIn("odd &lt;b&gt;record", rule.activity_ids.note)
        self.assertExecutions(other, [("Call", "scheduled")])

    def test_worker_deleted_leaves_a_scenario_and_the_clock_be(self):
        """Fails without ``isolated`` in ``_wake_worker``: putting records in by hand failed."""
        scenario = self._create_rule("manual")
        dated = self._create_rule("date", date="date_deadline")
        leads = self._create_leads(DRAIN_LIMIT + 1, date_deadline="2026-02-10")
        self.env.ref("crm_triggers.ir_cron_execute").unlink()

        with self.assertLogs(ISOLATION, "ERROR"):
            entered = scenario.with_user(self.sam).enroll(leads)
            self._move_to("2026-02-10 09:00")
            self._run_sweep()

        self.assertEqual(len(entered), len(leads))
        self.assertEqual(len(dated.run_ids), len(leads))
