from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ..isolation import isolated
from .crm_trigger_gone import GONE

HARMLESS = "manual"  # the trigger that nothing starts automatically


class CrmTriggerRule(models.Model):
    """Rules survive the add-ons they were created with: paused, with their log."""

    _inherit = "crm.trigger.rule"

    model_is_gone = fields.Boolean(
        compute="_compute_model_is_gone", help="The type of record it was made for was removed with an add-on."
    )

    @api.depends("model_name")
    def _compute_model_is_gone(self):
        for rule in self:
            rule.model_is_gone = bool(rule.model_name) and rule.model_name not in self.env

    @api.model
    def _prepare_for_loss(self, lost):
        """Pause the rules that lose something, notify their owners, and remove what they lose in the way that keeps
        the log.

        :param lost: ``Lost``
        """
        for rule in self._get_losses(lost):
            if rule.state != states.DRAFT:
                with isolated(self.env.cr.savepoint(), f"Rule {rule.id}: pausing it, an add-on goes"):
                    rule._tell_of_loss(lost)
        self._keep_of_models(list(lost.models))
        staying = [("rule_id", "not in", list(lost.records.get(self._name, ())))]
        steps = self.env["crm.trigger.step"].sudo().search(staying)  # of all users
        steps.filtered(lambda step: step._get_losing(lost)).unlink()
        for model_name, fname, value in lost.choices:
            if model_name == self._name:
                self._keep_of_choice(fname, value)
        for log in ("crm.trigger.run", "crm.trigger.execution"):
            self.env[log]._keep_reasons([(fname, value) for name, fname, value in lost.choices if name == log])

    def _tell_of_loss(self, lost):
        told = self.with_context(lang=self._get_alerted().lang)
        told._pause_for(told._get_loss_text(told._get_own_losses(lost)))

    def _get_loss_text(self, losses):
        """Return what this rule has lost and the remedy, as text.

        :param losses: ``[(add-on, loss as text)]``
        """
        return self.env._(
            "Rule “%(rule)s”: %(addons)s was uninstalled, and with it went what the rule needs: %(what)s. Install it "
            "again, change the rule, or delete it. What it did is still in its log.",
            rule=self.name,
            addons=self._name_addons({addon for addon, _what in losses}),
            what=", ".join(what for _addon, what in losses),
        )

    @api.model
    def _keep_of_models(self, model_names):
        """Keep the rules on models about to be removed: their planned steps are cancelled, their steps deleted, and
        the database does not cascade to them.
        """
        rules = self.sudo().with_context(active_test=False).search([("model_id.model", "in", model_names)])
        if not rules:
            return
        rules.action_pause()
        domain = [("rule_id", "in", rules.ids), ("state", "=", states.RUNNING)]
        self.env["crm.trigger.run"].sudo().search(domain)._stop(states.STOP_GONE)
        rules.step_ids.unlink()
        self.env.flush_all()
        gone = self.env["ir.model"]._get_id(GONE)
        # Not through the ORM: the name must remain the removed model's, while the rule has no other model yet.
        self.env.cr.execute(SQL("UPDATE crm_trigger_rule SET model_id = %s WHERE id IN %s", gone, rules._ids))
        rules.invalidate_recordset(["model_id"])
        rules._reload_rules()

    @api.model
    def _keep_of_choice(self, fname, value):
        """Keep the rules with a selection value about to be removed, which would delete them: nothing starts them
        any more.
        """
        field = self._fields.get(fname)
        if field is None or (field.ondelete or {}).get(value) != "cascade":
            return
        self.flush_model([fname])
        column = SQL.identifier(fname)
        query = SQL("SELECT id FROM crm_trigger_rule WHERE %s = %s", column, value)
        rules = self.sudo().browse(res_id for (res_id,) in self.env.execute_query(query))
        if not rules:
            return
        rules.action_pause()
        instead = HARMLESS if fname == "trigger" else None
        # Not through the ORM: other fields are kept until the owner chooses again.
        query = SQL("UPDATE crm_trigger_rule SET %s = %s WHERE id IN %s", column, instead, rules._ids)
        self.env.cr.execute(query)
        rules.invalidate_recordset()
        rules._reload_rules()

    def _check_ready(self):
        """The model may have been restored with its add-on."""
        for rule in self.sudo().filtered(lambda rule: rule.model_id.model == GONE and rule.model_name in self.env):
            rule.model_id = self.env["ir.model"]._get_id(rule.model_name)
        return super()._check_ready()
