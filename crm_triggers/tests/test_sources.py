from unittest.mock import patch

from odoo.addons.crm_triggers.models.crm_trigger_run import DRAIN_LIMIT
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
MAIL = """From: Grace <grace@example.com>
To: offers@company.example.com
Subject: {subject}
Message-Id: <{key}@example.com>
{headers}Content-Type: text/plain

Please send me your prices.
"""


def _open_mailbox(team):
    """Have mails to offers@company.example.com become leads of the team."""
    team.company_id.alias_domain_id = team.env["mail.alias.domain"].create({"name": "company.example.com"})
    team.write({"use_leads": True, "alias_name": "offers"})


@tagged("post_install", "-at_install")
class TestSources(CrmTriggersCommon):
    """Where records come from besides a form, and where they go: nothing missed, nothing twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _open_mailbox(cls.team)

    def _import(self, rows, *, dryrun=False):
        """Import leads (name, priority) from a file, as the salesperson does; return the answer."""
        lines = ["name,priority", *(",".join(row) for row in rows)]
        wizard = (
            self.env["base_import.import"]
            .with_user(self.sam)
            .create({"res_model": "crm.lead", "file": "\n".join(lines).encode(), "file_type": "text/csv"})
        )
        options = {"has_headers": True, "quoting": '"', "separator": ","}
        answer = wizard.execute_import(["name", "priority"], ["name", "priority"], options, dryrun=dryrun)
        self._new_transaction()
        return answer

    def _receive(self, subject="Prices", key="first", headers=""):
        """Let the mail gateway process a raw mail; return the id of the lead."""
        mail = MAIL.format(subject=subject, key=key, headers=headers)
        res_id = self.env["mail.thread"].message_process(None, mail)
        self._new_transaction()
        return res_id

    def test_import_starts_a_run_for_each_imported_record(self):
        self._create_rule("create", filter_domain=[("priority", "=", "2")])

        answer = self._import([(f"Lead {i}", "2" if i % 2 else "1") for i in range(60)])

        leads = self.env["crm.lead"].browse(answer["ids"])
        hot = leads.filtered(lambda lead: lead.priority == "2")
        self.assertEqual((len(leads), len(hot)), (60, 30))
        self.assertEqual(sorted(self._get_runs(leads).mapped("res_id")), sorted(hot.ids))
        self.assertExecutions(hot[0], [("Call", "scheduled")])

    def test_import_with_a_bad_row_leaves_no_run_behind(self):
        """What an import takes back never happened. Fails when runs are kept beside the transaction."""
        rule = self._create_rule("create")

        answer = self._import([("Good", "1"), ("Bad", "9"), ("Good too", "1")])

        self.assertFalse(answer["ids"])
        self.assertIn("priority", str(answer["messages"]).lower())
        self.assertFalse(rule.run_ids)

    @mute_logger("odoo.sql_db")
    def test_import_refused_by_the_database_leaves_no_run_behind(self):
        """``load`` takes back the whole batch, then tries one by one."""
        rule = self._create_rule("create", model="res.partner")

        answer = self.env["res.partner"].load(["name", "type"], [["Ada", "contact"], ["", "contact"]])
        self._new_transaction()

        self.assertFalse(answer["ids"])
        self.assertFalse(rule.run_ids)

    def test_trial_of_an_import_leaves_no_run_behind_and_the_import_fires_once(self):
        rule = self._create_rule("create")
        rows = [("Lead", "1")]

        self._import(rows, dryrun=True)
        self.assertFalse(rule.run_ids)
        answer = self._import(rows)
        self._commit()

        self.assertEqual(rule.run_ids.mapped("res_id"), answer["ids"])
        self.assertExecutions(self.env["crm.lead"].browse(answer["ids"]), [("Call", "done")])

    def test_import_that_updates_starts_a_run_for_what_changed(self):
        self._create_rule(filter_domain=[("priority", "=", "3")])
        leads = self._create_leads(2, priority="0")
        rows = [[str(lead.id), priority] for lead, priority in zip(leads, "30", strict=True)]

        self.env["crm.lead"].with_user(self.sam).load([".id", "priority"], rows)
        self._new_transaction()

        self.assertEqual(self._get_runs(leads).mapped("res_id"), leads[0].ids)

    def test_mail_to_the_team_starts_a_run_for_the_new_lead(self):
        """Decided when all is done: the lead has its team and sender by then."""
        self._create_rule("create", filter_domain=[("team_id", "=", self.team.id), ("email_from", "ilike", "grace")])

        lead = self.env["crm.lead"].browse(self._receive())
        self._run_worker()

        self.assertEqual((lead.name, lead.team_id), ("Prices", self.team))
        self.assertExecutions(lead, [("Call", "done")])

    def test_answer_by_mail_starts_no_second_run_and_is_kept(self):
        self._create_rule("create")
        res_id = self._receive()
        lead = self.env["crm.lead"].browse(res_id)

        again = self._receive("Re: Prices", "second", "In-Reply-To: <first@example.com>\n")

        self.assertIn(again, (res_id, True, None))
        self.assertEqual(len(lead.message_ids.filtered(lambda message: message.message_type == "email")), 2)
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_lead_turned_into_an_opportunity_starts_a_run(self):
        self._create_rule(filter_domain=[("type", "=", "opportunity")])
        lead = self._create_lead(type="lead")

        lead.convert_opportunity(self.partner)
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_mass_edit_of_a_list_starts_a_run_for_each_that_changed(self):
        self._create_rule(filter_domain=[("priority", "=", "3")])
        hot, cold = self._create_leads(2, priority="3"), self._create_leads(25, priority="0")
        self._get_runs(hot).action_stop()

        (hot | cold).web_save_multi([{"priority": "3"}] * 27, {})
        self._new_transaction()

        self.assertEqual(len(self._get_runs(cold)), 25)
        self.assertEqual(len(self._get_runs(hot)), 2)

    def test_copied_lead_is_a_record_of_its_own(self):
        self._create_rule("create")
        lead = self._create_lead()

        copied = lead.copy()
        self._new_transaction()

        self.assertEqual((len(self._get_runs(lead)), len(self._get_runs(copied))), (1, 1))

    def test_lost_lead_takes_its_plan_along_and_does_not_get_it_back(self):
        self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        lead.action_set_lost()
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "cancel")])
        lead.action_unarchive()
        self._new_transaction()

        self.assertEqual(self._get_runs(lead)[0].stop_reason, "unmatched")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["stopped", "running"], "restored, it enters again")

    def test_deleted_record_ends_its_plan_at_once(self):
        """Fails without ``unlink`` in ``base``: the plan stood there until its time."""
        self._rule_on_offer([self._task(delay_count=3)])
        leads = self._create_leads(3)
        self._drag(leads, self.stage_offer)
        kept = leads[0]
        lines = self._get_executions(leads)

        (leads - kept).with_user(self.env.user).unlink()
        self._new_transaction()

        self.assertEqual(lines.mapped("state"), ["scheduled", "cancel", "cancel"])
        self.assertEqual(lines.run_id.mapped("stop_reason"), [False, "record_gone", "record_gone"])
        self.assertEqual(lines[1].record_name, "Deleted record")

    def test_record_deleted_while_its_rule_is_paused_ends_its_plan_too(self):
        """Fails without paused rules in ``_get_watch``."""
        rule = self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        rule.action_pause()
        self._new_transaction()
        run = rule.run_ids

        lead.with_user(self.env.user).unlink()
        self._new_transaction()

        self.assertEqual(run.stop_reason, "record_gone")

    def test_record_made_and_deleted_in_one_transaction_leaves_no_run(self):
        rule = self._create_rule("create")

        self.env["crm.lead"].create({"name": "Short"}).unlink()
        self._new_transaction()

        self.assertFalse(rule.run_ids)


@tagged("post_install", "-at_install")
class TestBrokenRules(CrmTriggersCommon):
    """Promise 3 with a rule broken in every way listening: the save is complete, the log says what was wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _open_mailbox(cls.team)

    def _create_broken_rules(self, trigger="create", model="crm.lead", **vals):
        """Return ``{what is broken: rule}``, all listening to the same, and a sound one.

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
        """Check that each broken rule is paused and its owner told why and what to do."""
        self._run_sweep()
        self._run_worker()
        self.assertEqual(rules["sound"].state, "live")
        self.assertFalse(rules["sound"].activity_ids)
        cures = {
            "field": "Choose its fields and values again",
            "syntax": "Choose its fields and values again",
            "unsafe": "Choose its fields and values again",
            "no step": "say what it has to do",
            "no action": "say what it has to do",
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
            "mail": lambda: self.env["crm.lead"].browse(
                self.env["mail.thread"].message_process(None, MAIL.format(subject="Prices", key="broken", headers=""))
            ),
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
                for line in failed:  # most sources know no contact to write to
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
        product = self.env["product.product"].create({"name": "Desk", "type": "service"})
        order = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        self._new_transaction()

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
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", ["[('x_gone', '=', 1)]", rule.id]
        )
        self.env.invalidate_all()

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
        start = type(rule)._start_runs

        def fail(rules, listener, created, old_values, *args):
            if set(old_values) & set(leads.ids):
                raise ZeroDivisionError("odd <b>record</b>")
            return start(rules, listener, created, old_values, *args)

        with patch.object(type(rule), "_start_runs", fail):
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
