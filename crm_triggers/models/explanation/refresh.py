from collections import defaultdict

from odoo import models

from ..isolation import isolated
from ..run.crm_trigger_run import WATCHER

NAMED = 100  # records of one model listed in a notification; with more, only the model is named


class CrmTriggerExecution(models.Model):
    """Notifies the screens of the users concerned about the records that rules have just changed."""

    _inherit = "crm.trigger.execution"

    def _refresh_screens(self, *, flush=True):
        """Notify the users who caused these executions or run them now, and the salespeople of the records.

        An error here does not undo a step.

        :param flush: as of a savepoint; False before the commit, where a flush is in progress
        """
        if self:
            with isolated(self.env.cr.savepoint(flush=flush), f"Refreshing screens after {self}"):
                self.exists()._filter_there()._send_refresh()

    def _filter_there(self):
        """Return the executions whose record still exists."""
        there = self.browse()
        for model_name, lines in self.grouped("res_model").items():
            if model_name in self.env:
                ids = set(self.env[model_name].browse(lines.mapped("res_id")).exists()._ids)
                there |= lines.filtered(lambda line, ids=ids: line.res_id in ids)
        return there

    def _send_refresh(self):
        """Send one message per user; it is delivered after the commit, like all bus notifications."""
        shown = defaultdict(set)
        for (step, author), lines in self.grouped(lambda line: (line.step_id, line.run_id.user_id)).items():
            for user, places in lines._get_shown(step, author).items():
                shown[user] |= places
        for user, places in shown.items():
            user._bus_send("crm_triggers/refresh", _pack(places))

    def _get_shown(self, step, author):
        """Return ``{user: {(model, id)}}`` of what these executions of one step changed."""
        places_of = defaultdict(set)
        watcher = author.browse(self.env.context.get(WATCHER) or ())
        records = step._get_records(self) if step else ()
        targets = step._get_targets(records) if step else {}
        results = {line.res_id: line for line in self if line.result_id and self._has_triggers(line.result_model)}
        for record in records:
            places = {(record._name, record.id), (targets[record.id]._name, targets[record.id].id)}
            if record.id in results:
                places.add((results[record.id].result_model, results[record.id].result_id))
            places_of[_get_salespeople(record) | _get_salespeople(targets[record.id])] |= places
        shown = defaultdict(set)
        for user_ids, places in places_of.items():
            for user in author | watcher | author.browse(user_ids):
                if user.active and not user.share:
                    shown[user] |= places
        return shown

    def _has_triggers(self, model_name):
        return model_name in self.env and "crm_trigger_count" in self.env[model_name]


def _get_salespeople(record):
    """Return the ids of the salespeople of the records."""
    names = [name for name in ("user_id", "invoice_user_id") if name in record]
    return frozenset(user.id for name in names if (user := record[name])._name == "res.users" and user)


def _pack(places):
    """Return ``{model: [ids] | None}``; None if there are too many to list."""
    ids = defaultdict(list)
    for model_name, res_id in sorted(places):
        ids[model_name].append(res_id)
    return {model_name: found if len(found) <= NAMED else None for model_name, found in ids.items()}
