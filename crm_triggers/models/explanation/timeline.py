from odoo import fields, models
from odoo.fields import Domain

from ...engine import states

TIMELINE_RUNS = 100  # ended runs shown, newest first; as many in progress


class CrmTriggerMixin(models.AbstractModel):
    """What rules did, skipped and plan for a record and its lines, as the panel shows it."""

    _inherit = "crm.trigger.mixin"

    def crm_trigger_timeline(self):
        """Return the timeline of this record as plain data; the number of queries does not depend on its length.

        :return: ``{"name", "paused": {"who", "when"} or False, "can_act", "rules": those the user can
            ask about, "planned", "past": lists of runs with their "lines"}``; the furthest plan and
        the newest run come first, datetimes are Odoo's strings in UTC
        :raises AccessError: the user may not read the record
        """
        self.ensure_one()
        self.check_access("read")
        runs = self._search_crm_trigger_runs()
        lines = self.env["crm.trigger.execution"].search([("run_id", "in", runs.ids)], order="scheduled_at, id")
        planned = lines.filtered(lambda line: line.state == states.SCHEDULED)
        told_runs, told_lines = runs._tell(self), lines._tell()
        pause = self.env["crm.trigger.pause"].sudo()._search_of(self)  # users who can read the record may see these
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
        """Return the runs of this record and its lines: those in progress, then the newest ended ones."""
        domain = self._get_crm_trigger_domain()
        runs = self.env["crm.trigger.run"]
        going_on = runs.search(domain & Domain("state", "=", states.RUNNING), limit=TIMELINE_RUNS)
        return going_on | runs.search(domain & Domain("state", "!=", states.RUNNING), limit=TIMELINE_RUNS)

    def _get_crm_trigger_rules(self):
        """Return the rules on this model that a user can ask to explain."""
        rules = self.env["crm.trigger.rule"].search([("model_name", "=", self._name), ("state", "!=", states.DRAFT)])
        return [{"id": rule.id, "name": rule.name} for rule in rules]


def _group(told_runs, told_lines, lines, without_lines=()):
    """Return the runs of these lines with their lines, in the order of the lines; newest first if they have ended."""
    groups = {run.id: {**told_runs[run.id], "lines": []} for run in [*lines.run_id, *without_lines]}
    for line in lines:
        groups[line.run_id.id]["lines"].append(told_lines[line.id])
    ended = not lines or lines[0].state != states.SCHEDULED
    return sorted(groups.values(), key=lambda run: run["id"], reverse=True) if ended else list(groups.values())


def _text(moment):
    return fields.Datetime.to_string(moment) if moment else False
