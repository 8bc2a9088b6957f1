from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.models.step.blank import is_blank, is_blank_html
from odoo.tools.mail import email_normalize

from .crm_trigger_execution import SKIP_UNSUBSCRIBED

NOT_RECEIVED = ("error", "cancel", "bounce")  # states of the trace of an email, unless it is still in the queue
PAUSE_HOURS = 24  # minimum time between two mailings of one action to a whole list


class IrActionsServer(models.Model):
    """Sends a mailing: to the contact of a record, once ever; or a copy of it to its mailing lists."""

    _inherit = "ir.actions.server"

    state = fields.Selection(selection_add=[("crm_mailing", "Send Mailing")], ondelete={"crm_mailing": "cascade"})
    mailing_id = fields.Many2one(
        "mailing.mailing",
        ondelete="restrict",
        help="The mailing of Email Marketing, with its subject and design.",
    )
    mailing_reach = fields.Selection(
        [("contact", "To the contact of the record"), ("list", "To all on its mailing lists")],
        "Recipients",
        default="contact",
        help="Each contact receives it once. A list receives a copy of the mailing, once a day at most, "
        "regardless of how many records ask for it.",
    )
    mailing_then = fields.Selection(
        [("draft", "Leave it as a draft"), ("queue", "Send it")],
        "Then",
        default="draft",
        help="The copy for the lists: a draft waits to be reviewed and sent.",
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "crm_mailing":
            return warnings
        mailing = self.mailing_id
        if not mailing:
            return [*warnings, self.env._("Choose the mailing.")]
        if not mailing.active:
            warnings.append(
                self.env._("The mailing “%s” is archived: unarchive it or choose another one.", mailing.display_name)
            )
        if mailing.mailing_type != "mail":
            warnings.append(self.env._("Choose a mailing that is sent by email."))
        if self.mailing_reach == "list" and not (mailing.mailing_on_mailing_list and mailing.contact_list_ids):
            warnings.append(self.env._("“%s” is for no mailing list: choose one in the mailing.", mailing.display_name))
        if misfit := self._crm_trigger_get_mailing_misfit():
            warnings.append(misfit)
        return warnings

    def _crm_trigger_get_mailing_misfit(self):
        """Return why the mailing cannot go to the contacts of such records, as text, or None."""
        name, model_name = self.mailing_id.display_name, self.mailing_id.mailing_model_real
        if not self.mailing_id or not self.model_name or self.mailing_reach == "list":
            return None
        if "email_normalized" not in self.env[model_name]:  # nor the unsubscribe link, nor the blacklist
            return self.env._(
                "“%s” is for records without an address of their own: create one for contacts or mailing lists.", name
            )
        if model_name == self.model_name or model_name in ("res.partner", "mailing.contact"):
            has_contact = model_name == self.model_name or self._crm_trigger_has_contact()
            return None if has_contact else self.env._("These records have no contact that could get “%s”.", name)
        return self.env._("“%s” is for other records: create one for contacts or mailing lists.", name)

    def _run_action_crm_mailing_multi(self, eval_context=None):
        self._crm_trigger_mail(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_mail(self, records):
        """Send the mailing for these records.

        Other workers that send it at the moment wait, and restart.

        :return: ``({record: trace of the mail, or the copy of the mailing}, {record: skip reason})``
        :raises SerializationFailure: another worker sent it meanwhile
        """
        self._lock_documents(self.mailing_id)
        if self.mailing_reach == "list":
            return self._crm_trigger_mail_lists(records)
        return self._crm_trigger_mail_contacts(records)

    # To the lists

    def _crm_trigger_mail_lists(self, records):
        """Create a copy of the mailing, one for all records; none if there was one within a day."""
        lists = self.mailing_id.contact_list_ids - self._crm_trigger_search_served_lists()
        if not records or not lists:
            return {}, dict.fromkeys(records, states.SKIP_ALREADY)
        made_by = {"crm_trigger_action_id": self.id, "crm_trigger_mailing_id": self.mailing_id.id}
        copy = self.mailing_id.copy({**made_by, "schedule_type": "now", "schedule_date": False})
        if copy.contact_list_ids != lists:  # Odoo copies them all, regardless of the given values
            copy.contact_list_ids = lists
        if self.mailing_then == "queue":
            copy.action_put_in_queue()
        return {records[0]: copy}, dict.fromkeys(records[1:], states.SKIP_ALREADY)

    def _crm_trigger_search_served_lists(self):
        """Return the lists that got the mailing within a day: from any rule or user; archived mailings count."""
        since, mailing = fields.Datetime.now() - timedelta(hours=PAUSE_HOURS), self.mailing_id
        mailings = self.env["mailing.mailing"].with_context(active_test=False)
        copies = mailings.search([("crm_trigger_mailing_id", "=", mailing.id), ("create_date", ">", since)])
        sent = mailing.state in ("in_queue", "sending") or (mailing.sent_date and mailing.sent_date > since)
        return (copies | mailing if sent else copies).contact_list_ids

    # To the contact

    def _crm_trigger_mail_contacts(self, records):
        """Queue the email of each contact that may get it and did not get it yet; one composer for all."""
        addressees, get_partner = self._crm_trigger_get_addressees(records), self.env["crm.trigger.run"]._get_partner
        partners = {record: get_partner(record) for record in records}
        emails = {
            record: addressees[record].email_normalized if addressees.get(record) else False for record in records
        }
        refused = self._crm_trigger_get_refused_emails(set(emails.values()) - {False})
        served = self._crm_trigger_search_served(partners, addressees, emails)
        sending, reasons = {}, {}
        for record, email in emails.items():
            who = self._crm_trigger_get_keys(email, partners[record], addressees.get(record))
            if reason := partners[record]._tell_crm_trigger_refusal(email, refused):
                reasons[record] = reason
            elif who & served:
                reasons[record] = states.SKIP_ALREADY
            else:
                sending[record] = addressees[record]
                served |= who
        silent = self._crm_trigger_get_silent(sending)
        speaking = {record: addressee for record, addressee in sending.items() if record not in silent}
        return self._crm_trigger_compose_mailing(speaking), reasons | dict.fromkeys(silent, states.SKIP_EMPTY)

    def _crm_trigger_get_silent(self, addressees):
        """Return the records for whose recipient both subject and body of the mailing are empty.

        :param dict addressees: ``{record: recipient of the mailing}``
        """
        ids = [addressee.id for addressee in addressees.values()]
        subjects = self.mailing_id._render_field("subject", ids) if ids else {}
        wordless = [one for one in ids if is_blank(subjects[one])]
        bodies = self.mailing_id._render_field("body_html", wordless) if wordless else {}
        return [record for record, one in addressees.items() if one.id in bodies and is_blank_html(bodies[one.id])]

    def _crm_trigger_search_served(self, partners, addressees, emails):
        """Return who got the mailing, as keys of :meth:`_crm_trigger_get_keys`: a person gets it once, whatever
        their address is now, and so does an address, whoever has it now. What they did not receive
        counts for the address alone, to which Odoo sends no mailing again.

        :param dict partners: ``{record: contact}``
        :param dict addressees: ``{record: record of the mailing's model}``
        :param dict emails: ``{record: address}``
        """
        model_name, mailing = self.mailing_id.mailing_model_real, [("mass_mailing_id", "=", self.mailing_id.id)]
        found = [
            ("res_id", "in", [addressee.id for addressee in addressees.values()]),
            ("email", "in", [email for email in emails.values() if email]),
            ("crm_trigger_partner_id", "in", [partner.id for partner in partners.values() if partner]),
        ]
        traces = self.env["mailing.trace"].search([*mailing, ("model", "=", model_name), "|", "|", *found])
        received = traces.filtered(
            lambda trace: trace.trace_status not in NOT_RECEIVED or trace.sudo().mail_mail_id.state == "outgoing"
        )
        had = {(model_name, trace.res_id) for trace in received} | {email_normalize(trace.email) for trace in traces}
        return had | {("res.partner", trace.crm_trigger_partner_id.id) for trace in received}

    @api.model
    def _crm_trigger_get_keys(self, email, *people):
        """Return the keys by which a mailing counts as received: each of these records as ``(model, id)``, and the
        address.
        """
        return {(one._name, one.id) for one in people if one} | ({email} if email else set())

    def _crm_trigger_get_addressees(self, records):
        """Return ``{record: related record of the mailing's model, may be empty}``."""
        model_name = self.mailing_id.mailing_model_real
        if model_name == records._name:
            return {record: record for record in records}
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {record: get_partner(record) for record in records}
        if model_name == "res.partner":
            return partners
        parties = {record: self._crm_trigger_get_list_party(record)[1] for record in records}
        domain = [
            ("email_normalized", "in", list(set(parties.values()) - {False})),
            ("subscription_ids.list_id", "in", self.mailing_id.contact_list_ids.ids),
        ]
        contacts = self.env["mailing.contact"].search(domain, order="id").grouped("email_normalized")
        return {record: contacts.get(email, self.env["mailing.contact"])[:1] for record, email in parties.items()}

    def _crm_trigger_get_refused_emails(self, emails):
        """Return ``{email: skip reason}`` of addresses that rules do not write to, and of those that unsubscribed."""
        gone = emails & set(self.mailing_id._get_opt_out_list())
        return dict.fromkeys(gone, SKIP_UNSUBSCRIBED) | self.env["mail.blacklist"]._get_crm_trigger_refused(emails)

    def _crm_trigger_compose_mailing(self, addressees):
        """Queue the emails as Odoo does for a mailing, with its links, traces and unsubscribe link.

        :param dict addressees: ``{record: recipient of the mailing}``
        :return: ``{record: mailing.trace}``
        """
        if not addressees:
            return {}
        mailing, ids = self.mailing_id, [addressee.id for addressee in addressees.values()]
        composer = self.env["mail.compose.message"].with_context(
            active_ids=ids, default_composition_mode="mass_mail", **mailing._get_mass_mailing_context()
        )
        composer.create(self._crm_trigger_prepare_mailing_composer(mailing))._action_send_mail()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        domain = [("mass_mailing_id", "=", mailing.id), ("res_id", "in", ids)]
        traces = {trace.res_id: trace for trace in self.env["mailing.trace"].search(domain, order="id")}
        made, get_partner = {}, self.env["crm.trigger.run"]._get_partner
        for record, addressee in addressees.items():
            made[record] = traces[addressee.id]
            made[record].crm_trigger_partner_id = get_partner(record)
        return made

    def _crm_trigger_prepare_mailing_composer(self, mailing):
        """Return the values of Odoo's composer, for emails that stay in the queue."""
        step, user = self.env["crm.trigger.step"], mailing.user_id
        author = user._crm_trigger_there(self.env.company).partner_id or self.env.company.partner_id
        email_from = mailing.email_from
        if email_normalize(email_from) in step._get_gone_addresses({email_normalize(email_from)}, self.env.company):
            email_from = author.email_formatted
        values = {
            "attachment_ids": [fields.Command.set(mailing.attachment_ids.ids)],
            "author_id": author.id,
            "auto_delete": not mailing.keep_archives,
            "auto_delete_keep_log": mailing.reply_to_mode == "update",
            "body": mailing._prepend_preview(mailing.body_html or "", mailing.preview),
            "composition_mode": "mass_mail",
            "email_from": email_from,
            "force_send": False,
            "mail_server_id": mailing.mail_server_id.id,
            "mailing_list_ids": [fields.Command.set(mailing.contact_list_ids.ids)],
            "mass_mailing_id": mailing.id,
            "model": mailing.mailing_model_real,
            "reply_to_force_new": mailing.reply_to_mode == "new",
            "subject": mailing.subject,
            "template_id": False,
            "use_exclusion_list": True,
        }
        return values | ({"reply_to": mailing.reply_to} if mailing.reply_to_mode == "new" else {})
