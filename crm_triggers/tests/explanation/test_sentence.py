from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestSentence(CrmTriggersCommon):
    """A rule reads as a sentence, saved or not."""

    def _form(self, preset=None):
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        if preset:
            form.preset_id = self.env.ref(f"crm_triggers.preset_{preset}")
        return form

    def _rule(self, *steps, preset="quotation_sent", **vals):
        """Return a draft rule from a preset, with these steps."""
        rules = self.env["crm.trigger.rule"]
        preset = self.env.ref(f"crm_triggers.preset_{preset}")
        values = {**rules._prepare_preset_values(preset), "preset_id": preset.id}
        values["trg_date_id"] = values["trg_date_id"] and values["trg_date_id"].id
        model = values.pop("model_id") and preset.model_name
        steps = [{**step, "sequence": number} for number, step in enumerate(steps)]
        return self._create_rule(steps=steps, model=model, activate=False, **{**values, **vals}).with_user(self.manager)

    def test_salesperson_reads_the_rule_that_the_panel_links_to(self):
        """Fails without ``compute_sudo`` of ``sentence``: its form does not open for him."""
        rule = self._create_rule("date", [self._task()], date="date_deadline", trg_date_range=2)
        self.env.invalidate_all()
        form = self.env.ref("crm_triggers.crm_trigger_rule_view_form")
        fields = self.env["crm.trigger.rule"].with_user(self.sam).get_view(form.id)["models"]["crm.trigger.rule"]

        told = rule.with_user(self.sam).web_read({name: {} for name in fields if not name.startswith("message_")})

        self.assertEqual(told[0]["sentence"], rule.sentence)

    def test_sentence_is_there_before_the_rule_is_saved(self):
        """Fails without ``step_ids.phrase`` among what the sentence depends on."""
        form = self._form("opportunity_stage")
        self.assertEqual(form.sentence, "When an opportunity reaches the stage “…”: nothing yet, add a step")

        form.preset_value = f"crm.stage,{self.stage_offer.id}"
        with form.step_ids.new() as step:
            step.activity_type_id = self.todo
            step.activity_summary = "Present the offer"
            step.activity_date_deadline_range = 1
            self.assertEqual(step.phrase, "plan the activity “Present the offer” (due in 1 day)")

        sentence = "When an opportunity reaches the stage “Offer”: plan the activity “Present the offer” (due in 1 day)"
        self.assertEqual(form.sentence, sentence)
        self.assertEqual(form.save().sentence, sentence)

    def test_sentence_of_a_date(self):
        """No phrase contains "1 days"."""
        cases = [
            ({"trg_date_range": 30}, "30 days before the expected closing of an opportunity: "),
            ({"trg_date_range": 1}, "1 day before the expected closing of an opportunity: "),
            ({"trg_date_range": 0}, "At the expected closing of an opportunity: "),
            (
                {"trg_date_range": 1, "trg_date_range_type": "week", "trg_date_range_mode": "after"},
                "1 week after the expected closing of an opportunity: ",
            ),
            (
                {"trg_date_range": 2, "trg_date_calendar_id": self.company.resource_calendar_id.id},
                "2 working days before the expected closing of an opportunity: ",
            ),
        ]
        for vals, start in cases:
            with self.subTest(start):
                rule = self._rule(self._note(), preset="opportunity_closing", **vals)
                self.assertEqual(rule.sentence, f"{start}add a note to the salesperson")

    def test_sentence_without_a_preset(self):
        note = [self._note()]
        cases = [
            (self._create_rule("create", note, activate=False), "When a record is created (Lead / Opportunity): "),
            (self._create_rule("manual", note, activate=False), "When a record is added by hand or by another rule "),
            (
                self._create_rule("date", note, date="date_deadline", trg_date_range=3, activate=False),
                "3 days before “Expected Closing” (Lead / Opportunity): ",
            ),
            (self._rule_on_offer(note, activate=False), "When “Stage” is Offer (Lead / Opportunity): "),
            (self._create_rule(steps=note, activate=False), "When a record starts to meet the conditions "),
        ]
        for rule, start in cases:
            with self.subTest(start):
                self.assertEqual(rule.sentence[: len(start)], start)

    def test_conditions_that_were_added_are_said(self):
        """Those of the preset are in its words. Fails without ``_get_own_terms``."""
        sent = [("state", "=", "sent")]
        cases = [
            ([], ""),
            ([("amount_total", ">", 1000)], ", if “Total” is above 1000"),
            ([("team_id", "=", self.team.id), ("user_id", "!=", False)], f", if “Sales Team” is {self.team.name} and "),
            (["|", ("amount_total", ">", 1), ("user_id", "=", False)], ", if 1 condition is met"),
            (
                [("date_order", ">", "today -7d"), ("user_id", "=", False)],
                "“Salesperson” is empty and 1 more condition",
            ),
        ]
        for added, words in cases:
            with self.subTest(words):
                sentence = self._rule(self._note(), filter_domain=str(sent + added)).sentence
                self.assertTrue(sentence.startswith("When a quotation is sent"), sentence)
                self.assertIn(words, sentence)
                self.assertEqual(", if" in sentence, bool(added))

    def test_record_the_reader_may_not_see_is_not_named(self):
        """Rules reveal no names (promise 8). Fails without ``sudo(False)`` in ``_get_names``."""
        hidden = self.env["crm.team"].create({"name": "Secret", "company_id": self.company_b.id})
        rule = self._rule_on_offer(activate=False)
        rule.filter_domain = str([("team_id", "=", hidden.id)])

        self.assertNotIn("Secret", rule.with_user(self.manager).sentence)
        rule.filter_domain = str([("team_id", "=", self.team.id)])
        self.assertIn(self.team.name, rule.with_user(self.manager).sentence)

    def test_steps_in_words(self):
        template = self._create_template(name="Renewal", model="sale.order")
        scenario = self._create_rule("manual", model="sale.order", name="Keep in touch", activate=False)
        cases = [
            (self._task("Call", activity_date_deadline_range=3), "plan the activity “Call” (due in 3 days)"),
            (
                self._task("Call", responsible="leader"),
                "plan the activity “Call” for the team leader (due the same day)",
            ),
            (
                self._mail(template, delay_count=1),
                "send the email “Renewal” to the customer 1 day after the previous step",
            ),
            (self._note(responsible="user", responsible_id=self.tom.id), "add a note to Tom"),
            ({"kind": "message", "message_body": "<p>Hi</p>"}, "post a message to the followers"),
            (self._update("user_id", self.tom.id), "set “Salesperson” to “Tom”"),
            (self._update("opportunity_id.priority", "3"), "set “Opportunity > Priority” to “Very High”"),
            ({"kind": "opportunity"}, "create the opportunity"),
            ({"kind": "enroll", "scenario_id": scenario.id}, "add to the scenario “Keep in touch”"),
            (
                self._note(delay_count=2, delay_unit="hours", delay_from="start", working_time=True),
                "add a note to the salesperson 2 working hours after the start",
            ),
        ]
        for step, words in cases:
            with self.subTest(words):
                self.assertEqual(self._rule(step).sentence, f"When a quotation is sent: {words}")

    def test_mail_that_goes_elsewhere_is_not_said_to_go_to_the_customer(self):
        vals = {"model": "sale.order", "partner_to": False, "email_to": "office@example.com", "name": "Report"}

        rule = self._rule(self._mail(self._create_template(**vals)))

        self.assertEqual(rule.step_ids.phrase, "send the email “Report”")

    def test_sentence_outlives_the_stage_it_names(self):
        """Fails without ``exists()``: the form of the rule could not be opened, to choose another one."""
        rule = self._rule(self._note(), preset="opportunity_won")
        stage = self.env["crm.stage"].create({"name": "Gone"})
        preset = self.env.ref("crm_triggers.preset_opportunity_stage")
        rule.write({"preset_id": preset.id, "preset_value": f"crm.stage,{stage.id}"})
        self.assertIn("the stage “Gone”", rule.sentence)

        stage.unlink()
        self.env.invalidate_all()

        self.assertIn("the stage “…”", rule.sentence)
        self.assertTrue(Form(rule).sentence)

    def test_salesperson_reads_the_sentence(self):
        """Without any right on server actions, whose values it names."""
        rule = self._rule(self._task("Call"), self._update("user_id", self.tom.id))

        self.assertIn("set “Salesperson” to “Tom”", rule.with_user(self.sam).sentence)

    def test_sentence_is_in_the_language_of_the_reader(self):
        """Fails without ``depends_context("lang")``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        preset = self.env.ref("crm_triggers.preset_quotation_sent")
        preset.with_context(lang="fr_FR").phrase = "un devis est envoyé"
        rule = self._rule(self._note())

        self.assertIn("a quotation is sent", rule.sentence)
        self.assertIn("un devis est envoyé", rule.with_context(lang="fr_FR").sentence)

    def test_exceptions_switched_off_are_gone(self):
        """Fails without ``_onchange_switches``: what the form no longer shows went on to hold."""
        rule = self._rule(
            self._note(), exclude_domain=[("amount_total", "<", 10)], stop_domain=[("state", "=", "sale")]
        )

        with Form(rule) as form:
            self.assertTrue(form.has_exceptions)
            form.has_exceptions = False

        self.assertFalse(rule.exclude_domain)
        self.assertTrue(rule.stop_domain)
