from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ....engine import states
from ...step.blank import is_blank, is_blank_html
from ...step.kinds import StepKind, declare, made, skipped

declare(
    "note",
    StepKind(
        action={"state": "mail_post", "mail_post_method": "note"},
        icon="fa-sticky-note-o",
        heading="tell",
        manager_fields=("template_id",),
        placed="target",
        reaches="colleague",
    ),
)
declare(
    "message",
    StepKind(
        action={"state": "mail_post", "mail_post_method": "comment"},
        icon="fa-comments",
        heading="tell",
        manager_fields=("template_id",),
        minutes=3,
        placed="target",
    ),
)
declare(
    "channel",
    StepKind(
        action={"state": "crm_trigger_channel"},
        icon="fa-hashtag",
        heading="tell",
        manager_fields=("channel_id", "channel_text"),
        standing_fields=("channel_id",),
    ),
)


class CrmTriggerStep(models.Model):
    """Steps that notify users: notes with notifications, messages to the followers, posts in a Discuss channel."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("message",), ("channel", "Post in a Discuss channel"), ("update",)],
        ondelete={"channel": "cascade"},
    )
    channel_id = fields.Many2one(related="action_id.channel_id", readonly=False)
    channel_text = fields.Char(related="action_id.channel_text", readonly=False)
    notify_leader = fields.Boolean("Notify the team leader", help="The leader of the record's team is notified too.")
    notify_members = fields.Boolean("Notify the team", help="All members of the record's team are notified too.")
    notify_followers = fields.Boolean("Notify the followers", help="Colleagues who follow the record are notified too.")
    notify_user_ids = fields.Many2many(
        "res.users",
        "crm_trigger_step_notify_rel",
        "step_id",
        "user_id",
        "Notify these colleagues",
        domain=[("share", "=", False)],
        help="They are notified too, in Odoo or by email, according to their preferences; those without access to "
        "the record are not.",
    )

    def _check_manager_may(self, model_name, kind, action_vals):
        """A manager may post in channels they can read."""
        channel = self.env["discuss.channel"].browse(action_vals.get("channel_id") or [])
        if not self.env.su and not channel.has_access("read"):
            raise AccessError(self.env._("Only channels that you can read yourself can be chosen."))
        return super()._check_manager_may(model_name, kind, action_vals)

    @api.constrains("notify_user_ids", "rule_id")
    def _check_notify_user_ids(self):
        """A user who leaves later is simply not notified any more."""
        for step in self.with_context(active_test=False):
            if problem := step._get_colleagues_problem():
                raise ValidationError(step._name_problem(problem))

    def _get_colleagues_problem(self):
        company, users = self.rule_id.company_id, self.notify_user_ids
        if gone := users.filtered(lambda user: not user.active):
            return self.env._("%s is archived: choose someone else.", self._name_some(gone))
        if strangers := users.filtered(lambda user: company and company not in user.company_ids):
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). Choose someone who works there.",
                who=self._name_some(strangers),
                company=company.name,
            )
        return None

    def _get_channel_phrase(self):
        channel = self.channel_id.with_env(self.env(su=False))
        if not channel or not channel.has_access("read"):
            return self.env._("post in a channel")
        return self.env._("post in the channel “%s”", channel.name)

    def _get_note_problem(self):
        if not (self.template_id or self.message_body):
            return self.env._("write its text, or choose a template.")
        return self._get_template_problem()

    def _get_note_misfit(self):
        return self._get_mail_misfit()

    def _get_message_misfit(self):
        return self._get_mail_misfit()

    def _get_message_problem(self):
        return self._get_note_problem()

    def _get_message_phrase(self):
        return self.env._("post a message to the followers")

    def _get_note_phrase(self):
        whole = {
            "notify_leader": self.env._("the team leader"),
            "notify_members": self.env._("the team"),
            "notify_followers": self.env._("the followers"),
        }
        told = [self._get_who(), *(words for fname, words in whole.items() if self[fname])]
        told += [self._name_some(self.notify_user_ids)] if self.notify_user_ids else []
        return self.env._("add a note to %s", ", ".join(dict.fromkeys(told)))

    def _get_also_told(self, executions):
        """Return ``{execution: users}`` who are notified besides the responsible user, and may open the record."""
        records = self._get_records(executions)
        documents, targets = self._get_documents(records), self._get_targets(records)
        told = {line: self._get_colleagues(documents[line.res_id], targets[line.res_id]) for line in executions}
        openers = self._get_openers((targets[line.res_id], users) for line, users in told.items())
        return {
            line: users.filtered(lambda user: targets[line.res_id] in openers[user])  # noqa: B023
            for line, users in told.items()
        }

    def _get_colleagues(self, document, target):
        team = document.team_id if "team_id" in document else self.env["crm.team"]
        users = self.notify_user_ids
        users |= team.user_id if self.notify_leader else users.browse()
        users |= team.member_ids if self.notify_members else users.browse()
        users |= target.message_partner_ids.user_ids if self.notify_followers else users.browse()
        return users._crm_trigger_there(self._get_sending_company(document))

    def _act_note(self, executions):
        """Log a note in the chatter, and notify the responsible user and the others chosen."""
        users, _nobody = self._assign(executions)
        others, nobody = self._get_also_told(executions), self.env["res.users"]
        outcomes = {}
        for told, group in executions.grouped(lambda line: (users.get(line, nobody) | others[line])._ids).items():
            outcomes |= self._log_notes(group, nobody.browse(told))
        return outcomes

    def _log_notes(self, executions, users):
        """Create the notes for the same users in one batch, in the language of the first; then notify for each
        record, which Odoo does one by one.
        """
        records = self._get_records(executions)
        bodies, targets = self._render_bodies(records, users[:1]), self._get_targets(records)
        outcomes = self._skip_silent(executions, bodies)
        executions = executions.filtered(lambda line: line not in outcomes)
        for model_name, group in executions.grouped(lambda line: targets[line.res_id]._name).items():
            placed = self.env[model_name].concat(*(targets[line.res_id] for line in group))
            messages = placed._message_log_batch(
                {targets[line.res_id].id: bodies[line.res_id] for line in group},
                author_id=self.env.ref("base.partner_root").id,
                message_type="auto_comment",
                partner_ids=users.partner_id.ids,
            )
            for target, message in zip(placed, messages, strict=True) if users else ():
                target._notify_thread(message)
            outcomes |= self._get_results(group, messages)
        return outcomes

    def _act_message(self, executions):
        """Post a message to the followers, in the name of the salesperson or else the company."""
        senders = self._get_senders(self._get_records(executions))
        outcomes = {}
        for sender, group in executions.grouped(lambda line: senders[line.res_id]).items():
            records = self._get_records(group)
            documents = self._get_documents(records)
            signing = documents[records[0].id].union(*documents.values())
            with self._standing_in(signing, dict.fromkeys(signing.ids, sender)):
                outcomes |= self._post_messages(group, records, sender)
        return outcomes

    def _post_messages(self, executions, records, sender):
        """Post the messages of one sender, one by one as Odoo does; contacts who opted out get no email."""
        bodies, targets = self._render_bodies(records, sender), self._get_targets(records)
        silent = self._skip_silent(executions, bodies)
        executions = executions.filtered(lambda line: line not in silent)
        author = sender.partner_id or self.env.company.partner_id
        messages = self.env["mail.message"].concat(
            *(
                targets[record.id].message_post(
                    body=bodies[record.id],
                    message_type="auto_comment",
                    subtype_xmlid="mail.mt_comment",
                    author_id=author.id,
                )
                for record in self._get_records(executions)
            )
        )
        messages.sudo().mail_ids._crm_trigger_tell_spared()
        return silent | self._get_results(executions, messages)

    def _skip_silent(self, executions, bodies):
        """Return the outcome of executions whose text is empty.

        :param dict bodies: ``{record id: Markup}``
        """
        empty = skipped(states.SKIP_EMPTY)
        return {line: empty for line in executions if is_blank_html(bodies[line.res_id])}

    def _render_bodies(self, records, user):
        """Return ``{record id: Markup}``: the text, in the language of the user, or the template's."""
        if self.template_id:
            document_ids = {record_id: document.id for record_id, document in self._get_documents(records).items()}
            rendered = self.template_id._render_field("body_html", list(document_ids.values()), compute_lang=True)
            return {record_id: rendered[document_id] for record_id, document_id in document_ids.items()}
        return dict.fromkeys(records.ids, self.with_context(lang=user.lang).message_body)

    def _get_silent(self, executions):
        """An administrator's note or message may be empty too."""
        if self.action_id.state != "mail_post" or not self.template_id:
            return super()._get_silent(executions)
        empty = self.template_id._get_crm_trigger_empty(self._get_records(executions).ids)
        return executions.filtered(lambda line: line.res_id in empty)

    def _act_channel(self, executions):
        """Post one message for all records of a batch."""
        if is_blank(self.action_id._get_crm_trigger_channel_text()):
            empty = skipped(states.SKIP_EMPTY)
            return dict.fromkeys(executions, empty)
        documents = self._get_documents(self._get_records(executions))
        message = self.action_id._crm_trigger_post(dict.fromkeys(documents[line.res_id] for line in executions))
        return {line: made(message) for line in executions}
