from .common import CrmTriggersCommon


class ComingBackCase(CrmTriggersCommon):
    """A record that leaves a date rule and comes back with the same date (decision 029).

    It is Monday 2 February 2026, 09:00 UTC. The date is Sunday 8 February; five days before is Tuesday, 8:00 in
    Paris (07:00 UTC).
    """

    def _start(self, *delays, leads=None, **vals):
        """Return a rule and leads whose runs started on Tuesday at 09:00.

        :param delays: of the steps, named by their position, in days from the start
        """
        steps = [
            self._task(str(number), sequence=number, delay_count=delay, delay_from="start")
            for number, delay in enumerate(delays, 1)
        ]
        vals = {"filter_domain": [("stage_id", "=", self.stage_offer.id)], **vals}
        rule = self._create_rule("date", steps, date="date_deadline", trg_date_range=5, **vals)
        leads = leads or self._create_lead()
        leads.write({"stage_id": self.stage_offer.id, "date_deadline": "2026-02-08"})
        self._run_until("2026-02-03 09:00:00")
        return rule, leads

    def _leave(self, leads, moment="2026-02-04 09:00:00"):
        self._move_to(moment)
        self._drag(leads, self.stage_later)

    def _come_back(self, leads, moment):
        self._move_to(moment)
        self._drag(leads, self.stage_offer)

    def _on_offer(self):
        return [("stage_id", "=", self.stage_offer.id)]
