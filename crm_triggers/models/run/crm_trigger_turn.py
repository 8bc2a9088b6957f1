from contextlib import nullcontext
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ..isolation import isolated

KEPT_DAYS = 7  # a turn this old belongs to a deleted rule or step


class CrmTriggerTurn(models.Model):
    """When each check or step last had its turn, so that one that is slow or crashes its process does not block the
    others.

    The scheduled action of the clock records each check before it starts it, and begins the next time with the
    check started longest ago. A worker records the steps that must wait until all others had their turn.
    """

    _name = "crm.trigger.turn"
    _description = "Turn of a Rule or Step"
    _log_access = False

    name = fields.Char(required=True, readonly=True, help="What has been processed.")
    begun_at = fields.Datetime(required=True, readonly=True, help="When it began.")
    step_id = fields.Many2one(
        "crm.trigger.step",
        readonly=True,
        ondelete="cascade",
        help="The step that waits until others have had their turn.",
    )

    _once = models.UniqueIndex("(name)", "This has already been processed.")

    # The clock

    @api.model
    def _sort(self, sweeps):
        """Return the checks of the clock, as of ``_get_sweeps``, as ``[(name, rule, method)]``: those never started
        first, then those started longest ago.
        """
        rows = self.env.execute_query(SQL("SELECT name, begun_at FROM crm_trigger_turn WHERE step_id IS NULL"))
        begun = {name: (True, begun_at) for name, begun_at in rows}
        named = [(_get_name(rule, sweep), rule, sweep) for rule, sweep in sweeps]
        return sorted(named, key=lambda each: begun.get(each[0], (False,)))

    @api.model
    def _begin(self, name):
        """Record that a check starts now, whatever becomes of it or of this process."""
        self._note(self._sql_note(name))

    # The worker

    @api.model
    def _get_aside(self):
        """Return the ids of the steps to do after all others, as a set."""
        rows = self.env.execute_query(SQL("SELECT step_id FROM crm_trigger_turn WHERE step_id IS NOT NULL"))
        return {step_id for (step_id,) in rows}

    @api.model
    def _put_aside(self, step):
        """Do a step after all others, by the next worker too."""
        self._note(self._sql_note(f"step {step.id}", step.id))

    @api.model
    def _forget_aside(self):
        """Clear the steps put aside: all others had their turn."""
        self._note(SQL("DELETE FROM crm_trigger_turn WHERE step_id IS NOT NULL"))

    # Lasting conditions

    @api.model
    def _get_since(self, name):
        """Return since when a condition lasts (naive UTC), None if it does not."""
        rows = self.env.execute_query(SQL("SELECT begun_at FROM crm_trigger_turn WHERE name = %s", name))
        return rows[0][0] if rows else None

    @api.model
    def _note_since(self, name, is_so):
        """Record that a condition lasts from now on, unless it is recorded already; or that it ended."""
        if is_so and not self._get_since(name):
            query = "INSERT INTO crm_trigger_turn (name, begun_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
            self._note(SQL(query, name, fields.Datetime.now()))
        elif not is_so and self._get_since(name):
            self._note(SQL("DELETE FROM crm_trigger_turn WHERE name = %s", name))

    def _note(self, query):
        """Write on a separate cursor: the record is kept even if the caller rolls back. With a short lock timeout:
        losing one is harmless.
        """
        noting = isolated(nullcontext(), "Noting whose turn it is", lambda error: None, pass_on=())
        with noting, self.env.registry.cursor() as cr:
            cr.execute("SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '100ms'")
            cr.execute(query, log_exceptions=False)

    def _sql_note(self, name, step_id=None):
        return SQL(
            "INSERT INTO crm_trigger_turn (name, step_id, begun_at)"
            " VALUES (%s, %s, clock_timestamp() AT TIME ZONE 'UTC')"
            " ON CONFLICT (name) DO UPDATE SET begun_at = excluded.begun_at",
            name,
            step_id,
        )

    @api.autovacuum
    def _gc_old(self):
        """Delete the turns of rules and steps that no longer exist."""
        self.search([("begun_at", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))]).unlink()


def _get_name(rule, sweep):
    """Return the key of a check of the clock, the same in every process."""
    call = sweep if isinstance(sweep, partial) else partial(sweep)
    return " ".join(map(str, (rule.id or 0, getattr(call.func, "__name__", ""), *call.args)))
