import { Deferred, expect, test } from "@odoo/hoot";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { concerns, join, REFRESH } from "@crm_triggers/refresh/refresh_service";

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    _records = [
        { id: 1, name: "Desks" },
        { id: 2, name: "Chairs" },
    ];
}
defineMailModels();
defineModels([Deal]);

const FORM = { type: "form", resModel: "deal", resId: 1, arch: `<form><field name="name"/></form>` };

test("a notification concerns the records it names, or all of a model", () => {
    expect(concerns({ deal: [1] }, "deal", [2, 1])).toBe(true);
    expect(concerns({ deal: [1] }, "deal", [2])).toBe(false);
    expect(concerns({ deal: [1] }, "lead", [1])).toBe(false);
    expect(concerns({ deal: null }, "deal", [2])).toBe(true);
});

test("notifications are joined", () => {
    expect(join({ deal: [1] }, { deal: [1, 2], lead: [3] })).toEqual({ deal: [1, 2], lead: [3] });
    expect(join({ deal: [1] }, { deal: null })).toEqual({ deal: null });
    expect(join({ deal: null }, { deal: [1] })).toEqual({ deal: null });
});

test("a form reads its record again when rules changed it", async () => {
    const view = await mountView(FORM);
    MockServer.env.deal.write([1], { name: "Forty desks" });
    onRpc("deal", "web_read", () => expect.step("read"));

    view.env.bus.trigger(REFRESH, { deal: [2] });
    await animationFrame();
    expect.verifySteps([]);

    view.env.bus.trigger(REFRESH, { deal: [1] });
    await animationFrame();
    expect.verifySteps(["read"]);
    expect(".o_field_widget[name=name] input").toHaveValue("Forty desks");
});

test("a form that is being edited is left alone", async () => {
    const view = await mountView(FORM);
    await contains(".o_field_widget[name=name] input").edit("My desks", { confirm: false });
    onRpc("deal", "web_read", () => expect.step("read"));

    view.env.bus.trigger(REFRESH, { deal: [1] });
    await runAllTimers();

    expect.verifySteps([]);
    expect(".o_field_widget[name=name] input").toHaveValue("My desks");
});

test("a kanban view reads its records again", async () => {
    const view = await mountView({
        type: "kanban",
        resModel: "deal",
        arch: `<kanban><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
    });
    onRpc("deal", "web_search_read", () => expect.step("read"));

    view.env.bus.trigger(REFRESH, { deal: [2] });
    await animationFrame();

    expect.verifySteps(["read"]);
});

test("a button that reads the record again is not left waiting", async () => {
    const view = await mountView({
        ...FORM,
        arch: `<form><header><button name="act" type="object" string="Act"/></header><field name="name"/></form>`,
    });
    const reading = new Deferred();
    onRpc("deal", "act", () => false);
    onRpc("deal", "web_read", () => reading);
    await contains("button[name=act]").click();

    view.env.bus.trigger(REFRESH, { deal: [1] });
    await animationFrame();
    reading.resolve();
    await runAllTimers();
    await animationFrame();

    expect("button[name=act]").toBeEnabled();
});
