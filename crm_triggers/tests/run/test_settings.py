from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSettings(TransactionCase):
    """How long the log is kept, in the settings of CRM."""

    def _save(self, days):
        self.env["res.config.settings"].create({"crm_triggers_retention_days": days}).execute()
        return self.env["crm.trigger.rule"]._get_retention_days()

    def test_retention_is_shown_and_saved(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.crm_triggers_retention_days, 730)

        self.assertEqual(self._save(90), 90)
        self.assertEqual(self.env["res.config.settings"].create({}).crm_triggers_retention_days, 90)

    def test_retention_for_ever_is_kept_as_such(self):
        """Fails with ``config_parameter``: Odoo deletes the parameter when it is 0."""
        self.assertEqual(self._save(0), 0)

    def test_retention_is_not_negative(self):
        with self.assertRaises(UserError):
            self._save(-1)

    def test_steps_are_left_to_the_scheduled_action(self):
        """And back: a parameter that is not there is no."""
        runs = self.env["crm.trigger.run"]
        self.assertFalse(runs._is_left_to_worker())
        for value in (True, False):
            self.env["res.config.settings"].create({"crm_triggers_leave_to_worker": value}).execute()
            self.assertEqual(runs._is_left_to_worker(), value)
