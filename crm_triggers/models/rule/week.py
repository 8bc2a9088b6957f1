from datetime import datetime

from odoo import models
from odoo.fields import Domain
from odoo.tools.date_utils import parse_date

from ...engine.relative_date import days_to, is_weekday, names_weekday
from ...engine.schedule import to_local


class CrmTriggerRule(models.Model):
    """Weeks in conditions start on the first day of the week in the conditions' language.

    Odoo uses the language of the evaluating user, which is the superuser.
    """

    _inherit = "crm.trigger.rule"

    def _bind(self, model, condition):
        bound = super()._bind(model, condition)
        field, value = model._fields.get(condition.field_expr), condition.value
        if field is None or field.type not in ("date", "datetime") or not names_weekday(value):
            return bound
        return Domain(condition.field_expr, condition.operator, self._count_days(value))

    def _count_days(self, value):
        """Return a relative date without day names: "today -2d" for "today =monday"."""
        env = self._get_model().env
        first = int(env["res.lang"]._get_data(code=env.lang).week_start) - 1
        terms = []
        for term in value.split():
            if not is_weekday(term):
                terms.append(term)
                continue
            moment = parse_date(" ".join(terms) or "now", env)
            with_time = isinstance(moment, datetime)
            today = to_local(moment, self._get_tz()) if with_time else moment
            terms.append(f"{days_to(term, today=today.weekday(), first=first):+d}d")
            if with_time and term[0] == "=":
                terms.append("=0H")
        return " ".join(terms)
