"""Settle the firm of the story where there is none: its name, its people, its money, its website.

This text is run as it is in Odoo's console, so it imports nothing of ours.
"""

from typing import Any

_GROUPS = ("base.group_user", "sales_team.group_sale_salesman_all_leads", "account.group_account_invoice")


def settle(env: Any, wanted: dict[str, Any]) -> None:
    """Make the database one of this firm, in its language.

    :param dict wanted: the firm of a cast
    """
    lang = env["res.lang"].search([("code", "=", wanted["lang"])])
    _name_company(env, wanted)
    _hire(env, wanted)
    env["ir.default"].set("res.partner", "lang", lang.code)
    env["res.partner"].with_context(active_test=False).search([]).lang = lang.code
    _open_website(env, wanted, lang)
    _put_calls_away(env)


def _name_company(env: Any, wanted: dict[str, Any]) -> None:
    company, currency = env.ref("base.main_company"), env.ref(wanted["currency"])
    currency.active = True
    place = {"country_id": env.ref(wanted["country"]).id, "iap_enrich_auto_done": True}
    company.write(wanted["company"] | place | {"currency_id": currency.id})
    env["product.pricelist"].with_context(active_test=False).search([]).currency_id = currency
    env["account.journal"].search([("type", "=", "sale")]).code = wanted["journal"]
    tax = company.account_sale_tax_id
    tax.write(wanted["tax"])
    tax.tax_group_id.name = wanted["tax"]["name"]


def _open_website(env: Any, wanted: dict[str, Any], lang: Any) -> None:
    company = wanted["company"]
    values = {"name": company["name"], "default_lang_id": lang.id, "language_ids": [(6, 0, lang.ids)]}
    env["website"].search([]).write(values)
    views = env["ir.ui.view"].with_context(active_test=False)
    for key, shown in (("website.option_header_brand_logo", False), ("website.option_header_brand_name", True)):
        views.search([("key", "=", key)]).active = shown
    places = {"My Website": "name", "info@yourcompany.example.com": "email", "+1 555-555-5556": "phone"}
    for place, own in places.items():
        for view in env["ir.ui.view"].search([("arch_db", "like", place)]):
            view.arch_db = view.arch_db.replace(place, company[own])


def _put_calls_away(env: Any) -> None:
    """OCA's phone calls are no part of the story, and have no French."""
    env.ref("crm_phonecall.menu_crm_case_phone").active = False
    names = env["ir.model.data"].search([("module", "=", "crm_phonecall"), ("model", "=", "ir.ui.view")])
    env["ir.ui.view"].browse(names.mapped("res_id")).filtered("inherit_id").active = False


def _hire(env: Any, wanted: dict[str, Any]) -> None:
    env.ref("base.user_admin").write(wanted["office"])
    groups = [env.ref(name).id for name in _GROUPS]
    account = {"login": "sam", "tz": "Europe/Paris", "group_ids": [(6, 0, groups)]}
    env["res.users"].create(wanted["sales"] | account | {"password": account["login"]})
    env["res.users"].search([]).tour_enabled = False
