from odoo import models

from ...acting import acting_on


class MailRenderMixin(models.AbstractModel):
    """Times in templates that a rule sends."""

    _inherit = "mail.render.mixin"

    def _render_eval_context(self):
        """Let ``format_datetime`` and ``format_time`` use the time zone of the context.

        Odoo's use the time zone of the sending user, which fits if that is a person.
        """
        context = super()._render_eval_context()
        zone = self.env.context.get("tz")
        if acting_on(self.env.cr) and zone:
            for name in ("format_datetime", "format_time"):
                context[name] = _in_zone(context[name], zone)
        return context


def _in_zone(write, zone):
    """Wrap an Odoo formatting function with a default time zone.

    Templates pass its parameters by name or by position; the time zone is the second one.
    """

    def write_there(*given, tz=False, **named):
        if len(given) > 1:
            return write(given[0], given[1] or zone, *given[2:], **named)
        return write(*given, tz=tz or zone, **named)

    return write_there
