from odoo import fields
from odoo.exceptions import MissingError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


class EnrollCase(CrmTriggersCommon):
    def _create_scenario(self, **vals):
        return self._create_rule("manual", model="res.partner", **{"filter_domain": [], **vals})


@tagged("post_install", "-at_install")
class TestEnrollIds(EnrollCase):
    """Enrolling through the external API, and its results."""

    def setUp(self):
        super().setUp()
        self.scenario = self._create_scenario(filter_domain=[("is_company", "=", False)])
        self.partner.is_company = False

    def _put_in(self, records, scenario=None, **kwargs):
        scenario = (scenario or self.scenario).with_user(self.sam)
        answer = scenario.enroll_ids("res.partner", records.ids, **kwargs)
        self._new_transaction()
        return answer

    def _get_codes(self, answer):
        self.assertTrue(all(one["reason"] for one in answer["left_out"]))
        return {one["record_id"]: one["code"] for one in answer["left_out"]}

    def test_who_entered_and_why_others_did_not(self):
        """Fails without ``_get_reasons``."""
        company, paused = self.env["res.partner"].create([{"name": "A", "is_company": True}, {"name": "B"}])
        paused.with_user(self.sam).action_crm_trigger_pause()

        answer = self._put_in(self.partner | company | paused | self.tom.partner_id)

        run = self._get_runs(self.partner)
        self.assertEqual(answer["entered"], [{"record_id": self.partner.id, "run_id": run.id}])
        expected = {company.id: "conditions", paused.id: "paused", self.tom.partner_id.id: "conditions"}
        self.assertEqual(self._get_codes(answer), expected)
        self.assertEqual(self._get_codes(self._put_in(self.partner)), {self.partner.id: "running"})

    def test_same_key_and_once_ever(self):
        self._put_in(self.partner, key="fair")
        self._get_runs(self.partner)._stop("manual")
        self._new_transaction()

        self.assertEqual(self._get_codes(self._put_in(self.partner, key="fair")), {self.partner.id: "entered_before"})
        self.assertTrue(self._put_in(self.partner, key="autumn")["entered"])

    def test_what_is_held_back_says_so(self):
        scenario = self._create_scenario(limit_count=1, limit_period="week")
        self._put_in(self.partner, scenario, key="one")
        self._run_worker()

        answer = self._put_in(self.partner, scenario, key="two")

        self.assertEqual(self._get_codes(answer), {self.partner.id: "limit"})

    def test_mere_ids_are_refused(self):
        """A bare number puts in whatever record of the rule's model has it. Fails without ``model`` in ``enroll``."""
        scenario = self.scenario.with_user(self.sam)
        with self.assertRaises(UserError):
            scenario.enroll(self.partner.ids)
        self.assertTrue(scenario.enroll(self.partner.ids, model="res.partner"))

    def test_ids_of_another_model_are_refused(self):
        for model in ("crm.lead", "no.model", None, 7, ["res.partner"]):
            with self.subTest(model=model), self.assertRaises(UserError):
                self.scenario.enroll_ids(model, self.partner.ids)
        self.assertFalse(self._get_runs(self.partner))

    def test_record_that_is_not_there_lets_nothing_in(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        with self.assertRaises(MissingError):
            self.scenario.enroll_ids("res.partner", [self.partner.id, gone.id])
        with self.assertRaises(MissingError):
            self.scenario.enroll([self.partner.id, gone.id], model="res.partner")
        self.assertFalse(self._get_runs(self.partner))

    def test_what_is_no_id_or_key_is_refused(self):
        """Fails without ``check_ids``, ``check_key``: PostgreSQL raised what is answered by 500."""
        for ids in ("abc", ["1"], [True], [0], [-1], [2**40], [1.5], [{"id": 1}], [None], None, {"id": 1}):
            with self.subTest(ids=ids), self.assertRaises(UserError):
                self.scenario.enroll_ids("res.partner", ids)
        for key in ("", "  ", "x" * 3000, "a\x00b", {"a": 1}, ["a"], 1.5, True):
            with self.subTest(key=key), self.assertRaises(UserError):
                self.scenario.enroll_ids("res.partner", self.partner.ids, key=key)
        for rules in (self.scenario.browse(), self.scenario | self._create_scenario(), self.scenario.browse(["x"])):
            with self.subTest(rules=rules), self.assertRaises(UserError):
                rules.enroll_ids("res.partner", self.partner.ids)
        with self.assertRaises(UserError):
            self.scenario.explain("abc")


@tagged("post_install", "-at_install")
class TestEnrollOverHttp(HttpCase, EnrollCase):
    """The calls of docs/api.md."""

    def _call(self, method, status=200, on="crm.trigger.rule", **payload):
        key = self.env["res.users.apikeys"].with_user(self.sam).sudo()._generate("rpc", "form", False)
        url, headers = f"/json/2/{on}/{method}", {"Authorization": f"Bearer {key}"}
        answer = self.url_open(url, json=payload, headers=headers)
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, status, answer.text)
        return answer.json()

    def test_calls_that_work(self):
        scenario = self._create_scenario(name="Welcome")

        [found] = self._call("search_read", domain=[["name", "=", "Welcome"]], fields=["model_name", "state"])
        given = {"ids": [found["id"]], "model": found["model_name"], "record_ids": [self.partner.id]}
        entered = self._call("enroll_ids", key="fair-2026", **given)["entered"]
        left_out = self._call("enroll_ids", key="fair-2026", **given)["left_out"]
        told = self._call("explain", ids=[scenario.id], record=self.partner.id)

        run = self._get_runs(self.partner)
        self.assertEqual(entered, [{"record_id": self.partner.id, "run_id": run.id}])
        self.assertEqual(left_out[0]["code"], "running")
        self.assertIn("verdict", told)
        again = {"ids": [scenario.id], "records": [self.partner.id], "model": "res.partner"}
        self.assertEqual(self._call("enroll", **again), [])
        lines = self._call(
            "search_read",
            on="crm.trigger.execution",
            domain=[["run_id", "=", run.id]],
            fields=["step_name", "state", "scheduled_at"],
        )
        self.assertEqual([line["state"] for line in lines], ["scheduled"])
        self.assertLessEqual(lines[0]["scheduled_at"], fields.Datetime.to_string(fields.Datetime.now()))

    @mute_logger("odoo.http")
    def test_mistakes_are_answered_as_such(self):
        """Fails with 500 without ``_ensure_given``, ``check_ids`` and ``model``."""
        scenario, draft = self._create_scenario(), self._create_scenario(activate=False)
        lead = self._create_lead()
        lead.sudo().user_id = self.tom
        own = {"ids": [scenario.id], "model": "res.partner", "record_ids": [self.partner.id]}
        for status, wrong in (
            (422, {"ids": []}),
            (422, {"ids": [scenario.id, draft.id]}),
            (422, {"ids": ["a"]}),
            (404, {"ids": [2**31 - 1]}),
            (422, {"ids": [2**50]}),
            (422, {"ids": draft.ids}),
            (422, {"model": "crm.lead"}),
            (422, {"model": 5}),
            (404, {"record_ids": [2**31 - 1]}),
            (422, {"record_ids": ["x"]}),
            (422, {"record_ids": "x"}),
            (422, {"key": {"a": 1}}),
            (422, {"key": "k" * 5000}),
            (422, {"unknown": 1}),
        ):
            with self.subTest(wrong=wrong):
                self._call("enroll_ids", status, **{**own, **wrong})
        self._call("enroll", 422, ids=[scenario.id], records=[self.partner.id])
        rule = self._create_rule("manual")
        self._call("enroll_ids", 403, ids=[rule.id], model="crm.lead", record_ids=[lead.id])
        self.assertFalse(self._get_runs(self.partner))
