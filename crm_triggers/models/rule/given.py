from odoo import models
from odoo.exceptions import MissingError, UserError

MAX_ID = 2**31 - 1  # of a column of PostgreSQL


class CrmTriggerRule(models.Model):
    """Rules and records given through the external API: invalid ones raise a readable error that is reported to the
    caller.
    """

    _inherit = "crm.trigger.rule"

    def _ensure_given(self):
        """Check that this is one rule; a deleted one raises an error when it is read.

        :raises UserError: it is none or several, or not an id
        """
        self._check_ids(self._ids)
        if len(self) != 1:
            raise UserError(self.env._("Name one rule by its ID; here are %s.", len(self)))

    def _browse_given(self, res_ids, model_name):
        """Return the records with these ids, of the model of this rule.

        :param res_ids: an id or a list of ids
        :param str model_name: their model, as the caller assumes
        :raises UserError: the model is another one, or these are not ids
        :raises MissingError: some of the records do not exist
        """
        if model_name != self.model_name:
            raise UserError(self._tell_wrong_model(model_name))
        res_ids = list(res_ids) if isinstance(res_ids, list | tuple | set) else [res_ids]
        self._check_ids(res_ids)
        records = self.env[self.model_name].browse(dict.fromkeys(res_ids))
        if gone := records - records.exists():
            raise MissingError(
                self.env._(
                    "There is no %(model)s with these IDs: %(ids)s.",
                    model=self.model_id.sudo().name,  # any user of the rule
                    ids=", ".join(map(str, gone._ids)),
                )
            )
        return records

    def _tell_wrong_model(self, model_name):
        known = isinstance(model_name, str) and model_name in self.env
        return self.env._(
            "“%(rule)s” is made for %(expected)s (%(technical)s), not for %(given)s.",
            rule=self.name,
            expected=self.model_id.sudo().name,
            technical=self.model_name,
            given=self.env["ir.model"]._get(model_name).sudo().name if known else model_name,
        )

    def _check_ids(self, res_ids):
        for res_id in res_ids:
            if not isinstance(res_id, int) or isinstance(res_id, bool) or not 0 < res_id <= MAX_ID:
                raise UserError(self.env._("%s is not the ID of a record: it is a whole number above 0.", repr(res_id)))
