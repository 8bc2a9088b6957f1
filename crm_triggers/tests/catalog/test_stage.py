from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStage(CrmTriggersCommon):
    """The rules of a stage, from the gear of its column in the pipeline."""

    def _open(self, stage):
        return self.env["crm.trigger.rule"].with_user(self.manager).action_view_of_stage(stage.id)

    def _search(self, action):
        return self.env["crm.trigger.rule"].with_user(self.manager).search(action["domain"])

    def test_rules_whose_conditions_ask_for_the_stage(self):
        """Fails without ``pins`` in ``_get_pinned_ids``."""
        own = self._rule_on_offer()
        either = self._create_rule(
            filter_domain=[("stage_id", "in", [self.stage_offer.id, self.stage_later.id]), ("priority", "=", "1")]
        )
        self._create_rule(filter_domain=["|", ("stage_id", "=", self.stage_offer.id), ("priority", "=", "1")])
        self._create_rule(filter_domain=[("id", "=", self.stage_offer.id)], model="res.partner")

        self.assertEqual(self._search(self._open(self.stage_offer)), own | either)
        self.assertEqual(self._search(self._open(self.stage_later)), either)
        self.assertEqual(either.stage_ids, self.stage_offer | self.stage_later)

    def test_counts_are_those_of_the_lists(self):
        """For the gear of each column, read at once. Fails without ``stage_ids`` in ``get_stage_counts``."""
        self._rule_on_offer()
        self._create_rule(filter_domain=[("stage_id", "in", [self.stage_offer.id, self.stage_later.id])])
        self._rule_on_offer(activate=False).active = False
        rules = self.env["crm.trigger.rule"].with_user(self.manager)

        counts = rules.get_stage_counts()

        stages = self.stage_new | self.stage_offer | self.stage_later
        self.assertEqual([counts.get(stage.id, 0) for stage in stages], [0, 2, 1])
        for stage in stages:
            self.assertEqual(len(self._search(self._open(stage))), counts.get(stage.id, 0))

    def test_counting_many_rules_reads_the_stages_once(self):
        """Fails with ``exists`` in a loop: each rule has its savepoint, and that is all."""
        rules = self.env["crm.trigger.rule"].with_user(self.manager)

        def count():
            rules.get_stage_counts()  # what is cached until rules change
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rules.get_stage_counts()
            return self.env.cr.sql_log_count - before

        self._rule_on_offer(activate=False)
        alone = count()
        for _ in range(10):
            self._rule_on_offer(activate=False)

        self.assertEqual(count() - alone, 2 * 10)

    def test_new_one_has_the_stage_as_its_condition(self):
        """Fails without ``default_preset_value`` in ``action_view_of_stage``."""
        context = self._open(self.stage_offer)["context"]
        with Form(self.env["crm.trigger.rule"].with_user(self.manager).with_context(**context)) as form:
            form.user_id = self.manager

        self.assertEqual((form.record.stage_ids, form.record.trigger), (self.stage_offer, "match"))
        self.assertIn(form.record, self._search(self._open(self.stage_offer)))

    def test_rule_whose_conditions_cannot_be_read_is_left_out(self):
        rule = self._rule_on_offer()
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = 'x(' WHERE id = %s", [rule.id])
        self.env.invalidate_all()

        self.assertFalse(self._search(self._open(self.stage_offer)))
