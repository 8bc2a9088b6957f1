from contextlib import nullcontext

from odoo import api, models

from ....engine import states
from ..mail.mail_mail import BY_RULE

MARK = "crm_triggers"  # key in the sending data of a waiting invoice: a rule sends it
BY_HAND = "manual"  # the sending method with which Odoo sends nothing


class AccountMoveSend(models.AbstractModel):
    """Invoices sent by rules use the sending methods of their customers, respect opt-outs, and are not signed by
    users who left; a user who sends manually chooses freely.

    The mark of an invoice contains the methods and the record the rule acts on: ``{"ways", "cause"}``.
    """

    _inherit = "account.move.send"

    # Sending methods

    @api.model
    def _crm_trigger_choose_ways(self, moves):
        """Return the sending methods possible for these invoices now, and why the others are not.

        :return: ``({move: set of Odoo's sending methods}, {move: skip reason})``; a move with methods and a reason
        is sent, but not by all the methods of its customer
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
        """Return whether Odoo would send an invoice by a method: there is an address, the customer is on the
        network.
        """
        edi_format = self._get_default_invoice_edi_format(move, sending_methods=methods)
        return self._is_applicable_to_company(way, move.company_id) and self._is_applicable_to_move(
            way, move, sending_methods=methods, invoice_edi_format=edi_format
        )

    def _crm_trigger_refuse_emails(self, moves):
        """Return ``{move: skip reason}`` of invoices whose email would have no recipient or no content."""
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

    # When sending

    @api.model
    def _generate_and_send_invoices(self, moves, from_cron=False, *args, **kwargs):
        """Check again the invoices that rules send: those that must not be sent any more are held back, and the log
        says why.
        """
        leaving = moves - self._crm_trigger_hold(moves.filtered(_is_marked)) if from_cron else moves
        if not leaving:
            return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(leaving, from_cron, *args, **kwargs)

    def _crm_trigger_hold(self, moves):
        """Unmark those of these invoices that can no longer be sent, and return them with those that have to wait."""
        held = self._crm_trigger_look_again(moves)
        moves -= held
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
        return held | moves.filtered(lambda move: not ways[move])

    def _crm_trigger_look_again(self, moves):
        """Return those of these invoices that must not be sent now; override to check their log lines again."""
        return moves.browse()

    def _hook_if_errors(self, moves_data, allow_raising=True):
        """Invoices that Odoo could not send are not done, and are followed up."""
        result = super()._hook_if_errors(moves_data, allow_raising=allow_raising)
        failed = self.env["account.move"].union(*moves_data).filtered(_is_marked)
        for move, line in failed._crm_trigger_search_sending().items():
            error = moves_data[move]["error"]
            text = self._format_error_text(error) if isinstance(error, dict) else str(error)
            if not (isinstance(error, dict) and error.get("retry")):
                line._follow_up(text, curable=False)
        return result

    # Signature

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
        """Let a user sign who may write for the company, while Odoo sends what a rule asked for."""
        if not _is_marked(move):
            return nullcontext()
        step = self.env["crm.trigger.step"].sudo()  # the system writes
        return step._standing_in(move, step._get_senders(move))


def _is_marked(move):
    return bool((move.sending_data or {}).get(MARK))


def get_mark(move):
    """Return the mark of an invoice, empty for one sent by a rule of an older version."""
    mark = (move.sending_data or {}).get(MARK)
    return mark if isinstance(mark, dict) else {}
