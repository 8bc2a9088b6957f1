"""Activities and emails per second: the worker, the lower bound without it, and ``base_automation``."""

from statistics import median

from odoo.addons.crm_triggers.models.queue.claim import BATCH

from .contestants import automation_values, automations, capture_off, set_live
from .populate import rule_values
from .timing import chart, row, stopwatch

ACTIVITIES, MAILS, SLOW = 2000, 2000, 40  # per repetition; SLOW for base_automation, which processes records one by one
REPETITIONS = 5
GOAL = 0.85


def run(env, _scale):
    """Measure both jobs, the contestants in turns."""
    set_live(env, [])
    leads = env["crm.lead"].with_context(active_test=False).search([("name", "=like", "Bench %")], order="id desc")
    rows, charts = [], []
    for job in (Activities(env), Mails(env)):
        rates = _measure(env, job, leads, min(job.count, len(leads) // 2))
        rows += _tell(rates, job.title)
        bars = [(name, median(found)) for name, found in rates.items()]
        charts.append(chart(f"{job.title} per second", "/s", bars))
    return {"title": "What is done a second", "rows": rows, "charts": charts}


def _measure(env, job, leads, count):
    rates = {"floor": [], "crm_triggers": [], "base_automation": []}
    for turn in range(REPETITIONS + 1):  # the first one is a warm-up
        chosen = leads[turn * count % (len(leads) - count) :][:count]
        order = [("floor", job.floor), ("crm_triggers", job.worker)]
        for name, contestant in order if turn % 2 else reversed(order):
            rates[name].append(_rate(env, contestant, chosen))
        rates["base_automation"].append(_rate(env, job.automation, chosen[:SLOW]))
    return {name: rate[1:] for name, rate in rates.items()}


def _rate(env, contestant, leads):
    env.invalidate_all()
    seconds = []
    contestant(leads, seconds)
    env.cr.rollback()
    return len(leads) / sum(seconds)


def _tell(rates, title):
    share = [ours / floor for ours, floor in zip(rates["crm_triggers"], rates["floor"], strict=True)]
    ahead = median(rates["crm_triggers"]) / median(rates["base_automation"])
    return [
        row(f"{title}: Odoo's batch, nothing around it (floor)", rates["floor"], "/s"),
        row(f"{title}: the worker", rates["crm_triggers"], "/s", note=f"{ahead:.0f} times base_automation"),
        row(f"{title}: base_automation, with the save", rates["base_automation"], "/s"),
        row(
            f"{title}: worker ÷ floor",
            share,
            "",
            goal=f"≥ {GOAL}",
            met=median(share) >= GOAL,
        ),
    ]


class Activities:
    """One activity for each opportunity."""

    title, count = "Activities", ACTIVITIES
    batch = BATCH

    def __init__(self, env):
        self.env = env
        self.admin, self.todo = env.ref("base.user_admin"), env.ref("mail.mail_activity_data_todo")
        self.rule = env["crm.trigger.rule"].create(rule_values(env, self.title, trigger="manual", step=self.get_step()))
        env.cr.commit()

    def get_step(self):
        return {"delay_count": 0}

    def worker(self, leads, seconds):
        """Only the worker: the runs exist and are due."""
        set_live(self.env, [self.title])
        self.rule.enroll(leads)
        self.env.cr.postcommit.clear()
        self.env.cr.commit()
        with stopwatch(seconds):
            self.env["crm.trigger.execution"]._work()
        self.env.cr.execute(
            "SELECT count(*) FROM crm_trigger_execution WHERE rule_id = %s AND state = 'done' AND res_id = ANY(%s)",
            [self.rule.id, leads.ids],
        )
        assert self.env.cr.fetchone()[0] >= len(leads), "the worker left something out"
        set_live(self.env, [])

    def floor(self, leads, seconds):
        with capture_off(self.env), stopwatch(seconds):
            for start in range(0, len(leads), self.batch):
                self.do(leads[start : start + self.batch])
                self.env.cr.commit()

    def do(self, leads):
        model_id = self.env["ir.model"]._get_id("crm.lead")
        values = {"res_model_id": model_id, "activity_type_id": self.todo.id, "summary": "Bench", "automated": True}
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create([{**values, "res_id": lead.id, "user_id": self.admin.id} for lead in leads])

    def automation(self, leads, seconds):
        """As for a user who drags the cards: it acts within the save."""
        stages = self.env["crm.stage"].search([], limit=2, order="id desc")
        values = automation_values(self.env, self.title, self.get_action())
        with capture_off(self.env), automations(self.env, [values]), stopwatch(seconds):
            leads.write({"stage_id": stages[leads[0].stage_id == stages[0]].id})
            self.env.cr.commit()

    def get_action(self):
        return {
            "state": "next_activity",
            "activity_type_id": self.todo.id,
            "activity_summary": "Bench",
            "activity_user_type": "specific",
            "activity_user_id": self.admin.id,
        }


class Mails(Activities):
    """One mail for each opportunity, in Odoo's queue."""

    title, count = "Mails queued", MAILS

    def get_step(self):
        self.template = self.env["mail.template"].create(
            {
                "name": "Bench",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "About {{ object.name }}",
                "body_html": '<p>Hello <t t-out="object.partner_id.name"/>, about <t t-out="object.name"/>.</p>',
                "partner_to": "{{ object.partner_id.id }}",
                "use_default_to": False,
                "lang": "{{ object.partner_id.lang }}",
                "auto_delete": True,
            }
        )
        return {"kind": "mail", "template_id": self.template.id, "delay_count": 0, "activity_type_id": False}

    def do(self, leads):
        self.template.send_mail_batch(leads.ids, force_send=False)

    def get_action(self):
        return {"state": "mail_post", "template_id": self.template.id, "mail_post_method": "email"}
