import { expect, test } from "@odoo/hoot";
import { queryAll, queryAttribute } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Rule extends models.Model {
    _name = "rule";

    name = fields.Char();
    activity = fields.Json();

    _records = [
        { id: 1, name: "Busy", activity: [0, 1, 4, 2] },
        { id: 2, name: "At rest", activity: [0, 0, 0, 0] },
        { id: 3, name: "Unknown", activity: false },
    ];
    _views = {
        kanban: /* xml */ `
            <kanban>
                <templates>
                    <t t-name="card">
                        <field name="name"/>
                        <field name="activity" widget="crm_trigger_sparkline"/>
                    </t>
                </templates>
            </kanban>`,
    };
}

defineMailModels();
defineModels([Rule]);

const heights = (nth) =>
    queryAll(`.o_kanban_record:nth-child(${nth}) rect`).map((bar) => Number(bar.getAttribute("height")));

test("a day is a bar, the busiest one as high as the drawing", async () => {
    await mountView({ resModel: "rule", type: "kanban" });

    expect(heights(1)).toEqual([1, 5, 20, 10]);
    expect(".o_kanban_record:nth-child(1) rect.o_busy").toHaveCount(3);
});

test("says in words what it shows", async () => {
    await mountView({ resModel: "rule", type: "kanban" });

    expect(queryAttribute(".o_kanban_record:nth-child(1) svg", "aria-label")).toBe(
        "7 runs in the last 4 days"
    );
    expect(".o_kanban_record:nth-child(1) svg").toHaveAttribute("role", "img");
});

test("a rule at rest is a flat line, no value is none", async () => {
    await mountView({ resModel: "rule", type: "kanban" });

    expect(heights(2)).toEqual([1, 1, 1, 1]);
    expect(".o_kanban_record:nth-child(3) rect").toHaveCount(0);
});
