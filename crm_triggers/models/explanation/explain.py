from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_datetime

from ...engine import states
from ...engine.decision import ONCE
from ...engine.schedule import AHEAD, DUE
from ..given import check_ids
from ..isolation import isolated
from .explain_run import PACE

EXPLAINED_RUNS = 10


class CrmTriggerRule(models.Model):
    """Explains why a rule fired for a record, or why it did not (promise 5)."""

    _inherit = "crm.trigger.rule"

    def explain(self, record):
        """Return all that decides whether this rule fires for a record, as plain data.

        :param record: one record of the rule's model, or its id (from the external API)
        :return: ``{"verdict": text, "ok": may it fire, "rule", "record", "guards": [{"key", "label",
            "ok", "detail", "obstacle"}], "conditions", "exceptions", "before": rows of
            :meth:`_explain_conditions`, "date": dict or False, "runs": the last ones}``; texts in
        the user's language, datetimes as Odoo's strings in UTC
        :raises AccessError: the user may not read the rule or the record
        :raises UserError: the record is of another model, or does not exist
        """
        self._ensure_given()
        self.check_access("read")
        if not isinstance(record, models.BaseModel):
            check_ids(self.env, [record])
            record = self.env[self.model_name].browse(record)
        record = record.with_env(self.env)
        if record._name != self.model_name or not record.exists():
            raise UserError(
                self.env._("Rule “%s” does not apply to this record, or the record no longer exists.", self.name)
            )
        record.check_access("read")
        answer = {
            "rule": {"id": self.id, "name": self.name, "trigger": self.trigger},
            "record": {"model": record._name, "id": record.id, "name": record.display_name},
            "guards": self._explain_guards(record),
            "conditions": self._explain_conditions("filter_domain", record),
            "exceptions": self._explain_conditions("exclude_domain", record) if self.exclude_domain else [],
            "before": self._explain_conditions("filter_pre_domain", record) if self.filter_pre_domain else [],
            "date": self._explain_time(record),
            "runs": self._explain_runs(record),
        }
        return answer | self._get_verdict(answer)

    def _explain_guards(self, record):
        """Return what may prevent the rule from acting on a record that meets its conditions.

        :return: ``[{"key", "label": the expected state, "ok", "detail", "obstacle": what prevents it}]``
        """
        sudo = self.sudo()  # what the engine sees; only yes or no is returned
        active = self.active and self.state in states.ACTIVE
        state = self.env._("Archived")
        if self.active:
            state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        label, obstacle = self.env._("The rule is active"), self.env._("the rule is not active")
        guards = [("state", label, active, state, obstacle)]
        if self.company_id:
            label = self.env._("The record belongs to the company of the rule, or to none")
            ok = sudo._meets(record, sudo._get_company_domain())
            obstacle = self.env._("the record belongs to another company")
            guards.append(("company", label, ok, self.company_id.sudo().name, obstacle))
        reach = sudo._get_reach_domain()
        if not reach.is_true():
            label, author = self.env._("The author of the rule has access to it"), sudo._get_author().name or ""
            ok, obstacle = sudo._meets(record, reach), self.env._("the author of the rule has no access to it")
            guards.append(("reach", label, ok, author, obstacle))
        if self.exclude_internal:
            ok = sudo._meets(record, sudo._get_colleague_domain())
            label, obstacle = self.env._("The contact is not a colleague"), self.env._("the contact is a colleague")
            guards.append(("colleague", label, ok, "", obstacle))
        guards.append(self._explain_archived(record))
        if self.exclude_domain:
            ok = not sudo._meets(record, sudo._within_reach(sudo._get_domain("exclude_domain")))
            label = self.env._("The record is not among the exceptions")
            guards.append(("exception", label, ok, "", self.env._("the record is one of the exceptions")))
        guards.append(self._explain_pause(record))
        guards += self._explain_trigger_guards(record)
        guards += self._explain_pace(record)
        guards += self._explain_held(record, {key for key, *_words in guards})
        for one in self._get_standstills_of(self._get_standstills()) if active else ():
            # A guard that only some rules wait for is no obstacle: the run starts, and waits.
            later = one.rule_ids is not None
            label = self.env._("What is due is done in time") if later else self.env._("Scheduled actions run")
            detail, ok = (one.tell(), None) if later else (one.cure, False)
            guards.append((f"standstill {one.key}", label, ok, detail.rstrip("."), one.text))
        names = ("key", "label", "ok", "detail", "obstacle")
        return [dict(zip(names, guard, strict=True)) for guard in guards]

    def _explain_archived(self, record):
        sudo = self.sudo()
        archived = sudo._get_archived_domain(sudo._get_domain("filter_domain"))
        ok = archived == Domain.TRUE or sudo._meets(record, archived)
        return "archived", self.env._("The record is not archived"), ok, "", self.env._("the record is archived")

    def _explain_pause(self, record):
        pause = self.env["crm.trigger.pause"].sudo()._search_of(record)
        by = pause and self.env._("by %(who)s, %(when)s", who=pause.user_id.name, when=self._tell(pause.create_date))
        return "pause", self.env._("The record is not paused"), not pause, by or "", self.env._("the record is paused")

    def _explain_pace(self, record):
        """Return the guards of the rule's frequency limits, with the next possible time."""
        runs = self.env["crm.trigger.run"].sudo()
        guards, pace, now = [], self._get_pace(), fields.Datetime.now()
        if self.reentry == "once":
            counting = self._get_counting_domain()
            fired = runs.search([*self._of(record), *counting, ("occurrence", "=", ONCE)], limit=1)
            label = self.env._("The rule has not run for this record yet: it runs once")
            obstacle = self.env._("the rule has already run for this record, and runs once")
            guards.append(("once", label, not fired, self._tell(fired.started_at), obstacle))
        if self.reentry == "cooldown":
            rests_until = runs._get_rest_end(self.sudo(), pace, record, now)
            label = self.env._("The minimum interval since the last run has passed")
            obstacle = self.env._("the minimum interval since the last run has not passed")
            guards.append(("rest", label, not rests_until, self._tell_next(rests_until), obstacle))
        if self.limit_count:
            full_until = runs._get_limit_end(self.sudo(), pace, record, now)
            label = self.env._("The contact had fewer runs than allowed")
            obstacle = self.env._("the contact had as many runs as allowed")
            guards.append(("limit", label, not full_until, self._tell_next(full_until), obstacle))
        return guards

    def _of(self, record):
        return [("rule_id", "=", self.id), ("res_id", "=", record.id)]

    def _tell(self, moment):
        return format_datetime(self.env, moment, tz=self.env.user.tz) if moment else ""

    def _tell_next(self, moment):
        return self.env._("possible again from %s", self._tell(moment)) if moment else ""

    def _explain_runs(self, record):
        runs = self.env["crm.trigger.run"].search(self._of(record), limit=EXPLAINED_RUNS)
        return [
            {
                "id": run.id,
                "started_at": fields.Datetime.to_string(run.started_at),
                "state": run.state,
                "text": runs._get_label("stop_reason", run.stop_reason) or runs._get_label("state", run.state),
            }
            for run in runs
        ]

    def _get_verdict(self, answer):
        """Return the answer in one sentence: the first thing that prevents the rule from firing."""
        run = self._get_last_run(self.env[answer["record"]["model"]].browse(answer["record"]["id"]))
        if told := self._tell_late(run):
            return told
        ignored = PACE if run and self._is_going_on(run) else ()
        asked = (guard for guard in answer["guards"] if guard["key"] not in ignored)
        failing = next((guard for guard in asked if guard["ok"] is False), None)
        if failing:
            verdict = self.env._("It does not run: %s.", self._name_obstacle(failing))
            return {"ok": False, "verdict": verdict + self._tell_waiting(run)}
        if not self._is_matching(answer["record"]["id"]):
            verdict = self.env._("It does not run: the record does not meet the conditions.")
            return {"ok": False, "verdict": verdict + self._tell_waiting(run)}
        date = answer["date"]
        told = self._tell_run(run, date) if run and (self._get_date_field() or not date) else None
        if told:
            return told
        if date:
            return {"ok": date["verdict"] in (AHEAD, DUE), "verdict": self._label(date["label"], date["text"])}
        return {"ok": True, "verdict": self._get_waiting_text()}

    def _name_obstacle(self, guard):
        """Return the obstacle of a guard, where its label says the expected state."""
        if not guard["detail"]:
            return guard["obstacle"]
        return self.env._("%(what)s (%(detail)s)", what=guard["obstacle"], detail=guard["detail"])

    def _label(self, label, value):
        """Return a label followed by its value; the separator depends on the language."""
        return self.env._("%(label)s: %(value)s", label=label, value=value)

    def _is_matching(self, res_id):
        """Return whether a record meets all conditions, as the engine evaluates them; False if that raises an
        error.
        """
        found = set()
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: its conditions", lambda error: None):
            found = self.sudo()._search_matching([res_id])
        return bool(found)
