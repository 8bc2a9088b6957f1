import { expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { Explanation } from "@crm_triggers/panel/explanation";

defineMailModels();

const LEAF = { kind: "leaf", operator: "=", depth: 0 };
const ANSWER = {
    ok: false,
    verdict: "It does not run: the stage is another one.",
    date: false,
    conditions: [
        { kind: "all", label: "All of these", depth: 0, ok: false },
        { ...LEAF, label: "Stage", wanted: "Offer", seen: "New", depth: 1, ok: false },
        { ...LEAF, label: "Priority", wanted: "High", seen: "High", depth: 1, ok: true },
        { ...LEAF, label: "Secret", wanted: "1", seen: "?", depth: 1, ok: null },
    ],
    before: [],
    exceptions: [],
    guards: [{ key: "live", label: "The rule is live", detail: "since yesterday", ok: true }],
};

/** Choose a rule for record 7 and let the server answer. */
async function ask(values) {
    onRpc("crm.trigger.rule", "explain", ({ args }) => {
        expect.step(args);
        return { ...ANSWER, ...values };
    });
    const rules = [
        { id: 4, name: "Thank" },
        { id: 9, name: "Follow up" },
    ];
    await mountWithCleanup(Explanation, { props: { resId: 7, rules } });
    expect.verifySteps([]);
    await contains(".o_crm_trigger_explanation select").select("9");
    expect.verifySteps([[9, 7]]);
}

test("nothing is asked before a rule is chosen, nothing shown after it is taken back", async () => {
    await ask();
    expect(".alert").toHaveCount(1);

    await contains(".o_crm_trigger_explanation select").select("0");

    expect.verifySteps([]);
    expect(".alert").toHaveCount(0);
});

test("the verdict comes first, in the colour of the answer", async () => {
    await ask({ ok: true, verdict: "It ran on 2 February." });

    expect(".alert.alert-info").toHaveText("It ran on 2 February.");
    expect(".alert-warning").toHaveCount(0);
});

test("each condition has its mark, what is wanted and what is seen", async () => {
    await ask();

    expect(".alert.alert-warning").toHaveText(ANSWER.verdict);
    const rows = queryAll("div:has(span.text-break)", { root: queryOne(".o_crm_trigger_explanation") });
    expect(rows.map((row) => queryAllTexts("span span", { root: row }))).toEqual([
        [],
        ["=", "Offer", "now: New"],
        ["=", "High", "now: High"],
        ["=", "1", "now: ?"],
    ]);
    expect(rows[0]).toHaveText("All of these");
    expect(rows[1]).toHaveText(/^Stage/);
    expect(rows[1].querySelector("i")).toHaveClass(["fa-times-circle", "text-danger"]);
    expect(rows[2].querySelector("i")).toHaveClass(["fa-check-circle", "text-success"]);
    expect(rows[3].querySelector("i")).toHaveClass(["fa-question-circle", "text-muted"]);
    expect(rows.map((row) => row.querySelector("i").title)).toEqual(["No", "No", "Yes", "Not known"]);
    expect(rows.map((row) => row.style.paddingInlineStart)).toEqual(["0rem", "1.5rem", "1.5rem", "1.5rem"]);
});

test("only what the rule looks at has a heading", async () => {
    await ask({ conditions: [] });
    expect(queryAllTexts("h5")).toEqual(["Safeguards"]);
    expect("h5 + div").toHaveText(/The rule is live.*since yesterday/);
});

test("the date, the state before and the exceptions are told where there are some", async () => {
    const row = { ...LEAF, label: "Contact", wanted: "Ada", seen: "Bob", ok: false };
    const date = { label: "Closing", value: "02/20/2026", text: "due on 02/13/2026" };
    await ask({ date, before: [row], exceptions: [row] });

    expect(queryAllTexts("h5")).toEqual([
        "Conditions",
        "Before the change, checked with the current values",
        "Exceptions",
        "Safeguards",
    ]);
    expect(".o_crm_trigger_explanation p:eq(1)").toHaveText(/^Closing: 02\/20\/2026\s*due on 02\/13\/2026$/);
});
