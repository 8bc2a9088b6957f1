from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..models.isolation import bounded, isolated
from ..models.run.existing import MANY

SHOWN = 100  # names in the dialog; further records are counted


class CrmTriggerActivation(models.TransientModel):
    """Activating a rule when records already meet its conditions: they are shown, and not included unless the user
    wants it.
    """

    _name = "crm.trigger.activation"
    _description = "Activate a Rule"

    rule_id = fields.Many2one("crm.trigger.rule", required=True, readonly=True, ondelete="cascade")
    model_name = fields.Char(related="rule_id.model_name", related_sudo=False)
    trigger = fields.Selection(related="rule_id.trigger", related_sudo=False)
    existing_ids = fields.Json(readonly=True)
    existing_count = fields.Integer("Existing records", compute="_compute_existing_count")
    scope = fields.Selection(
        [
            ("new", "For future events only"),
            ("existing", "Also for these records"),
        ],
        required=True,
        default="new",
    )
    narrow_domain = fields.Char("Only those with", help="Only include existing records that meet these conditions.")
    record_count = fields.Integer("Records to process", compute="_compute_records")
    record_names = fields.Html("Which", compute="_compute_records", sanitize=False)
    too_many = fields.Boolean(compute="_compute_records")

    @api.depends("existing_ids")
    def _compute_existing_count(self):
        for dialog in self:
            dialog.existing_count = len(dialog.existing_ids or ())

    @api.depends("existing_ids", "narrow_domain")
    def _compute_records(self):
        """Conditions that cannot be evaluated yet match no record."""
        for dialog in self:
            found = []
            # Without a flush, a rollback keeps the cache, and so the values of the form.
            with isolated(self.env.cr.savepoint(flush=False), f"{dialog}: narrowing", lambda error: None):
                found = dialog._search_records()
            dialog.record_count = len(found)
            dialog.too_many = len(found) > MANY
            dialog.record_names = dialog._list_names(found)

    @api.constrains("narrow_domain")
    def _check_narrow_domain(self):
        for dialog in self.sudo(False):
            errors = []
            with isolated(self.env.cr.savepoint(flush=False), f"{dialog}: narrowing", errors.append):
                dialog._search_records()
            if errors:
                raise ValidationError(
                    self.env._(
                        "“Only those with” cannot be used on %(model)s: choose fields and values again. (%(error)s)",
                        model=dialog.rule_id.model_id.name,
                        error=errors[0],
                    )
                )

    def _search_records(self):
        """Return the ids of the records to include, out of those shown.

        :raises Exception: the condition cannot be evaluated
        """
        domain = Domain("id", "in", self.existing_ids or []) & self.rule_id._evaluate(self.narrow_domain)
        with bounded(self.env.cr):
            return self._get_shown_model().search(domain, order="id").ids

    def _get_shown_model(self):
        """Return the model of the records with the user's rights and language."""
        return self.rule_id._get_readable_model().with_context(lang=self.env.lang)

    def _list_names(self, res_ids):
        """Return the first records as a list of links."""
        link = Markup('<li><a href="/odoo/%s/%s" target="_blank">%s</a></li>')
        model = self._get_shown_model().with_context(sale_show_partner_name=True)  # beside its number
        shown = model.browse(res_ids[:SHOWN]).exists()
        items = [link % (record._name, record.id, record.display_name) for record in shown]
        if len(res_ids) > SHOWN:
            items.append(Markup("<li>%s</li>") % self.env._("… and %s more", len(res_ids) - SHOWN))
        return Markup('<ul class="list-unstyled mb-0">%s</ul>') % Markup("").join(items)

    def action_switch_on(self):
        """Activate the rule, and include the existing records if chosen."""
        self.ensure_one()
        found = self._search_records() if self.scope == "existing" else []
        self.rule_id.action_activate()
        if found:
            self.rule_id._take_in(found)
        return {"type": "ir.actions.act_window_close"}
