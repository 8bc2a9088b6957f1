from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestLanguage(CrmTriggersCommon):
    """Names in conditions are read in the language of their author, for every reader."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self.tag = self.env["crm.tag"].create({"name": "Urgent"})
        self.stage_offer.with_context(lang="fr_FR").name = "Proposition chiffrée"
        self.tag.with_context(lang="fr_FR").name = "Pressé"
        self.offer = [("stage_id.name", "=", "Proposition chiffrée")]

    def _move_card(self, **vals):
        lead = self._create_lead(**vals)
        lead.write({"stage_id": self.stage_offer.id, "tag_ids": [Command.link(self.tag.id)]})
        self._new_transaction()
        self._run_sweep()
        return lead

    def test_rule_of_a_french_manager_fires_and_says_so(self):
        """Saved by Sam, who works in English, and checked by the clock. Fails without ``lang`` in ``_get_model``."""
        for domain in (self.offer, [("stage_id", "ilike", "chiffrée")], [("tag_ids", "ilike", "press")]):
            with self.subTest(domain=domain):
                rule = self._create_rule(filter_domain=domain)
                lead = self._move_card()
                self.assertEqual(rule.condition_lang, "fr_FR")
                self.assertEqual(len(self._get_executions(lead, rule)), 1)
                for user, lang in ((self.manager, "fr_FR"), (self.sam, "en_US")):
                    answer = rule.with_user(user).with_context(lang=lang).explain(lead)
                    self.assertEqual([row["ok"] for row in answer["conditions"]], [True])
                    self.assertNotIn("Offer", answer["conditions"][0]["seen"])
                rule.action_draft()

    def test_each_condition_and_each_reader(self):
        """Exceptions, "stop when", before the change, and the condition of a step."""
        late = [("stage_id.name", "=", "Plus tard")]
        self.stage_later.with_context(lang="fr_FR").name = "Plus tard"
        excluded = self._create_rule(exclude_domain=self.offer, filter_domain=[("tag_ids", "!=", False)])
        before = self._create_rule(filter_pre_domain=self.offer, filter_domain=late)
        steps = [self._task(filter_domain=str(late)), self._task("Wait", delay_count=9)]
        stopped = self._create_rule(steps=steps, filter_domain=[("tag_ids", "!=", False)], stop_domain=late)
        lead = self._move_card()
        self._run_worker()
        self.assertFalse(self._get_executions(lead, excluded))
        self.assertEqual(self._get_executions(lead, stopped).mapped("state"), ["skipped", "scheduled"])

        self._drag(lead, self.stage_later)

        self.assertEqual(len(self._get_executions(lead, before)), 1)
        self.assertEqual(self._get_runs(lead).filtered(lambda run: run.rule_id == stopped).stop_reason, "stop_domain")

    def test_existing_records_are_counted_as_they_will_be_read(self):
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_rule(filter_domain=self.offer, activate=False)
        english = rule.with_user(self._create_user("eve", "sales_team.group_sale_manager")).with_context(lang="en_US")

        self.assertIn(lead.id, english._search_existing())
        dialog = self.env["crm.trigger.activation"].browse(english.action_switch_on()["res_id"])
        dialog = dialog.with_env(english.env)
        dialog.narrow_domain = "[('stage_id.name', '=', 'Offer')]"  # hers

        self.assertIn(lead.id, dialog._search_records())

    def test_undated_records_are_counted_and_shown_alike(self):
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_rule("date", date="date_deadline", filter_domain=self.offer).with_user(self.manager)
        for lang in ("fr_FR", "en_US"):
            seen = rule.with_context(lang=lang)
            seen.invalidate_recordset(["undated_count"])
            self.assertGreaterEqual(seen.undated_count, 1)
            self.assertIn(lead, self.env["crm.lead"].search(seen.action_view_undated()["domain"]))

    def test_language_follows_the_words_that_are_there(self):
        rule = self._create_rule(filter_domain=self.offer, activate=False)
        english = rule.with_user(self.manager).with_context(lang="en_US")
        english.write({"name": "Offers", "keep_matching": False})
        english.stop_domain = "[('priority', '=', '0')]"
        self.assertEqual(rule.condition_lang, "fr_FR")
        english.stop_domain = "[('stage_id.name', '=', 'Later')]"
        self.assertEqual(rule.condition_lang, "fr_FR", "words in French are left")
        english.write({"filter_domain": "[('stage_id.name', '=', 'Offer')]"})
        self.assertEqual(rule.condition_lang, "fr_FR", "of two languages the first one stays: the form says which")
        english.write({"filter_domain": "[('type', '=', 'lead')]", "stop_domain": False})
        english.step_ids.filter_domain = "[('stage_id.name', '=', 'Offer')]"
        self.assertEqual(rule.condition_lang, "en_US")
        self.assertEqual(rule.with_user(self.manager).copy().condition_lang, "en_US")
        english.condition_lang = "fr_FR"
        self.assertEqual(rule.condition_lang, "fr_FR")

    def test_words_of_two_writers_at_once(self):
        """The step is written in English beside conditions in French."""
        rule = self._create_rule(filter_domain=self.offer, activate=False)
        rule.with_user(self.manager).with_context(lang="en_US").write(
            {"step_ids": [Command.create(self._task(filter_domain="[('stage_id.name', '=', 'Offer')]"))]}
        )
        self.assertEqual(rule.condition_lang, "fr_FR")

    def test_language_that_is_gone_hurts_nobody(self):
        german = self.env["res.lang"]._activate_lang("de_DE")
        self.manager.lang = "de_DE"
        rule = self._create_rule(filter_domain=[("type", "=", "opportunity")])
        self.manager.lang = "fr_FR"
        german.active = False

        self.assertEqual(rule.condition_lang, "de_DE")
        self.assertTrue(rule._search_matching(self._create_lead().ids))
        self.assertFalse(rule.reading)

    def test_form_says_how_conditions_are_read(self):
        rule = self._create_rule(filter_domain=self.offer, activate=False).with_user(self.manager)
        self.assertEqual(
            rule.with_context(lang="en_US", tz="Europe/Paris").reading, "Conditions are evaluated in French."
        )
        rule.filter_domain = "[('type', '=', 'lead')]"
        self.assertFalse(rule.reading)
        with Form(rule.with_context(lang="en_US")) as form:
            form.filter_domain = str([("stage_id", "ilike", "offre")])
            self.assertIn("evaluated in", form.reading)

    def test_rules_of_before_take_the_language_of_their_owner(self):
        rule, other = self._create_rule(), self._create_rule(user_id=self.sam.id)
        self.env.cr.execute("UPDATE crm_trigger_rule SET condition_lang = NULL")
        path = file_path("crm_triggers/migrations/19.0.1.5.0/pre-one-context.py")
        load_script(path, "crm_triggers_one_context").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()

        self.assertEqual((rule | other).mapped("condition_lang"), ["fr_FR", "en_US"])


@tagged("post_install", "-at_install")
class TestCompany(CrmTriggersCommon):
    """What each company sets for itself is read as the company of the rule sees it, or else of the record."""

    def setUp(self):
        super().setUp()
        self.admin.company_ids |= self.company_b
        self.terms = self.env["account.payment.term"].create({"name": "Thirty days"})
        self.here, self.there = self.env["res.partner"].create([{"name": "Here"}, {"name": "There"}])
        self.here.with_company(self.company).property_payment_term_id = self.terms
        self.there.with_company(self.company_b).property_payment_term_id = self.terms
        self.asked = [("property_payment_term_id", "=", self.terms.id)]

    def test_rule_of_lyon_looks_at_what_lyon_sets(self):
        """Also when the clock looks, who runs as another company. Fails without ``allowed_company_ids`` in
        ``_get_model``."""
        rules = [
            self._create_rule(model="res.partner", company_id=company.id, filter_domain=self.asked, user=self.admin)
            for company in (self.company, self.company_b)
        ]
        both = self.here | self.there
        self.assertEqual([rule._search_matching(both.ids) for rule in rules], [{self.here.id}, {self.there.id}])
        new = self.env["res.partner"].create({"name": "New"})
        new.with_company(self.company_b).property_payment_term_id = self.terms
        self._new_transaction()
        self._run_sweep()
        self.assertEqual(self._get_runs(new).rule_id, rules[1])
        answers = [rule.with_user(self.admin).explain(new)["conditions"][0]["ok"] for rule in rules]
        self.assertEqual(answers, [False, True])

    def test_rule_for_all_companies_looks_at_each_record_in_its_own(self):
        """Counted, found by the clock and checked again with the same result. Fails without
        ``_each_in_its_company``.
        """
        rule = self._create_rule(
            model="sale.order",
            company_id=False,
            user=self.admin,
            activate=False,
            filter_domain=[("partner_id.property_payment_term_id", "=", self.terms.id)],
        )
        orders = self._create_orders()
        wanted = [orders[0].id, orders[3].id]
        self.assertEqual(sorted(rule._search_matching(orders.ids)), wanted)
        self.assertEqual([one for one in rule._search_existing() if one in orders.ids], wanted)
        rule.action_activate()
        self._new_transaction()
        orders = self._create_orders()
        self._run_sweep()
        self.assertEqual(sorted(self._get_runs(orders).mapped("res_id")), [orders[0].id, orders[3].id])
        self.assertEqual(
            [rule.with_user(self.admin).explain(order)["conditions"][0]["ok"] for order in orders],
            [True, False, False, True],
        )
        self.assertEqual(rule.reading, "Conditions are evaluated for the company of each record.")

    def _create_orders(self):
        """Return an order of each contact in each company: here, there; here, there in Lyon."""
        orders = self.env["sale.order"]
        for company in (self.company, self.company_b):
            for partner in (self.here, self.there):
                orders |= orders.with_company(company).create({"partner_id": partner.id, "company_id": company.id})
        self._new_transaction()
        return orders.with_env(self.env)


@tagged("post_install", "-at_install")
class TestClock(CrmTriggersCommon):
    """In conditions, today is the date in the rule's time zone."""

    def setUp(self):
        super().setUp()
        self.company.partner_id.tz = "Pacific/Auckland"
        self._move_to("2026-06-01 20:30:00")  # the second, half past eight in the morning there
        self.first, self.second = (self._create_lead(date_deadline=f"2026-06-0{day}") for day in (1, 2))
        self.both = self.first | self.second

    def _find(self, condition, **vals):
        rule = self._create_rule(filter_domain=f"[{condition}]", activate=False, **vals)
        self.assertEqual(rule.with_user(self.sam)._search_matching(self.both.ids), rule._search_matching(self.both.ids))
        return self.both.filtered(lambda lead: lead.id in rule._search_matching(self.both.ids)).with_env(self.env)

    def test_today_is_the_same_however_it_is_written(self):
        """Fails without ``tz`` in ``_get_model``, and without ``_Dates``."""
        for today in ("'today'", "context_today()", "datetime.date.today()"):
            with self.subTest(today=today):
                self.assertEqual(self._find(f"('date_deadline', '=', {today})"), self.second)
                self.assertEqual(self._find(f"('date_deadline', '<', {today})"), self.first)

    def test_day_of_a_moment_begins_there(self):
        """A date without a time, of what has one. The clock that was chosen counts."""
        created = "('create_date', '>=', '2026-06-02')"
        self.assertEqual(self._find(created), self.both)
        self.assertFalse(self._find(created, tz_from="fixed", tz="UTC"))

    def test_week_begins_as_in_the_language_of_the_conditions(self):
        """On a Monday in French, on a Sunday in English, where the second is a Tuesday. Fails without ``_bind``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        sunday = self._create_lead(date_deadline="2026-05-31")
        self.both |= sunday
        begun = "('date_deadline', '>=', 'today =week_start')"
        self.assertEqual(self._find(begun), self.both)
        self.manager.lang = "fr_FR"
        self.assertEqual(self._find(begun), self.first | self.second)
        moment = "('create_date', '%s', '=week_start -7d')"
        self.assertEqual([self._find(moment % operator) for operator in (">=", "<")], [self.both, self.both.browse()])

    def test_form_says_whose_clock_it_is(self):
        rule = self._create_rule(filter_domain="[('date_deadline', '<', 'today -7d')]", activate=False)
        self.assertEqual(
            rule.with_context(tz="Europe/Paris").reading, "Conditions are evaluated in the time zone of Auckland."
        )
        self.assertFalse(rule.with_context(tz="Pacific/Auckland").reading)
