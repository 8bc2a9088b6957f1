from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.signal import DOUBTFUL, HUMAN, MACHINE, TYPED, VERIFIED


class CrmTriggerSignal(models.Model):
    """One act of a contact: who did what, when, on which record.

    Append-only: :meth:`record` adds lines, the retention period and the deletion of a contact remove them.
    """

    _name = "crm.trigger.signal"
    _description = "Signal"
    _inherit = ["crm.trigger.log.mixin"]
    _order = "occurred_at desc, id desc"
    _rec_name = "type_id"

    _naming_few = frozenset({"id", "res_id", "partner_id"})

    type_id = fields.Many2one(
        "crm.trigger.signal.type",
        "Signal",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="What the contact did.",
    )
    res_id = fields.Many2oneReference(help="The record that the signal is about.")
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="cascade", help="Who acted, as far as it is known."
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade", help="The company of the record.")
    occurred_at = fields.Datetime("Date", required=True, readonly=True, help="When the contact acted.")
    points = fields.Integer(readonly=True, help="What the signal counts.")
    actor = fields.Selection(
        [(HUMAN, "A person"), (DOUBTFUL, "In doubt"), (MACHINE, "A machine")],
        "Acted",
        required=True,
        readonly=True,
        default=HUMAN,
        help="A person; or a machine, such as the scanner of a mail server that follows all links. In doubt if "
        "it may have been either.",
    )
    identity = fields.Selection(
        [(VERIFIED, "Verified"), (TYPED, "Typed in")],
        required=True,
        readonly=True,
        default=VERIFIED,
        help="Verified: by a login, a link of their own, or an answer. Typed in: someone gave this address, "
        "in a form for instance; it need not be theirs.",
    )
    key = fields.Char(readonly=True, help="What makes this act unique: recorded again, it changes nothing.")
    campaign_id = fields.Many2one(
        "utm.campaign", readonly=True, ondelete="set null", index="btree_not_null", help="What led them here."
    )
    source_id = fields.Many2one(
        "utm.source", readonly=True, ondelete="set null", index="btree_not_null", help="Where they came from."
    )
    medium_id = fields.Many2one(
        "utm.medium", readonly=True, ondelete="set null", index="btree_not_null", help="How they came."
    )
    payload = fields.Json(readonly=True)
    details = fields.Char(compute="_compute_details", help="What was recorded with it: the page, the form, the place.")
    repeats = fields.Integer(
        "More within the hour", readonly=True, default=0, help="Further signals of this hour, beyond 100."
    )

    _once = models.UniqueIndex("(type_id, res_model, res_id, key) WHERE key IS NOT NULL", "This is already recorded.")
    _record_idx = models.Index("(res_model, res_id, type_id, occurred_at)")
    _partner_idx = models.Index("(partner_id, occurred_at) WHERE partner_id IS NOT NULL")
    _occurred_at_idx = models.Index("(occurred_at)")

    @api.depends("payload")
    def _compute_details(self):
        for signal in self:
            told = signal.payload.items() if isinstance(signal.payload, dict) else ()
            signal.details = " · ".join(f"{name}: {value}" for name, value in told)

    @api.model
    def _get_logged_models(self):
        """Return the models of the recorded signals, by one index probe for each."""
        query = SQL(
            "WITH RECURSIVE model(name) AS (SELECT min(res_model) FROM %(table)s UNION ALL"
            " SELECT (SELECT min(res_model) FROM %(table)s WHERE res_model > model.name) FROM model"
            " WHERE model.name IS NOT NULL) SELECT name FROM model WHERE name IS NOT NULL",
            table=SQL.identifier(self._table),
        )
        return [name for (name,) in self.env.execute_query(query)]
