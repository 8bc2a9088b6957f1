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


LINT = """\
2026-01-01 10:00:00,000 1 ERROR crm_triggers_ab odoo.addons.test_lint: FAIL: Subtest TestDocstring.test (module='sale')
  File "/x/crm_triggers/.dev/odoo/odoo/addons/test_lint/tests/test_docstring.py"
2026-01-01 10:00:00,000 1 ERROR x odoo.addons.test_lint: FAIL: Subtest TestDocstring.test (module='crm_triggers')
2026-01-01 10:00:01,000 1 ERROR x odoo.addons.test_lint: FAIL: TestIndex.test
crm.trigger.execution.run_id (inverse of crm.trigger.run.execution_ids)
crm.trigger.step.rule_id (inverse of crm.trigger.rule.step_ids)
2026-01-01 10:00:02,000 1 ERROR x odoo.addons.test_lint: FAIL: TestTestHoles.test
- Test file test_toy.py never imported in /x/crm_triggers/crm_triggers/tests/__init__.py
- Test file test_toy.py never imported in /x/crm_triggers/.dev/venv-odoo/contract/tests/__init__.py
2026-01-01 10:00:03,000 1 INFO x odoo: in crm_triggers
"""


def test_lint_finds_fault_with_our_add_ons_only():
    assert suites.lint_findings(LINT) == [
        "TestDocstring.test (module='crm_triggers')",
        "crm.trigger.step.rule_id (inverse of crm.trigger.rule.step_ids)",
        "- Test file test_toy.py never imported in /x/crm_triggers/crm_triggers/tests/__init__.py",
    ]
