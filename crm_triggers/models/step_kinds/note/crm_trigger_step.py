from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...step.kinds import StepKind, declare

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
    """Steps that tell several people: notes with more than one bell, posts in a Discuss channel."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("message",), ("channel", "Post in a Discuss channel"), ("update",)],
        ondelete={"channel": "cascade"},
    )
    channel_id = fields.Many2one(related="action_id.channel_id", readonly=False)
    channel_text = fields.Char(related="action_id.channel_text", readonly=False)
    notify_leader = fields.Boolean("Tell the team leader", help="The leader of the team of the record is told too.")
    notify_members = fields.Boolean("Tell the team", help="All members of the team of the record are told too.")
    notify_followers = fields.Boolean("Tell the followers", help="Colleagues who follow the record are told too.")
    notify_user_ids = fields.Many2many(
        "res.users",
        "crm_trigger_step_notify_rel",
        "step_id",
        "user_id",
        "Tell these colleagues",
        domain=[("share", "=", False)],
        help="They are told too, by bell or email as each has chosen; who may not open the record is not.",
    )

    def _check_manager_may(self, model_name, kind, action_vals):
        """A manager may post in the channels he can read himself."""
        channel = self.env["discuss.channel"].browse(action_vals.get("channel_id") or [])
        if not self.env.su and not channel.has_access("read"):
            raise AccessError(self.env._("Only channels that you can read yourself can be chosen."))
        return super()._check_manager_may(model_name, kind, action_vals)

    @api.constrains("notify_user_ids", "rule_id")
    def _check_notify_user_ids(self):
        """Who leaves later is just not told any more."""
        for step in self.with_context(active_test=False):
            if problem := step._get_colleagues_problem():
                raise ValidationError(step._name_problem(problem))

    def _get_colleagues_problem(self):
        company, users = self.rule_id.company_id, self.notify_user_ids
        if gone := users.filtered(lambda user: not user.active):
            return self.env._("%s is archived: choose somebody else.", self._name_some(gone))
        if strangers := users.filtered(lambda user: company and company not in user.company_ids):
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). Choose somebody who works there.",
                who=self._name_some(strangers),
                company=company.name,
            )
        return None

    @api.depends("channel_id", "notify_leader", "notify_members", "notify_followers", "notify_user_ids")
    def _compute_phrase(self):
        return super()._compute_phrase()

    def _get_channel_phrase(self):
        channel = self.channel_id.with_env(self.env(su=False))
        if not channel or not channel.has_access("read"):
            return self.env._("post in a channel")
        return self.env._("post in the channel “%s”", channel.name)

    def _get_note_phrase(self):
        whole = {
            "notify_leader": self.env._("the team leader"),
            "notify_members": self.env._("the team"),
            "notify_followers": self.env._("the followers"),
        }
        told = [self._get_who(), *(words for fname, words in whole.items() if self[fname])]
        told += [self._name_some(self.notify_user_ids)] if self.notify_user_ids else []
        return self.env._("note to %s", ", ".join(dict.fromkeys(told)))

    def _get_also_told(self, executions):
        """Return ``{execution: users}`` who are told besides the responsible, and may open the record."""
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
        return users.filtered(lambda user: user.active and not user.share)

    def _act_channel(self, executions):
        """Post one message for all records of a batch."""
        documents = self._get_documents(self._get_records(executions))
        message = self.action_id._crm_trigger_post(dict.fromkeys(documents[line.res_id] for line in executions))
        return {line: {"result_model": message._name, "result_id": message.id} for line in executions}
