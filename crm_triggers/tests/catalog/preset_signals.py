class SignalPresets:
    """What contacts do."""

    def _signal(self, code, records, **kwargs):
        self.env["crm.trigger.signal"].record(code, records, **kwargs)
        self._new_transaction()
        self._run_sweep()

    def _make_lead_interest(self):
        lead, lost = self._create_lead(), self._create_lead()
        lost.sudo().action_set_lost()
        self._signal("phone_called", self.partner)
        yield self._signal("phone_called", self._create_lead(partner_id=False))
        self._signal("phone_called", self.partner)
        yield lead

    def _make_lead_portal_login(self):
        lead = self._create_lead()
        yield self._signal("message_received", self.partner)
        self._signal("portal_login", self.partner)
        yield lead

    def _make_quotation_viewed_often(self):
        order, other = self._create_order(), self._create_order()
        (order | other).sudo().action_quotation_sent()
        for _time in range(2):
            self._signal("quotation_viewed", order)
        yield self._signal("quotation_viewed", other)
        self._signal("quotation_viewed", order)
        yield order

    def _make_contact_signal(self):
        yield self._create_lead()
        self._signal("portal_login", self.partner)
        yield self.partner
