from odoo import fields, models
from odoo.fields import Domain

from ...engine import states

TIMELINE_RUNS = 100  # the newest that ended; what runs is always shown, up to as many


class CrmTriggerMixin(models.AbstractModel):
    """What rules did, skipped and plan for a record and its lines, as the panel shows it."""

    _inherit = "crm.trigger.mixin"

    def crm_trigger_timeline(self):
        """Return the timeline of this record as plain data; the same number of queries however
        much happened.

        :return: ``{"name", "paused": {"who", "when"} or False, "can_act", "rules": those one can
            ask about, "planned", "past": lists of runs with their "lines"}``; the furthest plan and
            the newest run come first, instants are Odoo's strings in UTC
        :raises AccessError: the user may not read the record
        """
        self.ensure_one()
        self.check_access("read")
        runs = self._search_crm_trigger_runs()
        lines = self.env["crm.trigger.execution"].search([("run_id", "in", runs.ids)], order="scheduled_at, id")
        planned = lines.filtered(lambda line: line.state == states.SCHEDULED)
        told_runs, told_lines = runs._tell(self), lines._tell()
        pause = self.env["crm.trigger.pause"].sudo()._search_of(self)  # who reads the record may know
        return {
            "name": self.display_name,
            "paused": bool(pause) and {"who": pause.user_id.name or "", "when": _text(pause.create_date)},
            "can_act": self.has_access("write"),
            "rules": self._get_crm_trigger_rules(),
            "planned": _group(told_runs, told_lines, planned.sorted("scheduled_at", reverse=True)),
            "past": _group(
                told_runs, told_lines, lines - planned, runs.filtered(lambda run: run not in planned.run_id)
            ),
        }

    def _search_crm_trigger_runs(self):
        """Return the runs of this record and its lines: those going on, then the newest that ended."""
        domain = self._get_crm_trigger_domain()
        runs = self.env["crm.trigger.run"]
        going_on = runs.search(domain & Domain("state", "=", states.RUNNING), limit=TIMELINE_RUNS)
        return going_on | runs.search(domain & Domain("state", "!=", states.RUNNING), limit=TIMELINE_RUNS)

    def _get_crm_trigger_rules(self):
        """Return the rules made for records of this kind that somebody may ask about."""
        rules = self.env["crm.trigger.rule"].search([("model_name", "=", self._name), ("state", "!=", states.DRAFT)])
        return [{"id": rule.id, "name": rule.name} for rule in rules]


def _group(told_runs, told_lines, lines, without_lines=()):
    """Return the runs of these lines with them, in the order of the lines; the newest run first
    where they have ended."""
    groups = {run.id: {**told_runs[run.id], "lines": []} for run in [*lines.run_id, *without_lines]}
    for line in lines:
        groups[line.run_id.id]["lines"].append(told_lines[line.id])
    ended = not lines or lines[0].state != states.SCHEDULED
    return sorted(groups.values(), key=lambda run: run["id"], reverse=True) if ended else list(groups.values())


def _text(moment):
    return fields.Datetime.to_string(moment) if moment else False
