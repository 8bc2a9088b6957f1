"""The cost of rules for a save: each save and its commit, alternating with and without capture."""

from contextlib import contextmanager, nullcontext
from statistics import median

from .contestants import all_rules, automation_values, automations, capture_off, captures, set_live
from .timing import chart, row, stopwatch

BLOCK = 4  # saves before the other contestant's turn: few, because the machine's speed varies
TURNS = 500  # for an unrelated field, where small differences matter
MATCH_TURNS = 100
SLOW = 10  # saves with 200 rules of base_automation
UNRELATED_GOAL = 1.02  # factor over the save without the add-on
MATCH_GOAL = 2.0  # milliseconds in addition to the action
CREATED, CREATIONS = 1000, 3


def run(env, _scale):
    """Measure saves of one record, then the creation of many."""
    sam = env["res.users"].search([("login", "=", "bench_sam")])
    leads = env["crm.lead"].with_user(sam).search([("user_id", "=", sam.id)], limit=SLOW, order="id")
    rows, bars = [], []
    for count in (0, 20, 200):
        set_live(env, all_rules()[:count])
        ours, plain = _in_turns(env, lambda count=BLOCK: _save_color(leads[:count]), capture_off)
        rows += _tell_unrelated(f"{count} live rules", ours, plain)
        bars.append((f"crm_triggers, {count} rules", 1000 * median(ours)))
    bars.insert(0, ("no add-on", 1000 * median(plain)))
    set_live(env, [])
    rules = [automation_values(env, name, {"state": "code", "code": "pass"}) for name in all_rules()]
    with _automations_and_no_capture(env, rules):
        ours, _none = _in_turns(env, lambda count=SLOW: _save_color(leads[:count]), nullcontext, turns=2)
    rows.append(row("Unrelated field: 200 rules of base_automation", _ms(ours), "ms"))
    bars.append(("base_automation, 200 rules", 1000 * median(ours)))
    rows += _measure_match(env, sam) + _measure_create(env)
    return {"title": "What saving costs", "rows": rows, "charts": [chart("Saving an unrelated field", "ms", bars)]}


@contextmanager
def _automations_and_no_capture(env, values_list):
    with automations(env, values_list), capture_off(env):
        yield


def _ms(samples):
    return [1000 * sample for sample in samples]


def _in_turns(env, save, other, turns=TURNS):
    """Return the duration of a save in each block, plain and within ``other``.

    :param save: called once per block, or with the number of saves; returns the seconds of one
    """
    found = {False: [], True: []}
    save()  # warm-up
    for turn in range(2 * turns):
        apart = turn % 4 in (1, 2)  # ABBA, so that a drift of the machine affects both
        with other(env) if apart else nullcontext():
            save(1)  # after the change Python's method caches are empty
            found[apart].append(save())
    return found[False], found[True]


def _save_color(leads):
    """Return the median seconds of saving a field that no rule watches, record by record."""
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
    """A stage that one of 200 rules waits for: what delays the save, and what follows its commit."""
    drag = _Drag(env, sam)
    set_live(env, all_rules())
    ours, plain = _in_turns(env, drag.save, capture_off, turns=MATCH_TURNS)
    _set_delay(env, 0)
    acting, by_hand = _in_turns(env, drag.save_and_act, capture_off, turns=MATCH_TURNS // 2)
    _set_delay(env, 1)
    set_live(env, [])
    rules = [
        automation_values(env, name, {"state": "code", "code": "pass"}, filter_domain="[('id', '=', 0)]")
        for name in all_rules()[1:]
    ]
    rules.append(automation_values(env, "Bench", {"state": "code", "code": "pass"}))
    with _automations_and_no_capture(env, rules):
        theirs, _none = _in_turns(env, lambda count=SLOW: drag.save(count), nullcontext, turns=2)
    return [
        row("Watched field: no add-on", _ms(map(sum, plain)), "ms"),
        row("Watched field, matches 1 of 200 rules", _ms(map(sum, ours)), "ms", note="its step comes a day later"),
        row("… of that before the commit", _ms(before for before, _after in ours), "ms"),
        row("… of that the commit and what follows it", _ms(after for _before, after in ours), "ms"),
        row(
            "Watched field: 200 rules of base_automation, 1 matches",
            _ms(map(sum, theirs)),
            "ms",
            note="its action does nothing",
        ),
        _tell_extra("Watched field: more than without, before the commit", ours, plain, lambda times: times[0]),
        _tell_extra("Watched field: more than without, altogether", ours, plain, sum),
        row("Watched field, matches 1 of 200 rules, its activity at once", _ms(map(sum, acting)), "ms"),
        row("… no add-on, the same activity by hand in a transaction of its own", _ms(map(sum, by_hand)), "ms"),
        _tell_extra("Watched field: besides the action", acting, by_hand, sum),
    ]


def _tell_extra(label, ours, plain, measure):
    extra = _ms(measure(one) - measure(other) for one, other in zip(ours, plain, strict=True))
    return row(label, extra, "ms", goal=f"< {MATCH_GOAL:.0f} ms", met=median(extra) < MATCH_GOAL)


def _set_delay(env, count):
    """Make the steps of the 200 rules immediate, or delayed by some days."""
    env.cr.execute(
        "UPDATE crm_trigger_step SET delay_count = %s WHERE rule_id IN"
        " (SELECT id FROM crm_trigger_rule WHERE name->>'en_US' = ANY(%s))",
        [count, all_rules()],
    )
    env.invalidate_all()
    env.registry.clear_cache()
    env.cr.commit()


class _Drag:
    """Cards dragged one by one, each to the next stage that one of the rules waits for."""

    def __init__(self, env, sam):
        self.env, self.sam = env, sam
        self.stages = env["crm.stage"].search([("name", "=like", "Bench %")])
        self.leads = env["crm.lead"].with_user(sam).search([("user_id", "=", sam.id)], order="id")
        self.unused = iter(self.leads[SLOW:].ids * 1000)  # at small scale some are repeated
        self.model_id = env["ir.model"]._get_id("crm.lead")
        self.todo = env.ref("mail.mail_activity_data_todo")

    def save(self, count=BLOCK, follow=lambda lead: None):
        """Return the median seconds of a save before its commit, and of the commit including what follows."""
        before, after = [], []
        for _save in range(count):
            lead = self.leads.browse(next(self.unused))
            stages = self.stages
            stage = stages[(stages.ids.index(lead.stage_id.id) + 1) % len(stages) if lead.stage_id in stages else 0]
            with stopwatch(before):
                lead.write({"stage_id": stage.id})
                self.env.cr.flush()
            with stopwatch(after):
                self.env.cr.commit()
                follow(lead)
        return median(before), median(after)

    def save_and_act(self, count=BLOCK):
        """Save, and create the activity: by the rule, or by code if no rule does it."""
        return self.save(count, follow=self.act if not captures() else lambda lead: None)

    def act(self, lead):
        values = {"res_model_id": self.model_id, "activity_type_id": self.todo.id, "summary": "Bench"}
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create([{**values, "automated": True, "res_id": lead.id, "user_id": self.sam.id}])
        self.env.cr.commit()


def _measure_create(env):
    """1,000 opportunities in one batch, of a kind that no rule waits for, and of one that a rule waits for."""
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
            with capture_off(env) if apart else nullcontext(), stopwatch(seconds := []):
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
