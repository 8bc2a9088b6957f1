from odoo.fields import Domain
from odoo.tools import SQL

MODULE = "crm_triggers_example"


def _get_own(env, model_name):
    """Return the records of this add-on for a model that still exist."""
    names = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", model_name)])
    return env[model_name].browse(names.mapped("res_id")).exists()


def _get_installer(env):
    """Return the user who clicked "Install"; from the command line, the administrator."""
    module = env["ir.module.module"].search([("name", "=", MODULE)])
    clicker = module.write_uid
    known = clicker._is_internal() and clicker.active and clicker != env.ref("base.user_root")
    return clicker if known else env.ref("base.user_admin")


def post_init_hook(env):
    """Assign the rules to the installing user and activate them, in that user's language; that user gets the first
    requests.
    """
    user = _get_installer(env)
    env = env(context={**env.context, "lang": user.lang})
    rules = _get_own(env, "crm.trigger.rule")
    rules.user_id = user
    _get_own(env, "contract.template").company_id = user.company_id  # there is none for all companies
    env.ref(f"{MODULE}.step_request_1").assign_user_ids = user
    # Odoo keeps the names of these in one language.
    env.ref(f"{MODULE}.quotation_template").name = env._("Setup, then maintenance by the year (example)")
    env.ref(f"{MODULE}.contract_template").name = env._("Maintenance by the year (example)")
    rules._add_initial_conditions()
    rules.action_activate()


def uninstall_hook(env):
    """Detach users' data: leads, activities and sold products are kept."""
    _move_leads(env)
    _keep_activities(env)
    _keep_sold_products(env)


def _move_leads(env):
    """Move the leads of our stages, including archived ones, to the first stage that others use too, or the first
    won stage.

    By SQL: no other rule must take it for progress.
    """
    ours = _get_own(env, "crm.stage")
    env.flush_all()
    for won in (False, True):
        stages = ours.filtered(lambda stage: stage.is_won is won)  # noqa: B023
        heirs = env["crm.stage"].search([("id", "not in", ours.ids), ("is_won", "=", won)])
        heir = (heirs.filtered(lambda stage: not stage.team_ids) or heirs)[:1]
        if not heir:
            heir = env["crm.stage"].create({"name": env._("Won") if won else env._("New"), "is_won": won})
            env.flush_all()
        if stages:
            env.cr.execute(SQL("UPDATE crm_lead SET stage_id = %s WHERE stage_id IN %s", heir.id, stages._ids))
    env.invalidate_all()


def _keep_activities(env):
    """Turn activities of our types into to-dos. Odoo does so for open ones only, and done ones would prevent
    deleting the type.
    """
    types = _get_own(env, "mail.activity.type")
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.ids)]).activity_type_id = env.ref(
        "mail.mail_activity_data_todo"
    )


def _keep_sold_products(env):
    """Archive the products that were sold, and detach them: orders keep their lines."""
    products = _get_own(env, "product.product")
    used = env["sale.order.line"].search([("product_id", "in", products.ids)]).product_id
    used |= env["account.move.line"].search([("product_id", "in", products.ids)]).product_id
    used |= env["contract.line"].search([("product_id", "in", products.ids)]).product_id
    used.action_archive()
    names = Domain("module", "=", MODULE) & (
        (Domain("model", "=", "product.product") & Domain("res_id", "in", used.ids))
        | (Domain("model", "=", "product.template") & Domain("res_id", "in", used.product_tmpl_id.ids))
    )
    env["ir.model.data"].search(names).unlink()
