"""What people wait for when they open a screen: the server's part, on a log of a million runs."""

from lxml import etree

from .queries import keep_plan, recorded
from .timing import row, stopwatch

REPETITIONS = 3
GOAL = 1.0  # seconds
COUNT_LIMIT = 10_001  # up to which the web client's list counts


def run(env, _scale):
    """Measure each screen as a sales manager and as a salesperson with access to their own records."""
    rows = []
    for login, who in (("bench_mona", "manager"), ("bench_sam", "salesperson")):
        user = env["res.users"].search([("login", "=", login)])
        rows += [_measure(user, who, name, screen) for name, screen in _get_screens(env(user=user))]
    return {"title": "Screens on a full log", "rows": rows}


def _measure(user, who, name, screen):
    seconds, slowest = [], []
    for _turn in range(REPETITIONS + 1):  # the first one is a warm-up
        user.env.invalidate_all()
        user.env.cr.cache.clear()
        with recorded() as queries, stopwatch(seconds):
            screen()
        slowest = queries
    keep_plan(user.env(su=True), f"{name.replace(' ', '_').replace(':', '').lower()}_{who}", slowest)
    user.env.cr.rollback()
    middle = row(f"{name} ({who})", seconds[1:], "s", note=f"{len(slowest)} queries")
    return middle | {"goal": f"< {GOAL:.0f} s", "met": middle["median"] < GOAL}


def _get_screens(env):
    """Return ``[(name, callable)]`` of the screens of one user."""
    user_id = env.uid
    lead = env["crm.lead"].search([("user_id", "=", user_id)], order="id", limit=1) or env["crm.lead"].search(
        [], limit=1
    )
    lines, rules, runs = env["crm.trigger.execution"], env["crm.trigger.rule"], env["crm.trigger.run"]
    rule = rules.search([("name", "=", "Bench 1")])
    with_filter = {
        name: (lambda domain=domain: _list(lines, domain))
        for name, domain in {
            "Log": [],
            "Log: planned": [("state", "=", "scheduled")],
            "Log: done": [("state", "=", "done")],
            "Log: skipped": [("state", "=", "skipped")],
            "Log: errors": [("state", "=", "error")],
            "Log: of a rule": [("rule_id", "=", rule.id)],
            "Log: step by name": [("step_name", "ilike", "call")],
            "Log: of a contact": [("partner_id", "child_of", lead.partner_id.id)],
            "Log: of a month": [("scheduled_at", ">=", "2026-01-01"), ("scheduled_at", "<", "2026-02-01")],
        }.items()
    }
    return [
        ("Button", lambda: lead.web_read({"crm_trigger_count": {}})),
        ("Panel", lead.crm_trigger_timeline),
        ("Explain", lambda: rule.explain(lead)),
        *with_filter.items(),
        ("Log: sorted by record", lambda: _list(lines, [], order="res_id")),
        ("Log: sorted by end", lambda: _list(lines, [], order="done_at desc")),
        ("Log: grouped by rule", lambda: lines.web_read_group([], ["rule_id"], ["__count"], limit=80)),
        ("Log: grouped by day", lambda: lines.web_read_group([], ["scheduled_at:day"], ["__count"], limit=80)),
        ("Log: side panel states", lambda: _panel(lines, "state")),
        ("Log: side panel rules", lambda: _panel(lines, "rule_id")),
        (
            "Pivot",
            lambda: lines.formatted_read_grouping_sets(
                [], [[], ["rule_id"], ["state"], ["rule_id", "state"]], ["__count"]
            ),
        ),
        ("Graph", lambda: lines.formatted_read_group([], ["scheduled_at:day", "state"], ["__count"])),
        ("Runs", lambda: _list(runs, [])),
        ("Runs: stopped by an error", lambda: _list(runs, [("stop_reason", "in", ("error", "undecided", "depth"))])),
        *([("Rules", lambda: _kanban(rules))] if rule.has_access("write") else []),  # in the manager's menu only
    ]


def _get_specification(model, view_type):
    """Return what the web client reads for a view: the fields of its arch."""
    view = model.get_views([(False, view_type)])
    names = view["models"][model._name]["fields"].keys() & _get_names(view["views"][view_type]["arch"])
    relations = {name for name in names if model._fields[name].type == "many2one"}
    return {name: {"fields": {"display_name": {}}} if name in relations else {} for name in names}


def _get_names(arch):
    return {node.get("name") for node in etree.fromstring(arch).iter("field")}


def _list(model, domain, order=None):
    specification = _get_specification(model, "list")
    return model.web_search_read(domain, specification, limit=80, order=order, count_limit=COUNT_LIMIT)


def _panel(model, fname):
    return model.search_panel_select_multi_range(fname, enable_counters=True, expand=False, limit=200)


def _kanban(rules):
    specification = _get_specification(rules, "kanban")
    return rules.web_read_group(
        [],
        ["phase"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=specification,
        unfold_read_default_limit=80,
    )
