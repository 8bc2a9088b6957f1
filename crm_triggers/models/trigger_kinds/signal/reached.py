from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from ....engine.series import Sign


class Reached(NamedTuple):
    """A record that signals reach: by itself, or by its contact (or the contact's company, if the rule says so)."""

    record_id: int
    contact_id: int | None
    company_id: int | None


class CrmTriggerRule(models.Model):
    """Which records a signal reaches: the one it is about, or those of its contact if it is about another kind of
    record. So a message on one lead starts nothing for the contact's other leads, and a login concerns all of them.
    """

    _inherit = "crm.trigger.rule"

    def _search_reached(self, rows):
        """Return the records that meet the conditions and that these signals reach, as a list of :class:`Reached`.

        :param rows: as of ``crm.trigger.signal._read_signals``
        """
        model_name, by_company = self.model_name, self.signal_company
        own = [row.res_id for row in rows if row.res_model == model_name]
        contacts = {row.partner_id for row in rows if by_company or row.res_model != model_name} - {None}
        path, domain = self._get_contact_path(), Domain("id", "in", own)
        if contacts and path:
            contacts = self._get_colleagues(contacts) if by_company else list(contacts)
            domain |= Domain(path, "in", contacts)
        model = self._get_model()
        found = model._search(domain & self._get_company_domain(), order="id").get_result_ids()
        matching = self._search_matching(found)
        return [self._get_reached(record) for record in model.browse(one for one in found if one in matching)]

    def _get_reached(self, record):
        partner, company = self.env["crm.trigger.run"]._get_parties(self.browse(), record.sudo())
        contact = partner.commercial_partner_id if self.signal_company else partner
        return Reached(record.id, contact.id or None, company.id or None)

    def _get_colleagues(self, contact_ids):
        """Return the ids of all contacts of the companies of these contacts."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False).browse(contact_ids).exists()
        return partners.search([("commercial_partner_id", "in", partners.commercial_partner_id.ids)]).ids

    def _get_signs(self, rows, reached):
        """Return ``{record id: {signal id: Sign}}`` of the signals that reach each record.

        :param rows: as of ``crm.trigger.signal._read_signals``
        :param reached: list of :class:`Reached`
        """
        own, of_contact = {}, {}
        model_name, by_points, by_company = self.model_name, self.signal_points > 0, self.signal_company
        for row in rows:
            sign = (row.company_id, Sign(row.id, row.occurred_at, row.points if by_points else 1))
            if row.res_model == model_name:
                own.setdefault(row.res_id, []).append(sign)
            contact = row.commercial_id if by_company else row.partner_id
            if contact and (by_company or row.res_model != model_name):
                of_contact.setdefault(contact, []).append(sign)
        return {
            one.record_id: {
                sign.id: sign
                for company_id, sign in [*own.get(one.record_id, ()), *of_contact.get(one.contact_id, ())]
                if company_id in (None, one.company_id) or one.company_id is None
            }
            for one in reached
        }
