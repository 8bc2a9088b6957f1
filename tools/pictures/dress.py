"""Make the demo French, for the French pictures alone: its companies, people, leads and documents.

This text is run as it is in Odoo's console, so it imports nothing of ours. What is translated already (stages,
products, rules) is left to Odoo; here is what a demo holds in one language only.
"""

import unicodedata
from typing import Any

LANG = "fr_FR"
# model -> field with a text that a person wrote, or that a step wrote for them
_TEXTS = {"product.template": "name", "crm.lead": "name", "mail.activity": "summary", "contract.contract": "name"}


def dress(env: Any, wanted: dict[str, Any]) -> None:
    """Make every record that is on a picture French.

    :param dict wanted: what french.json holds
    """
    env = env(context={**env.context, "tracking_disable": True, "active_test": False})
    _speak(env)
    _forget_numbers(env)
    _name_people(env, wanted)
    _name_prospects(env, wanted["prospects"])
    _name_companies(env, wanted)
    _write_texts(env, wanted["texts"] | _told_by_steps(env))
    _write_lines(env)
    _write_chatter(env)
    env.flush_all()
    _pay_in_euros(env)


def _speak(env: Any) -> None:
    partners = env["res.partner"].search([])
    partners.lang = LANG
    env["ir.default"].set("res.partner", "lang", LANG)


def _name_people(env: Any, wanted: dict[str, Any]) -> None:
    france, number = env.ref("base.fr"), 0
    for partner in env["res.partner"].search([("name", "in", list(wanted["people"]))], order="id"):
        values = {"name": wanted["people"][partner.name], "image_1920": False, "function": False}
        if partner.is_company:
            street, code, city = wanted["addresses"][number % len(wanted["addresses"])]
            values |= {"street": street, "zip": code, "city": city, "state_id": False, "country_id": france.id}
            number += 1
        partner.write(values | {"phone": f"+33 1 99 00 {partner.id % 100:02d} 10", "email": _address(values["name"])})


def _forget_numbers(env: Any) -> None:
    """Their numbers are those of another country, and not valid in France. By SQL: each is worked out of the others."""
    partners = env["res.partner"]
    names = [name for name in ("vat", "company_registry", "peppol_eas", "peppol_endpoint") if name in partners._fields]
    nothing = ", ".join(f"{name} = NULL" for name in names)
    env.cr.execute(f"UPDATE res_partner SET {nothing}")  # names of ours # nosec B608
    env.invalidate_all()


def _name_prospects(env: Any, names: list[str]) -> None:
    """Those who are no contact yet."""
    for number, lead in enumerate(env["crm.lead"].search([("contact_name", "!=", False)], order="id")):
        name = names[number % len(names)]
        lead.write({"contact_name": name} if lead.partner_id else {"contact_name": name, "email_from": _address(name)})


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(plain.split()) + "@example.com"


def _name_companies(env: Any, wanted: dict[str, Any]) -> None:
    main = env.ref("base.main_company")
    values = {"image_1920": False, "state_id": False, "country_id": env.ref("base.fr").id}
    main.partner_id.write(values)
    main.write(wanted["company"])
    for company in env["res.company"].search([("name", "in", list(wanted["other_companies"]))]):
        company.name = wanted["other_companies"][company.name]


def _told_by_steps(env: Any) -> dict[str, str]:
    """What the demo's activities have from their steps is translated there."""
    steps = env["crm.trigger.step"].search([("activity_summary", "!=", False)])
    return {
        step.with_context(lang="en_US").activity_summary: step.with_context(lang=LANG).activity_summary
        for step in steps
    }


def _write_texts(env: Any, texts: dict[str, str]) -> None:
    for model, field in _TEXTS.items():
        for record in env[model].with_context(lang=LANG).search([(field, "in", list(texts))]):
            record[field] = texts[record[field]]


def _write_lines(env: Any) -> None:
    """Orders and invoices keep the name that a product had in the language of then."""
    for model in ("sale.order.line", "account.move.line", "contract.line"):
        for line in env[model].search([("product_id", "!=", False)]):
            line.name = line.product_id.with_context(lang=LANG).display_name


def _write_chatter(env: Any) -> None:
    """Its notes of creations and changes are in the language of then, too; those on contacts tell old addresses."""
    env["mail.message"].search([("model", "=", "res.partner")]).unlink()
    notes = env["mail.message"].search([("message_type", "=", "notification"), ("model", "in", list(env.registry))])
    for model, of_model in notes.grouped("model").items():
        record = env[model].browse(of_model[0].res_id).exists()
        if record and hasattr(record, "_creation_message"):
            before, after = (record.with_context(lang=lang)._creation_message() for lang in ("en_US", LANG))
            for note in of_model:
                note.body = (note.body or "").replace(before, after)
    for value in env["mail.tracking.value"].search([("field_id.ttype", "in", ["selection", "many2one"])]):
        for side in ("old_value", "new_value"):
            if value[f"{side}_char"]:
                value[f"{side}_char"] = _tracked(env, value, side)


def _tracked(env: Any, value: Any, side: str) -> str:
    """Return one of the two values of a change, in French."""
    text: str = value[f"{side}_char"]
    field = value.field_id
    if field.ttype == "many2one":
        record = env[field.relation].browse(value[f"{side}_integer"]).exists()
        return str(record.with_context(lang=LANG).display_name) if record else text
    labels = [
        dict(env[field.model].with_context(lang=lang).fields_get([field.name])[field.name]["selection"])
        for lang in ("en_US", LANG)
    ]
    keys = {label: key for key, label in labels[0].items()}
    return str(labels[1].get(keys.get(text), text))


def _pay_in_euros(env: Any) -> None:
    """By SQL: Odoo rightly refuses to change the currency of a company with entries."""
    euro, dollar = env.ref("base.EUR"), env.ref("base.USD")
    euro.active = True
    env.flush_all()
    domain = [("relation", "=", "res.currency"), ("ttype", "=", "many2one"), ("store", "=", True)]
    for field in env["ir.model.fields"].search(domain):
        model = env[field.model]
        if model._auto and not model._abstract and field.model != "res.currency.rate":
            names = f'"{model._table}" SET "{field.name}" = %s WHERE "{field.name}" = %s'
            env.cr.execute(f"UPDATE {names}", [euro.id, dollar.id])  # names that the registry gave # nosec B608
    env.invalidate_all()
