from io import BytesIO
from unittest.mock import patch

from odoo.fields import Domain
from odoo.modules.module import Manifest
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.convert import convert_file, convert_xml_import

from ..common import CrmTriggersCommon

EDITED = ("crm.trigger.rule", "crm.trigger.preset", "crm.trigger.help", "mail.template", "mail.activity.type")
STEPS = "crm.trigger.step"
EXPIRY, CALL = "crm_triggers.template_quotation_expiry", "crm_triggers.template_step_quotation_expiry_2"
TEMPLATE = "crm_triggers.mail_template_quotation_expiry"


@tagged("post_install", "-at_install")
class TestDeletedData(CrmTriggersCommon):
    """What people deleted stays deleted, whatever is updated."""

    def _update(self, module="crm_triggers", mode="update"):
        """Load the data of an add-on as an update does."""
        self._new_transaction()
        idref = {}
        for path in Manifest.for_addon(module)["data"]:
            if "/data/" in f"/{path}" and path.endswith(".xml"):
                convert_file(self.env, module, path, idref, mode=mode)
        self.env.invalidate_all()

    def _load(self, body, name="data/later_data.xml"):
        """Load a file that a later version brings."""
        file = BytesIO(f'<odoo noupdate="1">{body}</odoo>'.encode())
        file.name = name
        self._new_transaction()
        convert_xml_import(self.env, "crm_triggers", file, {}, "update")

    def _ref(self, xml_id):
        return self.env.ref(xml_id, raise_if_not_found=False)

    def _get_names(self, module, models):
        return self.env["ir.model.data"].search(Domain("module", "=", module) & Domain("model", "in", models))

    def _delete_all(self, module):
        """Delete what can be deleted of the data of an add-on; return its external ids."""
        gone = []
        for model in EDITED:
            for name in self._get_names(module, [model]):
                with mute_logger("odoo.sql_db"):
                    gone += self._try_to_delete(name)
        return gone

    def _try_to_delete(self, name):
        xml_id = name.complete_name
        try:
            with self.env.cr.savepoint():
                self.env[name.model].browse(name.res_id).exists().unlink()
        except Exception:
            return []
        return [xml_id]

    def test_whatever_is_deleted_of_any_add_on_stays_so(self):
        """Fails without ``_note`` in ``unlink`` of ``ir.model.data``: rules, steps, templates came back."""
        for module in sorted(self.env["crm.trigger.deleted"]._get_addons()):
            steps = self._get_names(module, [STEPS]).mapped("complete_name")
            gone = self._delete_all(module)
            with self.subTest(module):
                self._update(module)
                self.assertFalse([xml_id for xml_id in [*gone, *steps] if self._ref(xml_id)])

    def test_step_deleted_of_a_rule_that_is_kept_stays_so(self):
        """And the rest of the file is read: what was changed elsewhere is as the add-on says."""
        rule = self.env.ref(EXPIRY)
        self.env.ref(CALL).unlink()
        preset = self.env.ref("crm_triggers.preset_quotation_expires")
        preset.name = "Changed"

        self._update()
        self._update()

        self.assertEqual(len(rule.step_ids), 1)
        self.assertFalse(self._ref(CALL))
        self.assertEqual(preset.name, "Quotation expires soon")

    def test_what_the_database_deleted_stays_so(self):
        """Odoo does not see that, and the name stays. Fails without ``_find_dangling``."""
        step = self.env.ref(CALL)
        self.env.cr.execute("DELETE FROM crm_trigger_step WHERE id = %s", [step.id])

        self._update()

        self.assertFalse(self._ref(CALL))

    def test_scheduled_action_comes_back(self):
        """Without it nothing is done: an update is the cure that the message names."""
        self.env.ref("crm_triggers.ir_cron_execute").unlink()

        self._update()

        self.assertTrue(self._ref("crm_triggers.ir_cron_execute"))

    def test_installed_again_it_brings_all(self):
        self.env.ref(CALL).unlink()

        self._update(mode="init")

        self.assertTrue(self._ref(CALL))

    def test_new_data_comes_also_with_an_update(self):
        """And what it says of something deleted does not stop it. Fails without ``_xmlid_to_res_model_res_id``."""
        template = self.env.ref(TEMPLATE)
        self.env[STEPS].search([("template_id", "=", template.id)]).rule_id.unlink()
        template.unlink()
        rule = (
            '<record id="%s" model="crm.trigger.rule"><field name="name">New</field>'
            '<field name="model_id" ref="sale.model_sale_order"/><field name="trigger">create</field></record>'
            '<record id="%s_1" model="crm.trigger.step"><field name="rule_id" ref="%s"/>'
            '<field name="name">Do it</field></record>'
        )
        mail = (
            '<record id="later_mail" model="crm.trigger.step"><field name="rule_id" ref="later"/>'
            f'<field name="kind">mail</field><field name="template_id" ref="{TEMPLATE}"/></record>'
        )
        with patch.object(self.env.registry, "ready", False), mute_logger("odoo.tools.convert"):
            self._load(rule % (("later",) * 3) + mail)
            self._load(rule.partition("</record>")[2] % (EXPIRY, EXPIRY))

        self.assertEqual(self.env.ref("crm_triggers.later").step_ids.mapped("name"), ["Do it"])

    def test_rule_that_is_there_gets_no_step_with_an_update(self):
        """It would be done unseen. Fails without ``_is_for_old_rule``."""
        rule = self.env.ref(EXPIRY)
        self._load(
            f'<record id="later_step" model="crm.trigger.step"><field name="rule_id" ref="{EXPIRY}"/>'
            '<field name="name">One more</field></record>'
        )

        self.assertEqual(len(rule.step_ids), 2)
