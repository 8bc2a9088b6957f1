from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path
from odoo.tools.sql import table_columns

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMigration(CrmTriggersCommon):
    def test_rules_of_before_do_not_fire_on_history(self):
        """Promise 4, across an upgrade. Fails without ``_reset_baseline`` in the script."""
        rules = self._create_rule("create") | self._rule_on_offer()
        rules |= self._create_rule(filter_domain=[("partner_id.name", "=", "Ada")], name="Uncaptured")
        lead = self._create_lead(stage_id=self.stage_offer.id)
        runs = self._get_runs(lead)
        self.env.cr.execute("DELETE FROM crm_trigger_heard")
        self.env.cr.execute("DELETE FROM crm_trigger_seen")
        self.env.cr.execute("UPDATE crm_trigger_rule SET above_id = NULL")
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        path = file_path("crm_triggers/migrations/19.0.1.1.0/end-migration.py")
        load_script(path, "crm_triggers_end_migration").migrate(self.env.cr, "19.0.1.0.0")
        self._run_sweep()

        self.assertEqual(self._get_runs(lead), runs)

    def test_customers_made_by_two_steps_do_not_stop_the_upgrade(self):
        """Their key is unique over all steps since. Fails without the script's line."""
        self._rule_on_offer([self._task(), self._task("Visit")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        lines = self._get_executions(lead)
        self.assertEqual(set(lines.mapped("state")), {"done"})
        self.env.cr.execute("DROP INDEX crm_trigger_execution_customer")
        self.env.cr.execute(
            "UPDATE crm_trigger_execution SET joint_key = 'customer ada@example.com' WHERE id IN %s", [lines._ids]
        )

        path = file_path("crm_triggers/migrations/19.0.1.3.0/pre-migration.py")
        load_script(path, "crm_triggers_pre_migration").migrate(self.env.cr, "19.0.1.2.0")
        lines.invalidate_recordset(["joint_key"])

        self.assertEqual(lines.mapped("joint_key"), [False, False])

    def test_errors_of_before_are_read_by_all(self):
        """In the one language in which they were kept; Odoo itself makes the columns ones of texts in each language."""
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.env["res.lang"]._activate_lang("fr_FR")
        for log in self._get_runs(lead), self._get_executions(lead):
            table, field = log._table, log._fields["error"]
            self.env.flush_all()
            self.env.cr.execute(f"ALTER TABLE {table} ALTER error TYPE text USING 'Le modèle est archivé'")

            field.update_db(log, table_columns(self.env.cr, table))
            self.env.invalidate_all()

            for lang in ("en_US", "fr_FR"):
                self.assertEqual(log.with_context(lang=lang).error, "Le modèle est archivé")

    def _migrate(self, name):
        path = file_path(f"crm_triggers/migrations/19.0.1.5.0/{name}.py")
        self.env.flush_all()
        load_script(path, f"crm_triggers_{name}").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def test_ready_rules_of_before_count_from_the_next_instalment(self):
        """And rules that people made stay."""
        due = self.env["ir.model.fields"]._get("account.move", "invoice_date_due")
        ready = self.env.ref("crm_triggers.template_invoice_overdue")
        ready.trg_date_id = due
        mine = self._create_rule("date", model="account.move", date="invoice_date_due")
        step = self.env.ref("crm_triggers.template_step_quotation_incentive_2")
        step.filter_domain = False

        self._migrate("post-ready_rules")

        self.assertEqual((ready.trg_date_id.name, mine.trg_date_id), ("next_due_date", due))
        self.assertIn("has_rule_discount", step.filter_domain)

    def test_quotations_of_before_know_of_their_discount(self):
        order, other = self._create_order(), self._create_order()
        incentive = {"order_id": order.id, "valid_until": "2026-02-05", "discounts": {}}
        self.env["crm.trigger.incentive"].create(incentive)

        self._migrate("post-discounts")

        self.assertEqual((order.has_rule_discount, other.has_rule_discount), (True, False))

    def test_texts_of_before_are_put_right(self):
        """Those that nobody changed, in each language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template, changed = (
            self.env.ref(f"crm_triggers.mail_template_{name}") for name in ("invoice_due_today", "invoice_reminder_2")
        )
        old = '<p>Your invoice <strong>1</strong> is due on <t t-out="format_date(object.invoice_date_due)"/></p>'
        for one in (template, changed):
            one.write({"body_html": old, "subject": "Your invoice {{ object.name }} is due today"})
        template.with_context(lang="fr_FR").subject = "Votre facture {{ object.name }} arrive à échéance aujourd'hui"
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_template SET write_date = create_date WHERE id = %s", [template.id])
        self.env.cr.execute(
            "UPDATE mail_template SET write_date = create_date + interval '1 day' WHERE id = %s", [changed.id]
        )

        self._migrate("pre-texts")

        date = "{{ format_date(object.next_due_date) }}"
        self.assertEqual(template.subject, f"Due date of your invoice {{{{ object.name }}}}: {date}")
        self.assertIn("Échéance de votre facture {{ object.name }}", template.with_context(lang="fr_FR").subject)
        self.assertIn("The due date of your invoice <strong>1</strong> is <t", template.body_html)
        self.assertIn("object.next_due_date", template.body_html)
        self.assertIn("object.invoice_date_due", changed.body_html)
