from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestReach(CrmTriggersCommon):
    """What conditions see of the lists on a record: what a person sees there, so nothing that is archived."""

    def _create_called_leads(self):
        """Return two leads with a call: one is still to be made, the other one was."""
        leads = self._create_leads(2).sudo()
        for lead in leads:
            lead.activity_schedule(activity_type_id=self.todo.id, user_id=self.sam.id)
        leads[1].activity_ids.action_feedback("Done")
        self._new_transaction()
        return leads

    def _find(self, leads, domain):
        rule = self._create_rule(filter_domain=domain)
        return leads.browse(sorted(rule.sudo()._search_matching(leads.ids)))

    def test_activity_that_is_done_is_not_one_that_is_planned(self):
        """Odoo keeps it as an archived record, which the system sees. Fails without ``& there`` in ``_bind``."""
        leads = self._create_called_leads()
        open_call = [("activity_ids.activity_type_id", "=", self.todo.id)]

        self.assertEqual(self._find(leads, open_call), leads[0])
        self.assertEqual(self._find(leads, ["!", *open_call]), leads[1])
        self.assertEqual(leads.with_user(self.manager).search([("id", "in", leads.ids), *open_call]), leads[0])

    def test_conditions_may_speak_of_what_is_archived_themselves(self):
        leads = self._create_called_leads()

        done = [("activity_ids", "any", [("active", "=", False)])]

        self.assertEqual(self._find(leads, done), leads[1])

    def test_archived_customer_is_still_the_customer(self):
        """What one record leads to is meant, whatever became of it."""
        lead = self._create_lead().sudo()
        self.partner.active = False

        self.assertEqual(self._find(lead, [("partner_id.name", "=", "Ada")]), lead)

    def test_within_a_list_of_a_list(self):
        tag = self.env["crm.tag"].create({"name": "Fair"})
        lead = self._create_lead(tag_ids=[Command.link(tag.id)]).sudo()
        order = self._create_order(opportunity_id=lead.id)
        rule = self._create_rule(
            model="sale.order",
            filter_domain=[("opportunity_id.activity_ids.activity_type_id", "=", self.todo.id)],
        ).sudo()
        lead.activity_schedule(activity_type_id=self.todo.id, user_id=self.sam.id)
        self._new_transaction()
        self.assertEqual(rule._search_matching(order.ids), set(order.ids))

        lead.activity_ids.action_feedback("Done")
        self._new_transaction()

        self.assertFalse(rule._search_matching(order.ids))

    def test_lists_are_asked_as_odoo_asks_them(self):
        """Nothing, one, several, names; of lines with a company and of those without. Now, and before a change.
        Fails without ``_is_one_of``."""
        orders = [self._create_order(opportunity_id=self._create_lead().id) for _order in range(2)]
        leads = orders[0].opportunity_id | orders[1].opportunity_id | self._create_lead()
        tags = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Phone"}])
        for lead, tag in zip(leads[:2].sudo(), tags, strict=True):
            lead.tag_ids = tag
        self._new_transaction()
        rule = self._rule_on_offer(activate=False)
        for fname, one in (("tag_ids", tags[0]), ("order_ids", orders[0])):
            for operator, value in (
                *((operator, [False, one.id]) for operator in ("in", "not in", "=", "!=")),
                *((operator, [False]) for operator in ("in", "not in")),
                *((operator, []) for operator in ("in", "not in", "=", "!=")),
                *((operator, False) for operator in ("=", "!=", "in", "not in", "=?")),
                *((operator, one.id) for operator in ("=", "!=", "=?")),
                *((operator, [one.display_name, False]) for operator in ("in", "not in")),
                *((operator, "") for operator in ("ilike", "not ilike", "=ilike")),
                *((operator, one.display_name) for operator in ("ilike", "not ilike", "=", "!=")),
            ):
                with self.subTest(fname=fname, operator=operator, value=value):
                    domain = [(fname, operator, value)]
                    rule.filter_domain = str(domain)
                    wanted = set(leads.sudo().search([("id", "in", leads.ids), *domain]).ids)
                    self.assertEqual(rule._search_matching(leads.ids), wanted)
                    old = {lead.id: {fname: lead[fname]._ids} for lead in leads.sudo()}
                    if fname == "tag_ids":
                        self.assertEqual(rule._search_matching_before(rule._get_plain_conditions(), old), wanted)

    def test_explaining_sees_the_same(self):
        leads = self._create_called_leads()
        rule = self._create_rule(filter_domain=[("activity_ids.activity_type_id", "=", self.todo.id)])

        met = [rule.explain(lead)["conditions"][0]["ok"] for lead in leads]

        self.assertEqual(met, [True, False])
