from odoo.tests import tagged
from odoo.tools import mute_logger

from ..mailbox_case import MailboxCase


@tagged("post_install", "-at_install")
class TestSources(MailboxCase):
    """Where records come from besides a form, and where they go: nothing missed, nothing twice."""

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
