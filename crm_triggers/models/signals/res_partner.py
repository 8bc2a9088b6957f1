from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.signal import HUMAN, VERIFIED


class ResPartner(models.Model):
    """What a contact did, and when they last turned to us."""

    _inherit = "res.partner"

    crm_trigger_last_contact_at = fields.Datetime(
        "Last contact from them",
        compute="_compute_crm_trigger_last_contact_at",
        search="_search_crm_trigger_last_contact_at",
        groups="crm_triggers.crm_triggers_group_user",
        help="When this contact, or someone of this company, last turned to you: an answer, a login to the "
        "portal, a conversation at a fair. Opening an email, machines and typed-in addresses do not count.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_trigger_last_contact_at(self):
        last = dict(self.env.execute_query(self._sql_last_contacts(self._origin.ids)))
        for partner in self:
            partner.crm_trigger_last_contact_at = last.get(partner._origin.id, False)

    @api.model
    def _search_crm_trigger_last_contact_at(self, operator, value):
        if operator in ("<", ">", "<=", ">="):
            found = SQL("acted_at %s %s", SQL(operator), fields.Datetime.to_datetime(value))
        elif operator == "in" and set(value) == {False}:
            return ~Domain("id", "in", self._sql_contacts(SQL("TRUE")))
        elif operator == "in" and False not in value:
            found = SQL("acted_at = ANY(%s)", [fields.Datetime.to_datetime(one) for one in value])
        else:
            return NotImplemented
        return Domain("id", "in", self._sql_contacts(found))

    @api.model
    def _sql_contacts(self, where):
        return SQL("(SELECT id FROM (%s) contact WHERE %s)", self._sql_last_contacts(), where)

    @api.model
    def _sql_last_contacts(self, ids=None):
        """Return the SQL of ``(contact id, when they last turned to us)``, in the user's companies; a company's is that
        of its people.

        :param ids: of the contacts; None for all
        """
        signal, past = self.env["crm.trigger.signal"], self.env["crm.trigger.signal.past"]
        acts = "SELECT partner_id, type_id, company_id, actor, identity, %s AS acted_at FROM %s"
        among = SQL("member.id = ANY(%(ids)s) OR member.commercial_partner_id = ANY(%(ids)s)", ids=ids)
        return SQL(
            "SELECT owner.id, max(acted_at) AS acted_at FROM res_partner member"
            " JOIN (%(acts)s UNION ALL %(past_acts)s) act ON act.partner_id = member.id"
            " JOIN crm_trigger_signal_type kind ON kind.id = act.type_id AND kind.own_contact"
            " CROSS JOIN LATERAL (SELECT member.id UNION SELECT member.commercial_partner_id) owner(id)"
            " WHERE act.actor = %(human)s AND act.identity = %(verified)s AND (%(among)s)"
            " AND (act.company_id IS NULL OR act.company_id = ANY(%(companies)s)) GROUP BY owner.id",
            acts=SQL(acts, SQL("occurred_at"), SQL.identifier(signal._table)),
            past_acts=SQL(acts, SQL("day::timestamp"), SQL.identifier(past._table)),
            human=HUMAN,
            verified=VERIFIED,
            among=SQL("TRUE") if ids is None else among,
            companies=self.env.companies.ids,
        )
