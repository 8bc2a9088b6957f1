from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestCompanyLanguage(CrmTriggersCommon):
    """K36: what Odoo notes of a step in the chatter is in the language of the company; the worker has none."""

    def test_stages_are_named_in_the_language_of_each_company(self):
        """Two companies in one batch. Fails without ``lang`` of the company, and without ``flush`` in ``_act``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        annecy = self.env["res.company"].create({"name": "Annecy"})
        self.company.partner_id.lang, annecy.partner_id.lang = "en_US", "fr_FR"
        self.stage_later.with_context(lang="fr_FR").name = "Plus tard"
        step = {"kind": "stage", "name": "Move", "stage_move": "stage", "stage_id": self.stage_later.id}
        rule = self._rule_on_offer([step], user=self.admin, company_id=False)
        leads = self._create_leads(2).sudo()
        leads[1].write({"company_id": annecy.id, "user_id": False, "team_id": False})
        self._drag(leads, self.stage_offer)
        self._run_worker()
        self.env.flush_all()

        self.assertEqual(self._get_executions(leads, rule).mapped("state"), ["done", "done"])
        named = [set(lead.message_ids.tracking_value_ids.mapped("new_value_char")) for lead in leads]
        self.assertEqual(["Plus tard" in names for names in named], [False, True])
