from odoo import api, models

from ...engine import states


class CrmTriggerRun(models.Model):
    """What happens to runs when their records are merged."""

    _inherit = "crm.trigger.run"

    @api.model
    def _move_to(self, survivor, merged):
        """Move the runs of merged records to the remaining one, including ended ones: what happened once for one of
        them happened for it.

        A rule that is in progress there, or ran for the same occurrence, is not duplicated: those runs are not
        moved, and stop.

        :param survivor: the remaining record
        :param merged: records of the same model that are about to be deleted
        """
        model = ("res_model", "=", survivor._name)
        there = self.search([model, ("res_id", "=", survivor.id)])
        taken = {(run.rule_id, run.occurrence) for run in there}
        busy = there.filtered(lambda run: run.state == states.RUNNING).rule_id
        moving = left = self.browse()
        theirs = self.search([model, ("res_id", "in", (merged - survivor).ids)], order="id")
        (there._get_settled_by(theirs) | theirs._get_settled_by(there))._mark({"stop_reason": states.STOP_MERGED})
        for run in theirs:
            running = run.state == states.RUNNING
            if (running and run.rule_id in busy) or (run.rule_id, run.occurrence) in taken:
                left |= run
                continue
            moving |= run
            taken.add((run.rule_id, run.occurrence))
            busy |= run.rule_id if running else run.rule_id.browse()
        left.filtered(lambda run: run.state == states.RUNNING)._stop(states.STOP_MERGED)
        path = self._get_partner_field(survivor._name)
        partner = survivor if path == "id" else survivor[path] if path else None
        values = {"res_id": survivor.id} | ({"partner_id": partner.id or None} if partner is not None else {})
        moving._mark({**values, "pace_key": None})  # the next run of the same person takes its position
        moving.execution_ids._mark(values)
        self.env["crm.trigger.pause"]._move_to(survivor, merged)

    def _get_settled_by(self, others):
        """Return those of these stopped runs that must not resume: the other record has a run for their date."""
        settled = {(run.rule_id, run.date_value) for run in others if not run._is_left()}
        return self.filtered(lambda run: run._is_left() and (run.rule_id, run.date_value) in settled)
