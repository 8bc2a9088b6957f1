"""RECORDS leads whose dates are due on the seven days from FIRST on, with a manipulated clock.

Only this process's clock is: PostgreSQL's is not used to determine what is due.
"""

from collections import Counter
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.fields import Command

first = date.fromisoformat(FIRST)
days = [first + timedelta(days=day) for day in range(7)]
paris = env.company.partner_id
paris.tz = "Europe/Paris"


def look(clock, day, hour):
    """Run both scheduled actions at a time of a day (UTC)."""
    clock.move_to(f"{days[0] + timedelta(days=day)} {hour}")
    env.cr.commit()
    env.invalidate_all()
    env["crm.trigger.rule"]._cron_sweep()
    env["crm.trigger.execution"]._cron_execute()
    env.cr.commit()
    return Counter(run.stop_reason or run.state for run in rule.run_ids)


with freeze_time(f"{days[0] - timedelta(days=1)} 12:00") as clock:
    env.cr.commit()
    todo = env.ref("mail.mail_activity_data_todo")
    admin = env.ref("base.user_admin")
    rule = env["crm.trigger.rule"].create(
        {
            "name": "Torture of clocks",
            "model_id": env["ir.model"]._get_id("crm.lead"),
            "user_id": admin.id,
            "trigger": "date",
            "trg_date_id": env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            "trg_date_range": 0,
            "late_days": 2,
            "step_ids": [
                Command.create({"sequence": 1, "kind": "activity", "name": "Call", "activity_type_id": todo.id}),
                Command.create(
                    {
                        "sequence": 2,
                        "kind": "activity",
                        "name": "Next day",
                        "activity_type_id": todo.id,
                        "delay_count": 1,
                    }
                ),
            ],
        }
    )
    rule.action_activate()
    env.cr.commit()
    clock.tick(timedelta(seconds=1))
    leads = env["crm.lead"].create(
        [
            {"name": f"Torture {i}", "type": "opportunity", "user_id": admin.id, "date_deadline": days[i % len(days)]}
            for i in range(RECORDS)
        ]
    )
    dates = Counter(lead.date_deadline for lead in leads)
    seen = [look(clock, 0, "03:00")]
    seen += [look(clock, day, hour) for day, hour in ((3, "12:00"), (3, "12:05"))]  # switched off for three days
    seen += [look(clock, day, hour) for day, hour in ((1, "12:00"), (1, "23:30"), (2, "00:30"))]  # moved back
    seen += [look(clock, day, hour) for day in range(3, 9) for hour in ("00:30", "01:30", "12:00", "12:00")]

late = dates[days[0]] + dates[days[1]]
timely = RECORDS - late
tasks = Counter(len(lead.activity_ids) for lead in leads)
after_outage = seen[1]
print(f"STATE from {FIRST}: {timely} dates acted on, {late} logged as late;", end=" ")
print(f"runs {dict(seen[-1])}, tasks per lead {dict(tasks)}")
assert not seen[0], "before its time"
assert after_outage == {"late": late, "running": dates[days[2]] + dates[days[3]]}, after_outage
assert seen[2] == seen[3] == seen[4] == seen[5] == after_outage, "the clock moved back fires again"
assert seen[-1] == {"late": late, "done": timely}, seen[-1]
assert tasks == {0: late, 2: timely}, tasks
