from odoo import fields


class Checking:
    """What rules did or plan to do, for test cases."""

    def _get_executions(self, records, rule=None):
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        domain += [("rule_id", "=", rule.id)] if rule else []
        return self.env["crm.trigger.execution"].search(domain, order="id")

    def _get_runs(self, records):
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return self.env["crm.trigger.run"].search(domain, order="id")

    def assertExecutions(self, records, expected):  # noqa: N802
        """Check what rules did or plan to do with records.

        :param list expected: ``(what, state)`` or ``(what, state, skip reason)``, in order of planning
        """
        found = [
            (line.step_name, line.state, *([line.skip_reason] if line.skip_reason else []))
            for line in self._get_executions(records)
        ]
        self.assertEqual(found, expected)

    def assertPlannedFor(self, record, moment):  # noqa: N802
        """Check when the one planned step of a record is due (naive UTC)."""
        planned = self._get_executions(record).filtered(lambda line: line.state == "scheduled")
        self.assertEqual(planned.mapped("scheduled_at"), [fields.Datetime.to_datetime(moment)])

    def assertStopped(self, records, reason):  # noqa: N802
        self.assertEqual(self._get_runs(records).mapped("state"), ["stopped"] * len(records))
        self.assertEqual(set(self._get_runs(records).mapped("stop_reason")), {reason})
