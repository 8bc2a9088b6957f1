from odoo import fields
from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestProject(DocumentCase):
    """K44: rules hand over to operations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create({"name": "Deliveries", "company_id": cls.company.id})
        cls.project_template = cls.env["project.project"].create(
            {
                "name": "Installation",
                "is_template": True,
                "task_ids": [Command.create({"name": "Visit"}), Command.create({"name": "Install"})],
            }
        )
        cls.manager.group_ids = [Command.link(cls.env.ref("project.group_project_manager").id)]
        cls.olga = new_test_user(
            cls.env, "crm_triggers_olga", "base.group_user,project.group_project_user", tz="Europe/Paris"
        )

    def _task_in_project(self, **vals):
        values = {"task_project_id": self.project.id, "task_title": "Prepare", "task_days": 3, "responsible": "user"}
        return {"kind": "task", "name": "Task", "responsible_id": self.olga.id, **values, **vals}

    def _project(self, **vals):
        return {"kind": "project", "name": "Project", "project_template_id": self.project_template.id, **vals}

    def _get_tasks(self):
        return self.env["project.task"].search([("project_id", "=", self.project.id)])

    def _get_projects(self):
        return self.env["project.project"].search([("name", "=like", "S%Ada")])

    # Task

    def test_k44_confirmed_order_gives_a_task(self):
        """Assigned to a user of the delivery team, who may not open the order."""
        order = self._create_order()
        rule = self._create_rule(
            steps=[self._task_in_project()], model="sale.order", filter_domain=[("state", "=", "sale")]
        )
        order.action_confirm()
        self._run_worker()

        task = self._get_tasks()
        self.assertEqual((task.name, task.partner_id), (f"Prepare: {order.name}", self.partner))
        self.assertEqual((task.user_ids, task.company_id), (self.olga, self.company))
        self.assertEqual(str(task.date_deadline), "2026-02-05 17:00:00")  # six o'clock in Paris
        self.assertIn(f"model=sale.order&amp;res_id={order.id}", task.description)
        self.assertIn(f'data-oe-id="{task.id}"', order.message_ids[0].body)
        execution = self._get_executions(order, rule)
        self.assertEqual((execution.result_model, execution.result_id), ("project.task", task.id))

    def test_k44_won_opportunity_gives_a_task(self):
        lead = self._create_lead().sudo()
        self._create_rule(steps=[self._task_in_project()], filter_domain=[("won_status", "=", "won")])
        lead.action_set_won()
        self._run_worker()

        self.assertEqual(self._get_tasks().partner_id, self.partner)

    def test_k44_task_nobody_may_open_is_nobodys_yet(self):
        """Fails by skipping, or without ``_get_targets``."""
        self.project.privacy_visibility = "followers"
        execution = self._run_step(self._task_in_project(), self._create_order())

        self.assertEqual(execution.state, "done")
        self.assertEqual(self._get_tasks().user_ids & self.olga, self.env["res.users"])

    def test_task_falls_on_a_working_day(self):
        self._run_step(self._task_in_project(task_days=5, working_time=True), self._create_order())

        self.assertEqual(str(self._get_tasks().date_deadline.date()), "2026-02-09")

    def test_task_is_one_per_run(self):
        order = self._create_order()
        rule = self._create_scenario([self._task_in_project()])
        self._start_two_runs(rule, order)
        self._run_worker()
        self._run_worker()

        self.assertEqual(len(self._get_tasks()), 2)
        self.assertEqual(len(set(self._get_executions(order).mapped("result_id"))), 2)

    def test_task_of_another_company_is_skipped(self):
        """Fails without ``_is_of_other_company``."""
        order = self._create_order_of_b()
        self._run_step(self._task_in_project(), order, company_id=False, user=self.admin)

        self.assertExecutions(order, [("Task", "skipped", "other_company")])
        self.assertFalse(self._get_tasks())

    # Project

    def test_k44_project_from_a_template(self):
        order = self._create_confirmed()
        execution = self._run_step(self._project(), order)

        project = self._get_projects()
        self.assertEqual((project.name, project.partner_id), (f"{order.name}: Ada", self.partner))
        self.assertEqual((project.company_id, project.is_template), (self.company, False))
        self.assertEqual(set(project.task_ids.mapped("name")), {"Visit", "Install"})
        self.assertIn(f'data-oe-id="{project.id}"', order.message_ids[0].body)
        self.assertIn(f'data-oe-id="{order.id}"', project.message_ids[0].body)
        self.assertEqual((execution.result_model, execution.result_id), ("project.project", project.id))

    def test_k44_project_is_made_once(self):
        """Fails without ``_search_made`` in ``_act_project``; one that was deleted is made again."""
        order = self._create_confirmed()
        rule = self._create_scenario([self._project()])
        self._enroll(rule, order, "one")
        self._enroll(rule, order, "two")

        self.assertEqual(len(self._get_projects()), 1)
        self.assertExecutions(order, [("Project", "done"), ("Project", "skipped", "already")])
        self._get_projects().unlink()
        self._enroll(rule, order, "three")

        self.assertEqual(len(self._get_projects()), 1)

    def test_archived_project_counts(self):
        """Also where another rule made it. Fails without ``active_test`` in ``_search_crm_trigger_projects``, and
        with the key of one step only."""
        order = self._create_confirmed()
        self._run_step(self._project(), order)
        project = self._get_projects()
        project.active = False

        execution = self._run_step(self._project(), order)

        self.assertEqual((execution.state, execution.skip_reason), ("skipped", "already"))
        self.assertEqual(
            self._get_projects().with_context(active_test=False).search([("name", "=", project.name)]), project
        )
        other = self.project_template.copy({"name": "Training"})
        other.is_template = True
        self.assertEqual(self._run_step(self._project(project_template_id=other.id), order).state, "done")

    def test_project_is_of_nobody_who_has_left_or_works_elsewhere(self):
        """Nor are its tasks. Fails without ``_crm_trigger_there``."""
        gone = self._create_user("gus", "base.group_user,project.group_project_user")
        self.project_template.user_id = gone
        self.project_template.task_ids.user_ids = gone | self.olga | self.zoe
        gone.active = False

        self._run_step(self._project(), self._create_confirmed())

        project = self._get_projects()
        self.assertFalse(project.user_id)
        self.assertEqual(project.with_context(active_test=False).task_ids.user_ids, self.olga)

    def test_k44_two_runs_that_meet_make_one_project(self):
        """Fails without ``first`` in ``_act_project``."""
        order = self._create_confirmed()
        rule = self._create_scenario([self._project()])
        self._start_two_runs(rule, order)
        self._run_worker()

        self.assertEqual(len(self._get_projects()), 1)

    def test_project_is_of_the_company_of_the_record(self):
        order = self._create_order_of_b()
        self._run_step(self._project(), order, company_id=False, user=self.admin)

        self.assertEqual(self._get_projects().company_id, self.company_b)

    # What cannot work

    def test_project_of_another_company_is_refused_on_saving(self):
        other = self.env["project.project"].create({"name": "Lyon", "company_id": self.company_b.id})

        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Task”: “Lyon” belongs to another company"):
            self._create_rule(steps=[self._task_in_project(task_project_id=other.id)], activate=False, user=self.admin)

    def test_what_is_missing_or_gone_is_asked_for(self):
        cases = (
            (self._task_in_project(task_project_id=False), "Choose the project"),
            (self._project(project_template_id=False), "Choose the template"),
            (self._task_in_project(task_project_id=self.project_template.id), "is a template"),
            (self._project(project_template_id=self.project.id), "is not a template"),
        )
        for step, message in cases:
            rule = self._create_rule(steps=[step], activate=False)
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                rule.action_activate()

    def test_archived_project_is_refused(self):
        rule = self._create_rule(steps=[self._task_in_project()], activate=False)
        self.project.active = False

        with self.assertRaisesRegex(UserError, "“Deliveries” is archived"):
            rule.action_activate()

    def test_deadline_in_the_past_is_refused(self):
        with self.assertRaisesRegex(UserError, "due in 0 days"):
            self._create_rule(steps=[self._task_in_project(task_days=-1)], activate=False)

    def test_manager_without_project_makes_no_such_step(self):
        """Promise 8. Fails without ``check_access`` in ``_check_manager_may``."""
        self.manager.group_ids = [Command.unlink(self.env.ref("project.group_project_manager").id)]
        for step in (self._task_in_project(), self._project()):
            with self.subTest(step["kind"]), self.assertRaises(AccessError):
                self._create_rule(steps=[step])
        self.assertTrue(self._create_rule(), "other steps need no such right")

    def test_step_is_made_on_screen_and_says_what_it_does(self):
        rule = self._create_rule(model="sale.order", activate=False)
        with Form(rule.with_user(self.manager)) as form:
            with form.step_ids.new() as line:
                line.kind = "task"
                line.task_project_id = self.project
                line.task_title = "Prepare"
            with form.step_ids.new() as line:
                line.kind = "project"
                line.project_template_id = self.project_template

        phrases = rule.step_ids.mapped("phrase")[1:]
        self.assertEqual(
            phrases, ["create the task “Prepare” in the project “Deliveries”", "create a project from “Installation”"]
        )

    def test_server_actions_of_an_administrator(self):
        order = self._create_order()
        context = {"active_model": "sale.order", "active_ids": order.ids, "active_id": order.id}
        self._create_action("crm_task", task_project_id=self.project.id).with_context(**context).run()
        self._create_action("crm_project", project_template_id=self.project_template.id).with_context(**context).run()

        self.assertEqual(self._get_tasks().name, order.name)
        self.assertEqual(self._get_projects().partner_id, self.partner)

    def test_queries_grow_by_no_more_than_odoos_own(self):
        """Promise 3: batches. Odoo itself subscribes followers and reads working hours task by task; fails
        when tasks are created, or notes left in the chatter, one by one."""

        def count(number, create):
            partners = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(number)])
            self._new_transaction()
            before = self.env.cr.sql_log_count
            create(partners)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def let_odoo(partners):
            action = self._create_action("crm_task", "res.partner", task_project_id=self.project.id)
            action._crm_trigger_create_tasks(
                partners,
                dict.fromkeys(partners, self.olga),
                dict.fromkeys(partners, fields.Datetime.now()),
            )

        def let_rule(partners):
            rule = self._create_rule(trigger="manual", model="res.partner", steps=[self._task_in_project()])
            rule.enroll(partners)
            self._run_worker()
            self.assertEqual(set(self._get_executions(partners, rule).mapped("state")), {"done"})

        growth = {}
        for create in (let_odoo, let_rule):
            count(1, create)
            growth[create] = count(40, create) - count(10, create)

        self.assertLessEqual(growth[let_rule] - growth[let_odoo], 10)
        self.assertLessEqual(growth[let_odoo], 30 * 16)
