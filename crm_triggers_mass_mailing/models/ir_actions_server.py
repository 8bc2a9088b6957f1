from odoo import fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.fields import Command

from .crm_trigger_execution import SKIP_UNSUBSCRIBED


class IrActionsServer(models.Model):
    """Adds the contacts of records to a mailing list, or removes them, by their email."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_mailing_list", "Mailing List")], ondelete={"crm_mailing_list": "cascade"}
    )
    mailing_list_id = fields.Many2one(
        "mailing.list",
        "Mailing list",
        ondelete="restrict",
        help="The list of Email Marketing. Contacts who unsubscribed are not added again.",
    )
    mailing_list_move = fields.Selection(
        [("add", "Add to the list"), ("remove", "Remove from the list")],
        "Do",
        default="add",
        help="The contact's email is looked up in the list, or added as a mailing contact.",
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "crm_mailing_list":
            return warnings
        if not self._crm_trigger_has_contact():
            warnings.append(self.env._("These records have no contact that could be on a mailing list."))
        if not self.mailing_list_id:
            warnings.append(self.env._("Choose the mailing list."))
        elif not self.mailing_list_id.active:
            warnings.append(
                self.env._(
                    "The mailing list “%s” is archived: unarchive it or choose another one.", self.mailing_list_id.name
                )
            )
        return warnings

    def _run_action_crm_mailing_list_multi(self, eval_context=None):
        self._crm_trigger_change_list(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_change_list(self, records):
        """Add the contacts of records to the list, or remove them, with a few queries for all.

        No email gets a second mailing contact, even if another worker processes the same email.

        :return: ``({record: mailing contact}, {record: skip reason})``
        :raises SerializationFailure: another worker changed one of these contacts meanwhile
        """
        people = {record: self._crm_trigger_get_list_party(record) for record in records}
        reasons = {record: self._crm_trigger_get_list_refusal(*people[record]) for record in people}
        asked = {people[record][1] for record in people if not reasons[record]}
        known = self.env["mailing.contact"].search([("email_normalized", "in", list(asked))], order="id")
        self._lock_documents(known)
        contacts = known.grouped("email_normalized")
        subscriptions = self._crm_trigger_search_subscriptions(known)
        if self.mailing_list_move == "remove":
            done, refused = self._crm_trigger_take_off_list(contacts, subscriptions)
        else:
            done, refused = self._crm_trigger_put_on_list(
                self._crm_trigger_get_newcomers(people, asked), contacts, subscriptions
            )
        changed = {}
        for record, (_partner, email) in people.items():
            if not reasons[record] and email in done:
                changed[record] = done.pop(email)  # the next record of the same contact is done already
            elif not reasons[record]:
                reasons[record] = refused.get(email, states.SKIP_ALREADY)
        return changed, {record: reason for record, reason in reasons.items() if reason}

    def _crm_trigger_get_list_party(self, record):
        """Return the contact of a record and its email, else that of the record itself."""
        partner = self.env["crm.trigger.run"]._get_partner(record)
        own = not partner and "email_normalized" in record and record.email_normalized
        return partner, partner.email_normalized or own or False

    def _crm_trigger_get_list_refusal(self, partner, email):
        """Return why a contact is not added to the list, or not found on it; archived contacts can still be
        removed.
        """
        asked = partner if self.mailing_list_move == "add" else partner.browse()
        return asked._tell_crm_trigger_refusal(email, {})

    def _crm_trigger_get_newcomers(self, people, emails):
        """Return ``{email: values of a mailing contact}``, of the first record with each email."""
        newcomers = {}
        for record, (partner, email) in people.items():
            if email in emails and email not in newcomers:
                name = partner.name or ("contact_name" in record and record.contact_name) or record.display_name
                newcomers[email] = {
                    "name": name,
                    "email": email,
                    "company_name": partner.commercial_company_name,
                    "country_id": partner.country_id.id,
                }
        return newcomers

    def _crm_trigger_search_subscriptions(self, contacts):
        """Return ``{email: subscriptions to the list}``; some emails have several mailing contacts."""
        domain = [("list_id", "=", self.mailing_list_id.id), ("contact_id", "in", contacts.ids)]
        return self.env["mailing.subscription"].search(domain).grouped(lambda line: line.contact_id.email_normalized)

    def _crm_trigger_take_off_list(self, contacts, subscriptions):
        """Delete subscriptions, except of contacts who unsubscribed: the list must keep their opt-out.

        :return: ``({email: mailing contact}, {})``
        """
        leaving = {
            email: lines.filtered(lambda line: not line.opt_out)
            for email, lines in subscriptions.items()
            if not all(lines.mapped("opt_out"))
        }
        done = {email: lines[:1].contact_id for email, lines in leaving.items()}
        self.env["mailing.subscription"].union(*leaving.values()).unlink()
        self.env["mailing.contact"].union(*contacts.values()).invalidate_recordset(["list_ids", "subscription_ids"])
        return done, {}

    def _crm_trigger_put_on_list(self, newcomers, contacts, subscriptions):
        """Subscribe those who may be subscribed.

        :param dict newcomers: values of those to add
        :return: ``({email: mailing contact}, {email: skip reason})``
        """
        refused = self.env["mail.blacklist"]._get_crm_trigger_refused(newcomers)
        for email, lines in subscriptions.items():
            gone = any(lines.mapped("opt_out"))
            refused[email] = SKIP_UNSUBSCRIBED if gone else refused.get(email, states.SKIP_ALREADY)
        taken = {email: vals for email, vals in newcomers.items() if email not in refused}
        done = {email: contacts[email][:1] for email in taken if email in contacts}
        self.env["mailing.subscription"].create(
            [{"contact_id": contact.id, "list_id": self.mailing_list_id.id} for contact in done.values()]
        )
        known = self.env["mailing.contact"].union(*done.values())
        known.invalidate_recordset(["list_ids", "subscription_ids"])
        return done | self._crm_trigger_create_subscribed(
            [vals for email, vals in taken.items() if email not in contacts]
        ), refused

    def _crm_trigger_create_subscribed(self, vals_list):
        """Create mailing contacts subscribed to the list; one worker at a time, as no database constraint prevents
        duplicate emails.

        :return: ``{email: mailing contact}``
        """
        if not vals_list:
            return {}
        self._lock_documents(self.env["ir.model"]._get("mailing.contact"))
        subscription = [Command.create({"list_id": self.mailing_list_id.id})]
        contacts = self.env["mailing.contact"].with_context(tracking_disable=True)
        created = contacts.create([{**vals, "subscription_ids": subscription} for vals in vals_list])
        return {contact.email_normalized: contact.with_env(self.env) for contact in created}
