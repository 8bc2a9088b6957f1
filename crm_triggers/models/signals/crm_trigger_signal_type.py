import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


class CrmTriggerSignalType(models.Model):
    """What contacts do that is recorded: a reply, a quotation opened online, a conversation at a fair."""

    _name = "crm.trigger.signal.type"
    _description = "Signal Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="What the contact does: “Replied to an email”.")
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        help="Its name for other programs: lowercase letters, digits and underscores.",
    )
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True, help="Signals of an archived type are not recorded.")
    source = fields.Char(translate=True, help="Where it is detected: emails, the website, a fair.")
    points = fields.Integer(default=1, help="How much a signal counts. Changing it does not change earlier signals.")
    external = fields.Boolean(
        "By hand or API",
        help="Users and their API keys may record such signals. Otherwise only Odoo itself does.",
    )
    own_contact = fields.Boolean(
        "Counts as contact",
        help="The contact turned to you: this moves the date of the last contact. Opening an email does not.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "There is already a signal type with this code.")
    _points_bounded = models.Constraint(
        "CHECK (points BETWEEN -1000 AND 1000)", "The points of a signal are between -1000 and 1000."
    )

    @api.depends("name")
    def _compute_code(self):
        """A code stays as it is when the name changes: other programs use it."""
        for kind in self.filtered(lambda kind: not kind.code):
            kind.code = _to_code(kind.name or "")

    @api.constrains("code")
    def _check_code(self):
        for kind in self:
            if not CODE.fullmatch(kind.code or ""):
                raise ValidationError(
                    self.env._(
                        "Signal type “%s”: set a code of lowercase letters, digits and underscores that starts with a "
                        "letter.",
                        kind.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_recorded(self):
        """What was recorded keeps its type: it is archived instead."""
        groups = self.env["crm.trigger.signal"].sudo()._read_group([("type_id", "in", self.ids)], ["type_id"])
        if groups:
            names = ", ".join(kind.name for (kind,) in groups)
            raise UserError(self.env._("There are signals of this type, archive it instead: %s", names))

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", kind.name), "code": f"{kind.code[:58]}_copy"}
            for kind, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    @api.model
    def _find_by_code(self, code):
        """Return the type with this code, an archived one too; empty if there is none."""
        kinds = self.sudo().with_context(active_test=False)  # found by its name for programs: no user chooses it
        readable = isinstance(code, str) and "\x00" not in code
        return kinds.search([("code", "=", code)]) if readable else kinds.browse()

    @api.model
    def _get_by_code(self, code):
        """Return the type with this code, an archived one too.

        :raises UserError: there is none
        """
        kind = self._find_by_code(code)
        if not kind:
            codes = ", ".join(self.sudo().search([("active", "=", True)]).mapped("code"))  # what a program may pass
            raise UserError(
                self.env._("“%(code)s” is not a signal type. Existing types: %(codes)s.", code=code, codes=codes)
            )
        return kind


def _to_code(name):
    """Return a code made of a name: "Rencontré au salon" is ``rencontre_au_salon``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:64].strip("_")
