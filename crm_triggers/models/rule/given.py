from odoo import models
from odoo.exceptions import UserError

from ..given import browse_given, check_ids


class CrmTriggerRule(models.Model):
    """Rules and records given through the external API: invalid ones raise a readable error that is reported to the
    caller.
    """

    _inherit = "crm.trigger.rule"

    def _ensure_given(self):
        """Check that this is one rule; a deleted one raises an error when it is read.

        :raises UserError: it is none or several, or not an id
        """
        check_ids(self.env, self._ids)
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
        return browse_given(self.env, self.model_name, res_ids)

    def _tell_wrong_model(self, model_name):
        known = isinstance(model_name, str) and model_name in self.env
        return self.env._(
            "“%(rule)s” is made for %(expected)s (%(technical)s), not for %(given)s.",
            rule=self.name,
            expected=self.model_id.sudo().name,
            technical=self.model_name,
            given=self.env["ir.model"]._get(model_name).sudo().name if known else model_name,
        )
