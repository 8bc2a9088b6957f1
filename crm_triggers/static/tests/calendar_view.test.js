import { beforeEach, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Line extends models.Model {
    _name = "line";
    name = fields.Char();
    scheduled_at = fields.Datetime();
    has_access() {
        return true;
    }
}
defineMailModels();
defineModels([Line]);

const CALENDAR = {
    type: "calendar",
    resModel: "line",
    arch: `<calendar js_class="crm_trigger_calendar" date_start="scheduled_at" mode="month"/>`,
    noContentHelp: "Nothing is planned",
};

beforeEach(() => mockDate("2026-03-02 09:00:00"));

test("a calendar without anything says so", async () => {
    await mountView(CALENDAR);

    expect(".o_calendar_view .o_view_nocontent").toHaveText("Nothing is planned");
});

test("a month without anything is just empty, as long as another has something", async () => {
    Line._records = [{ id: 1, name: "Call", scheduled_at: "2026-05-04 08:00:00" }];
    await mountView(CALENDAR);

    expect(".o_calendar_view .o_view_nocontent").toHaveCount(0);
});

test("with something in it, nothing more is asked", async () => {
    Line._records = [{ id: 1, name: "Call", scheduled_at: "2026-03-04 08:00:00" }];
    onRpc("line", "search_count", () => expect.step("count"));
    await mountView(CALENDAR);

    expect(".o_calendar_view .o_view_nocontent").toHaveCount(0);
    expect(".fc-event").toHaveCount(1);
    expect.verifySteps([]);
});
