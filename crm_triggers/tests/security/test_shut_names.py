from datetime import timedelta

from odoo import fields
from odoo.addons.crm_triggers.engine.retry import MAX_ATTEMPTS
from odoo.addons.mail.tools.discuss import Store
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

SECRET = "Takeover of Globex"


@tagged("post_install", "-at_install")
class TestShutNames(CrmTriggersCommon):
    """Promise 8: a record is only named to users who may read it, wherever its name is stored or shown.

    Sam's leads are read by himself and the manager, not by Tom; the contact is read by all.
    """

    def _do_jointly(self, step, names=(SECRET, "Chairs")):
        """Have a step put what it makes for two leads on their contact; return the leads, Tom's is the last."""
        self._create_rule("date", [step], date="date_deadline")
        leads = self._create_leads(2, date_deadline="2026-03-02").sudo()
        for lead, name, user in zip(leads, names, (self.sam, self.tom), strict=True):
            lead.write({"name": name, "user_id": user.id})
        self._run_until("2026-03-02 07:01")
        return leads

    def test_activity_and_note_on_a_contact_lead_to_records_without_naming_them(self):
        """Users who may open the contact read them. Fails with the name in ``_get_record_label``."""
        for kind in ("activity", "note"):
            who = {"responsible": "user", "responsible_id": self.manager.id, "target": "contact"}
            step = self._task("Look", **who) if kind == "activity" else self._note("Look", **who)
            with self.subTest(kind):
                leads = self._do_jointly(step)
                seen = self.partner.with_user(self.tom)
                texts = [*seen.activity_ids.mapped("note"), *seen.message_ids.mapped("body")]
                text = " ".join(filter(None, texts))
                self.assertNotIn(SECRET, text)
                for lead in leads:
                    self.assertIn(f'<a href="/odoo/crm.lead/{lead.id}">#{lead.id}</a>', text)

    def test_activity_names_records_on_screen_to_who_may_open_them(self):
        """Fails without ``_to_store_defaults`` of activities."""
        who = {"responsible": "user", "responsible_id": self.manager.id, "target": "contact"}
        self._do_jointly(self._task("Look", **who), (SECRET, "<b>Chairs</b>"))
        activity = self.partner.activity_ids
        shown = {}
        for user in (self.manager, self.tom):
            data = Store().add(activity.with_user(user)).get_result()["mail.activity"]
            shown[user] = str(next(line["note"] for line in data if line["id"] == activity.id))

        self.assertIn(SECRET, shown[self.manager])
        self.assertNotIn(SECRET, shown[self.tom])
        self.assertIn("&lt;b&gt;Chairs", shown[self.tom])

    def test_log_names_what_was_done_together_to_who_may_read_it(self):
        """Tom's line refers to that of Sam's lead. Fails with ``together_name`` read by the system."""
        who = {"responsible": "user", "responsible_id": self.manager.id, "target": "contact"}
        leads = self._do_jointly(self._task("Look", **who))
        first, second = self._get_executions(leads)
        self.assertEqual(second.together_id, first)
        self.assertEqual(second.with_user(self.manager).together_name, SECRET)

        self.tom.group_ids += self.env.ref("base.group_allow_export")
        line = second.with_user(self.tom)
        form = Form(line)

        self.assertEqual(line.record_name, "Chairs")
        self.assertEqual(form.together_name, "A record that you may not open")
        for context in ({}, {"crm_trigger_with_record": True}):
            read = line.with_context(**context).read(["together_id", "together_name", "record_name", "display_name"])
            groups = line.with_context(**context).formatted_read_group([], ["together_id"], ["__count"])
            exported = line.with_context(**context).export_data(["together_name", "record_name"])
            with self.subTest(context=context):
                self.assertNotIn(SECRET, f"{read} {groups} {exported}")
        self.assertFalse(line.search([("together_id", "ilike", "Globex")]))

    def test_name_computed_for_one_reader_is_not_shown_to_another(self):
        """In one transaction. Fails without ``uid`` in ``depends_context``."""
        lead = self._create_lead(name=SECRET)
        self._rule_on_offer()
        self._drag(lead, self.stage_offer)
        line = self._get_executions(lead)

        self.assertEqual(line.with_user(self.manager).record_name, SECRET)
        self.assertEqual(line.with_user(self.tom).sudo().record_name, "A record that you may not open")
        self.assertEqual(line.run_id.with_user(self.tom).sudo().record_name, "A record that you may not open")

    def test_sentence_names_what_its_preset_chooses_to_who_may_read_it(self):
        """A rule is read by all salespeople. Fails with the preset's value read by the system."""
        category = self.env["res.partner.category"].create({"name": SECRET})
        rule = self._create_rule(
            model="res.partner",
            activate=False,
            preset_id=self.env.ref("crm_triggers.preset_contact_tag").id,
            preset_value=f"res.partner.category,{category.id}",
            filter_domain=[("category_id", "in", [category.id])],
        )
        self.assertIn(SECRET, rule.with_user(self.manager).sentence)
        model_id = self.env["ir.model"]._get_id("res.partner.category")
        hidden = {"name": "Hidden", "model_id": model_id, "domain_force": f"[('name', '!=', '{SECRET}')]"}
        self.env["ir.rule"].create({**hidden, "groups": [Command.link(self.env.ref("base.group_user").id)]})
        self.env.invalidate_all()

        self.assertNotIn(SECRET, rule.with_user(self.tom).sentence)
        self.assertIn(f"#{category.id}", rule.with_user(self.tom).sentence)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_owner_is_told_of_a_failure_without_the_name_of_its_record(self):
        """All who may change the rule read it, and may not read each record. Fails without ``_conceal``."""
        rule = self._rule_on_offer(
            [self._code("raise UserError(f'{record.name} of {record.partner_id.name} has no stock')")], user=self.admin
        )
        lead = self._create_lead(name=SECRET)
        self._drag(lead, self.stage_offer)
        for _try in range(MAX_ATTEMPTS):
            self._run_worker()
            self._move_to(fields.Datetime.now() + timedelta(days=1))

        note = rule.activity_ids.note
        self.assertNotIn(SECRET, note)
        self.assertNotIn("Ada", note)
        self.assertIn("… of … has no stock", note)
        self.assertIn(SECRET, self._get_executions(lead).error, "who may read the record is told all")
