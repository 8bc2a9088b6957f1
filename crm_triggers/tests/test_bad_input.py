from time import monotonic
from unittest.mock import patch

from markupsafe import escape

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
CLOCK = "odoo.addons.crm_triggers.models.crm_trigger_clock_mixin"
UNSAFE = {
    "import": "[('name', '=', __import__('os').getcwd())]",
    "attribute": "[('name', '=', ().__class__.__bases__[0].__subclasses__())]",
    "format": "[('name', '=', '{0.__class__}'.format(1))]",
    "user": "[('user_id', '=', uid)]",
    "environment": "[('name', '=', env['res.users'].browse(2).password)]",
    "loop": "[('id', 'in', [i for i in range(10)])]",
    "function": "(lambda: [('id', '=', 1)])()",
    "power": "[('id', '=', 9**9**9**9)]",
    "shift": "[('id', '=', 1 << 9999999999)]",
    "product": "[('name', '=', 'x' * 10**10)]",
    "percent": "[('name', '=', '%9999999999d' % 1)]",
    "padding": "[('name', '=', 'x'.ljust(10000000000))]",
    "replacement": "[('name', '=', 'aa'.replace('a', 'aaaa'))]",
    "formatted": "[('name', '=', f'{1:9999999}')]",
    "assignment": "[('id', '=', (x := 1))]",
    "long": f"[('name', '=', '{'x' * 10_000_000}')]",
    "deep": "[" * 5000 + "]" * 5000,
    "negations": "['!', " * 1 + "'!', " * 20_000 + "('id', '=', 1)]",
    "minus": "[('id', '=', " + "-" * 50_000 + "1)]",
    "nul": "[('name', '=', 'a\x00b')]",
    "no operand": "['&', ('id', '=', 1)]",
    "no domain": "{'a': 1}",
    "two lines": "[('id', '=', 1)]\nimport os",
}


@tagged("post_install", "-at_install")
class TestBadConditions(CrmTriggersCommon):
    """Z31: conditions that cannot be used are refused when they are saved, with the rule and the cure."""

    @mute_logger("odoo.sql_db", "odoo.domains")
    def test_unsafe_conditions_are_refused_when_they_are_saved(self):
        """Fails without ``expression.check`` in ``_evaluate``: some of these never end."""
        rule = self._rule_on_offer(name="Bad rule", activate=False).with_user(self.manager)
        for name, domain in UNSAFE.items():
            started = monotonic()
            with (
                self.subTest(name),
                self.assertRaises(ValueError if name == "nul" else ValidationError) as caught,
                self.env.cr.savepoint(),
            ):
                rule.filter_domain = domain
            self.assertLess(monotonic() - started, 5)
            if name != "nul":  # PostgreSQL refuses it before anybody looks
                self.assertIn("Bad rule", str(caught.exception))
                self.assertIn("Choose its fields and values again", str(caught.exception))
                self.assertLess(len(str(caught.exception)), 600)

    @mute_logger("odoo.sql_db", "odoo.domains")
    def test_unsafe_conditions_of_a_step_are_refused_when_they_are_saved(self):
        rule = self._rule_on_offer([self._task("Call Ada")], name="Bad rule", activate=False).with_user(self.manager)
        for name in ("import", "power", "long", "deep"):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "“Call Ada” of rule “Bad rule”"):
                rule.step_ids.filter_domain = UNSAFE[name]

    def test_dates_may_be_counted(self):
        """What the screen writes goes through."""
        for domain in (
            "[('date_deadline', '<', context_today())]",
            "[('date_deadline', '<', context_today() + relativedelta(days=-30))]",
            "[('date_deadline', '<', (context_today() - relativedelta(months=1)).strftime('%Y-%m-%d'))]",
            "[('create_date', '>', datetime.datetime.combine(context_today(), datetime.time(0, 0, 0)))]",
            "[('create_date', '>', datetime.datetime.now().replace(hour=0) - datetime.timedelta(days=1))]",
            "['|', ('active', '=', True), ('active', '=', False), ('priority', 'not in', ('1', '2'))]",
            "[('date_deadline', '<', 'today +1w')]",
        ):
            with self.subTest(domain):
                self.assertTrue(self._create_rule(filter_domain=domain, activate=False))

    def _slow(self, cls, method, seconds=5):
        """Make a method of a model take that long in the database."""
        origin = getattr(cls, method)

        def slow(records, *args, **kwargs):
            records.env.cr.execute("SELECT pg_sleep(%s)", [seconds])
            return origin(records, *args, **kwargs)

        return patch.object(cls, method, slow)

    @mute_logger("odoo.sql_db")
    def test_slow_conditions_are_refused_when_they_are_saved(self):
        """Fails without ``bounded`` in ``_check_domains``: saving took as long as they did."""
        rule = self._rule_on_offer(name="Slow rule", activate=False)

        with (
            patch(f"{ISOLATION}.SLOW_SECONDS", 0.1),
            self._slow(self.env.registry["crm.lead"], "search"),
            self.assertRaisesRegex(ValidationError, "(?s)“Slow rule”.*seconds.*Use fewer conditions"),
        ):
            rule.filter_domain = "[('partner_id.name', 'ilike', 'a')]"

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_conditions_that_became_slow_hold_a_save_up_once_and_for_a_bounded_time(self):
        """Promise 3. Fails without ``bounded`` in ``_decide``, and without ``_see_to``."""
        rule, sound = self._rule_on_offer(name="Slow rule"), self._rule_on_offer(name="Quick")
        lead, other = self._create_leads(2)
        origin = type(rule)._search_matching

        def slow(rules, res_ids):
            if rules == rule and res_ids:
                rules.env.cr.execute("SELECT pg_sleep(5)")
            return origin(rules, res_ids)

        with patch(f"{ISOLATION}.SLOW_SECONDS", 0.2), patch.object(type(rule), "_search_matching", slow):
            started = monotonic()
            self._drag(lead, self.stage_offer)
            self.assertLess(monotonic() - started, 3)
            self._commit()
            self._drag(other, self.stage_offer)

        self.assertEqual((lead | other).stage_id, self.stage_offer)
        self.assertEqual(rule.run_ids.mapped("stop_reason"), ["undecided"])
        self.assertEqual(len(sound.run_ids), 2)
        self.assertEqual(rule.state, "paused")
        self.assertIn("Slow rule", rule.activity_ids.note)
        self.assertIn("Use fewer conditions", rule.activity_ids.note)

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_conditions_slow_for_once_do_not_pause_the_rule(self):
        """A busy machine is no fault of the rule. Fails without ``_get_slow_problem``."""
        rule = self._rule_on_offer()
        lead = self._create_lead()

        with patch(f"{ISOLATION}.SLOW_SECONDS", 0.2), self._slow(type(rule), "_search_matching"):
            self._drag(lead, self.stage_offer)
        self._commit()

        self.assertStopped(lead, "undecided")
        self.assertEqual(rule.state, "live")
        self.assertIn("The last one says: QueryCanceled", rule.activity_ids.note)

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_sweep_that_takes_too_long_leaves_the_other_rules_be(self):
        """Promise 2: else the scheduled action is killed each time before it gets to them. Fails
        without ``bounded`` in ``_cron_sweep``; the owner is not told without ``_tell_of_sweep``."""
        slow, sound = (self._create_rule("date", date="date_deadline", trg_date_range=1) for _i in range(2))
        self._create_lead(date_deadline="2026-02-06")
        origin = type(slow)._search_due

        def search(rule, *args):
            if rule == slow:
                rule.env.cr.execute("SELECT pg_sleep(5)")
            return origin(rule, *args)

        with patch(f"{CLOCK}.SWEEP_SECONDS", 0.2), patch.object(type(slow), "_search_due", search):
            self._run_until("2026-02-05 09:00")

        self.assertEqual((len(slow.run_ids), len(sound.run_ids)), (0, 1))
        self.assertEqual(slow.state, "live")
        self.assertIn("It tries again every few minutes. The last time it met: QueryCanceled", slow.activity_ids.note)

    def test_limit_of_time_is_put_back(self):
        """The person's own statements may take as long as they did. Fails without the second ``set_config``."""
        self._rule_on_offer()
        lead = self._create_lead()
        self.env.cr.execute("SET LOCAL statement_timeout = '77s'")

        self._drag(lead, self.stage_offer)

        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "77s")
        self.assertExecutions(lead, [("Call", "scheduled")])


@tagged("post_install", "-at_install")
class TestDeleted(CrmTriggersCommon):
    """What a live rule needs is deleted: refused with its name where people may be asked, else it
    pauses itself and its owner is told."""

    def _assert_paused(self, rule, *words):
        """Let the clock come; check that the rule is paused and its owner told once, in these words."""
        self._run_sweep()
        self._run_sweep()
        self.assertEqual((rule.state, len(rule.activity_ids)), ("paused", 1))
        for word in (rule.name, *words):
            self.assertIn(word, rule.activity_ids.note)
        with self.assertRaisesRegex(UserError, rule.name):
            rule.action_activate()

    def _create_field(self, name, ttype, **vals):
        self.addCleanup(self.env.registry.reset_changes)
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name.title(),
                "ttype": ttype,
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                **vals,
            }
        )

    def test_field_a_rule_looks_at_is_not_deleted_nor_renamed(self):
        """Fails without ``_prepare_update``: the field went, and the rule failed at each save."""
        field = self._create_field("x_size", "integer")
        date = self._create_field("x_visit", "date")
        lead = self._create_lead()
        self._create_rule(filter_domain=[("x_size", ">", 3)], name="Big ones")
        self._create_rule("date", date="x_visit", name="Visit")
        self._rule_on_offer([self._task(filter_domain=[("x_size", ">", 3)])], name="By step")

        for record, message in ((field, "Big ones"), (field, "By step"), (date, "Visit")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                record.unlink()
        with self.assertRaisesRegex(UserError, "Big ones"):
            field.name = "x_other"

        lead.with_user(self.env.user).x_size = 4
        self._new_transaction()
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_field_of_a_related_record_is_not_deleted(self):
        field = self._create_field("x_vip", "boolean", model_id=self.env["ir.model"]._get_id("res.partner"))
        self._create_rule(filter_domain=[("partner_id.x_vip", "=", True)], name="Very important")

        with self.assertRaisesRegex(UserError, "Very important"):
            field.unlink()

    def test_field_no_rule_looks_at_is_deleted(self):
        self._rule_on_offer()
        draft = self._create_field("x_size", "integer")
        self._create_rule(filter_domain=[("x_size", ">", 3)], activate=False)

        draft.unlink()

        self.assertFalse(draft.exists())

    @mute_logger(ISOLATION)
    def test_field_gone_with_an_add_on_pauses_the_rule(self):
        """An uninstalled add-on asks nobody. Fails without ``_check_health``."""
        rule = self._rule_on_offer(name="Big ones")
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", ["[('x_gone', '>', 3)]", rule.id]
        )
        self.env.invalidate_all()

        self._assert_paused(rule, "Conditions", "Choose its fields and values again")

    def test_date_gone_with_an_add_on_pauses_the_rule_and_keeps_its_server_actions(self):
        """Fails with ``ondelete="cascade"``: the rule vanished without a word, its server action stayed."""
        rule = self._create_rule("date", date="date_deadline", name="Closing")
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_trigger_rule SET trg_date_id = NULL WHERE id = %s", [rule.id])
        self.env.invalidate_all()

        self._assert_paused(rule, "Choose another one")
        self.assertTrue(rule.step_ids.action_id.exists())

    def test_model_gone_with_an_add_on_pauses_the_rule(self):
        rule = self._rule_on_offer(name="Orphan")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.env.cr.execute("UPDATE crm_trigger_rule SET model_name = 'x.gone' WHERE id = %s", [rule.id])
        self.env.cr.execute("UPDATE crm_trigger_run SET res_model = 'x.gone' WHERE rule_id = %s", [rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        self.assertEqual(rule.run_ids.record_name, "Deleted record")
        self._assert_paused(rule, "delete the rule")

    def test_model_with_rules_is_not_deleted(self):
        self.addCleanup(self.env.registry.reset_changes)
        model = self.env["ir.model"].create(
            {"name": "House", "model": "x_house", "is_mail_thread": True, "is_mail_activity": True}
        )
        self._create_rule("create", model="x_house", name="New house", user=self.env.user)

        with self.assertRaisesRegex(UserError, "New house"):
            model.unlink()

    def test_choice_a_rule_asks_for_or_sets_is_not_deleted(self):
        field = self._create_field(
            "x_kind",
            "selection",
            selection_ids=[
                Command.create({"value": value, "name": value.title(), "sequence": sequence})
                for sequence, value in enumerate(("hot", "warm", "cold"))
            ],
        )
        hot, warm, cold = field.selection_ids
        self._create_rule(filter_domain=[("x_kind", "in", ["hot"])], name="Hot ones")
        self._rule_on_offer([self._update("x_kind", "cold")], name="Cool down", user=self.admin)

        for choice, name in ((hot, "Hot ones"), (cold, "Cool down")):
            with self.subTest(name), self.assertRaisesRegex(UserError, name):
                choice.unlink()
        warm.unlink()
        self.assertFalse(warm.exists())

    def test_stage_of_the_conditions_deleted_pauses_the_rule(self):
        """Fails without ``_find_gone``: the rule waited for ever, in silence."""
        stage = self.env["crm.stage"].create({"name": "Old"})
        rule = self._create_rule(filter_domain=[("stage_id", "=", stage.id)], name="Old stage")

        stage.unlink()

        self._assert_paused(rule, "Stage", "Choose another value")

    def test_one_of_several_stages_deleted_leaves_the_rule_live(self):
        stage = self.env["crm.stage"].create({"name": "Old"})
        rule = self._create_rule(filter_domain=[("stage_id", "in", [stage.id, self.stage_offer.id])])

        stage.unlink()
        self._run_sweep()

        self.assertEqual(rule.state, "live")

    def test_tag_a_step_sets_deleted_pauses_the_rule(self):
        """Fails without ``_is_value_gone``: the step failed six times for each record."""
        tag = self.env["crm.tag"].create({"name": "Big"})
        rule = self._rule_on_offer([self._update("tag_ids", tag.id)], name="Tag them")

        tag.unlink()

        self._assert_paused(rule, "step “Update”", "choose another one")

    def test_template_and_type_of_activity_of_a_step_are_not_deleted(self):
        """Fails without ``_forbid_deletion``: mails stopped in silence; the database answered for types."""
        template = self._create_template()
        kind = self.env["mail.activity.type"].create({"name": "Visit"})
        self._rule_on_offer([self._mail(template)], name="Mailing")
        self._rule_on_offer([self._task("Go there", activity_type_id=kind.id)], name="Visiting")

        for record, message in ((template, "“Mailing”, step “Mail”"), (kind, "“Visiting”, step “Go there”")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                record.unlink()

    def test_template_gone_with_an_add_on_pauses_the_rule(self):
        template = self._create_template()
        rule = self._rule_on_offer([self._mail(template)], name="Mailing")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_template WHERE id = %s", [template.id])
        self.env.invalidate_all()

        self._assert_paused(rule, "step “Mail”", "choose the template")

    def test_server_action_of_a_step_is_deleted_with_the_step_only(self):
        """Fails without ``_unlink_unless_owned_by_steps``: the step and its log went along."""
        rule = self._rule_on_offer([self._task("Call Ada")], name="Caller")
        action = rule.step_ids.action_id

        with self.assertRaisesRegex(UserError, "“Caller”, step “Call Ada”"):
            action.unlink()
        rule.step_ids.unlink()

        self.assertFalse(action.exists())

    def test_server_action_left_by_the_database_is_cleaned_up(self):
        kept, gone = self._rule_on_offer(), self._rule_on_offer()
        actions = (kept | gone).step_ids.action_id
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_trigger_step WHERE rule_id = %s", [gone.id])
        self.env.invalidate_all()

        self.env["ir.actions.server"]._gc_crm_trigger_actions()

        self.assertEqual(actions.exists(), kept.step_ids.action_id)

    def test_all_steps_deleted_while_live_pauses_the_rule(self):
        rule = self._rule_on_offer(name="Idle")
        lead = self._create_lead()

        rule.with_user(self.manager).step_ids.unlink()
        self._drag(lead, self.stage_offer)

        self.assertEqual(self._get_runs(lead).state, "done")
        self._assert_paused(rule, "say what it has to do")

    def test_archived_company_pauses_the_rule(self):
        company = self.env["res.company"].create({"name": "Closed"})
        rule = self._rule_on_offer(name="Closed", company_id=company.id, user=self.env.user)

        company.active = False

        self._assert_paused(rule, "Choose another one")

    def test_who_takes_the_place_of_an_owner_who_left_is_told(self):
        """Fails without ``_get_alerted``: nobody reads the activities of OdooBot."""
        leaver = self._create_user("leaver", "base.group_user,sales_team.group_sale_manager")
        rule = self._rule_on_offer(user=leaver, name="Left alone")
        leaver.active = False
        rule.step_ids.unlink()

        self._run_sweep()

        self.assertTrue(rule.activity_ids.user_id.active)
        self.assertTrue(rule.activity_ids.user_id.has_group("crm_triggers.crm_triggers_group_manager"))

    def test_owner_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        rule = self._rule_on_offer()
        rule.step_ids.unlink()
        seen = []
        origin = type(rule)._get_problem

        def spy(rules):
            seen.append(rules.env.lang)
            return origin(rules)

        with patch.object(type(rule), "_get_problem", spy):
            self._run_sweep()

        self.assertEqual(seen, ["fr_FR"])


@tagged("post_install", "-at_install")
class TestOddValues(CrmTriggersCommon):
    """Values at the edge of what a field takes."""

    def test_range_of_centuries_is_refused(self):
        """Fails without ``_check_date_reach``: the clock left the calendar at each turn."""
        for vals in (
            {"trg_date_range": 10**7},
            {"trg_date_range": 121, "trg_date_range_type": "month"},
            {"late_days": 9**6},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(ValidationError, "“Far away”: the longest delay is ten years"),
            ):
                self._create_rule("date", date="date_deadline", name="Far away", **vals)

    def test_rule_without_a_name_is_refused(self):
        for name in ("", "  ", "\n"):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "Give the rule a name"):
                self._rule_on_offer(name=name)

    def test_names_of_any_kind_go_through_and_are_escaped(self):
        for name in ("<script>alert(1)</script>", "x" * 10_000, "Café ☎️ 🎉 ערב", "%s %(rule)s {{ object }}", "“”"):
            with self.subTest(name=name[:20]):
                rule = self._rule_on_offer([self._task(name, activity_note=f"<p>{name}</p>")], name=name)
                lead = self._create_lead(name=name)
                self._drag(lead, self.stage_offer)
                self._run_worker()
                rule.step_ids.unlink()
                self._run_sweep()

                self.assertExecutions(lead, [(name, "done")])
                self.assertEqual(lead.activity_ids.summary, name)
                self.assertNotIn("<script", lead.activity_ids.note + rule.activity_ids.note)
                self.assertIn(escape(name[:8]), rule.activity_ids.note)

    def test_lead_without_an_address_is_skipped_with_the_reason(self):
        self._rule_on_offer([self._mail(self._create_template())])
        lead = self._create_lead(partner_id=False)

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Mail", "skipped", "no_recipient")])

    def test_delays_of_nothing_and_of_ten_years(self):
        self._rule_on_offer([self._task("Now"), self._task("Then", delay_count=120, delay_unit="months")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Now", "done"), ("Then", "scheduled")])
        self.assertPlannedFor(lead, "2036-02-02 09:00:00")
        self._run_until("2036-02-02 09:00")
        self.assertExecutions(lead, [("Now", "done"), ("Then", "done")])

    def test_dates_at_the_ends_of_the_calendar_leave_the_others_be(self):
        """Of days and of moments. Fails when ``DateRule.verdict`` lets ``OverflowError`` through."""
        for field, sound, ends in (
            ("date_deadline", "2026-02-03", ("0001-01-01", "9999-12-31", False)),
            ("date_open", "2026-02-03 09:00:00", ("0001-01-01 00:00:00", "9999-12-31 23:59:59", False)),
        ):
            for mode in ("before", "after"):
                with self.subTest(field=field, mode=mode):
                    rule = self._create_rule(
                        "date", date=field, trg_date_range=1, trg_date_range_mode=mode, late_days=3653
                    )
                    leads = self._create_leads(4)
                    for lead, value in zip(leads, (*ends, sound), strict=True):
                        lead[field] = value
                    self._new_transaction()
                    self._run_until("2026-02-05 09:00")

                    acted = self._get_runs(leads).filtered(lambda run: run.state != "stopped")
                    self.assertEqual(acted.mapped("res_id"), leads[3].ids)
                    self.clock.move_to("2026-02-02 09:00")
                    rule.action_draft()
