from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

FOUR = ("filter_domain", "filter_pre_domain", "stop_domain", "exclude_domain")
# What a sales manager may not read: mails in the queue with tokens, fields of users and of contacts.
SECRETS = {
    "the queue of mails": "('message_ids.mail_ids.body_html', 'like', 'token=S')",
    "a field for nobody": "('user_id.totp_last_counter', '=', False)",
    "a field for administrators": "('partner_id.signup_type', '=', False)",
    "within any": "('partner_id', 'any', [('signup_type', '=', False)])",
    "within any in capitals": "('partner_id', 'ANY', [('signup_type', '=', False)])",
    "within any, beyond rights": "('partner_id', 'ANY!', [('signup_type', '=', False)])",
    "within any, deeper": "('message_ids', 'any', [('mail_ids', 'not any', [('body_html', 'like', 'S')])])",
    "by name": "('message_ids.mail_ids', 'ilike', 'S')",
}
# Sides of conditions that are false at one time and true at another.
NEVER_NOW = {
    "never": "(0, '=', 1)",
    "at another minute": "(not not (datetime.datetime.now().minute - datetime.datetime.now().minute), '=', 1)",
    "in another year": "(1, '=', datetime.datetime.now().year - 2000)",
}


@tagged("post_install", "-at_install")
class TestShutConditions(CrmTriggersCommon):
    """Promise 8: a condition is evaluated again and again as the system; what it can ever ask is what
    who makes it may read."""

    def _get_bombs(self):
        for how, never in NEVER_NOW.items():
            for what, secret in SECRETS.items():
                yield f"{what}, {how}", f"[{never}, {secret}]"

    @mute_logger("odoo.domains", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_what_is_false_now_is_refused_in_each_condition_of_a_rule(self):
        """Fails without ``check_readable`` in ``_check_condition``: Odoo looks at no condition beside one
        that cannot hold, and password-reset tokens leaked by which records fired."""
        rule = self._rule_on_offer(activate=False).with_user(self.manager)
        for name, domain in self._get_bombs():
            for fname in FOUR:
                with self.subTest(name, field=fname), self.assertRaises(ValidationError) as refused:
                    rule[fname] = domain
                self.assertIn(rule.name, str(refused.exception))

    @mute_logger("odoo.domains", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_what_is_false_now_is_refused_in_the_condition_of_a_step(self):
        rule = self._rule_on_offer(activate=False).with_user(self.manager)
        for name, domain in self._get_bombs():
            with self.subTest(name), self.assertRaises(ValidationError):
                rule.step_ids.filter_domain = domain
            with self.subTest(name, new=True), self.assertRaises(ValidationError):
                rule.step_ids = [Command.create({**self._task(), "filter_domain": domain})]

    def test_what_a_manager_may_read_is_asked_with_dates_and_never(self):
        rule = self._rule_on_offer(activate=False).with_user(self.manager)
        for domain in (
            "[(0, '=', 1), ('partner_id.email', 'ilike', 'a')]",
            "[('order_ids', 'any', [('date_order', '>', context_today())])]",
            "['|', ('create_date.year_number', '=', 2026), ('user_id', '=', False)]",
            "[('date_deadline', '<', context_today() + datetime.timedelta(days=7)), ('tag_ids', 'in', [1, 2])]",
        ):
            with self.subTest(domain):
                rule.filter_domain = domain
                self.assertEqual(rule.filter_domain, domain)

    # Names of records that the author may not open

    def _hide_contact(self):
        """Return a hidden contact, and one below it that is not hidden."""
        partners = self.env["res.partner"]
        hidden = partners.create({"name": "Globex", "email": "secret@globex.com", "ref": "R77"})
        below = partners.create({"name": "Child", "parent_id": hidden.id})
        values = {"name": "Hidden", "model_id": self.env["ir.model"]._get_id("res.partner")}
        self.env["ir.rule"].create({**values, "domain_force": f"[('id', '!=', {hidden.id})]"})
        return hidden, below

    def _match(self, domain, partner):
        """Return whether a lead of a contact meets a manager's conditions."""
        rule = self._create_rule(filter_domain=domain, exclude_internal=False, activate=False)
        lead = self._create_lead().sudo()
        lead.partner_id = partner
        self._new_transaction()
        return bool(rule._search_matching(lead.ids))

    def test_hidden_contact_is_not_found_by_its_address_or_reference(self):
        """The record names its contact, and a search by name compares more than the name: character by
        character it told the rest. Fails without ``_ask_of_one``."""
        hidden, below = self._hide_contact()
        for path, operator, value, partner in (
            ("partner_id", "ilike", "secret@g", hidden),
            ("partner_id", "=ilike", "secret@%", hidden),
            ("partner_id", "=", "R77", hidden),
            ("partner_id", "==", "R77", hidden),
            ("partner_id", "=?", "R77", hidden),
            ("partner_id", "in", ["R77", "R78"], hidden),
            ("partner_id.parent_id", "ilike", "secret@g", below),
        ):
            with self.subTest(path, operator=operator):
                self.assertFalse(self._match([(path, operator, value)], partner))
        for operator in ("!=", "<>", "not in", "not ilike"):
            value = ["R77"] if operator == "not in" else "R77"
            with self.subTest(operator):
                self.assertTrue(self._match([("partner_id", operator, value)], hidden), "as if there were no such name")

    def test_tree_is_not_entered_by_the_name_of_a_hidden_record(self):
        """Fails without ``_find_roots``."""
        hidden, below = self._hide_contact()
        for path, operator, partner in (
            ("partner_id", "child_of", below),
            ("partner_id", "parent_of", hidden),
            ("partner_id.id", "child_of", below),
            ("partner_id.child_ids", "parent_of", hidden),
        ):
            with self.subTest(path, operator=operator):
                self.assertFalse(self._match([(path, operator, "secret@g")], partner))
        own = self._create_rule(model="res.partner", filter_domain=[("id", "child_of", "secret@g")], activate=False)
        self.assertFalse(own._search_matching(below.ids))

    def test_what_may_be_opened_is_found_by_name(self):
        hidden, below = self._hide_contact()
        for operator, value in (
            ("ilike", "hil"),
            ("=", "Globex, Child"),
            ("in", ["Globex, Child", False]),
            ("in", ["Nobody", below.id]),
            ("child_of", "hil"),
            ("child_of", [hidden.id]),
            ("!=", "Globex"),
            ("ilike", ""),
        ):
            with self.subTest(operator, value=value):
                self.assertTrue(self._match([("partner_id", operator, value)], below))
        self.assertTrue(self._match([("partner_id", "=", hidden.id)], hidden), "the record itself tells it")
        self.assertFalse(self._match([("partner_id", "not in", ["Globex, Child", False])], below))

    # What was written before, or when there were other rights

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.crm_triggers.models.isolation")
    def test_condition_of_a_step_that_asks_what_its_author_may_no_longer_read_pauses_the_rule(self):
        """Fails without ``_find_asked`` of the steps: only the rule's own conditions were looked at again."""
        rule, by_administrator = self._rule_on_offer(), self._rule_on_offer(user=self.admin)
        secret = "[(0, '=', 1), ('user_id.totp_last_counter', '=', False)]"
        steps = (rule | by_administrator).step_ids
        self.env.cr.execute("UPDATE crm_trigger_step SET filter_domain = %s WHERE id IN %s", [secret, steps._ids])
        self.env.invalidate_all()

        self._run_sweep()

        self.assertEqual((rule.state, by_administrator.state), ("paused", "live"))
        self.assertIn("its author, Mona, cannot read", rule.activity_ids.note)
        with self.assertRaisesRegex(UserError, "cannot read"):
            rule.with_user(self.manager).action_activate()
