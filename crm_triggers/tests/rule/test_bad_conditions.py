from time import monotonic
from unittest.mock import patch

from odoo.addons.crm_triggers.models.isolation import bounded
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
CLOCK = "odoo.addons.crm_triggers.models.trigger_kinds.clock"
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

    def test_what_is_refused_is_said_in_the_language_of_who_reads_it(self):
        """Also what the engine refuses, which speaks no language. Fails without ``tell_known``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self._rule_on_offer(activate=False).with_user(self.manager).with_context(lang="fr_FR")
        for record, text, said in (
            (rule, "[('user_id', '=', uid)]", "« uid » n'est pas autorisé"),
            (rule, "[('name', 'ANY', [])]", "« 'ANY' » n'est pas un opérateur"),
            (rule, "[(" * 5000 + "]" * 5000, "expression valide"),
            (rule.step_ids, "context_today() and []", "n'est pas autorisé"),
        ):
            with self.subTest(text[:20]), self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
                record.filter_domain = text
            self.assertIn(said, str(caught.exception))

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

    def _get_asked(self):
        """Return conditions that PostgreSQL is asked for; values that columns hold settle the others."""
        return [("stage_id", "=", self.stage_offer.id), ("name", "!=", False)]

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_conditions_that_became_slow_hold_a_save_up_once_and_for_a_bounded_time(self):
        """Promise 3. Fails without ``bounded`` in ``look``, and without ``_see_to``."""
        rule, sound = (
            self._create_rule(name="Slow rule", filter_domain=self._get_asked()),
            self._rule_on_offer(name="Quick"),
        )
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
        rule = self._create_rule(filter_domain=self._get_asked())
        lead = self._create_lead()

        with patch(f"{ISOLATION}.SLOW_SECONDS", 0.2), self._slow(type(rule), "_search_matching"):
            self._drag(lead, self.stage_offer)
        self._commit()

        self.assertStopped(lead, "undecided")
        self.assertEqual(rule.state, "live")
        self.assertIn("Last error: The database took too long", rule.activity_ids.note)

    @mute_logger("odoo.sql_db", ISOLATION)
    def test_sweep_that_takes_too_long_leaves_the_other_rules_be(self):
        """Promise 2: else the scheduled action is killed each time before it gets to them. Fails
        without ``bounded`` in ``_cron_sweep``; the owner is not told without ``_tell_of_sweep``."""
        slow, sound = (self._create_rule("date", date="date_deadline", trg_date_range=1) for _i in range(2))
        self._create_lead(date_deadline="2026-02-06")
        origin = type(slow)._search_due

        def search(rule, *args, **kwargs):
            if rule == slow:
                rule.env.cr.execute("SELECT pg_sleep(5)")
            return origin(rule, *args, **kwargs)

        with patch(f"{CLOCK}.CLOCK_SECONDS", 0.2), patch.object(type(slow), "_search_due", search):
            self._run_until("2026-02-05 09:00")

        self.assertEqual((len(slow.run_ids), len(sound.run_ids)), (0, 1))
        self.assertEqual(slow.state, "live")
        self.assertIn("It is retried every few minutes. Last error: The database took too long", slow.activity_ids.note)

    def test_limit_of_time_is_put_back(self):
        """The person's own statements may take as long as they did. Fails without the second ``set_config``."""
        self._create_rule(filter_domain=self._get_asked())
        lead = self._create_lead()
        self.env.cr.execute("SET LOCAL statement_timeout = '77s'")

        self._drag(lead, self.stage_offer)

        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "77s")
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_limit_within_a_shorter_one_is_the_shorter_one(self):
        """Who waits for a second is not made to wait for five. Fails without the comparison in ``bounded``."""
        for before, within in (("0", "5s"), ("77s", "5s"), ("1min", "5s"), ("3s", "3s"), ("200ms", "200ms")):
            self.env.cr.execute("SELECT set_config('statement_timeout', %s, true)", [before])
            with self.subTest(before), bounded(self.env.cr, 5, 2):
                self.env.cr.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
                self.assertEqual(self.env.cr.fetchone(), (within, "2s"))
            self.env.cr.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            self.assertEqual(self.env.cr.fetchone(), (before, "0"))
        self.env.cr.execute("SET LOCAL statement_timeout TO DEFAULT")
