from contextlib import nullcontext
from functools import partial

from psycopg2.errors import QueryCanceled

from odoo import models

from ...engine import states
from ..each_language import name_error, pick
from ..isolation import apart, bounded, isolated
from ..run.after_response import after_response


class CrmTriggerRule(models.Model):
    """What happens when a decision failed."""

    _inherit = "crm.trigger.rule"

    def _note_undecided(self, missed, looked_at, error):
        """Record the records that this rule may have missed, and follow up after the commit.

        :param missed: their ids
        :param looked_at: ids of those evaluated: the conditions may be too slow, which is checked again
        """
        texts = name_error(self.env, error)
        key = f"{states.STOP_UNDECIDED} {self.env.cr.now()}"
        with isolated(self.env.cr.savepoint(flush=False), f"Rule {self.id}: noting what it missed"):
            self.env["crm.trigger.run"]._start(self, dict.fromkeys(missed, key), {}, states.STOP_UNDECIDED, texts)
        self._see_to_after_commit(texts, looked_at if isinstance(error, QueryCanceled) else ())

    def _see_to_after_commit(self, error, slow_ids=()):
        """Follow up on this rule, as of :meth:`_see_to`, in a separate transaction after the user's."""
        cr, texts = self.env.cr, tuple(error.items())
        cr.postcommit.add(partial(after_response, cr, _see_to_apart, list(slow_ids), self.id, texts))

    def _see_to(self, error, slow_ids=(), *, swept=False):
        """Follow up on a failed decision: pause the rule if it cannot work, and notify its owner in any case.

        :param dict error: the error, by language
        :param slow_ids: the records for which its conditions took too long
        :param bool swept: it failed in the clock, which will try again
        """
        told = self.with_context(lang=self._get_alerted().lang)
        if problem := told._get_slow_problem(slow_ids) or told._get_problem():
            told._pause_for(problem)
            return
        self._alert(
            lambda env: env._("This rule could not evaluate some records"),
            lambda env: (
                env._("It is retried every few minutes. Last error: %s", pick(error, env.lang))
                if swept
                else env._("See its runs that were stopped for this reason. Last error: %s", pick(error, env.lang))
            ),
        )

    def _get_slow_problem(self, res_ids):
        """Return that the conditions take too long for these records, as text, or None; measured a second time,
        because the machine may have been busy the first time.
        """
        errors = []
        with isolated(self.env.cr.savepoint(), f"{self}: looking again", errors.append), bounded(self.env.cr):
            self._search_matching(res_ids)
            self._search_stopped(res_ids)
        slow = errors and isinstance(errors[0], QueryCanceled)
        return self._explain_domain_error("filter_domain", errors[0]) if slow else None


def _see_to_apart(dbname, slow_ids, rule_id, texts):
    """Follow up on a failed decision, in a separate transaction after the user's.

    :param tuple texts: the error, as ``(language, text)``
    """
    with isolated(nullcontext(), f"Rule {rule_id}: telling its owner", pass_on=()), apart(dbname) as env:
        env["crm.trigger.rule"].browse(rule_id)._see_to(dict(texts), slow_ids)
