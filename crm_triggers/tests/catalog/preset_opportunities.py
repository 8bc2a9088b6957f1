from odoo.fields import Command


class OpportunityPresets:
    """Events on leads and opportunities themselves."""

    def _make_lead_created(self):
        yield self._create_lead()
        yield self._create_lead(type="lead")

    def _make_lead_reachable(self):
        lead = self._create_lead(type="lead", partner_id=False)
        yield
        lead.phone = "+33 6 12 34 56 78"
        yield lead

    def _make_lead_converted(self):
        lead = self._create_lead(type="lead")
        yield self._create_lead()
        lead.convert_opportunity(self.partner)
        yield lead

    def _make_opportunity_created(self):
        yield self._create_lead(type="lead")
        yield self._create_lead()

    def _make_lead_campaign(self):
        other = self.env["utm.campaign"].create({"name": "Autumn"})
        yield self._create_leads(2, campaign_id=other.id)
        yield self._create_lead(type="lead", campaign_id=self.campaign.id)

    def _make_opportunity_stage(self):
        lead = self._create_lead()
        yield self._drag(self._create_lead(), self.stage_later)
        self._drag(lead, self.stage_offer)
        yield lead

    def _make_opportunity_assigned(self):
        lead, other = self._create_lead(user_id=False).sudo(), self._create_lead()
        other.user_id = self.tom
        yield
        lead.user_id = self.sam
        yield lead

    def _make_opportunity_priority(self):
        lead = self._create_lead()
        lead.priority = "1"
        yield
        lead.priority = "2"
        yield lead

    def _make_opportunity_tag(self):
        lead = self._create_lead()
        yield
        lead.tag_ids = [Command.link(self.tag.id)]
        yield lead

    def _make_opportunity_meeting(self):
        lead = self._create_lead()
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        self.env["calendar.event"].create({**values, "opportunity_id": lead.id})
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 10:30:00")
        yield lead

    def _make_opportunity_idle(self):
        lead, moved = self._create_leads(2)
        self._run_until("2026-02-08 09:00:00")
        yield self._drag(moved, self.stage_offer)
        self._run_until("2026-02-09 10:00:00")
        yield lead

    def _make_opportunity_closing(self):
        lead = self._create_lead(date_deadline="2026-02-20")
        yield self._run_until("2026-02-12 12:00:00")
        self._run_until("2026-02-13 12:00:00")
        yield lead

    def _make_opportunity_overdue(self):
        lead, won = self._create_leads(2, date_deadline="2026-02-20")
        won.action_set_won()
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield lead

    def _make_opportunity_won(self):
        lead = self._create_lead()
        yield self._drag(lead, self.stage_offer)
        lead.action_set_won()
        yield lead

    def _make_opportunity_lost(self):
        lead = self._create_lead()
        yield
        lead.action_set_lost()
        yield lead

    def _make_opportunity_lost_reason(self):
        lead, other = self._create_leads(2)
        yield other.action_set_lost(lost_reason_id=self.other_reason.id)
        lead.action_set_lost(lost_reason_id=self.reason.id)
        yield lead

    def _make_opportunity_restored(self):
        lead = self._create_lead()
        yield lead.action_set_lost()
        lead.action_unarchive()
        yield lead

    def _make_opportunity_nothing_planned(self):
        lead, planned, done = self._create_leads(3)
        for other in planned + done:
            other.activity_schedule("mail.mail_activity_data_call", user_id=self.sam.id)
        done.sudo().activity_ids.action_feedback(feedback="Interested")
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield done + lead

    def _make_opportunity_regularly(self):
        lead, won = self._create_leads(2)
        won.action_set_won()
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield lead
