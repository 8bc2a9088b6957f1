from odoo import api, fields, models

from ...explanation.wording import get_duration
from .crm_trigger_rule import SIGNAL, SIGNAL_FIELDS


class CrmTriggerRule(models.Model):
    """Rules started by signals, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sentence_fields(self):
        return super()._get_sentence_fields() | SIGNAL_FIELDS

    def _get_when_phrase(self):
        if self.trigger != SIGNAL:
            return super()._get_when_phrase()
        return self.env._(
            "%(when)s (%(signals)s, %(kind)s)",
            when=self._get_series_phrase(),
            signals=self._get_signals_phrase(),
            kind=self._get_kind(),
        )

    def _get_series_phrase(self):
        """Return what the contact does: "When the contact gives 3 signals within 7 days"."""
        within = self._get_within_phrase()
        if self.signal_points > 0:
            return self.env._(
                "When the contact reaches %(count)s points within %(within)s", count=self.signal_points, within=within
            )
        if self.signal_count > 1:
            return self.env._(
                "When the contact gives %(count)s signals within %(within)s", count=self.signal_count, within=within
            )
        return self.env._("When the contact gives a signal")

    def _get_signals_phrase(self):
        """Return which signals count, as text."""
        names = [self.env._("“%s”", name) for name in self.signal_type_ids.sorted("sequence").mapped("name")]
        phrases = [self.env._(" or ").join(names) or self.env._("any signal")]
        if self.signal_words:
            phrases.append(self.env._("containing “%s”", self.signal_words))
        if self.signal_company:
            phrases.append(self.env._("also of colleagues"))
        return ", ".join(phrases)

    def _get_within_phrase(self):
        return get_duration(self.env, self.signal_window_count, self.signal_window_unit)

    def _get_run_origin(self, run):
        if self.trigger != SIGNAL or not run.occurrence.startswith("signal "):
            return super()._get_run_origin(run)
        number = run.occurrence.removeprefix("signal ")
        signal = self.env["crm.trigger.signal"].sudo().browse(int(number) if number.isdecimal() else ()).exists()
        return self._label(signal.type_id.name, self._tell(signal.occurred_at)) if signal else self._get_event_name()

    def _get_waiting_text(self):
        if self.trigger != SIGNAL:
            return super()._get_waiting_text()
        return self.env._("No blocking condition: it runs when the contact gives the signals that it waits for.")

    def _explain_trigger_guards(self, record):
        guards = super()._explain_trigger_guards(record)
        return [*guards, self._explain_signals(record)] if self.trigger == SIGNAL else guards

    def _explain_signals(self, record):
        """Return how much of what this rule waits for the contact did so far, and what is left out.

        For a single signal, those since the activation count.
        """
        rule, now = self.sudo(), fields.Datetime.now()  # what the rule counts; only numbers and times are told
        is_series, enough = rule._is_series(), rule.signal_points or rule.signal_count
        start = now - rule._get_window() if is_series else rule.activated_at or now
        signs, every = (rule._get_signs_of(record, start, now, credible=credible) for credible in (True, False))
        total = sum(sign.weight for sign in signs)
        details = self._tell_signals(total, enough) if is_series else []
        if signs:
            details.append(self.env._("the last one on %s", self._tell(max(sign.at for sign in signs))))
        if left_out := len(every) - len(signs):
            details.append(self.env._("left out, by machines or typed-in addresses: %s", left_out))
        label = self.env._("The contact gave the signals that start the rule")
        obstacle = self.env._("the contact has not yet given the signals that start the rule")
        return "signals", label, total >= enough, ", ".join(details), obstacle

    def _tell_signals(self, total, enough):
        """Return how many signals or points there are of those needed, as a list of one text."""
        values = {"count": total, "enough": enough, "within": self._get_within_phrase()}
        if self.signal_points:
            return [self.env._("%(count)s of %(enough)s points within %(within)s", **values)]
        return [self.env._("%(count)s of %(enough)s signals within %(within)s", **values)]

    def _get_signs_of(self, record, start, end, *, credible):
        """Return the signals that reach a record, after a time up to another (naive UTC), as a list of ``Sign``.

        :param credible: as of :meth:`_sql_signals`
        """
        reached = [self._get_reached(record)]
        rows = self._read_reaching(reached, start, end, credible=credible)
        return list(self._get_signs(rows, reached)[record.id].values())
