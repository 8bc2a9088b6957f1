from odoo import models

from ...acting import acting_on


class MailRenderMixin(models.AbstractModel):
    """Hours in templates, when it is a rule that sends them."""

    _inherit = "mail.render.mixin"

    def _render_eval_context(self):
        """Let ``format_datetime`` and ``format_time`` speak in the zone of the context.

        Odoo's take the zone of the user who sends: of use when it is a person.
        """
        context = super()._render_eval_context()
        zone = self.env.context.get("tz")
        if acting_on(self.env.cr) and zone:
            for name in ("format_datetime", "format_time"):
                context[name] = _in_zone(context[name], zone)
        return context


def _in_zone(write, zone):
    """Return a function of Odoo's that writes a moment, with a zone to fall back on.

    Templates name its parameters, or do not; the zone is the second one.
    """

    def write_there(*given, tz=False, **named):
        if len(given) > 1:
            return write(given[0], given[1] or zone, *given[2:], **named)
        return write(*given, tz=tz or zone, **named)

    return write_there
