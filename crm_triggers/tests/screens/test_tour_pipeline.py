from odoo.tests import tagged

from ..tour_case import TourCase


@tagged("post_install", "-at_install")
class TestTourPipeline(TourCase):
    """From the pipeline to what rules did and plan."""

    def test_card_dragged_shows_its_task_and_the_rest_is_cancelled(self):
        """K34, K46, promise 5: nobody reloads the page. Fails without ``postcommit.add`` in ``_wake``,
        and without ``model.load`` in ``refresh_views.js``."""
        self._rule_on_offer([self._task(activity_date_deadline_range=2), self._note(delay_count=3)], name="Follow up")
        lead = self._create_lead(name="Forty desks")

        with self._committing():
            self.start_tour("/odoo/crm", "crm_triggers_pipeline", login=self.sam.login)

        self.env.invalidate_all()
        self.assertEqual(lead.stage_id, self.stage_offer)
        self.assertExecutions(lead, [("Call", "done"), ("Note", "cancel")])
        self.assertStopped(lead, "manual")
