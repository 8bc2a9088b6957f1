from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTarget(CrmTriggersCommon):
    """Activities and notes are put on the record or on its contact, and once for several."""

    def _rule_on_deadline(self, **vals):
        return self._create_rule("date", [self._task("Call", **vals)], date="date_deadline")

    def test_activity_stays_on_the_record_unless_told_otherwise(self):
        self._rule_on_deadline()
        leads = self._create_leads(2, date_deadline="2026-03-02")

        self._run_until("2026-03-02 07:01")

        self.assertEqual([len(lead.activity_ids) for lead in leads], [1, 1])
        self.assertFalse(leads[0].activity_ids.note)
        self.assertFalse(any(self._get_executions(leads).mapped("joint_key")))

    def test_activities_put_on_the_contact_are_one_that_leads_to_the_records(self):
        """By links without names: more people read a contact. Fails without ``_name_records``."""
        self._rule_on_deadline(target="contact")
        leads = self._create_leads(3, date_deadline="2026-03-02")

        self._run_until("2026-03-02 07:01")

        self.assertFalse(leads.activity_ids)
        activity = self.partner.activity_ids
        self.assertEqual((activity.summary, activity.user_id), ("Call", self.sam))
        for lead in leads:
            self.assertIn(f'href="/odoo/crm.lead/{lead.id}"', activity.note)
        self.assertEqual(set(self._get_executions(leads).mapped("result_id")), {activity.id})

    def test_record_without_contact_keeps_its_activity(self):
        self._rule_on_deadline(target="contact")
        lead = self._create_lead(date_deadline="2026-03-02", partner_id=False)

        self._run_until("2026-03-02 07:01")

        self.assertEqual(lead.activity_ids.summary, "Call")

    def test_records_that_started_together_share_what_has_no_date(self):
        """A drag of several cards is one event, the next one another."""
        self._rule_on_offer([self._note("See", target="contact")])
        leads = self._create_leads(3)

        self._drag(leads[:2], self.stage_offer)
        self._run_worker()
        self._move_to("2026-02-02 09:01")
        self._drag(leads[2], self.stage_offer)
        self._run_worker()

        notes = self.partner.message_ids.filtered(lambda message: "See" in message.body)
        self.assertEqual(sorted(note.body.count("<li>") for note in notes), [1, 2])

    @mute_logger("odoo.addons.crm_triggers.models.isolation")  # no screen can be told of that record either
    def test_failing_record_is_left_out_and_the_others_share_all_the_same(self):
        """The batch is tried again one by one; what it had reserved is free again."""
        rule = self._rule_on_deadline(target="contact", responsible="user", responsible_id=self.tom.id)
        leads = self._create_leads(3, date_deadline="2026-03-02")
        get_targets = type(rule.step_ids)._get_targets

        def fail(step, records):
            if leads[1] in records:
                raise ValueError(records)
            return get_targets(step, records)

        self.patch(type(rule.step_ids), "_get_targets", fail)
        self._run_until("2026-03-02 07:01")

        self.assertEqual(self._get_executions(leads).mapped("state"), ["done", "scheduled", "done"])
        self.assertEqual(len(self.partner.activity_ids), 1)

    def test_worker_that_made_the_same_meanwhile_has_us_start_afresh(self):
        """Promise 1: what another worker committed after our snapshot is seen by the unique key
        alone. Fails without ``_reserve`` in ``_act_jointly``."""
        rule = self._rule_on_deadline(target="contact")
        leads = self._create_leads(2, date_deadline="2026-03-02")
        self._move_to("2026-03-02 07:01")
        self._run_sweep()
        ours, theirs = self._get_executions(leads)
        step, records = rule.step_ids, leads.sudo()
        theirs.joint_key = step._get_joint_keys(ours, records[0], step._get_targets(records))[ours]
        self.env.flush_all()
        self.patch(type(step), "_search_made", lambda step, keys: {})  # an older snapshot

        with self.assertRaises(SerializationFailure), self.env.cr.savepoint():
            step._act(ours)

    def test_copied_rule_keeps_where_its_steps_put_things(self):
        rule = self._rule_on_deadline(target="contact", together=False)

        copy = rule.with_user(self.manager).copy()

        self.assertRecordValues(copy.step_ids, [{"target": "contact", "together": False}])
