from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine import signal as engine
from ...engine.signal import ACTORS, IDENTITIES, SignalError
from ..given import browse_given

MAX_POINTS = 1000


class CrmTriggerSignal(models.Model):
    """Which signals are accepted: invalid ones raise a readable error that is reported to the caller."""

    _inherit = "crm.trigger.signal"

    @api.model
    def _check_records(self, records, model_name):
        """Return the records of signals.

        :param records: a recordset, or ids of the model
        :raises UserError: there is no such model, or its records have no contact
        :raises MissingError: some of the records do not exist
        """
        if isinstance(records, models.BaseModel):
            model_name = records._name
        elif not isinstance(model_name, str) or model_name not in self.env:
            raise UserError(self.env._("Specify the model of these IDs, for instance “res.partner”."))
        self._check_model(model_name)
        if isinstance(records, models.BaseModel):
            records = records.ids
        return browse_given(self.env, model_name, records)

    @api.model
    def _check_model(self, model_name):
        if not self._has_contact(model_name):
            raise UserError(
                self.env._(
                    "“%s” has no contact who could have done something: choose the contact or one of their documents.",
                    self.env["ir.model"]._get(model_name).sudo().name,  # names of models are not confidential
                )
            )

    @api.model
    def _has_contact(self, model_name):
        """Return whether the records of a model, or their documents, have a contact."""
        model, run = self.env[model_name], self.env["crm.trigger.run"]
        document = self.env["crm.trigger.step"]._get_document_fields().get(model_name)
        owner = model._fields[document].comodel_name if document else model_name
        stored = not model._abstract and not model._transient
        return stored and any(map(run._get_partner_field, {model_name, owner}))

    @api.model
    def _check_may_record(self, kind, records):
        """Check that a user may record signals about these records.

        :raises AccessError: they may not
        """
        records.check_access("write")
        if not kind.external:
            raise AccessError(
                self.env._(
                    "“%s” is recorded by Odoo itself. Choose a signal type marked “By hand or API”.",
                    kind.name,
                )
            )

    @api.model
    def _check_choices(self, actor, identity, points):
        for value, choices in ((actor, ACTORS), (identity, IDENTITIES)):
            if value not in choices:
                raise UserError(
                    self.env._(
                        "“%(value)s” is not valid. Choose one of: %(choices)s.", value=value, choices=", ".join(choices)
                    )
                )
        whole = isinstance(points, int) and not isinstance(points, bool)
        if points is not None and not (whole and abs(points) <= MAX_POINTS):
            raise UserError(
                self.env._("The points of a signal are a whole number between -%(max)s and %(max)s.", max=MAX_POINTS)
            )

    @api.model
    def _check_utm(self, values):
        """Return the given ids of campaign, source and medium as pairs.

        :raises UserError, MissingError: one is no id, or does not exist
        """
        given = {fname: value for fname, value in values.items() if value}
        system = self.sudo().env  # any user may name the campaign that they know by its id
        for fname, value in given.items():
            browse_given(system, self._fields[fname].comodel_name, [value])
        return tuple(given.items())

    @api.model
    def _check_details(self, payload):
        try:
            engine.check_details(payload)
        except SignalError as error:
            raise UserError(self._tell_problem(error)) from error
        return payload

    @api.model
    def _read_moment(self, occurred_at):
        try:
            return engine.read_moment(occurred_at or None, fields.Datetime.now())
        except SignalError as error:
            raise UserError(self._tell_problem(error)) from error

    @api.model
    def _tell_problem(self, error):
        """Return why a signal is not recorded, as text."""
        texts = {
            engine.NO_TIME: self.env._("“%s” is no date and time: use “2026-12-31T18:00:00Z”.", error.value),
            engine.FUTURE: self.env._("A signal is something that happened: %s UTC is in the future.", error.value),
            engine.TOO_OLD: self.env._(
                "%s UTC is more than ten years ago: such signals are not recorded.", error.value
            ),
            engine.NO_DETAILS: self.env._("These details cannot be stored: use texts, numbers and lists of them."),
            engine.TOO_LONG: self.env._(
                "The details of a signal may have %(max)s characters, these have %(count)s.",
                max=engine.MAX_DETAILS,
                count=error.value,
            ),
        }
        return texts[error.problem]
