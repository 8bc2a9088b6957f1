from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.crm_triggers.models.trigger_kinds.happening.crm_trigger_rule import Happened

CALLS = ("call_planned", "call_in", "call_out")
SAID = {"name", "description", "tag_ids"}  # fields in which a rule searches words
PLANNED, HELD = "planned", "held"
STATUS = {"open": PLANNED, "pending": PLANNED, "done": HELD}
OVERDUE = timedelta(days=30)  # after this, changing a planned call to held is a correction, not an event
DUPLICATE = "crm_triggers_duplicate"  # context key: a copied call is planned now, whatever its date


class CrmPhonecall(models.Model):
    """Planned, incoming and outgoing phone calls are events on their opportunity (K12, K14).

    The date of a call says when it happened, whenever it is entered. Later corrections, of its direction or its
    opportunity, concern the past.
    """

    _inherit = "crm.phonecall"

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        told, now = calls.sudo(), self.env.context.get(DUPLICATE)
        told._crm_trigger_note({call.id: {"at": None if now else call._get_crm_trigger_at()} for call in told})
        return calls

    def write(self, values):
        """A call that is held, or gets its first opportunity, is an event; so are later notes, for rules that
        compare words. Never twice for the same call.
        """
        rules = self.env["crm.trigger.rule"]
        if (SAID | {"state", "opportunity_id"}).isdisjoint(values) or not any(map(rules._is_awaited, CALLS)):
            return super().write(values)
        calls = self.sudo()
        before = {call.id: call._get_crm_trigger_facts() for call in calls}
        result = super().write(values)
        news = {call.id: call._get_crm_trigger_news(*before[call.id]) for call in calls}
        calls.filtered(lambda call: news[call.id] is not None)._crm_trigger_note(news)
        return result

    def copy(self, default=None):
        planning = self.with_context(**{DUPLICATE: "state" not in (default or {})})
        return super(CrmPhonecall, planning).copy(default).with_env(self.env)

    def _get_crm_trigger_status(self):
        """Return whether a call is planned or was held, None for one that is cancelled or in the archive."""
        return STATUS.get(self.state) if self.active else None

    def _get_crm_trigger_facts(self):
        return self._get_crm_trigger_status(), self.opportunity_id, self._get_crm_trigger_words()

    def _get_crm_trigger_news(self, status, opportunity, words):
        """Return the event of a changed call (``at`` and ``said`` of ``Happened``), None for none.

        :param status, opportunity, words: previous values
        """
        if status != self._get_crm_trigger_status():
            return {"at": self._get_crm_trigger_at(closing=True)}
        if not opportunity:
            return {"at": self._get_crm_trigger_at()}
        if status == HELD and opportunity == self.opportunity_id and words != self._get_crm_trigger_words():
            return {"at": self._get_crm_trigger_at(), "said": words}
        return None

    def _get_crm_trigger_at(self, closing=False):
        """Return when it happened (naive UTC), None for now: a call is planned before its date.

        :param bool closing: a user sets it to held at this moment; an overdue call has the date it was planned for
        """
        now = fields.Datetime.now()
        if not self.date or self.date > now or (closing and now - self.date <= OVERDUE):
            return None
        return self.date

    def _get_crm_trigger_words(self):
        """Return its texts: the summary, the notes and the tags."""
        return " ".join([self.name or "", self.description or "", *self.tag_ids.mapped("name")])

    def _crm_trigger_note(self, news):
        """Pass these calls on to rules.

        :param dict news: ``{call id: further values of Happened}``
        """
        rules = self.env["crm.trigger.rule"]
        for happening in CALLS:
            rules._note_happened(
                happening,
                rules._get_happened(happening, lambda _models, kind=happening: self._crm_trigger_tell(kind, news)),
            )

    def _crm_trigger_tell(self, happening, news):
        return [
            Happened("crm.lead", call.opportunity_id.id, call.id, None, call._get_crm_trigger_words(), **news[call.id])
            for call in self.filtered("opportunity_id")
            if call._get_crm_trigger_happening() == happening
        ]

    def _get_crm_trigger_happening(self):
        """Return the event of this call; a cancelled call has none."""
        status = self._get_crm_trigger_status()
        return f"call_{self.direction}" if status == HELD else status and "call_planned"
