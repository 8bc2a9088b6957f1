from tools.commands import suites

LOG = """\
2026-01-01 10:00:00,000 1 ERROR x odoo.addons.crm.tests.test_crm_lead: FAIL: TestLead.test_phone
2026-01-01 10:00:01,000 1 ERROR x odoo.addons.crm.tests.test_crm_lead: ERROR: TestLead.test_mail
2026-01-01 10:00:02,000 1 ERROR x odoo.tests.result: 1 failed, 1 error(s) of 200 tests when loading database 'x'
"""


def test_outcome_names_what_did_not_pass_and_counts_the_tests():
    assert suites.outcome(LOG) == (200, {"TestLead.test_phone", "TestLead.test_mail"})


def test_outcome_of_a_log_without_tests_counts_none():
    assert suites.outcome("2026-01-01 10:00:00,000 1 INFO x odoo: Hoot") == (0, set())
