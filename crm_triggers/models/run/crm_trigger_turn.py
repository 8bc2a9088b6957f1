from contextlib import nullcontext
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ..isolation import isolated

KEPT_DAYS = 7  # a turn so old was that of a rule or step which is no more


class CrmTriggerTurn(models.Model):
    """Whose turn it was last, so that what is slow, or takes a process down, keeps nobody else from his.

    The clock notes each look before it begins it, and begins the next time with the one whose turn is
    longest ago. A worker notes the steps that have to wait until all others had their turn.
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
        """Return what the clock does, as of ``_get_sweeps``, as ``[(name, rule, method)]``: what was never begun
        comes first, then what was begun longest ago."""
        rows = self.env.execute_query(SQL("SELECT name, begun_at FROM crm_trigger_turn WHERE step_id IS NULL"))
        begun = {name: (True, begun_at) for name, begun_at in rows}
        named = [(_get_name(rule, sweep), rule, sweep) for rule, sweep in sweeps]
        return sorted(named, key=lambda each: begun.get(each[0], (False,)))

    @api.model
    def _begin(self, name):
        """Note that something has its turn now, whatever becomes of it or of this process."""
        self._note(self._sql_note(name))

    # The worker

    @api.model
    def _get_aside(self):
        """Return the ids of the steps that come after all others, as a set."""
        rows = self.env.execute_query(SQL("SELECT step_id FROM crm_trigger_turn WHERE step_id IS NOT NULL"))
        return {step_id for (step_id,) in rows}

    @api.model
    def _put_aside(self, step):
        """Have a step come after all others, for the next worker as well."""
        self._note(self._sql_note(f"step {step.id}", step.id))

    @api.model
    def _forget_aside(self):
        """All others had their turn."""
        self._note(SQL("DELETE FROM crm_trigger_turn WHERE step_id IS NOT NULL"))

    # What lasts

    @api.model
    def _get_since(self, name):
        """Return since when something is so (naive UTC), None if it is not."""
        rows = self.env.execute_query(SQL("SELECT begun_at FROM crm_trigger_turn WHERE name = %s", name))
        return rows[0][0] if rows else None

    @api.model
    def _note_since(self, name, is_so):
        """Note that something is so from now on, unless it was already; or that it is not."""
        if is_so and not self._get_since(name):
            query = "INSERT INTO crm_trigger_turn (name, begun_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
            self._note(SQL(query, name, fields.Datetime.now()))
        elif not is_so and self._get_since(name):
            self._note(SQL("DELETE FROM crm_trigger_turn WHERE name = %s", name))

    def _note(self, query):
        """Write on a cursor of its own: what is noted stays, whatever becomes of the caller's transaction.
        Who notes the same at this moment is hardly waited for: nothing that matters is lost."""
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
        """Forget the turns of what is no more."""
        self.search([("begun_at", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))]).unlink()


def _get_name(rule, sweep):
    """Return what tells a look of the clock from the others, in any process."""
    call = sweep if isinstance(sweep, partial) else partial(sweep)
    return " ".join(map(str, (rule.id or 0, getattr(call.func, "__name__", ""), *call.args)))
