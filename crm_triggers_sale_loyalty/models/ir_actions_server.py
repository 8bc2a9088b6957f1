from odoo import api, fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.tools.misc import format_date

from .crm_trigger_execution import SKIP_UNUSABLE

LONGEST = 366  # maximum days of validity


class IrActionsServer(models.Model):
    """Creates coupons for the contacts of records."""

    _inherit = "ir.actions.server"

    state = fields.Selection(selection_add=[("crm_coupon", "Give a Coupon")], ondelete={"crm_coupon": "cascade"})
    coupon_program_id = fields.Many2one(
        "loyalty.program",
        ondelete="restrict",
        help="What the coupon offers. A program for all companies, or of the company of the rule.",
    )
    coupon_days = fields.Integer(
        "Valid for",
        default=30,
        help="How many days the coupon can be used, at most until the last day of its program.",
    )

    @api.constrains("state", "coupon_program_id", "coupon_days")
    def _crm_trigger_check_coupon(self):
        self.filtered(lambda action: action.state == "crm_coupon")._check_values()

    def _get_value_problem(self):
        if self.state == "crm_coupon":
            program = self.coupon_program_id.sudo()
            if not 0 < self.coupon_days <= LONGEST:
                return self.env._("the coupon must be valid for 1 to %s days.", LONGEST)
            if program and program.program_type != "coupons":
                return self.env._("“%s” is not a coupon program: rules do not give gift cards.", program.name)
            step_sudo = self.env["crm.trigger.step"].sudo().search([("action_id", "=", self.id)], limit=1)
            if problem := step_sudo and step_sudo._get_coupon_company_problem():
                return problem
        return super()._get_value_problem()

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_coupon":
            program = self.coupon_program_id.sudo()
            if program and not program.active:
                warnings.append(
                    self.env._("The coupon program “%s” is archived: unarchive it or choose another one.", program.name)
                )
            if self.model_name and not self._crm_trigger_has_contact():
                warnings.append(self.env._("Only records with a contact can receive a coupon."))
        return warnings

    def _run_action_crm_coupon_multi(self, eval_context=None):
        self._crm_trigger_give_coupons(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_give_coupons(self, records):
        """Create a coupon that Odoo accepts for the contact of each record, unless they have one.

        :return: ``({record: loyalty.card}, {record: skip reason})``; a coupon created without its email is in both
        """
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {record: get_partner(record) for record in records}
        people = self.env["res.partner"].union(*partners.values())
        self._lock_documents(people)
        having, reasons, served = self._crm_trigger_search_coupons(people).partner_id, {}, {}
        takers = self._crm_trigger_get_takers(partners)
        for record, partner in partners.items():
            if not partner:
                reasons[record] = states.SKIP_NO_CUSTOMER
            elif not partner.active:
                reasons[record] = states.SKIP_ARCHIVED
            elif record not in takers:
                reasons[record] = SKIP_UNUSABLE
            elif partner in having or partner in served:
                reasons[record] = states.SKIP_ALREADY
            else:
                served[partner] = record
        cards = self._crm_trigger_create_coupons(list(served))
        self._crm_trigger_log_coupons(served, cards)
        given, untold = self._crm_trigger_tell_of_coupons(dict(zip(served.values(), cards, strict=True)))
        return given, reasons | untold

    def _crm_trigger_tell_of_coupons(self, given):
        """Send the email of the program, if it has one, to contacts who may get it. Another try may come when the
        coupon has expired or was used.

        :param dict given: ``{record: loyalty.card}``
        :return: ``({record: loyalty.card}, {record: reason why there was no email})``
        """
        plans = self.coupon_program_id.sudo().communication_plan_ids.filtered(lambda plan: plan.trigger == "create")
        cards_sudo = self.env["loyalty.card"].sudo().union(*given.values())
        usable = self._crm_trigger_search_coupons(cards_sudo.partner_id)
        refused = dict.fromkeys((cards_sudo - usable).ids, SKIP_UNUSABLE)
        for template in plans.mail_template_id if cards_sudo else ():
            refused |= self.env["crm.trigger.step"]._take_out_blocked(
                template._render_crm_trigger_recipients(cards_sudo.ids)
            )
            left = [card_id for card_id in cards_sudo.ids if card_id not in refused]
            refused |= dict.fromkeys(template._get_crm_trigger_empty(left), states.SKIP_EMPTY)
        told = cards_sudo.filtered(lambda card: card.id not in refused)
        told.with_context(loyalty_no_mail=False)._send_creation_communication()
        return given, {record: refused[card.id] for record, card in given.items() if card.id in refused}

    def _crm_trigger_create_coupons(self, partners):
        """Create one coupon per contact, without notifying anyone yet."""
        points = self._crm_trigger_get_points()
        dialog = self.env["loyalty.generate.wizard"].new(
            {
                "program_id": self.coupon_program_id.id,
                "mode": "selected",
                "valid_until": self._crm_trigger_get_coupon_end(),
                "points_granted": points,
            }
        )
        values = [{**dialog._get_coupon_values(one), "program_id": self.coupon_program_id.id} for one in partners]
        cards = self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True).create(values)
        history = {"description": self.env._("Given by a rule"), "issued": points}
        self.env["loyalty.history"].sudo().create([{**history, "card_id": card.id} for card in cards])
        return cards.with_env(self.env)

    def _crm_trigger_log_coupons(self, served, cards):
        """Log the code in the chatter of the records."""
        notes = {
            record.id: self.env._(
                "Coupon %(code)s, valid until %(day)s.", code=card.code, day=format_date(self.env, card.expiration_date)
            )
            for record, card in zip(served.values(), cards.sudo(), strict=True)
        }
        records = self.env[self.model_name].browse(notes)
        if notes and hasattr(records, "_message_log_batch"):
            records._message_log_batch(notes)
