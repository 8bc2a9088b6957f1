from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import file_open, mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRule(CrmTriggersCommon):
    """Creating a rule: errors are reported immediately."""

    def test_form_filled_in_by_manager_makes_a_rule_that_fires(self):
        """K06, K34: what the screen sends, rights and view included."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.name = "Present the offer"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        form.trigger = "match"
        form.filter_domain = f"[('stage_id', '=', {self.stage_offer.id})]"
        with form.step_ids.new() as step:
            step.kind = "activity"
            step.name = "Call"
            step.activity_type_id = self.todo
            step.activity_summary = "Present the offer"
        form.save().action_activate()
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(lead.activity_ids.summary, "Present the offer")

    def test_other_kind_of_record_takes_no_conditions_along(self):
        """Fails without ``_onchange_model_id``: the conditions on a stage cannot be used on contacts."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.name = "Rule"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        form.filter_domain = f"[('stage_id', '=', {self.stage_offer.id})]"

        form.model_id = self.env["ir.model"]._get("account.move")

        self.assertEqual(form.filter_domain, '[("move_type", "=", "out_invoice"), ("state", "=", "posted")]')
        form.model_id = self.env["ir.model"]._get("res.partner")
        self.assertFalse(form.save().filter_domain)

    def test_kind_of_record_is_found_by_its_name_in_sales_words(self):
        models = self.env["ir.model"].with_user(self.manager).with_context(crm_trigger_names=True)

        found = models.name_search("invoice", [("field_id.name", "=", "crm_trigger_count")])

        self.assertEqual(found, [(self.env["ir.model"]._get_id("account.move"), "Invoice")])

    def test_step_starts_as_a_task_and_follows_its_type(self):
        """Fails without the onchange on the type: the title stayed that of the type before."""
        call = self.env.ref("mail.mail_activity_data_call")
        call.summary = "Call"
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.name = "Rule"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        with form.step_ids.new() as step:
            self.assertEqual(step.activity_type_id, self.todo)
            step.activity_type_id = call

        self.assertEqual(form.save().step_ids.activity_summary, "Call")

    def test_field_off_the_list_is_refused_when_it_is_chosen(self):
        """Fails without ``_onchange_update_path``: it was refused when the whole rule was saved."""
        rule = self._rule_on_offer([self._update("priority", "1")])
        step = self.env["crm.trigger.step"].with_user(self.manager)
        step = step.new({"rule_id": rule.id, "kind": "update", "update_path": "city"})

        answer = step._onchange_update_path()

        self.assertFalse(step.update_path)
        self.assertIn("City", answer["warning"]["message"])
        self.assertIn("Salesperson", answer["warning"]["message"])

    def test_step_without_a_name_is_called_after_what_it_does(self):
        tag = self.env["crm.tag"].create({"name": "Big"})
        rule = self._rule_on_offer(
            [{**self._update("tag_ids", tag.id), "name": False}, {**self._task(), "name": False}]
        )

        self.assertEqual(rule.step_ids[0].name, "Change a field: Tags")
        self.assertIn(rule.step_ids[1].activity_summary or "Plan an activity", rule.step_ids[1].name)

    def test_adding_no_tag_cannot_be_activated(self):
        """Fails without ``_lacks_value``: the step ended in an error for each record."""
        rule = self._rule_on_offer([self._update("priority", "1")])
        rule.action_draft()
        rule.step_ids.write({"update_path": "tag_ids", "value": False})

        with self.assertRaisesRegex(UserError, "the value to add"):
            rule.action_activate()

    def test_value_that_is_no_date_cannot_be_activated(self):
        """Fails without ``_fits_value``: the step was tried six times for each record."""
        rule = self._rule_on_offer([self._update("date_deadline", "2026-12-31")])
        rule.action_draft()
        rule.step_ids.value = "tomorrow"

        with self.assertRaisesRegex(UserError, "tomorrow"):
            rule.action_activate()

    def test_form_of_a_step_changed_by_manager_is_saved(self):
        rule = self._rule_on_offer([self._update("priority", "1")]).with_user(self.manager)

        with Form(rule) as form, form.step_ids.edit(0) as step:
            step.delay_count = 2

        self.assertEqual(rule.step_ids.delay_count, 2)

    def test_forms_of_the_log_open_for_salesperson(self):
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        for lines in (self._get_runs(lead), self._get_executions(lead)):
            with self.subTest(model=lines._name):
                self.assertEqual(Form(lines.with_user(self.sam)).record.record_name, lead.name)

    def test_button_of_a_lead_shows_its_executions(self):
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        action = lead.action_view_crm_trigger_executions()

        self.assertEqual(
            self.env["crm.trigger.execution"].with_user(self.sam).search(action["domain"]), self._get_executions(lead)
        )
        self.assertEqual(lead.crm_trigger_count, 1)

    def test_activate_without_step_is_refused(self):
        rule = self.env["crm.trigger.rule"].create(
            {"name": "Empty", "model_id": self.env["ir.model"]._get_id("crm.lead")}
        )

        with self.assertRaises(UserError):
            rule.action_activate()

    def test_activate_incomplete_step_is_refused(self):
        """Z31: what could only fail is refused in advance."""
        for step in (
            {"kind": "activity", "name": "Step", "activity_type_id": False},
            {"kind": "mail", "name": "Step"},
            {"kind": "note", "name": "Step"},
            {"kind": "update", "name": "Step"},
            {"kind": "enroll", "name": "Step"},
        ):
            with self.subTest(step=step), self.assertRaises(UserError):
                self._rule_on_offer([step])

    @mute_logger("odoo.sql_db")
    def test_conditions_that_cannot_be_used_are_refused(self):
        """Fails without ``_check_domains``."""
        for fname in ("filter_domain", "filter_pre_domain", "stop_domain", "exclude_domain"):
            for domain in ("[('x_gone', '=', 1)]", "[(", "[('name', '=', uid)]", "[('name', '=', __import__('os'))]"):
                with self.subTest(fname=fname, domain=domain), self.assertRaises(ValidationError):
                    self._create_rule(activate=False, **{fname: domain})

    def test_conditions_may_speak_of_today(self):
        rule = self._create_rule(filter_domain="[('date_deadline', '<', context_today())]")
        late, in_time = self._create_lead(date_deadline="2026-02-01"), self._create_lead(date_deadline="2026-02-02")

        self.assertEqual(self._get_runs(late | in_time).mapped("res_id"), late.ids)
        self.assertEqual(rule.state, "live")

    def test_condition_of_a_step_that_cannot_be_used_is_refused(self):
        """Fails with a search for the id 0 in ``_check_filter_domain``."""
        with self.assertRaises(ValidationError):
            self._rule_on_offer([self._task(filter_domain="[('x_gone', '=', 1)]")])

    def test_date_rule_without_a_date_of_its_records_is_refused(self):
        with self.assertRaises(ValidationError):
            self._create_rule("date")
        with self.assertRaises(ValidationError):
            foreign = self.env["ir.model.fields"]._get("sale.order", "validity_date")
            self._create_rule("date", trg_date_id=foreign.id)

    @mute_logger("odoo.sql_db")
    def test_hours_and_delays_out_of_range_are_refused(self):
        for values in ({"date_hour": 24}, {"date_hour": -1}, {"late_days": -1}, {"trg_date_range": -1}):
            with self.subTest(values=values), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._create_rule("date", date="date_deadline", activate=False, **values)

    def test_rule_deleted_takes_its_runs_along(self):
        rule = self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        rule.with_user(self.manager).unlink()
        self._drag(lead, self.stage_later)

        self.assertFalse(self._get_runs(lead))
        self.assertExecutions(lead, [])

    def test_change_of_a_live_rule_counts_at_once(self):
        """Fails without ``_reload_rules`` in ``write``."""
        rule = self._rule_on_offer()
        lead = self._create_lead()

        rule.with_user(self.manager).filter_domain = f"[('stage_id', '=', {self.stage_later.id})]"
        self._new_transaction()
        self._drag(lead, self.stage_later)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_copy_of_a_database_is_put_to_sleep(self):
        """Neutralized, it must not act on customers."""
        rule = self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        with file_open("crm_triggers/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()

        self.assertEqual(rule.state, "paused")
        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "rule_closed")
