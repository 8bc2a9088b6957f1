from odoo.modules.migration import load_script
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon

BEFORE = '[("email", "!=", False), ("parent_id", "=", False)]'


@tagged("post_install", "-at_install")
class TestCreatedByName(CrmTriggersCommon):
    """Promise 2: who is entered by his name first is filled in minutes later, when a rule for new
    records no longer looks."""

    def _use_welcome(self):
        ready = self.env.ref("crm_triggers.template_contact_welcome").with_user(self.manager)
        rule = ready.browse(ready.action_use()["res_id"])
        rule.action_activate()
        self._new_transaction()
        return rule.sudo()

    def test_contact_that_gets_its_address_later_is_welcomed_once(self):
        rule = self._use_welcome()
        contact = self.env["res.partner"].create({"name": "Ida"})
        self._new_transaction()
        self.assertFalse(rule.run_ids)

        self._move_to("2026-02-02 09:20")
        for email in ("ida@example.com", False, "ida@example.org"):
            contact.email = email
            self._new_transaction()

        self.assertEqual(rule.run_ids.filtered(lambda run: run.state == "running").mapped("res_id"), contact.ids)
        self.assertPlannedFor(contact, "2026-02-03 09:20:00")

    def test_contact_of_long_ago_that_gets_an_address_is_not_new(self):
        """Promise 4."""
        old = "UPDATE res_partner SET create_date = '2025-01-01', email = NULL WHERE id = %s"
        self.env.cr.execute(old, [self.partner.id])
        self.env.invalidate_all()
        rule = self._use_welcome()

        self.partner.email = "ada@example.org"
        self._new_transaction()
        self._run_sweep()

        self.assertFalse(rule.run_ids)

    def test_form_says_which_conditions_may_be_met_too_late(self):
        """Not those of the preset, nor what a record has from the beginning, nor those of other kinds."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = self.env.ref("crm_triggers.preset_lead_created")
        self.assertFalse(form.later_fields)
        form.filter_domain = (
            "['&', '&', ('type', '=', 'lead'), ('email_from', 'ilike', '@'), ('partner_id.country_id', '!=', False)]"
        )
        self.assertEqual(form.later_fields, "Email, Contact > Country")

        rule = self._create_rule("create", filter_domain=[("won_status", "=", "pending")], activate=False)
        self.assertFalse(rule.later_fields, "nobody fills that in")
        rule.filter_domain = "[('create_date', '>', context_today()), ('email_from', '!=', False)]"
        self.assertEqual(rule.later_fields, "Email")
        rule.trigger = "match"
        self.assertFalse(rule.later_fields)

    def test_ready_rule_follows_an_upgrade_and_what_was_made_of_it_stays(self):
        ready = self.env.ref("crm_triggers.template_contact_welcome")
        now = ready.filter_domain
        own = self._create_rule("create", model="res.partner", filter_domain=BEFORE, activate=False)
        ready.write({"trigger": "create", "filter_domain": BEFORE, "reentry": "occurrence"})
        self.env.flush_all()

        self._upgrade()
        self.assertEqual((ready.trigger, ready.filter_domain, ready.reentry), ("match", now, "once"))
        self.assertEqual(ready.preset_id, self.env.ref("crm_triggers.preset_contact_reachable"))
        self.assertEqual((own.trigger, own.filter_domain), ("create", BEFORE))

        ready.write({"trigger": "create", "filter_domain": "[]"})
        self._upgrade()
        self.assertEqual(ready.trigger, "create", "an administrator changed it")

    def _upgrade(self):
        self.env.flush_all()
        path = file_path("crm_triggers/migrations/19.0.1.5.0/post-created-by-name.py")
        load_script(path, "crm_triggers_post_created_by_name").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
