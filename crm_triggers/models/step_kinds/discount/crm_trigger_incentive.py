from odoo import api, fields, models

from ....engine.schedule import to_local
from ...isolation import bounded, isolated
from ...stopping import is_stopping

TAKE_BACK_BATCH = 100
TAKE_BACK_SECONDS = 30.0  # per statement
TAKE_BACK_LOCK_SECONDS = 1.0  # for the lock on a quotation that another transaction is changing
ORDERED = "sale"  # state of a confirmed quotation


class CrmTriggerIncentive(models.Model):
    """A discount that a rule gave on a quotation, and whether it was reverted.

    Created by the system. After its last day, an open or cancelled quotation gets its previous prices and validity
    back; one that is ordered, signed or in payment keeps the discount, unless that fails. An ended discount is
    archived, and kept as long as its quotation: no rule gives a second one.
    """

    _name = "crm.trigger.incentive"
    _description = "Discount Given by a Rule"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", help="The quotation with the discount."
    )
    valid_until = fields.Date(required=True, readonly=True, index=True, help="The last day of the discount.")
    validity_before = fields.Date("Valid before", readonly=True, help="Until when the quotation was valid before.")
    discounts = fields.Json(readonly=True, help="For each line: the previous discount, and the one given.")
    active = fields.Boolean(default=True, help="Whether its last day is still to come, or was not looked at yet.")
    taken_back = fields.Boolean(readonly=True, help="The previous prices of the quotation were restored.")

    _once = models.UniqueIndex("(order_id)", "This quotation already has a discount from a rule.")

    @api.model
    def _cron_take_back(self):
        """Revert the discounts whose last day is over, committing each batch."""
        over = self._search_over()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(over))
        for start in range(0, len(over), TAKE_BACK_BATCH):
            batch = over[start : start + TAKE_BACK_BATCH].exists()
            batch._take_back_apart()
            if not cron._commit_progress(len(batch)):
                break
            if is_stopping():  # Odoo would repeat a job that reports remaining work
                self.env["crm.trigger.run"]._call("crm_triggers.ir_cron_take_back", "Waking the taking back")
                cron._commit_progress(remaining=0)
                break

    def _take_back_apart(self):
        """Revert these; on failure each half, down to the one that cannot be reverted now, which does not block the
        others: the next time it comes last.
        """
        failed, cr = [], self.env.cr
        scope = isolated(cr.savepoint(), f"Taking back {self}", failed.append, pass_on=(), loud=len(self) == 1)
        with scope, bounded(cr, TAKE_BACK_SECONDS, TAKE_BACK_LOCK_SECONDS):
            self._take_back()
        if failed and len(self) > 1:
            self[: len(self) // 2]._take_back_apart()
            self[len(self) // 2 :]._take_back_apart()
        elif failed:
            cr.execute("UPDATE crm_trigger_incentive SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", self.ids)

    @api.model
    def _search_over(self):
        """Return those to check: their last day is over; those that were kept, only once their quotation is no longer
        ordered, signed or in payment.
        """
        domain = [
            ("taken_back", "=", False),
            ("valid_until", "<=", fields.Date.today()),  # in zones further west, today is still yesterday
            "|",
            ("active", "=", True),
            ("order_id.state", "!=", ORDERED),
        ]
        found = self.with_context(active_test=False).search(domain, order="write_date, id")
        kept = found.filtered(lambda one: not one.active).order_id._get_crm_trigger_bound()
        return found.filtered(
            lambda one: one.valid_until < one._get_local_today() and (one.active or one.order_id not in kept)
        )

    def _get_local_today(self):
        tz = self.order_id.company_id.partner_id.tz or "UTC"
        return to_local(fields.Datetime.now(), tz).date()

    def _take_back(self):
        """Restore the previous values, except on quotations ordered, signed or in payment at these prices."""
        self.env["ir.actions.server"]._lock_documents(self.order_id)
        bound = self.order_id._get_crm_trigger_bound()
        back = self.filtered(lambda one: one.order_id not in bound)
        stays = self.env._("The discount of the rule has ended. It stays: the customer signed, or is paying.")
        notes = dict.fromkeys(bound.filtered(lambda order: order.state != ORDERED).ids, stays)
        for incentive in back:
            order = incentive.order_id
            if incentive._restore_discounts():
                if order.validity_date == incentive.valid_until:
                    order.validity_date = incentive.validity_before
                notes[order.id] = self.env._("The discount of the rule has expired and was taken back.")
        self.env["sale.order"].browse(notes)._message_log_batch(notes)
        back.taken_back = True
        back.order_id.has_rule_discount = False
        self.active = False

    def _get_given(self):
        """Return ``{line id: (discount before, discount given)}`` of discounts not reverted."""
        return {
            int(line_id): tuple(values)
            for incentive in self.filtered(lambda one: not one.taken_back)
            for line_id, values in incentive.discounts.items()
        }

    def _restore_discounts(self):
        """Restore the previous discounts of the lines, except those a user changed since.

        :return: the lines
        """
        given = self._get_given()
        lines = self.order_id.order_line.filtered(lambda line: line._has_crm_trigger_discount(given))
        for before, group in lines.grouped(lambda line: given[line.id][0]).items():
            group.discount = before
        lines._crm_trigger_settle_prices()
        return lines
