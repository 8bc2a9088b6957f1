from unittest.mock import patch

from odoo.tests import tagged

from ...models.step import kinds
from ...models.step.kinds import Declaration, KindError, StepKind
from ...models.step_kinds.note.crm_trigger_step import CrmTriggerStep as NoteStep
from ..common import CrmTriggersCommon

NOT_INSTALLED = "declare('gift', StepKind(action={'state': 'gift'}))"


@tagged("post_install", "-at_install")
class TestBadKinds(CrmTriggersCommon):
    """An add-on whose kind of step could only fail is refused when the registry loads."""

    def setUp(self):
        super().setUp()
        self.patch(kinds, "DECLARATIONS", list(kinds.DECLARATIONS))
        self.patch(self.registry["crm.trigger.step"], "_kinds", self.env["crm.trigger.step"]._kinds)

    def _declare(self, kind, step_kind, addon="crm_triggers"):
        kinds.DECLARATIONS[:] = [one for one in kinds.DECLARATIONS if (one.kind, one.addon) != (kind, addon)]
        kinds.DECLARATIONS.append(Declaration(kind, addon, step_kind))

    def _assert_refused(self, *words):
        with self.assertRaises(KindError) as caught:
            self.env["crm.trigger.step"]._post_model_setup__()
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_registry_does_not_load(self):
        """Fails without ``_post_model_setup__``."""
        self.addCleanup(self.registry._setup_models__, self.cr)
        with patch.object(kinds, "DECLARATIONS", kinds.DECLARATIONS[1:]), self.assertRaises(KindError):
            self.registry._setup_models__(self.cr)

    def test_declared_twice(self):
        self._declare("note", StepKind(), addon="base")
        self._assert_refused("base", "'note'", "crm_triggers declared already", "another name")

    def test_offered_and_not_declared(self):
        kinds.DECLARATIONS[:] = [one for one in kinds.DECLARATIONS if one.kind != "note"]
        self._assert_refused("crm_triggers", "offers", "'note'", "call declare('note'")

    def test_declared_and_not_offered(self):
        self._declare("gift", StepKind(action={"state": "code"}))
        self._assert_refused("crm_triggers", "'gift'", "selection_add")

    def test_nothing_carries_it_out(self):
        """A server action would do; neither it nor a method does not."""
        method = NoteStep._act_note
        del NoteStep._act_note
        self.addCleanup(setattr, NoteStep, "_act_note", method)
        self._declare("note", StepKind(action={"state": "mail_post"}))
        self.env["crm.trigger.step"]._post_model_setup__()

        self._declare("note", StepKind(action={"state": "gift"}))
        self._assert_refused("crm_triggers", "'note'", "define _act_note", "state of a server action")

    def test_fields_and_needs_that_nobody_has(self):
        self._declare("note", StepKind(manager_fields=("template_id", "gift_id")))
        self._assert_refused("'note'", "ir.actions.server does not have", "gift_id")
        self._declare("note", StepKind(defaults={"gift_id": 1}))
        self._assert_refused("'note'", "defaults", "gift_id")
        self._declare("note", StepKind(needs="gift"))
        self._assert_refused("'note'", "needs 'gift'", "opportunity")

    def test_of_an_add_on_that_this_database_has_not(self):
        """Another database of the process has it. Fails without the add-ons in ``get_declarations``."""
        names = {"__name__": "odoo.addons.not_installed.models.x", "declare": kinds.declare, "StepKind": StepKind}
        exec(NOT_INSTALLED, names)
        self.env["crm.trigger.step"]._post_model_setup__()

        self.assertEqual(kinds.DECLARATIONS[-1].addon, "not_installed")
        self.assertNotIn("gift", self.env["crm.trigger.step"]._kinds)
        self.assertIn("note", self.env["crm.trigger.step"]._kinds)
