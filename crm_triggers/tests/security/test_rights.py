from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRights(CrmTriggersCommon):
    """Promise 8: nobody gains rights by a rule."""

    # Managers

    def test_manager_makes_each_kind_of_step_without_rights_on_server_actions(self):
        """K06. Fails without ``sudo`` in ``crm.trigger.step.create``."""
        self.assertFalse(self.env["ir.actions.server"].with_user(self.manager).has_access("create"))
        scenario = self._create_rule("manual", model="res.partner")
        template = self._create_template("sale.order")
        steps = [
            self._task(),
            self._mail(template),
            self._note(),
            {**self._note(), "kind": "message"},
            self._update("opportunity_id.stage_id", self.stage_offer.id),
            {"kind": "opportunity", "name": "Opportunity"},
            {"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id},
        ]

        rule = self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sent")])

        self.assertEqual(rule.state, "live")
        self.assertEqual(len(rule.step_ids.action_id), len(steps))

    def test_manager_reads_and_changes_what_he_made(self):
        step = self._rule_on_offer().step_ids.with_user(self.manager)

        step.write({"activity_date_deadline_range": 4, "delay_count": 2})

        self.assertEqual(step.read(["activity_date_deadline_range"])[0]["activity_date_deadline_range"], 4)
        self.assertEqual(step.sudo().action_id.activity_date_deadline_range, 4)

    def test_manager_deletes_a_rule_and_its_server_actions_go_with_it(self):
        rule = self._rule_on_offer()
        actions = rule.step_ids.action_id

        rule.with_user(self.manager).unlink()

        self.assertFalse(actions.exists())

    def test_manager_copies_a_rule_with_actions_of_its_own(self):
        """Fails without ``sudo`` in ``copy_data``."""
        steps = [
            self._task("Meet", sequence=1, activity_date_deadline_range=3),
            self._update("stage_id", self.stage_later.id, sequence=2),
            self._note("Look", sequence=3, delay_count=2),
        ]
        rule = self._rule_on_offer(steps)

        copy = rule.with_user(self.manager).copy().sudo()

        self.assertEqual((copy.state, copy.name), ("draft", "Rule (copy)"))
        self.assertFalse(copy.step_ids.action_id & rule.step_ids.action_id)
        names = ["name", "kind", "sequence", "delay_count", "activity_summary", "activity_date_deadline_range"]
        names += ["update_path", "value", "message_body"]
        self.assertEqual(
            copy.step_ids.read([*names], load=""),
            [
                {**values, "id": step.id}
                for values, step in zip(rule.step_ids.read(names, load=""), copy.step_ids, strict=True)
            ],
        )

    def test_administrator_copies_his_code_with_it(self):
        rule = self._rule_on_offer([self._code("record.name")], user=self.admin)

        copy = rule.with_user(self.admin).copy().sudo()

        self.assertEqual((copy.step_ids.kind, copy.step_ids.action_id.state), ("other", "code"))
        self.assertEqual(copy.step_ids.action_id.code, rule.step_ids.action_id.code)

    def test_manager_cannot_make_server_actions(self):
        """Fails without ``kind == "other"`` in ``_check_manager_may``."""
        self._refuse_step({"kind": "other", "name": "Code"})

    def test_manager_cannot_slip_in_code(self):
        self._refuse_step({**self._task(), "state": "code", "code": "env.user.sudo()"})
        self._refuse_step({**self._task(), "webhook_url": "https://example.com"})
        self._refuse_step({**self._task(), "group_ids": [Command.clear()]})

    def test_manager_cannot_change_fields_off_the_list(self):
        """Fails without ``_get_update_paths`` in ``_may_make_update``."""
        for path in ("user_id.login", "user_id.group_ids", "company_id", "partner_id.bank_ids", "active"):
            self._refuse_step(self._update(path, "1"))

    def test_manager_cannot_lead_an_allowed_step_elsewhere(self):
        """Fails without the comparison with ``forced`` in ``_check_manager_may``: an equation is
        Python that runs as the system."""
        for values in (
            {"update_path": "user_id.login"},
            {"evaluation_type": "equation", "value": "env.user.sudo()"},
            {"state": "code"},
            {"kind": "other"},
            {"kind": "other", "state": "code", "code": "pass"},
            {"model_id": self.env["ir.model"]._get_id("res.users")},
        ):
            step = self._rule_on_offer([self._update("priority", "3")]).step_ids.with_user(self.manager)
            with self.subTest(values=values), self.assertRaises(AccessError):
                step.write(values)

    def test_manager_saves_the_form_of_a_step_as_it_is(self):
        """The form sends the kind along."""
        step = self._rule_on_offer([self._update("priority", "3")]).step_ids.with_user(self.manager)

        step.write({"kind": "update", "value": "2"})

        self.assertEqual(step.sudo().value, "2")

    def test_manager_cannot_turn_a_task_into_a_forbidden_change(self):
        """The path first, the kind afterwards."""
        step = self._rule_on_offer().step_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            step.write({"update_path": "user_id.login", "value": "hacked"})
            step.write({"kind": "update"})

    def test_manager_cannot_choose_the_server_action(self):
        """Fails without ``"action_id"`` in ``_split_values``."""
        foreign = self.env["ir.actions.server"].create(
            {"name": "Foreign", "model_id": self.env["ir.model"]._get_id("crm.lead"), "state": "code", "code": "pass"}
        )
        rule = self._rule_on_offer().with_user(self.manager)

        rule.step_ids = [Command.create({**self._task(), "action_id": foreign.id})]
        rule.step_ids[0].write({"action_id": foreign.id})

        self.assertNotIn(foreign, rule.sudo().step_ids.action_id)

    def test_manager_cannot_give_another_value_to_a_step_of_the_administrator(self):
        """Fails without ``given`` in ``write``."""
        rule = self._rule_on_offer(activate=False)
        admin_rule = rule.with_user(self.admin)
        admin_rule.step_ids = [Command.create(self._update("user_id.login", "sam"))]
        step = rule.step_ids.filtered("update_path").with_user(self.manager)

        with self.assertRaises(AccessError):
            step.value = "admin"

    def test_manager_cannot_move_a_step_to_another_rule(self):
        one, other = self._rule_on_offer(), self._create_rule(model="sale.order", activate=False)

        with self.assertRaises(UserError):
            one.step_ids.with_user(self.manager).rule_id = other

    def test_rule_with_steps_keeps_its_kind_of_record(self):
        rule = self._rule_on_offer().with_user(self.manager)

        with self.assertRaises(UserError):
            rule.model_id = self.env["ir.model"]._get("res.users")

    def _refuse_step(self, step):
        with self.subTest(step=step), self.assertRaises(AccessError):
            self._rule_on_offer([step], activate=False)

    # Salespeople

    def test_salesperson_reads_rules_and_writes_none(self):
        """K06."""
        rule = self._rule_on_offer().with_user(self.sam)

        self.assertEqual(rule.read(["name"])[0]["name"], "Rule")
        self.assertTrue(rule.step_ids.read(["activity_summary", "delay_count"]))
        for records in (rule, rule.step_ids):
            with self.subTest(model=records._name):
                with self.assertRaises(AccessError):
                    records.write({"sequence": 1})
                with self.assertRaises(AccessError):
                    records.unlink()
        with self.assertRaises(AccessError):
            rule.action_pause()
        with self.assertRaises(AccessError):
            rule.step_ids.create({**self._task(), "rule_id": rule.id})

    def test_log_is_written_by_nobody(self):
        lead = self._create_started_lead()
        for user in (self.sam, self.manager):
            for lines in (self._get_executions(lead).with_user(user), self._get_runs(lead).with_user(user)):
                with self.subTest(user=user.login, model=lines._name):
                    with self.assertRaises(AccessError):
                        lines.write({"state": "done"})
                    with self.assertRaises(AccessError):
                        lines.unlink()
                    with self.assertRaises(AccessError):
                        lines.copy()

    def test_salesperson_sees_what_rules_did_to_records_he_may_read(self):
        """Fails without ``_get_readable_domain`` in the log's ``_search``."""
        own, other = self._create_started_lead(), self._create_started_lead(self.tom)
        lines = self.env["crm.trigger.execution"].with_user(self.sam)

        self.assertEqual(lines.search([]).mapped("res_id"), own.ids)
        self.assertEqual(lines.search_count([("res_id", "=", other.id)]), 0)
        self.assertEqual(own.with_user(self.sam).crm_trigger_count, 1)

    def test_salesperson_cannot_open_what_rules_did_to_other_records(self):
        """Fails without ``_check_access`` of the log."""
        own, other = self._create_started_lead(), self._create_started_lead(self.tom)

        self.assertTrue(self._get_executions(own).with_user(self.sam).read(["state"]))
        for lines in (self._get_executions(other), self._get_runs(other)):
            with self.subTest(model=lines._name), self.assertRaises(AccessError):
                lines.with_user(self.sam).read(["state"])

    def test_salesperson_cannot_stop_or_start_what_concerns_other_records(self):
        other = self._create_started_lead(self.tom)
        execution, run = (lines.with_user(self.sam) for lines in (self._get_executions(other), self._get_runs(other)))

        for method in (
            execution.action_cancel,
            execution.action_run_now,
            execution.action_retry,
            execution.action_skip,
            run.action_stop,
        ):
            with self.subTest(method=method.__name__), self.assertRaises(AccessError):
                method()

    def _create_started_lead(self, user=None):
        """Return a lead of a salesperson, with a call planned by a rule."""
        user = user or self.sam
        if not self.env["crm.trigger.rule"].search_count([("state", "=", "live")]):
            self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead().sudo()
        lead.write({"user_id": user.id, "stage_id": self.stage_offer.id})
        self._new_transaction()
        return lead

    # Companies and outsiders

    def test_other_company_sees_nothing(self):
        """K22. Fails without the record rules on companies."""
        lead = self._create_started_lead()
        zoe = self.env["crm.trigger.rule"].with_user(self.zoe).env

        own = {"crm.trigger.step": [("rule_id.company_id", "!=", False)]}  # others are for all companies
        for model_name in ("crm.trigger.rule", "crm.trigger.step", "crm.trigger.run", "crm.trigger.execution"):
            with self.subTest(model=model_name):
                of_a_company = own.get(model_name, [("company_id", "!=", False)])
                domain = [("create_uid", "!=", self.zoe.id), *of_a_company]
                self.assertFalse(zoe[model_name].search(domain))
        with self.assertRaises(AccessError):
            zoe["crm.trigger.execution"].browse(self._get_executions(lead).id).read(["state"])

    def test_rule_of_all_companies_is_seen_by_all(self):
        rule = self._rule_on_offer(company_id=False, user=self.admin)

        self.assertEqual(self.env["crm.trigger.rule"].with_user(self.zoe).search([("id", "=", rule.id)]).id, rule.id)

    def test_portal_and_employees_outside_sales_see_nothing(self):
        lead = self._create_started_lead()
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        employee = new_test_user(self.env, "crm_triggers_employee", groups="base.group_user")

        for user in (portal, employee):
            for records in (self._get_runs(lead).rule_id, self._get_runs(lead), self._get_executions(lead)):
                with self.subTest(user=user.login, model=records._name), self.assertRaises(AccessError):
                    records.with_user(user).read(["id", "create_date"])

    def test_save_by_somebody_without_rights_on_rules_starts_them(self):
        """It may be the public user who fills in a form."""
        self._create_rule("create", model="res.partner")
        employee = new_test_user(self.env, "crm_triggers_clerk", groups="base.group_user,base.group_partner_manager")

        partner = self.env["res.partner"].with_user(employee).create({"name": "Ben"})
        self._new_transaction()
        self._run_worker()

        self.assertExecutions(partner, [("Call", "done")])
        self.assertEqual(partner.sudo().activity_ids.create_uid, self.env.ref("base.user_root"))
