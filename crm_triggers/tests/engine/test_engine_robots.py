from odoo.tests import BaseCase, tagged

from ...engine.robots import is_automatic


@tagged("post_install", "-at_install")
class TestEngineRobots(BaseCase):
    """engine/robots.py: whether a person wrote an email."""

    def test_what_nobody_wrote(self):
        for headers in (
            {"auto-submitted": "auto-replied; owner-email=ada@example.com"},
            {"auto-submitted": "Auto-Generated"},
            {"x-autoreply": "yes"},
            {"x-autorespond": ""},
            {"precedence": " Auto_Reply "},
            {"precedence": "bulk"},
            {"precedence": "junk"},
            {"precedence": "list"},
            {"x-precedence": "auto_reply"},
            {"preference": "auto_reply"},
            {"x-fc-machinegenerated": "true"},
            {"x-post-messageclass": "9; Autoresponder"},
            {"delivered-to": "Autoresponder"},
            {"list-id": "News <news.shop.example.com>"},
            {"list-unsubscribe": "<mailto:off@shop.example.com>"},
            {"x-auto-response-suppress": "DR, RN, NRN, OOF, AutoReply"},
            {"x-auto-response-suppress": "All"},
            {"return-path": "<>"},
            {"return-path": ""},
            {"from": "Mail Delivery System <MAILER-DAEMON@mx.example.com>"},
            {"from": "postmaster@example.com"},
        ):
            with self.subTest(headers=headers):
                self.assertTrue(is_automatic(headers))

    def test_what_people_write(self):
        for headers in (
            {},
            {"auto-submitted": "no"},
            {"auto-submitted": "no (a person)"},
            {"x-autoreply": "no"},
            {"precedence": "first-class"},
            {"delivered-to": "ada@example.com"},
            {"x-auto-response-suppress": "RN, NRN"},
            {"return-path": "<ada@example.com>"},
            {"from": '"mailer-daemon fan" <ada@example.com>'},
            {"from": "undisclosed"},
        ):
            with self.subTest(headers=headers):
                self.assertFalse(is_automatic(headers))

    def test_list_of_the_house_brings_words_of_people(self):
        """sales@ that several read. Fails without ``_is_own_list``."""
        headers = {"list-id": "Sales <sales.company.example.com>", "precedence": "list"}

        self.assertFalse(is_automatic(headers, ["company.example.com"]))
        self.assertTrue(is_automatic(headers, ["example.org"]))
        self.assertTrue(is_automatic({**headers, "auto-submitted": "auto-replied"}, ["company.example.com"]))
