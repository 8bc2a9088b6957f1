from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....engine import states
from ....engine.happening import judge, says_it_now
from ....engine.meeting import Meeting
from ....engine.schedule import DUE, HISTORY, LATE
from ....engine.triggers import NONE, declare
from ...acting import acting_on
from ...isolation import bounded, isolated

HAPPENING = "happening"
declare(HAPPENING, NONE, by=__name__)
HAPPENED = "crm_triggers.happened"
ACTIVITY_KINDS = ("activity_planned", "activity_done", "activity_cancelled")
CANCELLED = ("activity_cancelled", "meeting_cancelled")
TIDYING = "crm_triggers_tidying"  # context key: deletions and moves are not made by a user


class Happened(NamedTuple):
    """An event on a record: an activity, a meeting or a message.

    ``source_id`` identifies it; ``type_id`` is the type of an activity, or the template of a message; ``words`` its
    texts: the feedback, the subject and body, the title. ``meeting`` is what rules compare of a meeting,
    ``earlier`` those before it on the same opportunity. ``user_id`` is the id of the user of the activity or
    meeting. ``at`` (naive UTC) is when it happened, None for now: an event in the past is history. ``said`` is its
    previous text, if that changed: only rules that compare words react to the change.
    """

    model: str
    res_id: int
    source_id: int
    type_id: int | None
    words: str
    meeting: Meeting | None = None
    earlier: tuple[Meeting, ...] = ()
    user_id: int | None = None
    at: datetime | None = None
    said: str | None = None


class CrmTriggerRule(models.Model):
    """Events on a record that do not change it: activities, meetings, messages.

    Events are captured and decided on before the commit, like changes. The activity or message is part of the run's
    key: it fires once for each.
    """

    _inherit = "crm.trigger.rule"

    happening = fields.Selection(
        [
            ("activity_planned", "An activity is planned"),
            ("activity_done", "An activity is done"),
            ("activity_cancelled", "An activity is cancelled"),
            ("meeting_planned", "A meeting is planned"),
            ("meeting_cancelled", "A meeting is cancelled"),
            ("message_received", "A message is received"),
            ("message_sent", "A message is sent"),
            ("quotation_viewed", "The customer opens the quotation online"),
        ],
        tracking=True,
        help="What happens to the record; the conditions define which records.",
    )
    happening_type_id = fields.Many2one(
        "mail.activity.type",
        "Type of activity",
        ondelete="restrict",
        help="Only activities of this type; empty for any.",
    )
    happening_template_id = fields.Many2one(
        "mail.template",
        "Written with",
        ondelete="restrict",
        help="Only messages that were written with this email template; empty for any.",
    )
    happening_words = fields.Char(
        "Contains",
        help="Only if these words are in the feedback of the activity, the subject or text of the message, or the "
        "title or place of the meeting, unless it is private; empty for any text. Not case-sensitive.",
    )

    @api.constrains("trigger", "happening")
    def _check_happening(self):
        for rule in self:
            if rule.trigger == HAPPENING and not rule.happening:
                raise ValidationError(self.env._("Rule “%s”: choose an event.", rule.name))

    def _get_trigger_problem(self):
        """The event it waits for may have been removed with an add-on."""
        if self.trigger == HAPPENING and not self.happening:
            return self.env._("Rule “%s”: choose an event.", self.name)
        return super()._get_trigger_problem()

    @api.constrains("trigger", "happening", "model_id")
    def _check_happening_model(self):
        for rule in self.filtered(lambda rule: rule.trigger == HAPPENING):
            model_name = self._get_happening_models().get(rule.happening, rule.model_name)
            if model_name != rule.model_name:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: this event does not exist for its type of record, choose “%(model)s”.",
                        rule=rule.name,
                        model=self.env["ir.model"]._get(model_name).name,
                    )
                )

    @api.model
    def _get_happening_models(self):
        """Return ``{event: name of the only model on which it occurs}``.

        Override to add those of an add-on.
        """
        return {
            "meeting_planned": "crm.lead",
            "meeting_held": "crm.lead",
            "meeting_cancelled": "crm.lead",
            "quotation_viewed": "sale.order",
        }

    @api.constrains("happening_template_id", "model_id", "trigger")
    def _check_happening_template(self):
        for rule in self.filtered(lambda rule: rule.trigger == HAPPENING):
            template = rule.happening_template_id.sudo()
            if template and template.model != rule.model_name:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: “%(template)s” is for another type of record, choose another template.",
                        rule=rule.name,
                        template=template.name,
                    )
                )

    @api.model
    def _get_happenings(self):
        """Return ``{(happening, model name): [rule ids]}`` of the active rules; cached per process."""
        return self._recall("happenings", self._read_happenings)

    @api.model
    def _read_happenings(self):
        wanted = defaultdict(list)
        system = self.with_env(self.env(su=True, context={}))
        rules = system.search([("state", "in", states.ACTIVE), ("trigger", "=", HAPPENING)])
        for rule in rules._leave_out_switched_off():
            wanted[rule.happening, rule.model_name].append(rule.id)
        return dict(wanted)

    @api.model
    def _is_awaited(self, happening):
        """Return whether any rule waits for such an event; one cached look-up."""
        return self.pool.ready and any(kind == happening for kind, _model_name in self._get_happenings())

    @api.model
    def _get_happened(self, happening, tell):
        """Return the events on records that a rule waits for, as a list of :class:`Happened`.

        An error in determining them is logged, and does not affect the user's operation.

        :param tell: function of a set of model names, which returns that list
        """
        if not self._is_awaited(happening) or (happening in CANCELLED and self._is_tidying()):
            return []
        happened = []
        self.env.flush_all()  # pending writes are not lost if we fail
        with isolated(self.env.cr.savepoint(flush=False), f"Capturing {happening}"):
            happened += tell({model_name for kind, model_name in self._get_happenings() if kind == happening})
        return happened

    @api.model
    def _is_tidying(self):
        """Return whether activities and meetings are deleted as a side effect: then nobody cancels them."""
        return bool(self.env.context.get(TIDYING) or self.env.context.get(MODULE_UNINSTALL_FLAG))

    @api.model
    def _note_happened(self, happening, happened):
        """Store events until just before the commit.

        :param happened: result of :meth:`_get_happened`
        """
        if not happened:
            return
        self._crm_trigger_sign()
        data = self.env.cr.precommit.data
        if HAPPENED not in data:
            data[HAPPENED] = []
            system = self.env(user=SUPERUSER_ID, su=True, context={})
            self.env.cr.precommit.add(partial(system[self._name]._decide_happened, data))
        data[HAPPENED] += [(happening, item) for item in happened]

    def _enter_happened(self, happened):
        """Start this rule for the records with an event, once per event.

        :return: the started runs
        """
        started, acting = self.env["crm.trigger.run"], acting_on(self.env.cr)
        if acting and acting.rule_id == self.id and not self.hear_own:
            return started
        if self.happening in CANCELLED:
            happened = self._leave_out_tidied(happened)
        judged = self._judge_happened(happened)
        started = self._enter_keys(self._get_happened_keys(judged[DUE]))
        return started | self._enter_keys(self._get_happened_keys(judged[LATE]), late=True)

    def _judge_happened(self, happened):
        """Return ``{DUE | LATE | HISTORY: [Happened]}``: imports and later corrections contain events from before
        this rule, or too long ago for it.
        """
        since, now, tz = self.activated_at or datetime.min, fields.Datetime.now(), self._get_tz()
        judged = {DUE: [], LATE: [], HISTORY: []}
        for item in happened:
            judged[judge(item.at, now=now, since=since, late_days=self.late_days, tz=tz)].append(item)
        return judged

    def _leave_out_tidied(self, happened):
        """Return the events without side effects: an activity of a user who left, or of a record that was archived
        in this transaction, was not cancelled by a user, whichever came first.

        :param list happened: events on records of this rule's model
        """
        users = self.env["res.users"].browse({item.user_id for item in happened if item.user_id})
        left = users - users.exists() | self._get_just_archived(users.exists())
        archived = self._get_just_archived(self._get_model().browse({item.res_id for item in happened}).exists())
        return [item for item in happened if item.user_id not in left._ids and item.res_id not in archived._ids]

    def _get_just_archived(self, records):
        """Return which of these records were archived in this transaction; some may have been archived before."""
        if not records._active_name or not records._log_access:
            return records.browse()
        now = self.env.cr.now()
        return records.filtered(lambda record: not record[record._active_name] and record.write_date == now)

    def _get_happened_keys(self, happened):
        """Return ``{record id: [keys of occurrences]}`` of the events this rule waits for, each key once."""
        keys = defaultdict(dict)
        for item in filter(self._is_meant, happened):
            keys[item.res_id][self._get_happened_key(item)] = True
        return {res_id: list(found) for res_id, found in keys.items()}

    def _get_happened_key(self, item):
        """Return the key of an event, unique for its record."""
        return f"{self.happening} {item.source_id}"

    def _enter_keys(self, keys, late=False):
        """Start runs for these occurrences, for the records that meet the conditions.

        :param dict keys: ``{record id: [keys]}``
        :param bool late: only log that they were missed
        """
        started, once = self.env["crm.trigger.run"], self.reentry == "once" and not late
        with bounded(self.env.cr):
            matching = self._search_matching(keys)
        waiting = {res_id: list(found) for res_id, found in keys.items() if res_id in matching}
        while waiting:  # several events on one record in one transaction are rare
            now = {res_id: None if once else found.pop() for res_id, found in waiting.items()}
            started |= self._enter(now, late=late)
            waiting = {res_id: found for res_id, found in waiting.items() if found and not once}
        return started

    def _is_meant(self, item):
        """Return whether an event has the type and the words that this rule waits for."""
        if self.happening in ACTIVITY_KINDS and self.happening_type_id.id not in (False, item.type_id):
            return False
        if self.happening == "message_sent" and self.happening_template_id.id not in (False, item.type_id):
            return False
        return says_it_now(self.happening_words or "", item.words, item.said)

    def _sql_key_is_spent(self):
        """An activity is done once, a message is sent once, in any add-on."""
        spent = super()._sql_key_is_spent()
        if self.trigger != HAPPENING:
            return spent
        names = self._fields["happening"].get_values(self.env)
        own = SQL("run.occurrence ~ '^[^ ]+ [0-9]+$' AND split_part(run.occurrence, ' ', 1) = ANY(%s)", names)
        return SQL("(%s OR %s)", spent, own)

    @api.model
    def _get_definition_fields(self):
        happening = {"happening", "happening_type_id", "happening_template_id", "happening_words"}
        return super()._get_definition_fields() | happening
