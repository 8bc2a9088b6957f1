from odoo import api, models
from odoo.tools import SQL

from ...engine import domain as domain_engine
from ...engine import triggers


class UnansweredError(NotImplementedError):
    """A kind of trigger does not override a method that has no default."""


class CrmTriggerRule(models.Model):
    """The methods that a kind of trigger overrides, with the defaults.

    A kind overrides what differs, for its own rules, and calls super for the others.
    """

    _inherit = "crm.trigger.rule"

    def _get_trigger_traits(self):
        """Return what starts this rule, as its kind of trigger was declared (``TriggerTraits``)."""
        return triggers.find(self.trigger, self.pool._init_modules)

    # Watching

    def _get_watched_fields(self):
        """Return the names of the record's fields whose changes are passed to this rule, as a frozenset."""
        names = domain_engine.root_fields(list(self._get_plain_conditions()))
        for fname in ("filter_pre_domain", "stop_domain"):
            names |= domain_engine.root_fields(list(self._get_domain(fname)))
        return names

    def _get_date_field(self):
        """Return the name of the date field that starts this rule, None without one."""
        return

    def _may_be_swept(self):
        """Return whether the clock can find, by checking all records, what no change revealed."""
        return False

    def _get_sweeps(self):
        """Return the checks of the clock for these rules: ``[(rule, empty if it is for no single one, method)]``.

        A method takes how many records it may start, and returns how many it found; it is called again until that
        is 0.
        """
        return []

    def _is_looked_for(self):
        """Return whether the clock searches for all that starts this rule, and so finds what a save left undone."""
        return False

    def _sql_known(self):
        """Return the SQL of the ids of the records that this rule must not start with now, so that the clock can
        catch up with transactions that do not know the rule yet; None if it need not.
        """
        return

    # Deciding

    def _get_missed(self, created, touched):
        """Return the ids of the records that a failed decision may have missed.

        :param created: ids of new records
        :param touched: ids of records that changed
        """
        traits = self._get_trigger_traits()
        return (created if traits.born else set()) | (touched if traits.by_change else set())

    def _has_moved(self, run, date_text):
        """Return whether a record no longer has the date that started its run.

        :param date_text: the record's current date, in the format of runs; None without one
        """
        return False

    def _search_existing_matches(self, model, limit):
        """Return the ids of up to ``limit`` records for which this rule would have started, had it been active
        before, and did nothing yet.

        :param model: the rule's, with the user's rights
        """
        return []

    def _sql_key_is_spent(self):
        """Return the condition of runs (``run``) whose key cannot occur again, and which may be deleted.

        The time of a transaction never comes again, nor does the key of an ended test run. "Once" and keys given by
        callers may.
        """
        return SQL("(run.occurrence LIKE '____-__-__ __:__:__.______' OR run.occurrence ~ '^trial [0-9]+$')")

    def _get_trigger_problem(self):
        """Return what prevents a rule of its kind from ever starting, and the remedy, as text; None if nothing
        does.
        """
        return

    # Texts

    def _get_when_phrase(self):
        """Return what starts this rule, as the beginning of its sentence; also while it is being edited.

        :raises UnansweredError: there is no default
        """
        raise UnansweredError("_get_when_phrase")

    def _get_when_conditions_phrase(self, conditions):
        """Return what starts this rule, if its conditions are part of that; None to describe them separately.

        :param str conditions: as text
        """
        return

    def _get_trigger_label(self):
        """Return what starts this rule, as in the form."""
        return dict(self._fields["trigger"]._description_selection(self.env))[self.trigger]

    def _get_run_origin(self, run):
        """Return what started a run that no other rule caused, as text."""
        if run.user_id and not run.user_id._is_public():  # a visitor has no name
            return self.env._("By %s", run.user_id.name)
        return self._get_event_name()

    def _get_event_name(self):
        """Return what happens to a record that starts this rule, in the words of the form."""
        return self._get_trigger_label()

    def _explain_time(self, record):
        """Return when this rule acts on a record, the ``date`` of :meth:`explain`; False if not by time."""
        return False

    def _explain_trigger_guards(self, record):
        """Return what else may prevent this rule from acting on a record, as of :meth:`_explain_guards`: ``[(key,
        label, whether it is fine, detail, obstacle if it is not)]``.
        """
        return []

    def _get_waiting_text(self):
        """Return what still has to happen to a record that meets all conditions, as a sentence."""
        return self.env._("No blocking condition: the rule runs the next time this happens to the record.")

    # Field names

    @api.model
    def _get_definition_fields(self):
        """Return the names of the fields that define when and for which records a rule acts, as a set: with another
        value it is a different rule, which does not apply to what exists already.
        """
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
        """Return the names of the fields that the sentence of a rule depends on, as a set."""
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
