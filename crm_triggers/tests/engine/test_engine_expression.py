from odoo.tests import BaseCase, tagged

from ...engine.expression import Leaf, leaves, moving

CHANGING = {
    "the side of a condition": "[(not not datetime.datetime.now().minute, '=', 1)]",
    "the other side": "[(1, '=', datetime.datetime.now().minute)]",
    "the field": "[(context_today().strftime('name'), '=', 'a')]",
    "how it is compared": "[('name', context_today().strftime('='), 'a')]",
    "put together from two": "[('name', '=') + ('a',)]",
    "the whole": "datetime.datetime.now()",
    "joined lists": "[('name', '=', 'a')] + [('name', '=', 'b')]",
    "within any": "[('partner_id', 'any', datetime.datetime.now())]",
    "an operator in capitals": "[('partner_id', 'ANY', [('name', '=', 'a')])]",
    "an operator beyond rights": "[('partner_id', 'any!', [('name', '=', 'a')])]",
    "an operator that is none": "[('partner_id', 1, 'a')]",
    "no condition": "['name']",
    "deeper": "[('partner_id', 'any', [(not datetime.datetime.now().minute, '=', 1)])]",
}


@tagged("post_install", "-at_install")
class TestEngineExpression(BaseCase):
    """All conditions an expression can ever evaluate are known without evaluating it."""

    def test_conditions_are_found_whatever_their_values_are(self):
        text = "['|', ('stage_id', '=', 4), '&', ('name', 'ilike', 'a'), ('date_deadline', '<', context_today())]"
        self.assertEqual(leaves(text), (Leaf("stage_id", False), Leaf("name", True), Leaf("date_deadline", True)))

    def test_conditions_within_conditions_are_found(self):
        text = "[('order_ids', 'not any', ['!', ('partner_id.name', '=', 'a')]), ('tag_ids', 'in', [1, 2])]"
        within = (Leaf("partner_id.name", True),)
        self.assertEqual(leaves(text), (Leaf("order_ids", True, within), Leaf("tag_ids", False)))

    def test_what_holds_always_or_never_asks_nothing(self):
        self.assertEqual(leaves("[(1, '=', 1), (0, '=', 1)]"), ())
        for text in ("[]", "True", "False"):
            self.assertEqual(leaves(text), ())

    def test_a_condition_that_may_be_another_tomorrow_is_refused(self):
        for name, text in CHANGING.items():
            with self.subTest(name), self.assertRaises(ValueError):
                leaves(text)

    def test_fields_compared_with_what_time_changes(self):
        text = "['|', ('stage_id', '=', 4), ('color', 'in', [1, context_today().day]), ('create_date', '<', 'today')]"
        self.assertEqual(moving(text), {"color"})
        self.assertEqual(
            moving("[('order_ids', 'any', [('date_order', '<', context_today())])]"), {"order_ids", "date_order"}
        )
        self.assertEqual(moving("[]"), set())
