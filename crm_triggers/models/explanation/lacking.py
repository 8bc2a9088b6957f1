from odoo import api, fields, models


class CrmTriggerRule(models.Model):
    """Conditions that new rules start with and this one lacks: it may be older than an add-on, or than the
    condition.
    """

    _inherit = "crm.trigger.rule"

    # Users who can read a rule may read it as a sentence, without access to models and fields.
    lacking_conditions = fields.Char(
        "Default conditions of new rules",
        compute="_compute_lacking_conditions",
        compute_sudo=True,
        help="Default conditions of new rules for this type of record that this rule does not have.",
    )

    @api.depends("filter_domain", "model_id")
    @api.depends_context("lang")
    def _compute_lacking_conditions(self):
        lacking = {rule: rule._get_lacking_terms() for rule in self}
        names = self._get_names(lacking)
        for rule, terms in lacking.items():
            rule.lacking_conditions = rule._describe_terms(terms, names) if terms else False

    def action_add_initial_conditions(self):
        """Add these conditions to the rules.

        :raises AccessError: the user may not change them
        """
        self.check_access("write")
        self._add_initial_conditions()
