from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....engine.signal import HUMAN, VERIFIED
from ....engine.triggers import NONE, declare
from ...step.check import LONGEST_DELAY

SIGNAL = "signal"
declare(SIGNAL, NONE, by=__name__)
WINDOW_UNITS = [("hours", "hours"), ("days", "days"), ("weeks", "weeks")]
# What makes it another rule; also what the sentence reads.
SIGNAL_FIELDS = {
    "signal_company",
    "signal_count",
    "signal_machines",
    "signal_points",
    "signal_type_ids",
    "signal_typed",
    "signal_window_count",
    "signal_window_unit",
    "signal_words",
}


class CrmTriggerRule(models.Model):
    """Rules started by what contacts do: a signal, several of them, or points within a rolling window.

    The clock reads the new signals, so that nothing is decided in a visitor's request.
    """

    _inherit = "crm.trigger.rule"

    signal_type_ids = fields.Many2many(
        "crm.trigger.signal.type",
        string="Signals",
        context={"active_test": False},  # without archived ones, it would be anything
        ondelete="restrict",
        help="What the contact does; empty for anything.",
    )
    signal_count = fields.Integer(
        "Number of signals", default=1, help="How many signals start the rule; 0 if points do."
    )
    signal_points = fields.Integer("Points", help="How many points start the rule; 0 if a number of signals does.")
    signal_window_count = fields.Integer("Within", default=1, help="The signals or points must come within this time.")
    signal_window_unit = fields.Selection(
        WINDOW_UNITS,
        "Within unit",
        default="days",
        required=True,
        help="Unit of the time.",
    )
    signal_words = fields.Char(
        "Details contain",
        help="Only signals with these words in their details: a page, a form, a fair; empty for any. Not "
        "case-sensitive.",
    )
    signal_company = fields.Boolean(
        "Also of colleagues", help="What other people of the contact's company do counts as well."
    )
    signal_machines = fields.Boolean(
        "Also machines",
        help="Count signals that a machine caused, such as an email that came back, or for which that is in doubt.",
    )
    signal_typed = fields.Boolean(
        "Also typed-in addresses", help="Count signals whose address anyone could have typed in."
    )

    @api.constrains("trigger", "signal_count", "signal_points", "signal_window_count", "signal_window_unit")
    def _check_signals(self):
        for rule in self.filtered(lambda rule: rule.trigger == SIGNAL):
            if problem := rule._get_series_problem():
                raise ValidationError(self.env._("Rule “%(rule)s”: %(problem)s", rule=rule.name, problem=problem))

    def _get_series_problem(self):
        if (self.signal_count > 0) == (self.signal_points > 0) or min(self.signal_count, self.signal_points) < 0:
            return self.env._("set either a number of signals or a number of points, and 0 for the other.")
        longest = LONGEST_DELAY["days" if self.signal_window_unit == "hours" else self.signal_window_unit]
        count = self.signal_window_count / 24 if self.signal_window_unit == "hours" else self.signal_window_count
        if self._is_series() and not 0 < count <= longest:
            return self.env._("set the time within which the signals come, up to ten years.")
        return None

    def _is_series(self):
        """Return whether more than one signal is needed: then the time window counts."""
        return self.signal_points > 0 or self.signal_count > 1

    def _get_window(self):
        return timedelta(**{self.signal_window_unit: self.signal_window_count})

    def _get_credible(self):
        """Return ``{column: values}`` of the signals that this rule counts."""
        credible = {} if self.signal_machines else {"actor": (HUMAN,)}
        return credible | ({} if self.signal_typed else {"identity": (VERIFIED,)})

    def _get_trigger_problem(self):
        """The signals it waits for may have been deleted, archived, or removed with an add-on."""
        problem = super()._get_trigger_problem()
        if self.trigger != SIGNAL or problem:
            return problem
        if problem := self._get_series_problem():
            return self.env._("Rule “%(rule)s”: %(problem)s", rule=self.name, problem=problem)
        archived = self.signal_type_ids.filtered(lambda kind: not kind.active)
        if archived and archived == self.signal_type_ids:
            names = ", ".join(archived.mapped("name"))
            return self.env._(
                "Rule “%(rule)s”: these signal types are archived: %(names)s", rule=self.name, names=names
            )
        if not self._get_contact_path():
            return self.env._("Rule “%s”: its records have no contact who could do something.", self.name)
        return None

    def _get_contact_path(self):
        """Return the path from this rule's records to their contact, None without one."""
        runs, model_name = self.env["crm.trigger.run"], self.model_name
        document = self.env["crm.trigger.step"]._get_document_fields().get(model_name)
        if path := runs._get_partner_field(model_name):
            return path
        path = document and runs._get_partner_field(self.env[model_name]._fields[document].comodel_name)
        return path and (document if path == "id" else f"{document}.{path}")

    @api.model
    def _get_definition_fields(self):
        return super()._get_definition_fields() | SIGNAL_FIELDS

    def _sql_key_is_spent(self):
        """A rule reads a signal once."""
        spent = super()._sql_key_is_spent()
        return SQL("(%s OR run.occurrence ~ '^signal [0-9]+$')", spent) if self.trigger == SIGNAL else spent
