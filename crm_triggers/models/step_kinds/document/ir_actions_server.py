from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, formatLang


class IrActionsServer(models.Model):
    """Common code of server actions on quotations, orders and invoices."""

    _inherit = "ir.actions.server"

    def _get_value_problem(self):
        """Return why the entered values are invalid, as text, or None.

        Override for other actions, and call :meth:`_check_values` in a constraint on their fields.
        """
        return None  # noqa: RET501

    def _check_values(self):
        """Refuse invalid values, naming the rule and the step if the action belongs to one.

        A new step is checked again after creation, when it has a name.

        :raises UserError: a value is invalid, with the remedy
        """
        for action in self:
            problem = action._get_value_problem()
            if not problem:
                continue
            step_sudo = self.env["crm.trigger.step"].sudo().search([("action_id", "=", action.id)], limit=1)
            if step_sudo:
                step_sudo._complain(lambda step: step.action_id._get_value_problem())
            if action.usage != "crm_trigger":
                raise ValidationError(
                    self.env._("Action “%(action)s”: %(problem)s", action=action.name, problem=problem)
                )

    @api.model
    def _crm_trigger_format_percent(self, value):
        """Return a percentage as text: "5 %", "33.50 %"."""
        return self.env._("%s %%", formatLang(self.env, value, digits=0 if float(value).is_integer() else 2))

    @api.model
    def _crm_trigger_get_failed(self, documents):
        """Return those of these documents with an email that failed, or was cancelled by a stop."""
        domain = [("model", "=", documents._name), ("res_id", "in", documents.ids)]
        mails_sudo = self.env["mail.mail"].sudo().search([*domain, ("state", "in", ("exception", "cancel"))])
        return documents.filtered(lambda document: document.id in set(mails_sudo.mapped("res_id")))

    def _lock_documents(self, documents):
        """Block other workers that act on one of these documents; they restart if this one changed it.

        Written, not only locked: the changes are not in their snapshot.

        :raises SerializationFailure: another worker changed one since our snapshot; not logged as an error
        """
        if documents:
            documents.flush_recordset()
            query = SQL(
                "WITH mine AS (SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id FOR NO KEY UPDATE)"
                " UPDATE %(table)s SET write_date = write_date WHERE id IN (SELECT id FROM mine)",
                table=SQL.identifier(documents._table),
                ids=tuple(documents.ids),
            )
            self.env.cr.execute(query, log_exceptions=False)
