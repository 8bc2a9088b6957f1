"""The measured database: seeds by Odoo's ``create()``, their copies by ``INSERT … SELECT generate_series``.

As Odoo's own ``populate`` does. Past runs and executions are written entirely by SQL: only their number matters.
"""

from odoo.fields import Command
from odoo.tools import SQL

from .timing import row, scaled, stopwatch

LEADS, ORDERS, CONTRACTS, LINES, RULES, RUNS = 100_000, 50_000, 20_000, 1_000_000, 200, 1_000_000
STAGES, TEAMS = 10, 20  # a rule for each pair: 200
DUE = 1_000  # contract lines that are due for the rule of the sweep
FUTURE, PAST = 400, 3_000  # days until the others


def run(env, scale):
    """Fill the database; return the duration of each part."""
    parts = {
        "people": _create_people,
        f"{scaled(LEADS, scale)} leads": _create_leads,
        f"{scaled(ORDERS, scale)} quotations": _create_orders,
        f"{scaled(CONTRACTS, scale)} contracts with {scaled(LINES, scale)} lines": _create_contracts,
        f"{RULES} rules": _create_rules,
        f"{scaled(RUNS, scale)} past runs, each with an execution": _create_runs,
        "statistics (ANALYZE)": lambda env, _scale: env.cr.execute("ANALYZE"),
    }
    rows = []
    for what, create in parts.items():
        seconds = []
        with stopwatch(seconds):
            create(env, scale)
            env.cr.commit()
        rows.append(row(what, seconds, "s"))
    return {"title": "Populating", "rows": rows}


def multiply(env, seeds, total, **columns):
    """Copy the rows of some records until there are ``total`` more.

    :param columns: SQL text for columns that are not copied; ``n`` counts the copies, ``t`` is the seed
    """
    names = [name for name, field in seeds._fields.items() if field.store and field.column_type and name != "id"]
    values = [SQL(columns[name]) if name in columns else SQL("t.%s", SQL.identifier(name)) for name in names]
    env.flush_all()
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s FROM %(table)s t, generate_series(1, %(copies)s) n"
            " WHERE t.id IN %(seeds)s ORDER BY n, t.id LIMIT %(total)s",
            table=SQL.identifier(seeds._table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values),
            copies=total // len(seeds) + 1,
            seeds=seeds._ids,
            total=total,
        )
    )


def _create_people(env, _scale):
    """A salesperson with access to their own records, a manager, customers, teams and stages."""
    for login, group in (("bench_sam", "group_sale_salesman"), ("bench_mona", "group_sale_manager")):
        groups = env.ref("base.group_user") | env.ref(f"sales_team.{group}")
        values = {"name": login, "login": login, "email": f"{login}@example.com", "tz": "Europe/Paris"}
        env["res.users"].with_context(no_reset_password=True).create({**values, "group_ids": [Command.set(groups.ids)]})
    env["res.partner"].create([{"name": f"Bench {i}", "email": f"bench{i}@example.com"} for i in range(1000)])
    env["crm.team"].create([{"name": f"Bench {i}"} for i in range(TEAMS)])
    env["crm.stage"].create([{"name": f"Bench {i}", "sequence": 100 + i} for i in range(STAGES)])


def _bench(env, model_name, fname="name"):
    return env[model_name].search([(fname, "=like", "Bench %")], order="id")


def _create_leads(env, scale):
    partners, teams = _bench(env, "res.partner"), _bench(env, "crm.team")
    stage = env["crm.stage"].search([], limit=1)  # no rule uses this one
    users = env["res.users"].search([("login", "in", ("bench_sam", "admin"))]).ids
    seeds = (
        env["crm.lead"]
        .with_context(tracking_disable=True)
        .create(
            [
                {
                    "name": f"Bench {i}",
                    "type": "opportunity",
                    "partner_id": partners[i].id,
                    "user_id": users[i % 10 == 0],
                    "team_id": teams[i % TEAMS].id,
                    "stage_id": stage.id,
                }
                for i in range(500)
            ]
        )
    )
    multiply(env, seeds, scaled(LEADS, scale, 500) - 500, name="t.name || ' ' || n")


def _create_orders(env, scale):
    partners = _bench(env, "res.partner")
    seeds = env["sale.order"].create([{"partner_id": partner.id} for partner in partners[:500]])
    multiply(env, seeds, scaled(ORDERS, scale, 500) - 500, name="t.name || '-' || n", access_token="NULL")


def _create_contracts(env, scale):
    """Contracts with dated lines: only ``DUE`` of them are due, in 30 days."""
    product = env["product.product"].create({"name": "Bench"})
    line = {"product_id": product.id, "name": "Bench", "quantity": 1, "price_unit": 10}
    dates = {"date_start": "2020-01-01", "recurring_next_date": "2020-01-01"}
    seeds = env["contract.contract"].create(
        [
            {"name": f"Bench {partner.id}", "partner_id": partner.id, "line_recurrence": True}
            | {"contract_line_ids": [Command.create({**line, **dates})]}
            for partner in _bench(env, "res.partner")[:200]
        ]
    )
    lines = seeds.contract_line_ids
    multiply(env, seeds, scaled(CONTRACTS, scale, 200) - 200, name="t.name || ' ' || n")
    first, count = seeds[0].id, scaled(CONTRACTS, scale, 200)
    away = f"CURRENT_DATE + CASE WHEN n %% 2 = 0 THEN 40 + n * 7 %% {FUTURE} ELSE -60 - n * 7 %% {PAST} END"
    multiply(env, lines, scaled(LINES, scale), date_end=away, contract_id=f"{first} + (n * 200 + t.id) %% {count}")
    env.cr.execute(
        "UPDATE contract_line SET date_end = CURRENT_DATE + 30 WHERE id IN"
        " (SELECT id FROM contract_line WHERE date_end IS NOT NULL ORDER BY md5(id::text) LIMIT %s)",
        [scaled(DUE, scale)],
    )


def rule_values(env, name, model_name="crm.lead", **vals):
    """Return the values of a rule with one activity after a day."""
    todo = env.ref("mail.mail_activity_data_todo").id
    step = {"kind": "activity", "name": "Call", "activity_type_id": todo, "activity_summary": name, "delay_count": 1}
    return {
        "name": name,
        "model_id": env["ir.model"]._get_id(model_name),
        "user_id": env.ref("base.user_admin").id,
        "trigger": "match",
        "step_ids": [Command.create({**step, **vals.pop("step", {})})],
        **vals,
    }


def _create_rules(env, _scale):
    pairs = [(stage, team) for stage in _bench(env, "crm.stage") for team in _bench(env, "crm.team")]
    conditions = [repr([("stage_id", "=", stage.id), ("team_id", "=", team.id)]) for stage, team in pairs]
    rules = env["crm.trigger.rule"].create(
        [rule_values(env, f"Bench {i}", filter_domain=condition) for i, condition in enumerate(conditions)]
    )
    rules.action_activate()
    env["crm.trigger.rule"].create(rule_values(env, "Bench orders", "sale.order")).action_activate()


def _create_runs(env, scale):
    """Nine in ten on leads, the others on orders; 30 in 100 stopped, 4 planned for later, 1 in error."""
    total = scaled(RUNS, scale)
    env.flush_all()
    for model_name, count in (("crm.lead", total * 9 // 10), ("sale.order", total // 10)):
        rules = env["crm.trigger.rule"].search(
            [("name", "=like", "Bench %"), ("model_name", "=", model_name)], order="id"
        )
        records = env[model_name].search([], order="id")
        env.cr.execute(_SQL_RUNS, {"rules": rules.ids, "ids": records.ids, "model": model_name, "count": count})
    env.cr.execute(_SQL_EXECUTIONS, {})


_SQL_RUNS = """
    INSERT INTO crm_trigger_run
        (rule_id, res_model, res_id, occurrence, state, stop_reason, started_at, depth, company_id, create_date)
    SELECT (%(rules)s)[1 + n %% cardinality(%(rules)s)], %(model)s, (%(ids)s)[1 + n %% cardinality(%(ids)s)],
           'past ' || n, CASE WHEN n %% 100 < 4 THEN 'running' WHEN n %% 100 < 34 THEN 'stopped' ELSE 'done' END,
           CASE WHEN n %% 100 = 4 THEN 'error' WHEN n %% 100 BETWEEN 5 AND 33 THEN 'unmatched' END,
           now() AT TIME ZONE 'UTC' - interval '1 minute' * (n * 7 %% 1000000), 0, 1, now() AT TIME ZONE 'UTC'
      FROM generate_series(1, %(count)s) n
"""
_SQL_EXECUTIONS = """
    INSERT INTO crm_trigger_execution
        (run_id, rule_id, step_id, res_model, res_id, company_id, state, skip_reason, scheduled_at, done_at, attempts)
    SELECT r.id, r.rule_id, s.id, r.res_model, r.res_id, r.company_id,
           CASE WHEN r.state = 'running' THEN 'scheduled' WHEN r.stop_reason = 'error' THEN 'error'
                WHEN r.state = 'stopped' THEN 'cancel' WHEN r.id %% 10 = 0 THEN 'skipped' ELSE 'done' END,
           CASE WHEN r.state = 'done' AND r.id %% 10 = 0 THEN 'condition' END,
           CASE WHEN r.state = 'running' THEN now() AT TIME ZONE 'UTC' + interval '1 day' * (1 + r.id %% 60)
                ELSE r.started_at + interval '1 minute' END,
           CASE WHEN r.state != 'running' THEN r.started_at + interval '1 minute' END, 0
      FROM crm_trigger_run r JOIN crm_trigger_step s ON s.rule_id = r.rule_id
     WHERE r.occurrence LIKE 'past %%'
"""
