from odoo.addons.web.tests.test_js import unit_test_error_checker
from odoo.tests import HttpCase, tagged


def hoot_id(name):
    """Return how Odoo's test runner for JavaScript calls a suite."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    """Our unit tests in JavaScript, in a browser and by Odoo's own runner."""

    def test_unit_tests_in_the_browser(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hoot_id('@crm_triggers')}",
            "",
            "",
            login="admin",
            timeout=300,
            error_checker=unit_test_error_checker,
            success_signal="[HOOT] Test suite succeeded",
        )
