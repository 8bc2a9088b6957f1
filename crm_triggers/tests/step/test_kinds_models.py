from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..document_case import DocumentCase

OFFERED = (  # with a contact or without, documents and lines, what is planned, what has a chatter and no activities
    "crm.lead",
    "sale.order",
    "account.move",
    "res.partner",
    "crm.team",
    "calendar.event",
    "contract.contract",
    "contract.line",
    "project.task",
    "discuss.channel",
)
NAMED = "Rule “Rule”, step “Step”: .+"


@tagged("post_install", "-at_install")
class TestKindsModels(DocumentCase):
    """Issue 14, line 11: each kind of step, for each kind of record that the form offers, works, or is refused when
    it is saved, with rule, step and cure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["discuss.channel"].create({"name": "Sales", "channel_type": "channel"})
        cls.scenario = cls.env["crm.trigger.rule"].create(
            {
                "name": "Scenario",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "trigger": "manual",
                "step_ids": [Command.create({"kind": "note", "name": "Note", "message_body": "<p>Hello</p>"})],
            }
        )
        cls.scenario.action_activate()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create({"name": "Hours"})

    def _get_values(self):
        """Return ``{kind: values}`` of the core's kinds, of nothing that is chosen for one model."""
        closed = Command.set(self.todo.ids)
        return {
            "activity": {"activity_type_id": self.todo.id},
            "agenda": {"agenda_title": "Meet"},
            "assign": {"assign_method": "user", "assign_user_id": self.admin.id, "assign_keep": False},
            "channel": {"channel_id": self.channel.id, "channel_text": "Look"},
            "close": {"close_type_ids": [closed], "close_place": "record"},
            "confirm": {},
            "convert": {"create_customer": True},
            "customer": {},
            "discount": {},
            "down_payment": {},
            "enroll": {"scenario_id": self.scenario.id},
            "leave": {"left_scenario_id": self.scenario.id},
            "message": {"message_body": "<p>Hello</p>"},
            "note": {"message_body": "<p>Hello</p>"},
            "opportunity": {},
            "send": {},
            "stage": {"stage_move": "won"},
        }

    def _make(self, model_name, kind, values):
        """Return a draft with a step of the kind, None if it is refused when saved."""
        try:
            with self.env.cr.savepoint():
                return self._create_rule(
                    "manual",
                    [{"kind": kind, "name": "Step", **values}],
                    model=model_name,
                    activate=False,
                    user=self.admin,
                    exclude_internal=False,  # the contact of a record does not matter here
                )
        except UserError as error:
            self.assertRegex(str(error), NAMED)
            return None

    def test_what_is_saved_could_be_switched_on(self):
        """Fails without ``_has_need`` in ``_get_refusal``."""
        refused = {}
        for model_name in filter(self.env.registry.__contains__, OFFERED):
            for kind, values in self._get_values().items():
                rule = self._make(model_name, kind, values)
                with self.subTest(model=model_name, kind=kind):
                    self.assertFalse(rule and rule.step_ids._get_problem())
                if not rule:
                    refused.setdefault(kind, set()).add(model_name)
        self.assertFalse({"note", "message", "channel", "agenda"} & refused.keys())
        self.assertEqual(refused["activity"], {"crm.team", "calendar.event", "discuss.channel"})
        self.assertNotIn("crm.lead", refused["convert"])
        self.assertNotIn("sale.order", refused["opportunity"] | refused["confirm"])

    def test_what_is_saved_can_be_carried_out(self):
        """On a record of each kind that sales work with."""
        records = [
            self._create_lead(),
            self._create_order(),
            self._create_posted(),
            self.partner,
            self.team,
            self.env["calendar.event"].create({"name": "E", "start": "2026-02-03 09:00", "stop": "2026-02-03 10:00"}),
        ]
        for record in records:
            made = {kind: self._make(record._name, kind, values) for kind, values in self._get_values().items()}
            rules = {kind: rule for kind, rule in made.items() if rule}
            for rule in rules.values():
                rule.action_activate()
                rule.enroll(record.with_user(self.env.ref("base.user_root")))
            self._run_worker()
            for kind, rule in rules.items():
                line = self._get_executions(record, rule)
                with self.subTest(model=record._name, kind=kind):
                    self.assertFalse(line.error)
                    self.assertIn(line.state, ("done", "skipped"))

    def test_template_for_other_records_is_refused_on_saving(self):
        """Its numbers would be those of other documents. Fails without ``_get_mail_misfit``."""
        template = self._create_template("account.move")
        for kind in ("mail", "note", "message"):
            with self.subTest(kind), self.assertRaisesRegex(UserError, f"{NAMED}“Template” is for records of the kind"):
                self._create_rule(steps=[{"kind": kind, "name": "Step", "template_id": template.id}], activate=False)
        rule = self._create_rule(steps=[self._mail(self._create_template(), name="Step")], activate=False)
        with self.assertRaisesRegex(UserError, f"{NAMED}choose one for “Lead"):
            rule.step_ids.template_id = template

    def test_choice_for_other_records_is_refused_on_saving(self):
        for step, message in (
            ({"kind": "assign", "assign_method": "capacity", "assign_team_id": self.team.id}, "only leads"),
            (
                {"kind": "close", "close_type_ids": [Command.set(self.todo.ids)], "close_place": "opportunity"},
                "no such",
            ),
        ):
            with self.subTest(step["kind"]), self.assertRaisesRegex(UserError, f"{NAMED[:-3]}.*{message}"):
                self._create_rule(steps=[{**step, "name": "Step"}], model="res.partner", activate=False)

    def test_kind_that_suits_the_records_no_more_is_refused_when_it_is_chosen(self):
        step = self._create_rule(model="res.partner", activate=False).step_ids

        with self.assertRaisesRegex(UserError, "Only leads"):
            step.kind = "convert"
