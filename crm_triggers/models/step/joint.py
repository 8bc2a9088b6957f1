from collections import Counter, defaultdict

from markupsafe import Markup
from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import fields, models
from odoo.tools import SQL


class CrmTriggerStep(models.Model):
    """Runs a step once for several records: ten lines of a contract that end together are one activity on the
    contract.

    Executions of one step are joined if they have the same target, date and responsible user. The first one acts
    and has the key, the others refer to its result.
    """

    _inherit = "crm.trigger.step"

    together = fields.Boolean(
        "One for all",
        default=True,
        help="Several records with the same contact or document that are due together, like the lines of a "
        "contract that end on the same day, share one activity or note with links to all of them.",
    )

    def _act_jointly(self, method, executions):
        """Run this step once for executions that belong together.

        :param str method: name of the method that acts on a batch
        :param executions: of one model and one company
        :return: outcomes, as of ``_act``
        """
        if not self._get_kind().placed:
            return getattr(self, method)(executions)
        records = self._get_records(executions)
        targets = self._get_targets(records)
        keys = self._get_joint_keys(executions, records, targets)
        made = self._search_made(keys.values()) if keys else {}
        first = {}
        for execution in executions:
            if keys.get(execution) not in made:
                first.setdefault(keys.get(execution, execution), execution)
        acting = executions.browse(execution.id for execution in first.values())
        self._reserve(keys, acting)
        outcomes = {}
        for turn in self._take_turns(acting, targets):
            outcomes |= getattr(self, method)(turn)
        for execution in acting:
            if "state" in outcomes.get(execution, {}):  # skipped: nothing was created
                outcomes[execution] = {**outcomes[execution], "joint_key": False}
        outcomes |= self._join(executions - acting, keys, made | first, outcomes)
        self._name_records(executions, records, targets, outcomes)
        return outcomes

    def _get_joint_keys(self, executions, records, targets):
        """Return ``{execution: key}``, for those that may share a result.

        A run without a date shares with those started in the same second by one statement.
        """
        if not (self.together or self._get_kind().placed == "document"):
            return {}
        elsewhere = {record.id for record in records if targets[record.id] != record}
        sharing = executions.filtered(lambda execution: execution.res_id in elsewhere)
        users, _reasons = self._assign(sharing)
        keys = {}
        for execution in sharing:
            target, run = targets[execution.res_id], execution.run_id
            moment = run.date_value or fields.Datetime.to_string(run.started_at)
            user_id = users[execution].id if execution in users else 0
            keys[execution] = f"{target._name},{target.id} {moment} {self.env.company.id},{user_id}"
        return keys

    def _search_made(self, keys):
        """Return ``{key: execution}`` of results made earlier that still exist.

        An activity that is done or deleted cannot be joined: its key is released.
        """
        lines = self.env["crm.trigger.execution"].search(
            [("step_id", "=", self.id), ("joint_key", "in", list(set(keys)))]
        )
        standing = lines.browse()
        for model_name, group in lines.grouped("result_model").items():
            if model_name:
                results = self.env[model_name].search([("id", "in", group.mapped("result_id"))])
                standing |= group.filtered(lambda line, results=results: line.result_id in results._ids)
        (lines - standing).joint_key = False
        self.env["crm.trigger.execution"].flush_model(["joint_key"])
        return {line.joint_key: line for line in standing}

    def _reserve(self, keys, executions):
        """Insert the keys of these executions before anything is created.

        This waits for another worker that inserts the same key; its result is not in our snapshot, so the whole
        batch has to restart.

        :raises SerializationFailure: another worker created it meanwhile
        """
        rows = [SQL("(%s, %s)", line.id, keys[line]) for line in executions if line in keys]
        if not rows:
            return
        query = SQL(
            "UPDATE crm_trigger_execution SET joint_key = taken.key FROM (VALUES %s) AS taken (id, key)"
            " WHERE crm_trigger_execution.id = taken.id",
            SQL(", ").join(rows),
        )
        try:
            self.env.cr.execute(query, log_exceptions=False)
        except UniqueViolation as error:
            raise SerializationFailure(str(error)) from error
        executions.invalidate_recordset(["joint_key"], flush=False)

    def _take_turns(self, executions, targets):
        """Split the executions into parts in which no target occurs twice: methods that act identify results by
        their target. Only emails handle runs of the same record themselves, and send once.
        """
        turns, taken, seen = defaultdict(list), {}, Counter()
        for execution in executions:
            target = targets[execution.res_id]
            whose = execution.res_id if self._get_kind().placed == "document" else execution
            if whose not in taken:
                taken[whose] = seen[target]
                seen[target] += 1
            turns[taken[whose]].append(execution.id)
        return [executions.browse(ids) for ids in turns.values()]

    def _join(self, executions, keys, made, outcomes):
        """Return the outcomes of executions covered by another one; if that one was skipped, they are too."""
        joined = {}
        for execution in executions:
            other = made[keys[execution]]
            outcome = outcomes.get(other) or {"result_model": other.result_model, "result_id": other.result_id}
            joined[execution] = outcome if "state" in outcome else {**outcome, "together_id": other.id}
        return joined

    def _lock_results(self, results):
        """Lock these results, waiting for other transactions.

        :param results: single records, all of one model
        :raises SerializationFailure: another transaction changed them since our snapshot; not logged as an error,
        as the worker restarts
        """
        if results:
            table, ids = next(iter(results))._table, tuple(sorted(result.id for result in results))
            query = SQL("SELECT FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", SQL.identifier(table), ids)
            self.env.cr.execute(query, log_exceptions=False)

    def _name_records(self, executions, records, targets, outcomes):
        """Add links to the records concerned to activities and notes that are put elsewhere. Without words, so that
        it fits any language, and without names, which some readers may not see.
        """
        if self._get_kind().reaches != "colleague":
            return
        labels = defaultdict(list)
        for execution, record in zip(executions, records, strict=True):
            outcome, target = outcomes.get(execution, {}), targets[record.id]
            if target != record and outcome.get("result_id"):
                result = self.env[outcome["result_model"]].browse(outcome["result_id"])
                labels[result].append(self._get_record_label(record, target))
        self._lock_results(labels)
        for result, names in labels.items():
            fname = "body" if result._name == "mail.message" else "note"
            items = Markup().join(Markup("<li>%s</li>") % name for name in names)
            result[fname] = (result[fname] or Markup()) + Markup("<ul>%s</ul>") % items
