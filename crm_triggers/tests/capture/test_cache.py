from itertools import product

from odoo.tests import tagged

from ...engine.domain import holds
from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestCache(CrmTriggersCommon):
    """What a process caches of rules is never older than what is in the database."""

    def setUp(self):
        super().setUp()
        self.rule = self._rule_on_offer([self._task(delay_count=1)])
        self._get_planned()  # from here on all is cached

    def _get_planned(self, **vals):
        """Drag a new card; return when its steps are planned for, as ``[YYYY-MM-DD HH:MM]``."""
        self._new_transaction()
        lead = self._create_lead(**vals)
        self._drag(lead, self.stage_offer)
        return [f"{line.scheduled_at:%Y-%m-%d %H:%M}" for line in self._get_executions(lead)]

    def test_edited_step_counts_for_the_next_save(self):
        """Fails without ``_crm_trigger_known`` on ``crm.trigger.step``."""
        self.rule.step_ids.delay_count = 3

        self.assertEqual(self._get_planned(), ["2026-02-05 09:00"])

    def test_step_put_before_the_others_counts_for_the_next_save(self):
        """Fails without ``_clear_rules`` in ``create``, and in ``unlink``."""
        first = self.env["crm.trigger.step"].create(
            {**self._task(delay_count=2, sequence=1), "rule_id": self.rule.id, "activity_type_id": self.todo.id}
        )
        self.assertEqual(self._get_planned(), ["2026-02-04 09:00"])
        first.unlink()

        self.assertEqual(self._get_planned(), ["2026-02-03 09:00"])

    def test_edited_rule_counts_for_the_next_save(self):
        """Fails without ``_reload_rules`` in ``write``."""
        self.rule.filter_domain = [("stage_id", "=", self.stage_later.id)]
        self.assertEqual(self._get_planned(), [])
        self.rule.filter_domain = [("stage_id", "=", self.stage_offer.id), ("type", "=", "lead")]
        self.assertEqual(self._get_planned(), [])
        self.assertEqual(self._get_planned(type="lead"), ["2026-02-03 09:00"])

    def test_edit_within_the_same_transaction_counts(self):
        lead = self._create_lead()
        self.rule.step_ids.delay_count = 5
        lead.stage_id = self.stage_offer
        self._new_transaction()

        self.assertEqual(f"{self._get_executions(lead).scheduled_at:%d}", "07")

    def test_clock_of_the_company_counts_for_the_next_save(self):
        """A day later in Paris, on the eve of the change of clocks, is 23 hours later. Fails without
        ``_crm_trigger_known`` on ``res.partner``, ``res.company``, ``resource.calendar``."""
        self._move_to("2026-03-28 12:00")
        company = self.rule.company_id
        company.partner_id.tz = "Europe/Paris"
        self.assertEqual(self._get_planned(), ["2026-03-29 11:00"])
        company.partner_id.tz = False
        company.resource_calendar_id.tz = "UTC"
        self.assertEqual(self._get_planned(), ["2026-03-29 12:00"])
        company.resource_calendar_id.tz = "Europe/Paris"
        self.assertEqual(self._get_planned(), ["2026-03-29 11:00"])
        company.resource_calendar_id = company.resource_calendar_id.copy({"tz": "UTC"})
        self.assertEqual(self._get_planned(), ["2026-03-29 12:00"])
        company.partner_id = self.env["res.partner"].create({"name": "Moved", "tz": "Europe/Paris"})
        self.assertEqual(self._get_planned(), ["2026-03-29 11:00"])

    def test_contact_who_becomes_a_colleague_is_left_alone(self):
        """Z18. Fails without ``create`` and ``_crm_trigger_known`` on ``res.users``."""
        partner = self.env["res.partner"].create({"name": "Joins us"})
        self.assertEqual(len(self._get_planned(partner_id=partner.id)), 1)
        user = self.env["res.users"].create({"name": "Joins us", "login": "joins", "partner_id": partner.id})
        self.assertEqual(self._get_planned(partner_id=partner.id), [])
        user.group_ids = self.env.ref("base.group_portal")

        self.assertEqual(len(self._get_planned(partner_id=partner.id)), 1)

    def test_contact_who_is_a_colleague_no_more_is_a_customer(self):
        """Deleted, archived, a group that makes no colleague any more: the cache and the conditions agree. Fails
        without ``unlink`` on ``res.users``, and without ``active`` in ``_get_no_colleague_domain``."""
        groups = self.env["res.groups"].create({"name": "Desk", "implied_ids": self.env.ref("base.group_user").ids})

        def leave_group(user):
            groups.implied_ids = False

        for number, leave in enumerate((lambda user: user.unlink(), lambda user: user.action_archive(), leave_group)):
            with self.subTest(number):
                partner = self.env["res.partner"].create({"name": f"Leaves {number}"})
                user = self.env["res.users"].create(
                    {
                        "name": "Leaves",
                        "login": f"leaves{number}",
                        "partner_id": partner.id,
                        "group_ids": [(6, 0, groups.ids)],
                    }
                )
                self.assertEqual(self._get_planned(partner_id=partner.id), [])
                leave(user)
                self.assertEqual(len(self._get_planned(partner_id=partner.id)), 1)
                lead = self._create_lead(partner_id=partner.id, stage_id=self.stage_offer.id)
                self.assertEqual(self.rule._search_matching(lead.ids), set(lead.ids))

    def test_columns_settle_conditions_as_postgresql_does(self):
        """Each operator, with and without a value in the column. Fails without ``or False`` in ``holds``."""
        self._create_lead(user_id=self.sam.id, team_id=False, priority="2", color=3)
        self._create_lead(user_id=False, stage_id=self.stage_offer.id, active=False)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET priority = NULL, color = NULL, active = NULL WHERE user_id IS NULL")
        self.env.invalidate_all()
        rule, model = self.rule, self.rule._get_model()
        values = {
            "user_id": (self.sam.id, False),
            "stage_id": (self.stage_offer.id, self.stage_new.id),
            "priority": ("2", "0"),
            "color": (3, 7),
            "active": (True, False),
            "type": ("lead", "opportunity"),
        }
        columns = sorted(values)
        rows = model._crm_trigger_read_columns(model.search([]).ids, columns)
        for fname, (one, other) in values.items():
            asked = [*product(("=", "!="), (one, other)), *product(("in", "not in"), ([one], [other], [one, other]))]
            for operator, value in asked:
                with self.subTest(fname=fname, operator=operator, value=value):
                    self.assertTrue(rule._is_settled(fname, operator, value))
                    found = {row["id"] for row in rows if holds((fname, operator, value), row)}
                    self.assertEqual(found, set(model.search([(fname, operator, value)]).ids))

    def test_conditions_that_columns_do_not_settle_are_asked(self):
        for domain in (
            [("stage_id.is_won", "=", True)],
            [("name", "=", False)],
            [("expected_revenue", ">", 5)],
            [("color", "=", 0)],
            [("create_date", ">", "2026-01-01")],
            "[('date_deadline', '<', context_today())]",
        ):
            with self.subTest(domain=domain):
                self.rule.filter_domain = str(domain)
                self.assertIsNone(self.rule._get_tree())
