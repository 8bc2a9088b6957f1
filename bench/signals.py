"""Recording what contacts do, with and without rules that wait for it, and the clock that reads it."""

from datetime import timedelta

from odoo import fields

from .contestants import set_live
from .populate import rule_values
from .timing import row, scaled, stopwatch

SIGNALS, RULES, BATCH, SINGLES = 100_000, 20, 1_000, 200
RATE_GOAL = 0.5  # of plain create()
SINGLE_GOAL = 3.0  # ms, besides the INSERT


def run(env, scale):
    """Record signals in batches and one by one; let the clock read them."""
    count = scaled(SIGNALS, scale)
    contacts = env["res.partner"].search([("is_company", "=", False)], limit=BATCH)
    kind = env.ref("crm_triggers.signal_type_fair_met")
    rules = [_create_rule(env, number) for number in range(RULES)]
    set_live(env, [])
    floor = _measure_floor(env, kind, contacts, count)
    alone, single_alone = _measure(env, contacts, count), _measure_single(env, contacts)
    _forget(env, "TRUE")
    set_live(env, [rule.name for rule in rules])
    env["crm.trigger.signal.reader"]._begin(env["crm.trigger.rule"].union(*rules))
    env.cr.commit()
    watched, single_watched = _measure(env, contacts, count), _measure_single(env, contacts)
    with stopwatch(seconds := []):
        read = _read_all(env, rules)
    insert = _measure_insert(env, kind, contacts)
    set_live(env, [])
    _clean_up(env)
    return {
        "title": f"{count:,} signals, in batches of {BATCH:,}",
        "rows": [
            row("Plain create(), the floor", [floor], "/s"),
            _rate("record(), no rule", alone, floor),
            _rate(f"record(), {RULES} rules wait for it", watched, floor),
            row("One INSERT of one row", insert, "ms"),
            _single("One record(), no rule, besides its INSERT", single_alone, insert),
            _single(f"One record(), {RULES} rules, besides its INSERT", single_watched, insert),
            row(
                f"The clock, {RULES} rules that wait for 3 signals",
                [read / seconds[0]],
                "/s",
                note="signals, for all rules",
            ),
        ],
    }


def _rate(what, rate, floor):
    ratio = rate / floor
    return row(
        what,
        [rate],
        "/s",
        goal=f"≥ {RATE_GOAL} times the floor",
        met=ratio >= RATE_GOAL,
        note=f"{ratio:.2f} times the floor",
    )


def _single(what, samples, insert):
    middle = sorted(insert)[len(insert) // 2]
    rest = [max(sample - middle, 0.0) for sample in samples]
    return row(what, rest, "ms", goal=f"< {SINGLE_GOAL} ms", met=sorted(rest)[len(rest) // 2] < SINGLE_GOAL)


def _create_rule(env, number):
    values = {"trigger": "signal", "signal_count": 3, "signal_window_count": 7, "filter_domain": "[]"}
    rule = env["crm.trigger.rule"].create(rule_values(env, f"Bench signals {number}", "res.partner", **values))
    rule.action_activate()
    rule.activated_at = fields.Datetime.now() - timedelta(days=30)
    env.cr.commit()
    return rule


def _measure_floor(env, kind, contacts, count):
    now, done = fields.Datetime.now(), 0
    with stopwatch(seconds := []):
        while done < count:
            env["crm.trigger.signal"].create(
                [
                    {
                        "type_id": kind.id,
                        "res_model": "res.partner",
                        "res_id": contact.id,
                        "partner_id": contact.id,
                        "occurred_at": now,
                        "points": 1,
                        "key": f"floor {done}",
                        "payload": {"page": "/prices"},
                    }
                    for contact in contacts
                ]
            )
            env.cr.commit()
            done += len(contacts)
    _clean_up(env)
    return done / seconds[0]


def _measure(env, contacts, count):
    """Return how many signals are recorded a second, each contact's an hour apart: more would only be counted."""
    done, now = 0, fields.Datetime.now()
    with stopwatch(seconds := []):
        while done < count:
            at = now - timedelta(hours=done / len(contacts))
            env["crm.trigger.signal"].record("fair_met", contacts, key=f"batch {done}", occurred_at=at, page="/prices")
            env.cr.commit()
            done += len(contacts)
    return done / seconds[0]


def _measure_single(env, contacts):
    """Return the time of each of some calls for one contact, in ms."""
    samples = []
    for contact in contacts[:SINGLES]:
        with stopwatch(samples):
            env["crm.trigger.signal"].record("portal_login", contact, key="single", page="/prices")
        env.cr.commit()
    _forget(env, "key = 'single'")
    return [sample * 1000 for sample in samples]


def _measure_insert(env, kind, contacts):
    samples = []
    for contact in contacts[:SINGLES]:
        values = [kind.id, contact.id, contact.id, fields.Datetime.now(), f"insert {contact.id}"]
        with stopwatch(samples):
            env.cr.execute(
                "INSERT INTO crm_trigger_signal (type_id, res_model, res_id, partner_id, occurred_at, key, points,"
                " actor, identity, payload, repeats)"
                " VALUES (%s, 'res.partner', %s, %s, %s, %s, 1, 'human', 'verified', '{\"page\": \"/prices\"}', 0)",
                values,
            )
        env.cr.commit()
    return [sample * 1000 for sample in samples]


def _read_all(env, rules):
    """Let each rule read all new signals; return how many times a signal was read."""
    before = env["crm.trigger.signal"].search_count([])
    for rule in rules:
        while rule._sweep_signals(500):
            env.cr.commit()
        env.cr.commit()
    return before * len(rules)


def _clean_up(env):
    _forget(env, "TRUE")
    for rule in env["crm.trigger.rule"].search([("name", "=like", "Bench signals %")]):
        rule._delete_runs()
    env.cr.commit()


def _forget(env, where):
    env.cr.execute(f"DELETE FROM crm_trigger_signal WHERE {where}")
    env.invalidate_all()
    env.cr.commit()
