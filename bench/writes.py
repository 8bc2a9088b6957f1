"""What rules cost to who saves: each save and its commit, with the ear and without it in turns."""

from contextlib import contextmanager, nullcontext
from statistics import median

from .contestants import all_rules, automation_values, automations, ear_off, set_live
from .timing import chart, row, stopwatch

BLOCK = 40  # saves before the other contestant's turn
TURNS = 20
SLOW = 10  # saves with 200 rules of base_automation
UNRELATED_GOAL = 1.02  # of the save without the add-on
MATCH_GOAL = 2.0  # milliseconds besides the action
CREATED, CREATIONS = 1000, 3


def run(env, _scale):
    """Measure saves of one record, then the creation of many."""
    sam = env["res.users"].search([("login", "=", "bench_sam")])
    leads = env["crm.lead"].with_user(sam).search([("user_id", "=", sam.id)], limit=BLOCK, order="id")
    rows, bars = [], []
    for count in (0, 20, 200):
        set_live(env, all_rules()[:count])
        ours, plain = _in_turns(env, lambda: _save_color(leads), ear_off)
        rows += _tell_unrelated(f"{count} live rules", ours, plain)
        bars.append((f"crm_triggers, {count} rules", 1000 * median(ours)))
    bars.insert(0, ("no add-on", 1000 * median(plain)))
    set_live(env, [])
    rules = [automation_values(env, name, {"state": "code", "code": "pass"}) for name in all_rules()]
    with _automations_and_no_ear(env, rules):
        ours, _none = _in_turns(env, lambda: _save_color(leads[:SLOW]), nullcontext, turns=2)
    rows.append(row("Unrelated field: 200 rules of base_automation", _ms(ours), "ms"))
    bars.append(("base_automation, 200 rules", 1000 * median(ours)))
    rows += _measure_match(env, sam) + _measure_create(env)
    return {"title": "What saving costs", "rows": rows, "charts": [chart("Saving an unrelated field", "ms", bars)]}


@contextmanager
def _automations_and_no_ear(env, values_list):
    with automations(env, values_list), ear_off(env):
        yield


def _ms(samples):
    return [1000 * sample for sample in samples]


def _in_turns(env, save, other, turns=TURNS):
    """Return the seconds a save takes in each block, as it is and within ``other``."""
    found = {False: [], True: []}
    save()  # warm
    for turn in range(2 * turns):
        apart = turn % 4 in (1, 2)  # ABBA, so that a drift of the machine hits both
        with other(env) if apart else nullcontext():
            save()  # Python looks its methods up anew after the change
            found[apart].append(save())
    return found[False], found[True]


def _save_color(leads):
    """Return the median seconds of saving a field that nothing looks at, record by record."""
    seconds = []
    for lead in leads:
        with stopwatch(seconds):
            lead.write({"color": lead.id % 7 + 1 if lead.color == lead.id % 7 else lead.id % 7})
            lead.env.cr.commit()
    return median(seconds)


def _tell_unrelated(label, ours, plain):
    ratios = [one / other for one, other in zip(ours, plain, strict=True)]
    return [
        row(f"Unrelated field: no add-on, beside {label}", _ms(plain), "ms"),
        row(f"Unrelated field: {label}", _ms(ours), "ms"),
        row(
            f"Unrelated field: {label} ÷ no add-on",
            ratios,
            "",
            goal=f"≤ {UNRELATED_GOAL}",
            met=median(ratios) <= UNRELATED_GOAL,
        ),
    ]


def _measure_match(env, sam):
    """A stage that one of 200 rules waits for: run, plan and what follows the commit, but the activity."""
    stages = env["crm.stage"].search([("name", "=like", "Bench %")])
    leads = env["crm.lead"].with_user(sam).search([("user_id", "=", sam.id)], order="id")
    unused = iter(leads[BLOCK:].ids * 1000)  # at small scale some come twice

    def drag(count=BLOCK // 2):
        seconds = []
        for _save in range(count):
            lead = leads.browse(next(unused))
            stage = stages[(stages.ids.index(lead.stage_id.id) + 1) % len(stages) if lead.stage_id in stages else 0]
            with stopwatch(seconds):
                lead.write({"stage_id": stage.id})
                env.cr.commit()
        return median(seconds)

    set_live(env, all_rules())
    ours, plain = _in_turns(env, drag, ear_off, turns=TURNS // 3)
    set_live(env, [])
    rules = [
        automation_values(env, name, {"state": "code", "code": "pass"}, filter_domain="[('id', '=', 0)]")
        for name in all_rules()[1:]
    ]
    rules.append(automation_values(env, "Bench", {"state": "code", "code": "pass"}))
    with _automations_and_no_ear(env, rules):
        theirs, _none = _in_turns(env, lambda: drag(SLOW), nullcontext, turns=2)
    extra = [1000 * (one - other) for one, other in zip(ours, plain, strict=True)]
    return [
        row("Watched field: no add-on", _ms(plain), "ms"),
        row("Watched field, matches 1 of 200 rules", _ms(ours), "ms"),
        row(
            "Watched field: 200 rules of base_automation, 1 matches", _ms(theirs), "ms", note="its action does nothing"
        ),
        row(
            "Watched field: besides the action",
            extra,
            "ms",
            goal=f"< {MATCH_GOAL:.0f} ms",
            met=median(extra) < MATCH_GOAL,
        ),
    ]


def _measure_create(env):
    """1,000 opportunities in one go, of a kind that no rule waits for, and that one does."""
    team = env["crm.team"].search([("name", "=", "Bench 0")])
    stages = {
        "none of": env["crm.stage"].search([], limit=1),
        "1 of": env["crm.stage"].search([("name", "=", "Bench 0")]),
    }
    rows = []
    set_live(env, all_rules())
    for which, stage in stages.items():
        values = {"type": "opportunity", "team_id": team.id, "stage_id": stage.id, "user_id": False}
        plain, ours = [], []
        for turn in range(2 * CREATIONS + 1):
            apart = turn % 4 in (1, 2)
            with ear_off(env) if apart else nullcontext(), stopwatch(seconds := []):
                env["crm.lead"].create([{**values, "name": f"Created {i}"} for i in range(CREATED)])
                env.cr.commit()
            if turn:
                (plain if apart else ours).append(seconds[0])
        extra = [1000 * (one - other) / CREATED for one, other in zip(ours, plain, strict=False)]
        rows += [
            row(f"Creating {CREATED} opportunities: no add-on, beside those matching {which}", plain, "s"),
            row(f"Creating {CREATED} opportunities, matching {which} 200 rules", ours, "s"),
            row(
                f"Creating {CREATED}, {which} 200 rules: each one more",
                extra,
                "ms",
                goal=f"< {MATCH_GOAL:.0f} ms",
                met=median(extra) < MATCH_GOAL,
            ),
        ]
    set_live(env, [])
    return rows
