from odoo.addons.crm_triggers.tests.preset_case import PresetCase
from odoo.exceptions import ValidationError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPhonecall(PresetCase):
    """K12, K14: calls in and out, with their outcome."""

    def _call(self, lead, **vals):
        call = self.env["crm.phonecall"].create({"name": "Prices", "opportunity_id": lead.id, **vals})
        self._new_transaction()
        return call

    def _create_call_rule(self, happening="call_in", **vals):
        return self._create_rule("happening", [self._note()], happening=happening, **vals)

    def test_each_preset_starts_a_run_when_it_happens_and_not_before(self):
        self._check_presets("crm_triggers_phonecall")

    def _make_call_planned(self):
        lead, other = self._create_leads(2)
        yield self._call(other, state="done")
        self._call(lead)
        yield lead

    def _make_call_in(self):
        lead = self._create_lead()
        call = self._call(lead, direction="in")
        yield self._call(self._create_lead(), state="done")
        call.state = "done"
        yield lead

    def _make_call_out(self):
        lead = self._create_lead()
        call = self._call(lead)
        yield self._call(self._create_lead(), direction="in", state="done")
        call.state = "done"
        yield lead

    def test_same_call_counts_once(self):
        """Promise 1. Fails without the call in the key."""
        rule, lead = self._create_call_rule(), self._create_lead()
        call = self._call(lead, direction="in", state="done")
        for state in ("open", "done"):
            call.state = state
            self._new_transaction()
        call.name = "Other"
        self._new_transaction()
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids)
        self._call(lead, direction="in", state="done")
        self.assertEqual(len(rule.run_ids), 2)

    def test_outcome(self):
        """By words of the summary, the notes and the tags."""
        rule, lead = self._create_call_rule(happening_words="interested"), self._create_lead()
        self._call(lead, direction="in", state="done", description="Nobody there")
        self.assertFalse(rule.run_ids)
        self._call(lead, direction="in", state="done", description="Very Interested")
        tag = self.env["crm.tag"].create({"name": "Interested"})
        self._call(lead, direction="in", state="done", tag_ids=tag.ids)
        self.assertEqual(len(rule.run_ids), 2)

    def test_call_that_gets_its_opportunity_afterwards(self):
        """The opportunity is made from the call. Fails without ``opportunity_id`` in ``write``."""
        rule = self._create_call_rule()
        call = self._call(self.env["crm.lead"], direction="in", partner_id=self.partner.id, team_id=self.team.id)
        call.action_button_convert2opportunity()
        self._new_transaction()
        self.assertEqual(rule.run_ids.mapped("res_id"), call.opportunity_id.ids)

    # What happened before

    def test_call_of_long_ago_that_is_entered_now_is_history(self):
        """Fails without ``at`` in ``create``."""
        rules = [self._create_call_rule(happening) for happening in ("call_in", "call_planned")]
        lead = self._create_lead()
        self._call(lead, direction="in", state="done", date="2023-01-05 10:00:00")
        self._call(lead, date="2023-01-05 10:00:00")
        self._call(lead, date="2023-01-05 10:00:00").state = "done"
        self._new_transaction()
        self.assertFalse(rules[0].run_ids | rules[1].run_ids)

    def test_call_of_before_the_rule_is_history_and_one_too_long_ago_is_noted(self):
        """By its date; one that is logged the day after counts."""
        lead = self._create_lead()
        self._move_to("2026-02-10 09:00:00")
        rule = self._create_call_rule(late_days=3)
        held = {"direction": "in", "state": "done"}
        self._call(lead, date="2026-02-09 09:00:00", **held)
        self.assertFalse(rule.run_ids)

        self._move_to("2026-02-20 09:00:00")
        self._call(lead, date="2026-02-19 09:00:00", **held)
        self._call(lead, date="2026-02-12 09:00:00", **held)
        self.assertEqual(rule.run_ids.sorted("id").mapped("stop_reason"), [False, "late"])

    def test_overdue_call_is_held_when_somebody_says_so(self):
        """It has the date that it was planned for; of months ago, it is tidied up."""
        lead = self._create_lead()
        overdue, forgotten = (
            self._call(lead, direction="in", date=date) for date in ("2026-01-20 09:00:00", "2025-11-20 09:00:00")
        )
        rule = self._create_call_rule()
        (overdue | forgotten).write({"state": "done"})
        self._new_transaction()
        self.assertEqual(rule.run_ids.mapped("occurrence"), [f"call_in {overdue.id}"])

    def test_what_is_put_right_afterwards_happened_before(self):
        """Its opportunity, its direction, one after the other; a call that is held now is held for who has it
        now. Fails without any of the conditions in ``_get_crm_trigger_news``."""
        rules = [self._create_call_rule(happening) for happening in ("call_in", "call_out", "call_planned")]
        came_in, went_out, planned = rules
        lead, other = self._create_leads(2)
        call = self._call(lead, state="done")
        call.direction = "in"
        self._new_transaction()
        call.opportunity_id = other
        self._new_transaction()
        call.write({"direction": "out", "opportunity_id": lead.id})
        self._new_transaction()
        self.assertEqual((len(came_in.run_ids), len(went_out.run_ids)), (0, 1))

        ahead = self._call(lead, date="2026-03-01 10:00:00")
        ahead.opportunity_id = other
        self._new_transaction()
        self.assertEqual(planned.run_ids.mapped("res_id"), lead.ids)
        ahead.write({"state": "done", "direction": "in"})
        self._new_transaction()
        self.assertEqual(came_in.run_ids.mapped("res_id"), other.ids)

    def test_old_call_that_gets_its_first_opportunity_is_history(self):
        call = self._call(self.env["crm.lead"], direction="in", state="done", date="2026-01-05 10:00:00")
        rule = self._create_call_rule()
        call.opportunity_id = self._create_lead()
        self._new_transaction()
        self.assertFalse(rule.run_ids)

    def test_duplicate_is_planned_now(self):
        """One duplicates an old call in order to plan the next, and gives it its date then. Fails without ``copy``."""
        call = self._call(self._create_lead(), direction="in", state="done", date="2023-01-05 10:00:00")
        held, planned = self._create_call_rule(), self._create_call_rule("call_planned")
        call.copy()
        self._new_transaction()
        self.assertEqual((len(held.run_ids), len(planned.run_ids)), (0, 1))

        call.copy({"state": "done"})
        self._new_transaction()
        self.assertFalse(held.run_ids)

    def test_call_in_the_archive_is_nothing(self):
        rule = self._create_call_rule()
        call = self._call(self._create_lead(), direction="in", active=False)
        call.state = "done"
        self._new_transaction()
        self.assertFalse(rule.run_ids)

    def test_words_that_are_added_after_it_was_held(self):
        """One notes what was said when it is over. To who waits for no words it is nothing new, nor if it said
        so before. Fails without ``said``."""
        rule, lead = self._create_call_rule(happening_words="interested"), self._create_lead()
        wordless = self._create_call_rule(filter_domain=[("stage_id", "=", self.stage_offer.id)])
        call = self._call(lead, direction="in", state="done")
        self._drag(lead, self.stage_offer)
        self.assertFalse(rule.run_ids)
        call.description = "Very Interested"
        self._new_transaction()
        call.description = "Very interested, wants a visit"
        self._new_transaction()
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids)
        self.assertFalse(wordless.run_ids)

        tagged, old = (
            self._call(lead, direction="in", state="done", date=date)
            for date in ("2026-02-02 09:00:00", "2023-02-02 09:00:00")
        )
        (tagged | old).write({"tag_ids": self.env["crm.tag"].create({"name": "Interested"}).ids})
        self._new_transaction()
        self.assertEqual(len(rule.run_ids), 2)

    def test_cancelled_call_is_nothing(self):
        rules = self._create_call_rule() | self._create_call_rule("call_out")
        call = self._call(self._create_lead())
        call.state = "cancel"
        self._new_transaction()
        self.assertFalse(rules.run_ids)

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._create_call_rule(model="sale.order")
