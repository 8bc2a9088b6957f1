from markupsafe import Markup

from odoo import api, fields, models

from ..engine import states
from ..models.catalog.lost import find_lost


class BaseModuleUninstall(models.TransientModel):
    """Warns in the uninstall dialog which rules lose what."""

    _inherit = "base.module.uninstall"

    crm_trigger_losses = fields.Html(
        "Triggers That Depend on It",
        compute="_compute_crm_trigger_losses",
        help="The rules that lose something with these apps, and what becomes of them.",
    )

    @api.depends("module_ids")
    def _compute_crm_trigger_losses(self):
        for wizard in self:
            lines = wizard._tell_crm_trigger_losses()
            wizard.crm_trigger_losses = (
                Markup("<ul>%s</ul>") % Markup().join(Markup("<li>%s</li>") % line for line in lines)
                if lines
                else False
            )

    def _tell_crm_trigger_losses(self):
        """Return a sentence for each rule that loses something with these add-ons, or is deleted."""
        names = self._get_modules().mapped("name")
        if "crm_triggers" in names:
            return [self.env._("All triggers are deleted, with what they have planned and their log.")]
        lost = find_lost(self.env, names)
        rules = self.env["crm.trigger.rule"].sudo().with_context(active_test=False)  # of all users
        going = rules.browse(lost.records.get(rules._name, ())).exists().filtered(lambda rule: not rule.is_template)
        told = [self.env._("“%s” is deleted too, with what it has planned and its log.", rule.name) for rule in going]
        return [*told, *(self._tell_crm_trigger_loss(*loss) for loss in rules._get_losses(lost).items())]

    def _tell_crm_trigger_loss(self, rule, losses):
        what = ", ".join(what for _addon, what in losses)
        if rule.state == states.DRAFT:
            return self.env._("“%(rule)s”, a draft, loses %(what)s.", rule=rule.name, what=what)
        return self.env._(
            "“%(rule)s” loses %(what)s. It is paused, its owner is notified, and its log is kept.",
            rule=rule.name,
            what=what,
        )
