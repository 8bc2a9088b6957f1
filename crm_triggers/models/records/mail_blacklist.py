from odoo import api, models
from odoo.tools import SQL, email_normalize

from ...engine import states

BOUNCES = 2  # consecutive bounces: one may be a temporary problem; Odoo resets the count when the address writes


class MailBlacklist(models.Model):
    """Addresses that get no emails, for all messages of rules."""

    _inherit = "mail.blacklist"

    @api.model
    def _get_crm_trigger_blocked(self, emails):
        """Return those of the normalized addresses that are on the blacklist, as a set."""
        return set(self.sudo().search([("email", "in", list(emails))]).mapped("email"))

    @api.model
    def _get_crm_trigger_refused(self, emails):
        """Return ``{address: skip reason}`` of the addresses rules do not write to: opted out, or bouncing. The
        single check for all kinds of messages.

        :param emails: normalized addresses
        """
        if not emails:
            return {}
        refused = dict.fromkeys(self._get_crm_trigger_dead(emails), states.SKIP_BOUNCED)
        return refused | dict.fromkeys(self._get_crm_trigger_blocked(emails), states.SKIP_BLACKLIST)

    @api.model
    def _get_crm_trigger_dead(self, emails):
        """Return those of the normalized addresses whose last mails bounced, as a set.

        A lead with a contact is written to at the contact's address, with the contact's bounce count.
        """
        fnames = ["email_normalized", "message_bounce"]
        self.env["res.partner"].flush_model(fnames)
        self.env["crm.lead"].flush_model([*fnames, "partner_id"])
        return {
            email
            for (email,) in self.env.execute_query(
                SQL(
                    "SELECT email_normalized FROM res_partner"
                    " WHERE email_normalized IN %(emails)s AND message_bounce >= %(bounces)s"
                    " UNION SELECT email_normalized FROM crm_lead"
                    " WHERE email_normalized IN %(emails)s AND message_bounce >= %(bounces)s AND partner_id IS NULL",
                    emails=tuple(emails),
                    bounces=BOUNCES,
                )
            )
        }


class MailThreadBlacklist(models.AbstractModel):
    """Bounces of one address do not count for another."""

    _inherit = "mail.thread.blacklist"

    def write(self, vals):
        """Reset the count when an address is corrected."""
        fname = self._primary_email
        if fname not in vals:
            return super().write(vals)
        new = email_normalize(vals[fname], strict=False)
        bounced = self.sudo().filtered("message_bounce")  # Odoo's counter
        corrected = bounced.filtered(lambda record: record.email_normalized != new)
        result = super().write(vals)
        if corrected:
            corrected.message_bounce = 0
        return result
