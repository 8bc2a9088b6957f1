import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, getMockEnv, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { TriggerPanel } from "@crm_triggers/panel/panel";
import { REFRESH } from "@crm_triggers/refresh/refresh_service";

defineMailModels();

const LINE = { id: 5, name: "Call", icon: "fa-clock-o", state: "scheduled", state_label: "Planned", reason: "" };
const RUN = { id: 3, rule_id: 9, rule: "Follow up", state: "running", reason: "", why: "By Sam", error: "" };

function makeLine(values) {
    return { ...LINE, error: "", attempts: 0, at: "2026-02-03 09:00:00", result: false, ...values };
}

function makeRun(lines, values) {
    return { ...RUN, record: "", started_at: "2026-02-01 09:00:00", ahead: [], lines, ...values };
}

/** The server's answer; the tests change it as a rule or a click would. */
let told;

beforeEach(() => {
    mockDate("2026-02-02 09:00:00", 0);
    told = { name: "Forty desks", paused: false, can_act: true, rules: [], planned: [], past: [] };
    onRpc("crm.lead", "crm_trigger_timeline", ({ args: [ids] }) => {
        expect.step(`told ${ids}`);
        return told;
    });
});

async function mountPanel(values) {
    Object.assign(told, values);
    await mountWithCleanup(TriggerPanel, {
        props: { action: { type: "ir.actions.client", params: { model: "crm.lead", id: 7 } } },
    });
    expect.verifySteps(["told 7"]);
}

/** Record the calls of a method on ids; answer when `answer` does. */
function noteCalls(model, method, answer) {
    onRpc(model, method, async ({ args: [ids] }) => {
        expect.step(`${method} ${ids}`);
        await answer;
        return true;
    });
}

test("a record that no rule touched says what will show up here", async () => {
    await mountPanel();

    expect(".o_crm_trigger_panel").toHaveText(/Forty desks[^]*No rule has done anything here yet/);
    expect(".o_crm_trigger_today").toHaveCount(0);
    expect(".o_crm_trigger_cancel_all").toHaveCount(0);
    expect(".o_crm_trigger_ask").toHaveCount(0);
});

test("a step that is late looks so", async () => {
    await mountPanel({ planned: [makeRun([makeLine({ late: true, state_label: "Planned, late" })])] });

    expect(".o_crm_trigger_planned .badge.text-bg-warning").toHaveText("Planned, late");
    expect(".o_crm_trigger_planned .o_crm_trigger_icon").toHaveClass("text-warning");
});

test("what is planned stands above today, what was done below, each with its sign", async () => {
    await mountPanel({
        planned: [makeRun([makeLine()])],
        past: [
            makeRun([
                makeLine({ id: 1, name: "Offer", icon: "fa-envelope", state: "done", state_label: "Done" }),
                makeLine({ id: 2, name: "Field", icon: "fa-cogs", state: "error", error: "No such field" }),
                makeLine({ id: 4, name: "Note", icon: "fa-sticky-note-o", state: "skipped", reason: "Does not hold" }),
            ]),
        ],
    });

    expect("section.o_crm_trigger_planned + .o_crm_trigger_today + section.o_crm_trigger_past").toHaveCount(1);
    expect(".o_crm_trigger_today").toHaveText("Today, February 2, 2026");
    expect(".o_crm_trigger_planned .o_crm_trigger_icon").toHaveClass(["fa-clock-o", "text-info"]);
    const [mail, field, note] = queryAll(".o_crm_trigger_past .o_crm_trigger_line");
    expect(mail.querySelector("i")).toHaveClass(["fa-envelope", "text-success"]);
    expect(mail.querySelector(".badge")).toHaveText("Done");
    expect(field.querySelector("i")).toHaveClass(["fa-cogs", "text-danger"]);
    expect(field.querySelector("div.text-danger")).toHaveText("No such field");
    expect(note.querySelector("i")).toHaveClass(["fa-sticky-note-o", "text-muted"]);
    expect(note).toHaveText(/Does not hold/);
});

test("what follows is told where something is planned, and why a run stopped", async () => {
    await mountPanel({
        planned: [makeRun([makeLine()], { ahead: ["Mail", "Note"] })],
        past: [
            makeRun([makeLine({ id: 2, state: "cancel" })], {
                id: 4,
                state: "stopped",
                reason: "Stopped manually",
                ahead: ["Mail"],
            }),
        ],
    });

    expect(".o_crm_trigger_planned").toHaveText(/Then: Mail, Note/);
    expect(".o_crm_trigger_past").toHaveText(/Stopped: Stopped manually/);
    expect(".o_crm_trigger_past").not.toHaveText(/Then:/);
    expect(".o_crm_trigger_past .text-decoration-line-through").toHaveText("Call");
});

test("who may only read has no buttons", async () => {
    const runs = [makeRun([makeLine(), makeLine({ id: 6, state: "error" })])];
    await mountPanel({ planned: runs, can_act: false });

    expect(".o_crm_trigger_line").toHaveCount(2);
    expect(".o_crm_trigger_actions, .o_crm_trigger_pause, .o_crm_trigger_cancel_all").toHaveCount(0);
});

test("a planned step is run now or cancelled, a failed one tried again; then one looks again", async () => {
    for (const method of ["action_run_now", "action_cancel", "action_retry"]) {
        noteCalls("crm.trigger.execution", method);
    }
    await mountPanel({
        planned: [makeRun([makeLine()])],
        past: [makeRun([makeLine({ id: 6, state: "error" })], { id: 4 })],
    });
    expect(".o_crm_trigger_planned .o_crm_trigger_retry").toHaveCount(0);
    expect(".o_crm_trigger_past .o_crm_trigger_cancel").toHaveCount(0);

    await contains(".o_crm_trigger_run_now").click();
    expect.verifySteps(["action_run_now 5", "told 7"]);
    await contains(".o_crm_trigger_retry").click();
    expect.verifySteps(["action_retry 6", "told 7"]);

    Object.assign(told, { planned: [], past: [makeRun([makeLine({ state: "cancel", state_label: "Cancelled" })])] });
    await contains(".o_crm_trigger_cancel").click();
    expect.verifySteps(["action_cancel 5", "told 7"]);
    expect(".o_crm_trigger_planned").toHaveText("Nothing is planned.");
    expect(".o_crm_trigger_past .badge").toHaveText("Cancelled");
});

test("a second click waits for the first to end", async () => {
    const answer = new Deferred();
    noteCalls("crm.trigger.execution", "action_run_now", answer);
    await mountPanel({ planned: [makeRun([makeLine()])] });

    const button = queryFirst(".o_crm_trigger_run_now");
    button.click();
    button.click();
    await animationFrame();
    expect(".o_crm_trigger_panel").toHaveAttribute("aria-busy", "true");
    expect(".o_crm_trigger_cancel").not.toBeEnabled();
    answer.resolve();
    await animationFrame();

    expect.verifySteps(["action_run_now 5", "told 7"]);
    expect(".o_crm_trigger_cancel").toBeEnabled();
});

test("after a refusal of the server one can click again", async () => {
    expect.errors(1);
    onRpc("crm.trigger.execution", "action_run_now", () => {
        throw new Error("refused");
    });
    await mountPanel({ planned: [makeRun([makeLine()])] });

    await contains(".o_crm_trigger_run_now").click();
    await animationFrame();

    expect(".o_crm_trigger_run_now").toBeEnabled();
    expect.verifyErrors(["refused"]);
});

test("all that is planned is cancelled after a question", async () => {
    noteCalls("crm.trigger.run", "action_stop");
    await mountPanel({ planned: [makeRun([makeLine()]), makeRun([makeLine({ id: 6 })], { id: 4 })] });

    await contains(".o_crm_trigger_cancel_all").click();
    await contains(".modal button:contains(Keep it)").click();
    expect.verifySteps([]);
    await contains(".o_crm_trigger_cancel_all").click();
    await contains(".modal button:contains(Cancel all)").click();

    expect.verifySteps(["action_stop 3,4", "told 7"]);
});

test("a record is paused and resumed; meanwhile nothing can be run", async () => {
    noteCalls("crm.lead", "action_crm_trigger_pause");
    noteCalls("crm.lead", "action_crm_trigger_resume");
    await mountPanel({ planned: [makeRun([makeLine()])] });

    told.paused = { who: "Sam", when: "2026-02-02 08:00:00" };
    await contains(".o_crm_trigger_pause").click();
    expect.verifySteps(["action_crm_trigger_pause 7", "told 7"]);
    expect(".alert").toHaveText(/^Sam paused this record 1 hour ago/);
    expect(".o_crm_trigger_run_now").toHaveCount(0);
    expect(".o_crm_trigger_cancel").toHaveCount(1);

    told.paused = false;
    await contains(".o_crm_trigger_pause:contains(Resume)").click();
    expect.verifySteps(["action_crm_trigger_resume 7", "told 7"]);
    expect(".alert").toHaveCount(0);
});

test("what rules change meanwhile shows up, for this record only", async () => {
    await mountPanel();
    told.past = [makeRun([makeLine({ state: "done" })])];

    getMockEnv().bus.trigger(REFRESH, { "crm.lead": [8], "sale.order": [7] });
    await animationFrame();
    expect.verifySteps([]);
    getMockEnv().bus.trigger(REFRESH, { "crm.lead": [7] });
    await animationFrame();

    expect.verifySteps(["told 7"]);
    expect(".o_crm_trigger_past .o_crm_trigger_line").toHaveCount(1);
});

test("one goes to what was made, to the rule and to the list", async () => {
    onRpc("crm.lead", "action_view_crm_trigger_executions", ({ args: [ids] }) => ({ listOf: ids }));
    mockService("action", { doAction: (action) => expect.step(action) });
    const result = { model: "mail.activity", id: 12, name: "Call Ada", done: true };
    await mountPanel({ past: [makeRun([makeLine({ state: "done", result })])] });
    const form = { type: "ir.actions.act_window", views: [[false, "form"]] };

    expect(".o_crm_trigger_result").toHaveText("Call Ada (done)");
    await contains(".o_crm_trigger_result").click();
    await contains(".o_crm_trigger_run header button").click();
    await contains("button:contains(See as a list)").click();

    expect.verifySteps([
        { ...form, res_model: "mail.activity", res_id: 12, name: "Call Ada", target: "new" },
        { ...form, res_model: "crm.trigger.rule", res_id: 9, name: undefined, target: "current" },
        { listOf: [7] },
    ]);
});

test("why a rule did not fire is asked below, when one wants to know", async () => {
    await mountPanel({ rules: [{ id: 9, name: "Follow up" }] });
    expect(".o_crm_trigger_explanation").toHaveCount(0);

    expect(".o_crm_trigger_ask").toHaveAttribute("aria-expanded", "false");
    await contains(".o_crm_trigger_ask").click();
    expect(".o_crm_trigger_ask").toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts(".o_crm_trigger_explanation option")).toEqual(["Which rule?", "Follow up"]);

    await contains(".o_crm_trigger_ask").click();
    expect(".o_crm_trigger_explanation").toHaveCount(0);
});
