from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerCreate(CrmTriggersCommon):
    """A record is created, on any model with contacts, quotations, invoices."""

    def test_create_lead_starts_run_at_once(self):
        """K02, K07: the relation begins. Fails without ``base.create``."""
        self._create_rule("create", [self._task("Call back")])

        lead = self._create_lead()
        self._run_worker()

        self.assertExecutions(lead, [("Call back", "done")])

    def test_create_conditions_are_those_of_the_end_of_the_transaction(self):
        self._create_rule("create", filter_domain=[("priority", "=", "3")])

        lead = self.env["crm.lead"].create({"name": "Lead", "company_id": self.company.id})
        lead.flush_recordset()
        lead.priority = "3"
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_create_not_matching_starts_nothing_later(self):
        self._create_rule("create", filter_domain=[("priority", "=", "3")])
        lead = self._create_lead()

        lead.priority = "3"
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_create_many_starts_one_run_each(self):
        self._create_rule("create")

        leads = self._create_leads(30)

        self.assertEqual(sorted(self._get_runs(leads).mapped("res_id")), sorted(leads.ids))

    def test_create_before_activation_is_history(self):
        """Promise 4: switching a rule on touches no existing record."""
        lead = self._create_lead()

        self._create_rule("create")
        lead.name = "Touched"
        self._run_until("2026-02-03 09:00")

        self.assertFalse(self._get_runs(lead))

    def test_document_of_long_ago_that_is_imported_is_history(self):
        """Promise 4: as it is, with the date of then; what people make of it now is news. Fails without
        ``_judge_born``."""
        self._move_to("2026-02-10 09:00:00")
        confirmed = self._create_rule(model="sale.order", filter_domain=[("state", "=", "sale")], late_days=3)
        made = self._create_rule("create", model="sale.order", late_days=3)
        posted = self._create_rule(model="account.move", filter_domain=[("state", "=", "posted")], late_days=3)
        self._move_to("2026-02-20 15:00:00")
        for day in ("2023-01-05", "2026-02-09", "2026-02-12", "2026-02-18"):
            self._create_order(state="sale", date_order=f"{day} 10:00:00")
            self._create_posted(invoice_date=day)
        for rule in (confirmed, made, posted):
            self.assertEqual(rule.run_ids.sorted("id").mapped("stop_reason"), ["late", False], rule.model_name)

        old = self._create_order(date_order="2023-01-05 10:00:00")
        old.action_confirm()
        self._new_transaction()
        self.assertEqual(len(confirmed.run_ids), 3)

    def test_create_lead_and_delete_it_starts_nothing(self):
        self._create_rule("create")

        lead = self.env["crm.lead"].create({"name": "Lead", "company_id": self.company.id})
        lead.unlink()
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_create_run_knows_contact_company_and_start(self):
        rule = self._create_rule("create")

        lead = self._create_lead()

        self.assertRecordValues(
            self._get_runs(lead),
            [
                {
                    "rule_id": rule.id,
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                    "state": "running",
                    "depth": 0,
                    "origin_execution_id": False,
                }
            ],
        )

    def test_create_contact_starts_run(self):
        """K01: contacts, customers and suppliers alike."""
        self._create_rule("create", model="res.partner", filter_domain=[("is_company", "=", True)])

        firm, person = self.env["res.partner"].create([{"name": "Firm", "is_company": True}, {"name": "Person"}])
        self._new_transaction()

        self.assertEqual(self._get_runs(firm | person).mapped("res_id"), firm.ids)
        self.assertEqual(self._get_runs(firm).partner_id, firm)

    def test_create_colleague_starts_nothing(self):
        """Z18: a contact given a login is a colleague."""
        self._create_rule("create", model="res.partner")

        colleague = self._create_user("eve", "base.group_user").partner_id
        self._new_transaction()

        self.assertFalse(self._get_runs(colleague))
