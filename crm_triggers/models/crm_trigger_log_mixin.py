from functools import partial

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_trigger_insert_mixin import as_column
from .each_language import FALLBACK, in_each_language
from .provisional import Effect, note_effect


class CrmTriggerLogMixin(models.AbstractModel):
    """A line of the log about a record: readable by users who can read the record."""

    _name = "crm.trigger.log.mixin"
    _inherit = ["crm.trigger.insert.mixin"]
    _description = "Log of Triggers"

    _naming_few = frozenset({"id", "run_id", "res_id"})  # a condition on one of these matches few lines

    res_model = fields.Char(
        "Record model", required=True, readonly=True, help="The type of record this is about, by its technical name."
    )
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char(
        "Record", compute="_compute_record_name", help="The lead, quotation, invoice or contact this is about."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_record_name(self):
        """The record's name is read as superuser, and shown only to users who can read the record, even when the
        line itself is read with sudo.
        """
        for model_name, lines in self.grouped("res_model").items():
            names = self._get_record_names(model_name, lines.mapped("res_id"))
            for line in lines:
                line.record_name = names.get(line.res_id) or self.env._("Deleted record")

    @api.model
    def _get_record_names(self, model_name, res_ids):
        """Return ``{id: name}`` of the records that exist and that the user may read."""
        if model_name not in self.env:
            return {}
        records = self.env[model_name].sudo().browse(res_ids).exists()
        told = records if self.env.uid == SUPERUSER_ID else records.sudo(False)._filtered_access("read").sudo()
        return {
            **dict.fromkeys(records._ids, self.env._("A record that you may not open")),
            **{record.id: record.display_name for record in told},
        }

    @api.model
    def get_empty_list_help(self, help_message):
        """Point from an empty log to the templates for users who can create rules, and to the help for all."""
        ready, how = self.env._("Start from a template"), self.env._("How does this work?")
        links = [("crm_triggers.crm_trigger_help_action", "btn btn-link", how)]
        if self.env.user.has_group("crm_triggers.crm_triggers_group_manager"):
            links.insert(0, ("crm_triggers.crm_trigger_gallery_action", "btn btn-primary", ready))
        link = Markup('<p><a type="action" name="%s" class="%s">%s</a></p>')
        given = Markup(super().get_empty_list_help(help_message) or "")  # HTML of Odoo's # nosec B704
        return given + Markup().join(link % parts for parts in links)

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain)
            named = {condition.field_expr for condition in domain.iter_conditions()}
            domain &= self._get_readable_domain(for_few=bool(named & self._naming_few))
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        """Refuse lines about records that the user may not read, as ``mail.activity`` does."""
        refused = super()._check_access(operation)
        if self.env.su or not self.ids or refused:
            return refused
        readable = self.env[self._name]._search([("id", "in", self.ids)])
        forbidden = self - self.browse(readable)
        if forbidden:
            return forbidden, lambda: AccessError(
                self.env._("You cannot see what rules did to records you have no access to.")
            )
        return None

    @api.model
    def _get_readable_domain(self, for_few=False):
        """Return the domain of the lines about records the user may read, according to the rules of each model.

        :param bool for_few: look up the records of a few lines by id; otherwise query all readable records once,
        which PostgreSQL can run in parallel
        """
        names = self._get_logged_models()
        gone = [name for name in names if name not in self.env]
        return self._get_gone_domain(gone) | Domain.OR(
            Domain("res_model", "=", model_name)
            & Domain.custom(to_sql=partial(_sql_is_readable, for_few, self.env[model_name]))
            for model_name in names
            if model_name in self.env and self.env[model_name].has_access("read")
        )

    @api.model
    def _get_gone_domain(self, model_names):
        """Return the domain of the lines about models removed with an add-on. No access rule of theirs remains:
        users who can create rules may read them, within their companies.
        """
        may_read = model_names and self.env.user.has_group("crm_triggers.crm_triggers_group_manager")
        return Domain("res_model", "in", model_names) if may_read else Domain.FALSE

    @api.model
    def _get_logged_models(self):
        """Return the models that have rules, without the log itself; read as superuser, as model names are not
        confidential.
        """
        groups = self.env["crm.trigger.rule"].sudo().with_context(active_test=False)._read_group([], ["model_name"])
        return [name for (name,) in groups if name and not name.startswith("crm.trigger.")]

    @api.model
    def _keep_reasons(self, choices):
        """Store the reason of these lines as text when the add-on that declares it is uninstalled.

        :param choices: removed selection values, as ``[(field, value)]``
        """
        for fname, value in choices:
            field = self._fields.get(fname)
            if field is None or field.required or not field.store:
                continue
            query = SQL(
                "UPDATE %(table)s SET error = %(error)s, %(column)s = NULL WHERE %(column)s = %(value)s",
                table=SQL.identifier(self._table),
                error=self._sql_keep_reason(fname, value),
                column=SQL.identifier(fname),
                value=value,
            )
            self.flush_model([fname, "error"])
            self.env.cr.execute(query)
            self.invalidate_model([fname, "error"], flush=False)

    @api.model
    def _sql_keep_reason(self, fname, value):
        """Return the SQL of the new value of the error column with a reason added, in each language."""
        labels = in_each_language(self, lambda told: told._get_label(fname, value) or value)
        parts = [
            SQL("%s, concat_ws(E'\n', coalesce(error->>%s, error->>%s), %s)", lang, lang, FALLBACK, label)
            for lang, label in labels.items()
        ]
        return SQL("coalesce(error, '{}') || jsonb_build_object(%s)", SQL(", ").join(parts))

    def _write_in_each_language(self, fname, texts):
        """Write a translated field.

        Odoo adds texts to those stored: they are cleared first, as a language that was deactivated may come back.

        :param dict texts: ``{language: text}`` of all installed languages
        """
        self.write({fname: False})
        self.flush_recordset([fname])
        self._fields[fname]._update_cache(self.with_context(prefetch_langs=True), dict(texts), dirty=True)

    def _mark(self, values, wait=False):
        """Write stored columns of these rows by SQL, skipping rows locked by another worker.

        :param dict values: column values
        :param wait: for the rows that are locked
        :return: the rows that were written
        """
        if not self:
            return self
        assignments = [SQL("%s = %s", SQL.identifier(name), as_column(value)) for name, value in values.items()]
        self.flush_recordset()
        names = ("id", "res_model", "res_id", *values)
        query = SQL(
            "UPDATE %(table)s SET %(assignments)s FROM ("
            "SELECT %(names)s FROM %(table)s WHERE id IN %(ids)s FOR NO KEY UPDATE%(skip)s) was"
            " WHERE %(id)s = was.id RETURNING was.*",
            table=SQL.identifier(self._table),
            assignments=SQL(", ").join(assignments),
            names=SQL(", ").join(map(SQL.identifier, names)),
            skip=SQL() if wait else SQL(" SKIP LOCKED"),
            ids=self._ids,
            id=SQL.identifier(self._table, "id"),
        )
        self.env.cr.execute(query, log_exceptions=not wait)  # the caller recovers from a lock timeout
        rows = self.env.cr.fetchall()
        for row_id, res_model, res_id, *before in rows:
            effect = Effect(self._name, row_id, dict(zip(values, before, strict=True)), values)
            note_effect(self.env.cr, (res_model, res_id), effect)
        self.invalidate_recordset(list(values), flush=False)
        return self.browse(row_id for row_id, *_columns in rows)

    @api.model
    def _get_label(self, fname, value):
        """Return the label of a selection value in the user's language, None without a value."""
        return dict(self._fields[fname]._description_selection(self.env)).get(value) if value else None

    def _check_may_act(self):
        """Check that the user may change what rules do to these records: they must be able to change the records.

        :raises AccessError: the user may not read these lines, or not write one of their records
        """
        self.check_access("read")
        for model_name, lines in self.grouped("res_model").items():
            if model_name in self.env:
                self.env[model_name].browse(lines.mapped("res_id")).exists().check_access("write")

    def _check_there(self, model_name):
        """Refuse to open a record whose model was removed with its add-on.

        :raises UserError: the model no longer exists
        """
        if model_name and model_name not in self.env:
            raise UserError(self.env._("This was removed with its add-on. What was done is still in the log."))

    def action_open_record(self):
        self.ensure_one()
        self._check_there(self.res_model)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


def _sql_is_readable(for_few, model, _log, alias, _query):
    """Return the SQL condition that the user may read the record of a line."""
    readable = model.with_context(active_test=False)._search([])
    number, res_id = SQL.identifier(readable.table, "id"), SQL.identifier(alias, "res_id")
    if not for_few:
        return SQL("%s IN (%s)", res_id, readable.select(number))
    readable.add_where(SQL("%s = %s", number, res_id))
    return SQL("EXISTS (%s)", readable.select(SQL("1")))
