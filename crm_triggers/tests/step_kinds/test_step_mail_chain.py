from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepMailChain(CrmTriggersCommon, MailCase):
    """The text sent depends on what was sent before: nobody gets the last reminder first."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _step(self, subject, days, template=None, **vals):
        template = template or self._create_template(subject=subject)
        return self._mail(template, name=subject, delay_count=days, **{"delay_from": "start", **vals})

    def _start(self, *steps, **vals):
        """Return the rule of these steps, and a lead that enters it on 2 February."""
        rule = self._rule_on_offer(list(steps), **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        return rule, lead

    def _run_days(self, *days):
        for day in days:
            self._run_until(f"2026-02-{day:02} 09:05")

    def _get_bodies(self):
        return [str(mail.body_html) for mail in self._new_mails.sorted("id")]

    def _steps_with_bodies(self, *days, **vals):
        return [
            self._step(
                f"No. {number}",
                day,
                self._create_template(subject="Hello", body_html=f"<p>Text {number}</p>"),
                **vals,
            )
            for number, day in enumerate(days, start=1)
        ]

    def assertTexts(self, *numbers):  # noqa: N802
        found = self._get_bodies()
        self.assertEqual(len(found), len(numbers), found)
        for body, number in zip(found, numbers, strict=True):
            self.assertIn(f"Text {number}", body)

    def test_each_has_its_own_text(self):
        self._start(*self._steps_with_bodies(3, 7, 15))
        self._run_days(5, 9, 17)
        self.assertTexts(1, 2, 3)

    def test_first_one_that_was_not_sent(self):
        """After an outage over the first two, and again over the third: the times are those of the steps, the
        texts go on where they were. Fails without ``_choose_texts`` in ``_act_mail``."""
        _rule, lead = self._start(*self._steps_with_bodies(2, 4, 8, 12, 16))
        self._run_days(9, 10, 14, 18)

        self.assertTexts(1, 2, 3)
        lines = self._get_executions(lead)
        self.assertEqual(lines.mapped("skip_reason"), ["overtaken", "overtaken", False, False, False])
        self.assertEqual(lines.sent_step_id.mapped("name"), ["No. 1", "No. 2", "No. 3"])

    def test_told_in_the_log(self):
        """Promise 5."""
        _rule, lead = self._start(*self._steps_with_bodies(3, 7))
        self._run_days(9)
        told = lead.with_user(self.sam).crm_trigger_timeline()["past"][0]["lines"]
        self.assertEqual(
            [line["reason"] for line in told],
            ["Too late: the next email of the rule is due soon", "With the email “No. 1”, which had not been sent"],
        )
        self.assertEqual(self._get_executions(lead)[1].with_user(self.sam).sent_step_name, "No. 1")

    def test_without_an_address_at_first(self):
        """It was not late, but was not received; nor was it by a blacklisted contact."""
        self.partner.email = False
        self._start(*self._steps_with_bodies(3, 7, 15))
        self._run_days(5)
        self.partner.email = "ada@example.com"
        blacklisted = self.env["mail.blacklist"]._add("ada@example.com")
        self._run_days(9)
        blacklisted.action_archive()
        self._run_days(17)
        self.assertTexts(1)

    def test_what_was_not_to_be_said(self):
        """By a condition that did not hold, though it does now, by hand, or of a condition that holds no more."""
        steps = self._steps_with_bodies(2, 4, 6, 8)
        steps[0]["filter_domain"] = "[('priority', '=', '3')]"
        steps[2]["filter_domain"] = "[('priority', '=', '0')]"
        _rule, lead = self._start(*steps)
        self._run_days(4)
        self._get_executions(lead)[1].action_skip()
        self._run_days(9)
        self.assertFalse(self._new_mails)
        lead.priority = "3"
        self._run_days(10)
        self.assertTexts(4)

    def test_other_people(self):
        """Emails to colleagues are no reminders, and are sent whatever the customer got."""
        self.partner.email = False
        colleague = self._create_template(
            subject="Tell", body_html="<p>Text 2</p>", partner_to=f"{self.sam.partner_id.id}"
        )
        first, third = self._steps_with_bodies(2, 6)
        self._start(first, self._step("Tell", 4, colleague), third)
        self._run_days(4, 6)
        self.assertTexts(2)
        self.partner.email = "ada@example.com"
        self._run_days(8)
        self.assertTexts(2, 1)

    def test_thread_of_its_own_begins_a_chain(self):
        """It is another matter."""
        steps = self._steps_with_bodies(2, 4, 6, 8)
        steps[2]["mail_thread"] = "own"
        self.partner.email = False
        self._start(*steps)
        self._run_days(4, 6)
        self.partner.email = "ada@example.com"
        self._run_days(8, 10)
        self.assertTexts(3, 4)

    def test_what_was_to_come_by_a_date(self):
        """“Soon due” is not sent after the date. Fails without ``_get_about_past``."""
        days = {"delay_from": "date"}
        steps = [
            {**step, "delay_count": day}
            for step, day in zip(self._steps_with_bodies(0, 0, 0, 0, **days), (-5, 0, 7, 15), strict=True)
        ]
        self._create_rule(
            "date", steps, date="date_deadline", trg_date_range=5, trg_date_range_mode="before", late_days=60
        )
        lead = self._create_lead(date_deadline="2026-02-08")
        self._run_days(14)
        self.assertFalse(self._new_mails)
        self._run_days(15, 23)
        self.assertTexts(3, 4)
        self.assertEqual(self._get_executions(lead).mapped("skip_reason"), ["overtaken", "overtaken", False, False])

    def test_many_in_few_queries(self):
        """Fails with a query for each."""
        counts = {}
        for count in (3, 30):
            rule = self._rule_on_offer(self._steps_with_bodies(3, 7))
            leads = self._create_leads(count)
            self._drag(leads, self.stage_offer)
            self._move_to("2026-02-09 09:05")
            first = self._get_executions(leads, rule)
            first._end("skipped", "overtaken")
            first.run_id._plan(rule, after=first.step_id)
            lines = self._get_executions(leads, rule).filtered(lambda line: line.state == "scheduled")
            step = lines.step_id
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            texts = step._choose_texts(lines)
            counts[count] = self.env.cr.sql_log_count - before
            self.assertEqual(set(texts.values()), {first.step_id})
            rule.action_draft()
            self._move_to("2026-02-02 09:00")
        self.assertLessEqual(counts[30], counts[3] + 2)
