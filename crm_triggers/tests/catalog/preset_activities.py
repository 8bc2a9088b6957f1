class ActivityPresets:
    """What salespeople do and plan on opportunities: activities, calls, meetings, messages."""

    def _make_opportunity_last_activity_done(self):
        lead, other = self._create_leads(2)
        for _i in range(2):
            lead.activity_schedule("mail.mail_activity_data_call")
            other.activity_schedule("mail.mail_activity_data_call")
        yield [record.activity_ids[0].action_feedback() for record in lead + other]
        lead.activity_ids.action_feedback()
        yield lead

    def _make_lead_message_sent(self):
        lead = self._create_lead(type="lead")
        lead.message_post(body="Note", message_type="comment", subtype_xmlid="mail.mt_note")
        yield self._receive(lead)
        lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        yield lead

    def _make_opportunity_activity_planned(self):
        lead = self._create_lead()
        yield self._create_lead(type="lead").activity_schedule("mail.mail_activity_data_call")
        lead.activity_schedule("mail.mail_activity_data_call")
        yield lead

    def _make_opportunity_activity_done(self):
        lead = self._create_lead()
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_call").unlink()
        activity.action_feedback(feedback="Interested")
        yield lead

    def _make_opportunity_activity_cancelled(self):
        lead = self._create_lead()
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_call").action_feedback()
        activity.unlink()
        yield lead

    def _make_opportunity_call_planned(self):
        lead = self._create_lead()
        yield lead.activity_schedule("mail.mail_activity_data_todo")
        lead.activity_schedule("mail.mail_activity_data_call")
        yield lead

    def _make_opportunity_call_done(self):
        lead = self._create_lead()
        call = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_todo").action_feedback()
        call.action_feedback(feedback="No answer")
        yield lead

    def _create_meeting(self, lead):
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        return self.env["calendar.event"].create({**values, "opportunity_id": lead.id})

    def _make_opportunity_meeting_planned(self):
        lead = self._create_lead()
        yield self._create_meeting(self.env["crm.lead"])
        self._create_meeting(lead)
        yield lead

    def _make_opportunity_meeting_cancelled(self):
        lead = self._create_lead()
        yield (meeting := self._create_meeting(lead))
        meeting.action_archive()
        yield lead

    def _make_opportunity_meeting_held(self):
        lead, other = self._create_leads(2)
        self._create_meeting(lead)
        self._create_meeting(other).action_archive()
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 10:30:00")
        yield lead

    def _make_opportunity_first_visit(self):
        lead, other = self._create_leads(2)
        self._create_meeting(other).videocall_location = "https://meet.example.com/1"
        visit = self._create_meeting(lead)
        (visit | visit.copy({"stop": "2026-02-03 11:00:00"})).location = "Lyon"
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 12:30:00")
        yield lead

    def _make_opportunity_message_received(self):
        lead = self._create_lead()
        yield lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        self._receive(lead)
        yield lead

    def _make_opportunity_message_sent(self):
        lead = self._create_lead()
        lead.message_post(body="Note", message_type="comment", subtype_xmlid="mail.mt_note")
        yield self._receive(lead)
        lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        yield lead
