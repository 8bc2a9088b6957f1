from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...engine import states

# Written by buttons only, never directly.
BUTTON_FIELDS = {
    "state",
    "activated_at",
    "above_id",
    "author_id",
    "unsettled_since",
    "settles",
    "backlog_size",
    "recur_since",
}
# Determines on which records an administrator's code runs; the number of days of a date rule is free to change.
REACH_FIELDS = {"hear_own", "keep_matching"}


class CrmTriggerRule(models.Model):
    """Creating, changing, activating and deactivating a rule, and the rights to do so."""

    _inherit = "crm.trigger.rule"

    @api.constrains("company_id")
    def _check_all_companies(self):
        """A rule for all companies acts in each of them: only users who work in all may create one."""
        for rule in self.filtered(lambda rule: not rule.company_id):
            if not self._may_act_in_all_companies():
                raise ValidationError(
                    self.env._(
                        "Rule “%s” is for all companies, and you do not have access to all of them: choose "
                        "its company.",
                        rule.name,
                    )
                )

    @api.constrains("company_id")
    def _check_own_company(self):
        """Odoo checks write access before the change, not after it."""
        for rule in self.filtered("company_id"):
            if rule.company_id not in self.env.user.company_ids and not self._may_act_in_all_companies():
                raise ValidationError(
                    self.env._("Rule “%s”: you have no access to the company that you chose for it.", rule.name)
                )

    @api.model
    def _may_act_in_all_companies(self):
        # Odoo validates as superuser; the author is still the user.
        if self.sudo(False).env.su or self.env.user._is_system():
            return True
        return self.env["res.company"].sudo().search_count([]) <= len(self.env.user.company_ids)

    def copy_data(self, default=None):
        """A rule created from a template keeps its name, in every language; users who do not work in all companies
        get a copy for their own.
        """
        vals_list = super().copy_data(default)
        for rule, vals in zip(self, vals_list, strict=True):
            vals["name"] = rule.name if rule.is_template else self.env._("%s (copy)", rule.name)
            if not vals.get("company_id") and not self._may_act_in_all_companies():
                vals["company_id"] = self.env.company.id
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_entered_by_steps(self):
        """Name the rules that put records into a scenario, or take them out, before it is deleted."""
        steps = self.env["crm.trigger.step"].sudo()
        steps = steps.search(["|", ("scenario_id", "in", self.ids), ("left_scenario_id", "in", self.ids)])
        users = (steps.rule_id - self).mapped("name")
        if users:
            raise UserError(
                self.env._("These rules use the scenario, change them first: %s", ", ".join(sorted(set(users))))
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(BUTTON_FIELDS & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("Use the buttons of the rule to activate it."))
        defaults = {f"default_{name}" for name in BUTTON_FIELDS}
        context = {key: value for key, value in self.env.context.items() if key not in defaults}
        signed = [{"author_id": self.env.uid, **vals} for vals in vals_list]
        rules = super(CrmTriggerRule, self.with_env(self.env(context=context))).create(signed)
        rules._reload_rules()
        return rules

    def write(self, vals):
        self._check_may_write(vals)
        moved = self.filtered(lambda rule: rule.active != bool(vals["active"])) if "active" in vals else None
        result = super().write(self._sign(vals))
        if moved:
            moved._switch_off()
        if not self._get_definition_fields().isdisjoint(vals):
            self._reset_baseline()
        self._reload_rules()
        return result

    def unlink(self):
        self.check_access("unlink")
        self._delete_runs()
        self.step_ids.unlink()
        result = super().unlink()
        self._reload_rules()
        return result

    def _check_may_write(self, vals):
        """Restrict the definition of a rule with an administrator's step to administrators: it determines on which
        records their code runs.

        :raises AccessError: the user may not
        """
        if self.env.su:
            return
        if BUTTON_FIELDS & vals.keys():
            raise AccessError(self.env._("Use the buttons of the rule to activate it."))
        if self.env.user._is_system() or not (self._get_definition_fields() | REACH_FIELDS) & vals.keys():
            return
        for rule in self:
            if any(step._is_for_administrators() for step in rule.step_ids):
                raise AccessError(
                    self.env._(
                        "Rule “%s” has a restricted step: only an administrator can change its conditions.", rule.name
                    )
                )

    def _sign(self, vals):
        """Add the current user as the author to values that decide which records the rule is for.

        Changes made by the system keep the author.
        """
        says = self._get_definition_fields() - {"active", "author_id"}
        if "author_id" in vals or says.isdisjoint(vals) or self.env.uid == SUPERUSER_ID:
            return vals
        return {**vals, "author_id": self.env.uid}

    def _reload_rules(self):
        """Clear what every process caches of rules."""
        self.env.flush_all()
        self._clear_rules()

    def _switch(self, vals):
        """Write fields reserved to buttons, after checking that the user may write the rule."""
        self.check_access("write")
        self.sudo().write(vals)

    def action_activate(self):
        """Start watching. Records that already match do not make the rule fire.

        :raises UserError: the rule has no step, or one that cannot run
        """
        self._activate(states.LIVE)

    def action_test(self):
        """Watch, and log what would be done, without doing it."""
        self._activate(states.TEST)

    def _activate(self, state):
        self.check_access("write")  # before any message about these rules
        self._check_ready()
        # Runs started while the rule was being switched off must not become real when their time comes.
        self.filtered(lambda rule: rule.state == states.DRAFT)._stop_all()
        afresh = self.filtered(lambda rule: rule.state in (states.DRAFT, states.TEST) or not rule.activated_at)
        afresh._switch({"state": state, "activated_at": fields.Datetime.now()})
        (self - afresh)._switch({"state": state})
        self.sudo()._reset_baseline()  # these counters cannot be written by users
        self._tell_of_standstill()

    def action_pause(self):
        """Stop watching; planned steps wait. A draft stays a draft: resuming is not activating. A rule in test was
        never live: it starts afresh later.
        """
        self.check_access("write")
        states_of = self.grouped("state")
        states_of.get(states.TEST, self.browse())._switch({"state": states.PAUSED, "activated_at": False})
        states_of.get(states.LIVE, self.browse())._switch({"state": states.PAUSED})

    def action_draft(self):
        """Stop watching and cancel all planned steps."""
        self._switch_off()

    def _switch_off(self):
        """Set these rules to draft, as archiving and restoring do: they are activated again later, and do not apply
        to what happened meanwhile.
        """
        self.check_access("write")
        self.filtered(lambda rule: rule.state != states.DRAFT)._switch({"state": states.DRAFT})
        self._stop_all()

    def _reset_baseline(self):
        """Record the current state as known: which records exist, and which meet the conditions."""
        seen = self.env["crm.trigger.seen"].sudo()  # internal data of the clock
        seen._forget(self)
        for rule in self.sudo().filtered(lambda rule: rule.state in states.ACTIVE):
            since = seen._take_all(rule, for_now=not rule._is_swept()) and self.env.cr.now()
            rule.write({"above_id": rule._get_last_id(), "unsettled_since": since, "settles": False})

    def _stop_all(self):
        """Stop the runs of these rules in progress, and include no more existing records."""
        self.env["crm.trigger.backlog"].sudo()._forget(self)  # internal data of the clock
        domain = [("rule_id", "in", self.ids), ("state", "=", states.RUNNING)]
        self.env["crm.trigger.run"].sudo().search(domain)._stop(states.STOP_RULE)  # only the system writes the log
