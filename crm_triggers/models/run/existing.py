from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ...engine import decision, states
from ..capture.base import AUTHOR
from ..isolation import CONFLICTS, HastySavepoint, isolated
from ..trigger_kinds.clock import SWEEP_BATCH

MANY = 100_000  # maximum number of existing records to include


class CrmTriggerRule(models.Model):
    """Switching a rule on leaves what is so already alone (promise 4), unless the person wants
    those records taken in, and has seen which and how many they are."""

    _inherit = "crm.trigger.rule"

    backlog_size = fields.Integer("To process", readonly=True, copy=False)
    backlog_count = fields.Integer("Remaining to process", compute="_compute_backlog_count")
    backlog_done = fields.Integer(
        "Processed",
        compute="_compute_backlog_count",
        help="Of the existing records that were included when the rule was activated.",
    )

    def _compute_backlog_count(self):
        groups = (
            self.env["crm.trigger.backlog"]
            .sudo()
            ._read_group(  # only a number
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        counts = {rule.id: count for rule, count in groups}
        for rule in self:
            rule.backlog_count = counts.get(rule.id, 0)
            rule.backlog_done = max(rule.backlog_size - rule.backlog_count, 0)

    def _get_sweeps(self):
        taking_in = self.filtered(lambda rule: rule.backlog_count and rule.state == states.LIVE)
        return [*super()._get_sweeps(), *((rule, rule._enter_backlog) for rule in taking_in)]

    def action_switch_on(self):
        """Activate the rule; if records already meet the conditions, first show them and ask.

        A paused rule resumes as it was, unless it was only in test. Record creation has no existing records, and
        records are put into a scenario manually.

        :raises UserError: the rule cannot work as configured
        """
        self.ensure_one()
        if self.state == states.PAUSED and self.activated_at:
            return self.action_activate()
        self.check_access("write")
        self._check_ready()
        found = self._search_existing()
        if not found:
            return self.action_activate()
        dialog = self.env["crm.trigger.activation"].create({"rule_id": self.id, "existing_ids": found})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activate “%s”", self.name),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _search_existing(self):
        """Return the ids of the records the user may read that already match and for which this rule did nothing
        yet; if there are too many, only one more than the maximum.
        """
        model = self._get_readable_model()
        return self._search_existing_matches(model, MANY + 1) if model.has_access("read") else []

    def _take_in(self, res_ids):
        """Run this rule on existing records.

        A few enter immediately, many in batches by the scheduled action. Conditions, limits and pauses apply as
        usual.

        :raises UserError: there are too many
        """
        self.ensure_one()
        if len(res_ids) > MANY:
            raise UserError(
                self.env._(
                    "More than %(count)s records already match. Add a filter, or activate “%(rule)s” for "
                    "future events only.",
                    count=MANY,
                    rule=self.name,
                )
            )
        self.check_access("write")
        rule = self.sudo()  # only the system creates these lines and runs
        self.env["crm.trigger.backlog"].sudo()._add(rule, res_ids)
        rule.backlog_size = len(res_ids)
        if len(res_ids) > SWEEP_BATCH:
            self.env.ref("crm_triggers.ir_cron_sweep").sudo()._trigger()
        else:
            rule._enter_backlog(SWEEP_BATCH)

    def _enter_backlog(self, limit):
        """Start this rule for up to ``limit`` of the waiting records.

        :return: how many were processed
        """
        self.ensure_one()
        taken = self.env["crm.trigger.backlog"]._take(self, limit)
        all_ids = {res_id for res_ids in taken.values() for res_id in res_ids}
        matching, running = self._search_matching(all_ids), self._search_running(list(all_ids))
        for (user_id, key), res_ids in taken.items():
            entering = matching.intersection(res_ids) - (set() if key else running)
            rule = self.with_context(**{AUTHOR: user_id})
            started = rule._enter_missed(entering, key) if key else rule._enter_chosen(entering)
            started._wake()
            self.env["res.users"].browse(user_id)._bus_send("crm_triggers/refresh", {self._name: self.ids})
        return sum(map(len, taken.values()))

    def _enter_chosen(self, res_ids):
        """Start this rule for existing records that a user chose to include; return the runs."""
        return self._enter(dict.fromkeys(res_ids), self._get_dates(res_ids), chosen=True)

    def _enter_missed(self, res_ids, key):
        """Start this rule for records that a save could not start; return the runs.

        :param str key: of the event
        """
        return self._enter(dict.fromkeys(res_ids, key))

    def _make_up_for(self, keys):
        """Leave to the clock what a save could not do because of locks.

        :param dict keys: ``{record id: [keys of occurrences]}``; the clock does not search for dates entered late
        """
        if not self._is_looked_for() or self._get_date_field():
            author = self.env.context.get(AUTHOR) or SUPERUSER_ID
            what = f"Rule {self.id}: noting what is to be made up for"
            with isolated(HastySavepoint(self.env.cr), what, pass_on=CONFLICTS):
                self.env["crm.trigger.backlog"].with_user(author)._note(self, keys)
        self.env["crm.trigger.run"]._wake_clock()

    def _get_usual_key(self):
        """Return the key of an event on a record in this transaction."""
        return decision.occurrence(self.reentry, happened_at=self.env.cr.now())
