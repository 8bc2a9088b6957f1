from inspect import getmembers, isroutine

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon

MANAGER, ALL = {"mona"}, {"mona", "sam", "zoe", "portal"}
# Who may call what an add-on of ours makes callable from outside: on a rule of Paris, and on a lead
# there that is another salesman's. Odoo's own methods, overridden by us, are in OVERRIDDEN.
RULE = {
    "action_activate": MANAGER,
    "action_add_initial_conditions": MANAGER,
    "action_draft": MANAGER,
    "action_duplicate": MANAGER,
    "action_install_example": set(),  # the administrator's
    "action_pause": MANAGER,
    "action_switch_on": MANAGER,
    "action_test": MANAGER,
    "action_use": MANAGER,
    "action_view_executions": ALL,  # names a screen, which shows what one may read
    "action_view_of_stage": ALL - {"portal"},  # stages are visible to all salespeople
    "action_view_runs": ALL,
    "action_view_undated": MANAGER,
    "count_old_runs": set(),  # the administrator's
    "delete_old_runs": set(),
    "enroll": MANAGER,
    "enroll_ids": MANAGER,
    "explain": MANAGER,
    "get_empty_list_help": ALL,
    "get_health": ALL - {"portal"},  # numbers of all, names of the rules one may read
    "get_stage_counts": ALL - {"portal"},  # of the rules one may read
}
RUN = {"action_open_record": MANAGER, "action_stop": MANAGER, "get_empty_list_help": ALL}
EXECUTION = {
    "action_cancel": MANAGER,
    "action_open_record": MANAGER,
    "action_open_result": MANAGER,
    "action_retry": MANAGER,
    "action_run_now": MANAGER,
    "action_skip": MANAGER,
    "get_empty_list_help": ALL,
}
SIGNAL = {"action_open_record": MANAGER, "get_empty_list_help": ALL, "record": MANAGER}
RECORD = {
    "action_crm_trigger_pause": MANAGER,
    "action_crm_trigger_resume": MANAGER,
    "action_view_crm_trigger_executions": ALL,  # names a screen, which shows what one may read
    "action_view_crm_trigger_signals": MANAGER,  # names the contact
    "action_view_crm_triggers": ALL,
    "crm_trigger_timeline": MANAGER,
}
# See test_shut_records, test_existing and test_signal_retention.
WIZARDS = {"action_add", "action_enroll", "action_forget", "action_switch_on"}
OVERRIDDEN = {
    "action_archive",
    "action_send_mail",
    "activity_unlink",
    "copy",
    "copy_data",
    "create",
    "default_get",
    "do_accept",
    "do_decline",
    "get_values",
    "init",
    "run",
    "send",
    "send_mail_batch",
    "set_bounced",
    "set_failed",
    "set_values",
    "unlink",
    "write",
}


@tagged("post_install", "-at_install")
class TestShutMethods(CrmTriggersCommon):
    """Promise 8: all that can be called from outside, and by whom; see docs/security.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe.group_ids += cls.env.ref("sales_team.group_sale_manager")
        portal = new_test_user(cls.env, "crm_triggers_portal", groups="base.group_portal")
        cls.actors = {"mona": cls.manager, "sam": cls.sam, "zoe": cls.zoe, "portal": portal}

    def test_every_public_method_has_its_callers(self):
        """Fails when a method without an underscore is added without declaring who may call it."""
        listed = {*RULE, *RUN, *EXECUTION, *SIGNAL, *RECORD, *WIZARDS, *OVERRIDDEN}
        found = set()
        for model in self.env.registry.values():
            ours = [part for part in model.__mro__ if part.__module__.startswith("odoo.addons.crm_triggers")]
            for name, method in getmembers(model, isroutine):
                if name[0] != "_" and not getattr(method, "_api_private", False):
                    found.update(name for part in ours if name in vars(part))

        self.assertEqual(found, listed)

    def test_what_begins_with_an_underscore_is_nobodys(self):
        """The external API asks this of Odoo."""
        for model_name in ("crm.trigger.rule", "crm.trigger.execution", "crm.lead"):
            model = self.env[model_name].with_user(self.manager)
            for name in ("_enter", "_take_in", "_switch", "_work", "_mark", "_insert_missing", "_crm_trigger_changes"):
                if hasattr(model, name):
                    with self.subTest(model=model_name, method=name), self.assertRaises(AccessError):
                        get_public_method(model, name)

    def test_rules(self):
        rule = self._create_rule("date", [self._task(delay_count=3)], date="date_deadline")
        lead = self._lead_of_tom()
        arguments = {
            "enroll": [lead.ids, None, "crm.lead"],
            "explain": [lead.id],
            "action_view_of_stage": [self.stage_offer.id],
        }
        arguments |= {"get_empty_list_help": ["none"], "enroll_ids": ["crm.lead", lead.ids]}

        self._call_all(rule, RULE, arguments)

    def test_log(self):
        rule = self._create_rule("manual", [self._task(delay_count=3)])
        lead = self._lead_of_tom()
        rule.enroll(lead)

        self._call_all(self._get_runs(lead), RUN, {"get_empty_list_help": ["none"]})
        self._call_all(self._get_executions(lead), EXECUTION, {"get_empty_list_help": ["none"]})

    def test_signals(self):
        lead = self._lead_of_tom()
        signal = self.env["crm.trigger.signal"].record("fair_met", lead)
        arguments = {"get_empty_list_help": ["none"], "record": ["fair_met", lead.ids, None, None, "crm.lead"]}
        self._call_all(signal, SIGNAL, arguments)

    def test_records(self):
        self._call_all(self._lead_of_tom(), RECORD, {})

    def _lead_of_tom(self):
        lead = self._create_lead().sudo()
        lead.user_id = self.tom
        self._new_transaction()
        return lead

    def _call_all(self, records, callers, arguments):
        for name, allowed in callers.items():
            for actor, user in self.actors.items():
                with self.subTest(model=records._name, method=name, actor=actor), self._undone():
                    method = getattr(records.with_user(user), name)
                    if actor in allowed:
                        method(*arguments.get(name, ()))
                    else:
                        with self.assertRaises(AccessError):
                            method(*arguments.get(name, ()))

    def _undone(self):
        """Return a scope whose changes are undone."""
        savepoint = self.env.cr.savepoint()
        self.addCleanup(self.env.invalidate_all)
        return _Undone(savepoint)


class _Undone:
    def __init__(self, savepoint):
        self.savepoint = savepoint

    def __enter__(self):
        self.savepoint.__enter__()

    def __exit__(self, *error):
        self.savepoint.close(rollback=True)
