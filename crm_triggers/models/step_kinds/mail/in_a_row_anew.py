from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ....engine import states
from .in_a_row import AT_ONCE, DAY, IN_A_ROW

SECOND = timedelta(seconds=1)  # when a step was done is known to the second: what was there before answers nothing


class CrmTriggerStep(models.Model):
    """A machine whose answers make new records each time is written to twice, as one that answers on a record."""

    _inherit = "crm.trigger.step"

    def _get_held_back(self, executions):
        held = super()._get_held_back(executions)
        if not (self._writes_to_contact() and "email_normalized" in self.env[self.rule_id.model_name]):
            return held
        asked = executions.filtered(lambda line: line not in held)
        return held | dict.fromkeys(asked._get_answering_anew(), states.SKIP_CHAIN)


class CrmTriggerExecution(models.Model):
    """Records that came in by answers to what rules wrote about others."""

    _inherit = "crm.trigger.execution"

    def _get_answering_anew(self):
        """Return those whose record was made so soon after a message of rules to its address about another record,
        and that one as well, that a machine may have answered both; three queries for all.
        """
        since = fields.Datetime.now() - DAY
        records = self.env[self[:1].res_model or "crm.lead"].browse(self.mapped("res_id"))
        fresh = records.filtered(lambda record: record.email_normalized and record.create_date >= since)
        alike = [("email_normalized", "in", fresh.mapped("email_normalized")), ("create_date", ">=", since)]
        peers = fresh.with_context(active_test=False).search(alike) if fresh else fresh
        if len(peers) <= IN_A_ROW:
            return self.browse()
        domain = [("res_model", "=", peers._name), ("res_id", "in", peers.ids), ("state", "=", states.DONE)]
        written = self.search(domain).filtered(lambda line: line.step_id._writes_to_contact())
        by_email = defaultdict(list)
        for line in written:
            by_email[peers.browse(line.res_id).email_normalized].append((line.done_at, peers.browse(line.res_id)))
        answering = fresh.filtered(lambda one: _count_answered(one, by_email[one.email_normalized]) >= IN_A_ROW)
        return self.filtered(lambda line: line.res_id in answering._ids)


def _count_answered(record, written):
    """Return how many messages in a row a record may answer, each about the record that answers the one before.

    :param list written: ``[(when, about which record)]``, of one address
    """
    count = 0
    while count < IN_A_ROW:
        came = record.create_date
        before = [(at, one) for at, one in written if one != record and at + SECOND <= came < at + AT_ONCE]
        if not before:
            break
        record, count = max(before, key=lambda one: one[0])[1], count + 1
    return count
