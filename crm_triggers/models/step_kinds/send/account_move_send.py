from contextlib import nullcontext

from odoo import api, models

from ....engine import states
from ..mail.mail_mail import BY_RULE

MARK = "crm_triggers"  # in what an invoice that waits to be sent keeps: a rule sends it
BY_HAND = "manual"  # the one of Odoo's ways by which Odoo sends nothing


class AccountMoveSend(models.AbstractModel):
    """Invoices that rules send go the way their customers have chosen, reach nobody who asked for no mail, and
    are signed by nobody who has left; a person chooses for himself.

    The mark of an invoice holds its ways, and the record that the rule acts on: ``{"ways", "cause"}``.
    """

    _inherit = "account.move.send"

    # In which ways

    @api.model
    def _crm_trigger_choose_ways(self, moves):
        """Return in which ways these invoices can be sent at this moment, and why not in the others.

        :return: ``({move: set of Odoo's sending methods}, {move: skip reason})``; a move with ways and a reason
            is sent, but not in all the ways that its customer has chosen
        """
        wanted = {move: self._get_default_sending_methods(move) - {BY_HAND} for move in moves}
        refused = self._crm_trigger_refuse_emails(moves.filtered(lambda move: "email" in wanted[move]))
        ways, reasons = {}, {}
        for move, methods in wanted.items():
            others = methods - {"email"}
            held = {way: states.SKIP_WAY for way in others if not self._crm_trigger_fits(way, move, methods)}
            if move in refused:
                held["email"] = refused[move]
            ways[move] = methods - held.keys()
            if held or not methods:
                reasons[move] = held.get("email") or next(iter(held.values()), states.SKIP_BY_HAND)
        return ways, reasons

    def _crm_trigger_fits(self, way, move, methods):
        """Tell whether Odoo would send an invoice in a way: there is an address, the customer is on the network."""
        edi_format = self._get_default_invoice_edi_format(move, sending_methods=methods)
        return self._is_applicable_to_company(way, move.company_id) and self._is_applicable_to_move(
            way, move, sending_methods=methods, invoice_edi_format=edi_format
        )

    def _crm_trigger_refuse_emails(self, moves):
        """Return ``{move: skip reason}`` of those of which the email would reach nobody, or say nothing."""
        reasons = {}
        for template, group in moves.grouped(lambda move: move._get_mail_template()).items():
            recipients = template._render_crm_trigger_recipients(group.ids)
            refused = self.env["crm.trigger.step"]._take_out_blocked(recipients)
            left = [move_id for move_id in group.ids if move_id not in refused]
            refused |= dict.fromkeys(template._get_crm_trigger_empty(left), states.SKIP_EMPTY)
            reasons |= {move: refused[move.id] for move in group if move.id in refused}
        return reasons

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        settings = super()._get_default_sending_settings(move, from_cron=from_cron, **custom_settings)
        if from_cron and _is_marked(move):
            settings["sending_methods"] = set(move.sending_data[MARK]["ways"])
        return settings

    # At the moment of sending

    @api.model
    def _generate_and_send_invoices(self, moves, from_cron=False, *args, **kwargs):
        """Look again at what rules send: what must not leave any more does not, and the log says why."""
        leaving = moves - self._crm_trigger_hold(moves.filtered(_is_marked)) if from_cron else moves
        if not leaving:
            return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(leaving, from_cron, *args, **kwargs)

    def _crm_trigger_hold(self, moves):
        """Have Odoo forget those of these invoices that cannot be sent any more, and return them."""
        ways, reasons = self._crm_trigger_choose_ways(moves)
        lines = moves._crm_trigger_search_sending() if reasons else {}
        for move in moves:
            if ways[move]:
                mark = {**get_mark(move), "ways": sorted(ways[move])}
                move.sending_data = {**move.sending_data, MARK: mark}
            else:
                move.sending_data = False
            if move in reasons and move in lines:
                lines[move]._note_unsent(move, reasons[move])
        return moves.filtered(lambda move: not ways[move])

    def _hook_if_errors(self, moves_data, allow_raising=True):
        """What Odoo could not send was not done, and is seen to."""
        result = super()._hook_if_errors(moves_data, allow_raising=allow_raising)
        failed = self.env["account.move"].union(*moves_data).filtered(_is_marked)
        for move, line in failed._crm_trigger_search_sending().items():
            error = moves_data[move]["error"]
            text = self._format_error_text(error) if isinstance(error, dict) else str(error)
            if not (isinstance(error, dict) and error.get("retry")):
                line._follow_up(text, curable=False)
        return result

    # Who signs

    @api.model
    def _get_mail_default_field_value_from_template(self, mail_template, lang, move, *args, **kwargs):
        with self._crm_trigger_standing_in(move):
            return super()._get_mail_default_field_value_from_template(mail_template, lang, move, *args, **kwargs)

    def _send_mail(self, move, mail_template, **kwargs):
        if not _is_marked(move):
            return super()._send_mail(move, mail_template, **kwargs)
        by_rule = {BY_RULE: True, "mail_notify_force_send": False}
        with self._crm_trigger_standing_in(move):
            result = super()._send_mail(move.with_context(**by_rule), mail_template, **kwargs)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        if line := move._crm_trigger_search_sending().get(move):
            of_move = [("model", "=", move._name), ("res_id", "=", move.id)]
            line.sent_message_id = self.env["mail.message"].search(of_move, order="id desc", limit=1)
        return result

    def _crm_trigger_standing_in(self, move):
        """Have somebody sign who may write for the company, while Odoo writes what a rule asked for."""
        if not _is_marked(move):
            return nullcontext()
        step = self.env["crm.trigger.step"].sudo()  # the system writes
        return step._standing_in(move, step._get_senders(move))


def _is_marked(move):
    return bool((move.sending_data or {}).get(MARK))


def get_mark(move):
    """Return the mark of an invoice, empty for one that a rule of an older version sends."""
    mark = (move.sending_data or {}).get(MARK)
    return mark if isinstance(mark, dict) else {}
