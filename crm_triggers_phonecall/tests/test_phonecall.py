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

    def test_cancelled_call_is_nothing(self):
        rules = self._create_call_rule() | self._create_call_rule("call_out")
        call = self._call(self._create_lead())
        call.state = "cancel"
        self._new_transaction()
        self.assertFalse(rules.run_ids)

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._create_call_rule(model="sale.order")
