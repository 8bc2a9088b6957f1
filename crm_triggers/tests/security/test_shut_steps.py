from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestShutSteps(CrmTriggersCommon):
    """Promise 8: a step is limited to what a sales manager may choose; the rest is restricted to administrators."""

    def test_manager_slips_nothing_in_by_defaults_of_the_context(self):
        """Fails without ``clean_context`` in ``create``: who gives them is not asked what he may."""
        rule = self._rule_on_offer()
        contact = self.env["ir.model"]._get_id("res.partner")
        for name, value in (("binding_model_id", contact), ("webhook_url", "http://x"), ("path", "x")):
            steps = self._steps().with_context(**{f"default_{name}": value})
            step = steps.create({**self._note(), "rule_id": rule.id}).sudo()
            with self.subTest(name):
                self.assertFalse(step.action_id[name])
        for values in ({"update_path": "user_id.login", "value": "x"}, {"code": "env"}):
            context = {f"default_{name}": value for name, value in values.items()}
            with self.subTest(context), self.assertRaises(AccessError):
                self._steps().with_context(**context).create({"kind": "update", "name": "U", "rule_id": rule.id})

    def test_form_shows_nothing_of_a_server_action_that_is_not_the_steps(self):
        """Fails without ``_update_cache``: what a step shows of its action is read as the system."""
        foreign = self.env["ir.actions.server"].create(
            {
                "name": "Foreign",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "object_write",
                "update_path": "description",
                "evaluation_type": "equation",
                "value": "'secret'",
            }
        )
        values = {"action_id": foreign.id, "kind": "update"}

        told = [
            self._steps().onchange(values, [], {"value": {}, "update_path": {}, "phrase": {}}),
            self._rules().onchange(
                {"step_ids": [(Command.CREATE, "virtual", values)]},
                [],
                {"step_ids": {"fields": {"value": {}, "update_path": {}, "phrase": {}}}},
            ),
        ]

        self.assertNotIn("secret", str(told))
        self.assertNotIn("description", str(told))

    def test_words_of_a_step_name_nothing_that_one_may_not_read(self):
        """Fails without ``_get_name``. A step may refer to any record of any kind."""
        parameter = self.env["ir.config_parameter"].create({"key": "secret_key", "value": "1"})
        update = self._update("stage_id", self.stage_offer.id)
        step = self._rule_on_offer([update], activate=False).step_ids.with_user(self.manager)
        self.assertIn("Offer", step.phrase)

        step.resource_ref = f"ir.config_parameter,{parameter.id}"

        self.assertNotIn("secret_key", step.phrase)

    def test_nobody_runs_the_server_action_of_a_step(self):
        """On a chosen record, whatever the conditions of the rule. Fails without ``run``."""
        action = self._rule_on_offer([self._code("record.name")], user=self.admin).step_ids.action_id
        lead = self._create_lead()
        context = {"active_model": "crm.lead", "active_ids": lead.ids, "active_id": lead.id}

        for user in (self.sam, self.manager):
            with self.subTest(user.name), self.assertRaises(AccessError):
                action.with_user(user).with_context(**context).run()

    def test_manager_cannot_widen_the_condition_of_an_administrators_step(self):
        """Fails without ``_refuse_reach``."""
        code = self._code("record.name", filter_domain="[('priority', '=', '3')]")
        step = self._rule_on_offer([code], user=self.admin).step_ids.with_user(self.manager)

        with self.assertRaises(AccessError):
            step.filter_domain = False
        step.delay_count = 3

    def test_manager_cannot_widen_what_only_an_administrator_may_change(self):
        """It need not be code. Fails without ``_is_for_administrators`` in ``_check_may_write``."""
        for change in ({}, {"update_path": "description", "value": "record.name", "evaluation_type": "equation"}):
            rule = self._create_rule(steps=[self._update("user_id.login", "sam")], user=self.admin, activate=False)
            rule.step_ids.write(change)
            with self.subTest(change), self.assertRaises(AccessError):
                rule.with_user(self.manager).filter_domain = "[]"
            with self.subTest(change), self.assertRaises(AccessError):
                rule.with_user(self.manager).copy()

    def test_template_of_another_kind_of_record_is_not_sent(self):
        """Its numbers would be those of other documents."""
        with self.assertRaises(UserError):
            self._create_rule("create", [self._mail(self._create_template("account.move"))])

    def test_manager_writes_no_template_that_looks_around(self):
        """Odoo's own bound, on which mails of rules rely: they are filled in with the rights of the system."""
        self.assertFalse(self.manager.has_group("mail.group_mail_template_editor"))
        model_id = self.env["ir.model"]._get_id("crm.lead")
        secret = "object.env['ir.config_parameter'].get_param('database.secret')"
        for values in (
            {"body_html": f'<t t-out="{secret}" />'},
            {"subject": f"{{{{ {secret} }}}}"},
            {"subject": "{{ object.company_id.partner_id.bank_ids.acc_number }}"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.env["mail.template"].with_user(self.manager).create({"name": "T", "model_id": model_id, **values})

    def test_text_of_a_step_runs_nothing(self):
        """Only templates are filled in."""
        text = "{{ object.env.cr }} <t t-out='object.env.cr' />"
        self._rule_on_offer([self._task(text, activity_note=text), self._note(text)])
        lead = self._create_lead(stage_id=self.stage_offer.id)
        self._run_worker()

        said = [*lead.sudo().activity_ids.mapped("summary"), *lead.sudo().message_ids.mapped("body")]
        self.assertIn(text, said)
        self.assertNotIn("Cursor", str(said))

    def test_import_takes_the_same_way(self):
        names = ["name", "model_id/.id", "step_ids/name", "step_ids/kind", "step_ids/code"]
        row = ["Rule", str(self.env["ir.model"]._get_id("crm.lead")), "Code", "other", "env"]

        result = self._rules().load(names, [row])

        self.assertFalse(result["ids"])
        self.assertIn("Only an administrator", result["messages"][0]["message"])

    def test_server_action_is_neither_grouped_sorted_exported_nor_followed(self):
        rule = self._rule_on_offer([self._code("secret = 'token'")], user=self.admin)
        steps = self._steps()
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        for what in (
            lambda: steps.formatted_read_group([], ["code"], ["__count"]),
            lambda: steps.formatted_read_group([], ["action_id.code"], ["__count"]),
            lambda: steps.formatted_read_group([], [], ["code:array_agg"]),
            lambda: steps.search([], order="code"),
            lambda: steps.search([("action_id", "any", [("code", "ilike", "t")])]),
            lambda: self._rules().search([("step_ids.action_id.code", "ilike", "t")]),
            lambda: rule.with_user(self.manager).web_read({"step_ids": {"fields": {"code": {}}}}),
            lambda: rule.with_user(self.manager).export_data(["step_ids/action_id/code"]),
        ):
            with self.assertRaises(AccessError):
                what()
        with self.assertRaises(ValueError):
            steps.search([("action_id", "any!", [("code", "ilike", "t")])])

    def _steps(self):
        return self.env["crm.trigger.step"].with_user(self.manager)

    def _rules(self):
        return self.env["crm.trigger.rule"].with_user(self.manager)
