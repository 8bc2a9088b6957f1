from odoo import api, models
from odoo.tools import SQL

from ...engine import domain as domain_engine
from ...engine import triggers


class UnansweredError(NotImplementedError):
    """A kind of trigger leaves a question open that has no answer by default."""


class CrmTriggerRule(models.Model):
    """The questions that a kind of trigger answers, and the answers of one with nothing of its own.

    A kind overrides what it answers otherwise, for the rules that are of it, and calls super for
    the others.
    """

    _inherit = "crm.trigger.rule"

    def _get_trigger_traits(self):
        """Return what starts this rule, as the kind of its trigger was declared (``TriggerTraits``)."""
        return triggers.find(self.trigger, self.pool._init_modules)

    # What is looked at

    def _get_watched_fields(self):
        """Return the names of the fields of the record whose changes this rule is told of, as a frozenset."""
        names = domain_engine.root_fields(list(self._get_plain_conditions()))
        for fname in ("filter_pre_domain", "stop_domain"):
            names |= domain_engine.root_fields(list(self._get_domain(fname)))
        return names

    def _get_date_field(self):
        """Return the name of the field of the record whose date starts this rule, None without one."""
        return

    def _may_be_swept(self):
        """Tell whether the clock can find in all records of this rule what no change told of."""
        return False

    def _get_sweeps(self):
        """Return what the clock does for these rules: ``[(rule, empty if it is no single one's, method)]``.

        A method takes how many records it may start, and returns how many it found; it is called
        again until that is 0.
        """
        return []

    def _is_looked_for(self):
        """Tell whether the clock looks for all that starts this rule, and finds what a save left undone."""
        return False

    def _sql_known(self):
        """Return the SQL of the ids of the records that are no news to this rule now, so that the clock can
        make up for what transactions leave that do not know of it yet; None if it need not."""
        return

    # What is decided

    def _get_missed(self, created, touched):
        """Return the ids of the records that a decision which failed may have kept from starting.

        :param created: ids of new records
        :param touched: ids of records that changed
        """
        traits = self._get_trigger_traits()
        return (created if traits.born else set()) | (touched if traits.by_change else set())

    def _has_moved(self, run, date_text):
        """Tell whether a record no longer has the date that started its run.

        :param date_text: the record's date now, as runs keep it; None without one
        """
        return False

    def _search_existing_matches(self, model, limit):
        """Return the ids of up to ``limit`` records for which this rule would have started, had it
        been switched on before, and did nothing yet.

        :param model: the rule's, as the user may read it
        """
        return []

    def _sql_key_is_spent(self):
        """Return the condition of runs (``run``) whose key nothing can bring again: they may be forgotten.

        The time of a transaction never comes again, nor does a trial that is over. "Once" and the keys
        given by others may.
        """
        return SQL("(run.occurrence LIKE '____-__-__ __:__:__.______' OR run.occurrence ~ '^trial [0-9]+$')")

    def _get_trigger_problem(self):
        """Return what keeps a rule of its kind from ever starting, and the cure, in words; None if nothing does."""
        return

    # What is told

    def _get_when_phrase(self):
        """Return what starts this rule, in words that begin its sentence; also while it is being written.

        :raises UnansweredError: there are no words by default
        """
        raise UnansweredError("_get_when_phrase")

    def _get_when_conditions_phrase(self, conditions):
        """Return what starts this rule where its conditions say that, None to have them told apart.

        :param str conditions: in words
        """
        return

    def _get_trigger_label(self):
        """Return what starts this rule, as people choose it."""
        return dict(self._fields["trigger"]._description_selection(self.env))[self.trigger]

    def _get_run_origin(self, run):
        """Return what started a run that no other rule did, in words."""
        if run.user_id:
            return self.env._("By %s", run.user_id.name)
        return self._get_trigger_label()

    def _explain_time(self, record):
        """Return when this rule acts on a record, the ``date`` of :meth:`explain`; False if no clock says so."""
        return False

    def _explain_trigger_guards(self, record):
        """Return what else may keep this rule from a record, as :meth:`_explain_guards` does:
        ``[(key, label, whether it is well, detail, what is in the way if it is not)]``."""
        return []

    def _get_waiting_text(self):
        """Return what still has to happen to a record that has all this rule wants, as a sentence."""
        return self.env._("No blocking condition: the rule runs the next time this happens to the record.")

    # Which fields say it

    @api.model
    def _get_definition_fields(self):
        """Return the names of the fields that say when and for whom a rule acts, as a set: with another
        value it is another rule, to which all that is there already is no news."""
        return {
            "active",
            "author_id",
            "company_id",
            "condition_lang",
            "cooldown_count",
            "cooldown_unit",
            "exclude_domain",
            "exclude_internal",
            "filter_domain",
            "filter_pre_domain",
            "limit_count",
            "limit_period",
            "model_id",
            "reentry",
            "stop_domain",
            "sweep",
            "trigger",
        }

    @api.model
    def _get_cached_fields(self):
        """Return the names of the fields that deciding and planning read of a rule, as a set."""
        return {
            "above_id",
            "active",
            "author_id",
            "company_id",
            "condition_lang",
            "cooldown_count",
            "cooldown_unit",
            "exclude_domain",
            "exclude_internal",
            "filter_domain",
            "filter_pre_domain",
            "hear_own",
            "keep_matching",
            "limit_count",
            "limit_period",
            "model_name",
            "reentry",
            "state",
            "step_ids",
            "stop_domain",
            "trg_date_calendar_id",
            "trigger",
            "tz",
            "tz_from",
            "user_id",
        }

    @api.model
    def _get_sentence_fields(self):
        """Return the names of the fields on which the words of a rule depend, as a set."""
        return {
            "model_id",
            "trigger",
            "filter_domain",
            "preset_id",
            "preset_value",
            "step_ids.sequence",
            "step_ids.phrase",
            "step_ids.timing",
        }
