from odoo.exceptions import ValidationError
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
