from itertools import product

from odoo.tests import BaseCase, tagged

from ...engine.domain import conditions, fold, join, may_match, parse, pins, root_fields, terms

A, B, C = ("a", "=", 1), ("b", "=", 1), ("c", "=", 1)


def evaluate(domain, truth):
    """Return whether a domain holds, by brute force; ``truth`` maps field names to booleans."""
    stack = []
    for item in reversed(domain):
        if item == "!":
            stack.append(not stack.pop())
        elif item in ("&", "|"):
            left, right = stack.pop(), stack.pop()
            stack.append(left and right if item == "&" else left or right)
        else:
            stack.append(truth[item[0]])
    return all(stack)


@tagged("post_install", "-at_install")
class TestEngineDomain(BaseCase):
    DOMAINS = [
        [A],
        [A, B],
        ["|", A, B],
        ["!", A],
        ["|", A, "&", B, C],
        ["!", "|", A, B],
        ["|", "!", A, B, C],
        ["&", "|", A, B, "!", C],
        ["|", "|", A, B, C],
    ]

    def test_fold_all_that_is_known_equals_brute_force(self):
        for domain in self.DOMAINS:
            for values in product([True, False], repeat=3):
                truth = dict(zip("abc", values, strict=True))
                with self.subTest(domain=domain, truth=truth):
                    verdict = fold(domain, lambda condition, truth=truth: truth[condition[0]])
                    self.assertIs(verdict, evaluate(domain, truth))

    def test_fold_part_that_is_known_leaves_an_equal_domain(self):
        for domain in self.DOMAINS:
            for values in product([True, False], repeat=3):
                truth = dict(zip("abc", values, strict=True))
                rest = fold(domain, lambda condition, truth=truth: truth["a"] if condition[0] == "a" else None)
                with self.subTest(domain=domain, truth=truth, rest=rest):
                    verdict = evaluate(rest, truth) if isinstance(rest, list) else rest
                    self.assertIs(verdict, evaluate(domain, truth))
                    self.assertNotIn(A, rest if isinstance(rest, list) else [])

    def test_fold_empty_domain_is_true(self):
        self.assertIs(fold([], lambda condition: None), True)

    def test_parse_boolean_conditions(self):
        """The four ways of writing true and false."""
        for leaf, expected in (((1, "=", 1), True), ((0, "=", 1), False), ((1, "!=", 1), False), ((0, "!=", 1), True)):
            with self.subTest(leaf=leaf):
                self.assertIs(parse([leaf]), expected)

    def test_parse_operator_without_operands_is_refused(self):
        for domain in (["&", A], ["!"], ["|"], ["xor", A, B]):
            with self.subTest(domain=domain), self.assertRaises(ValueError):
                parse(domain)

    def test_conditions_leave_out_operators_and_booleans(self):
        self.assertEqual(conditions(["|", A, "!", B, (1, "=", 1)]), [A, B])

    def test_root_fields_of_dotted_paths(self):
        domain = ["|", ("stage_id.is_won", "=", True), ("user_id", "!=", False), (1, "=", 1)]

        self.assertEqual(root_fields(domain), {"stage_id", "user_id"})

    def test_pins_table(self):
        """Each case: domain, the values the fields are held to. Fails when ``_conjuncts`` enters
        "or" or "not"."""
        cases = [
            ([("state", "=", "sent")], {"state": {"sent"}}),
            ([("state", "in", ["sent", "sale"])], {"state": {"sent", "sale"}}),
            ([("state", "in", ["a", "b"]), ("state", "in", ["b", "c"])], {"state": {"b"}}),
            (["|", ("state", "=", "sent"), A], {}),
            (["!", ("state", "=", "sent")], {}),
            ([("state", "!=", "sent")], {}),
            ([("stage_id.is_won", "=", 1)], {}),
            ([("user_id", "=", False)], {}),
            ([("active", "=", True)], {}),
            ([("probability", "=", 0)], {}),
            ([("amount", "=", 1.5)], {}),
            ([("company_id", "in", [False, 3])], {}),
            ([A, "|", B, C], {"a": {1}}),
            ([(0, "=", 1), A], {"a": {1}}),
        ]
        for domain, expected in cases:
            with self.subTest(domain=domain):
                self.assertEqual(pins(domain), expected)

    def test_may_match_row_with_another_value_is_out(self):
        pinned = {"state": frozenset({"sent"})}

        self.assertTrue(may_match(pinned, {"id": 1, "state": "sent"}))
        self.assertFalse(may_match(pinned, {"id": 1, "state": "draft"}))
        self.assertFalse(may_match(pinned, {"id": 1, "state": None}))

    def test_may_match_unknown_column_decides_nothing(self):
        self.assertTrue(may_match({"state": frozenset({"sent"})}, {"id": 1}))

    def test_terms_are_what_and_joins(self):
        self.assertEqual(terms([]), [])
        self.assertEqual(terms([A, B]), [A, B])
        self.assertEqual(terms(["&", A, "&", B, C]), [A, B, C])
        self.assertEqual(terms([A, "|", B, C]), [A, ("|", [B, C])])

    def test_joined_terms_mean_what_the_domain_did(self):
        """Fails when ``terms`` loses one, or takes an "or" apart."""
        for domain in self.DOMAINS:
            for values in product([True, False], repeat=3):
                truth = dict(zip("abc", values, strict=True))
                self.assertEqual(evaluate(join(terms(domain)), truth), evaluate(domain, truth), (domain, truth))
        self.assertEqual(join(terms([(0, "=", 1), A])), [(0, "=", 1), A])
