from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# France and its overseas departments, where the commercial code applies unchanged.
FRANCE = ("FR", "GP", "GF", "MQ", "RE", "YT")


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.trigger.mixin"]
    _crm_trigger_name = _lt("Invoice")
    _crm_trigger_phase = "invoice"
    _crm_trigger_icon = "fa-money"
    # What sales managers call an invoice; Odoo keeps bills and entries in the same model.
    _crm_trigger_initial_conditions = '[("move_type", "=", "out_invoice"), ("state", "=", "posted")]'
    _crm_trigger_written_past = frozenset({"name"})
    _crm_trigger_own_date = "invoice_date"
    _crm_trigger_goal = (("payment_state", "in", ("in_payment", "paid")),)
    _crm_trigger_update_paths = frozenset({"invoice_user_id"})
    _crm_trigger_terms = frozenset(
        {
            "company_id",
            "currency_id",
            "date",
            "delivery_date",
            "fiscal_position_id",
            "incoterm_location",
            "invoice_cash_rounding_id",
            "invoice_date",
            "invoice_date_due",
            "invoice_incoterm_id",
            "invoice_line_ids",
            "invoice_payment_term_id",
            "journal_id",
            "line_ids",
            "move_type",
            "name",
            "narration",
            "partner_bank_id",
            "partner_id",
            "partner_shipping_id",
            "payment_reference",
            "ref",
            "state",
        }
    )
    _crm_trigger_former_dates = {"next_due_date": "invoice_date_due"}

    french_late_terms = fields.Selection(
        [("business", "Business"), ("public", "Public buyer")],
        "Late Payment Terms (France)",
        compute="_compute_french_late_terms",
        help="Which French law on late payment reminders quote: the Commercial Code to a business, the Public "
        "Procurement Code to a public buyer, none to a consumer or if the company is elsewhere.",
    )
    has_french_late_terms = fields.Boolean(
        "French Late Payment Terms for Businesses",
        compute="_compute_french_late_terms",
        help="The company is in France and the customer is a business: reminders quote the late payment penalties and "
        "the fixed sum of 40 € for recovery costs (Commercial Code, L. 441-10 and D. 441-5).",
    )

    next_due_date = fields.Date(
        "Next Payment Due",
        compute="_compute_next_due_date",
        store=True,
        index="btree_not_null",
        help="When the first instalment that is not paid yet is due; the due date without instalments, and once all "
        "is paid. Reminders count from it.",
    )
    next_due_amount = fields.Monetary(
        "Amount Due by Then",
        compute="_compute_next_due_amount",
        help="The unpaid part of the instalments that are due by the next due date, or by today if that is later.",
    )

    def _get_crm_trigger_bound(self):
        """Return the invoices that customers have received: all posted ones."""
        return self.filtered(lambda move: move.state == "posted" and move.is_sale_document(include_receipts=True))

    def _auto_init(self):
        """Fill the new column by SQL: there may be millions of invoices."""
        if not column_exists(self.env.cr, self._table, "next_due_date"):
            create_column(self.env.cr, self._table, "next_due_date", "date")
            self._crm_trigger_fill_next_due_date()
        return super()._auto_init()

    @api.model
    def _crm_trigger_fill_next_due_date(self):
        self.env.cr.execute(
            SQL(
                "UPDATE account_move invoice SET next_due_date = COALESCE((SELECT MIN(line.date_maturity)"
                " FROM account_move_line line WHERE line.move_id = invoice.id"
                " AND line.display_type = 'payment_term' AND line.reconciled IS NOT TRUE),"
                " invoice.invoice_date_due) WHERE invoice.move_type != 'entry'"
            )
        )

    @api.depends(
        "move_type",
        "invoice_date_due",
        "line_ids.date_maturity",
        "line_ids.display_type",
        "line_ids.reconciled",
    )
    def _compute_next_due_date(self):
        for move in self:
            days = move._get_unpaid_instalments().filtered("date_maturity").mapped("date_maturity")
            move.next_due_date = move.is_invoice(include_receipts=True) and min(days, default=move.invoice_date_due)

    @api.depends("next_due_date", "amount_residual", "line_ids.amount_residual_currency")
    @api.depends_context("tz")
    def _compute_next_due_amount(self):
        today = fields.Date.context_today(self)
        for move in self:
            until = max(today, move.next_due_date or today)
            unpaid = move._get_unpaid_instalments()
            due = unpaid.filtered(lambda line, until=until: not line.date_maturity or line.date_maturity <= until)
            move.next_due_amount = abs(sum(due.mapped("amount_residual_currency"))) if due else move.amount_residual

    def _get_unpaid_instalments(self):
        """Return the customer's receivable lines that are not fully paid, one per due date."""
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)

    @api.depends(
        "company_id.country_id",
        "commercial_partner_id.is_company",
        "commercial_partner_id.late_terms",
        "commercial_partner_id.vat",
    )
    def _compute_french_late_terms(self):
        """Between professionals only: a consumer owes neither penalties nor costs."""
        for move in self:
            terms = move.company_id.country_id.code in FRANCE and move.commercial_partner_id._get_late_terms()
            move.french_late_terms = terms in ("business", "public") and terms
            move.has_french_late_terms = terms == "business"
