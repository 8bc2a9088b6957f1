import { beforeEach, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
    toggleKanbanColumnActions,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Stage extends models.Model {
    _name = "crm.stage";
    name = fields.Char();
    _records = [
        { id: 11, name: "New" },
        { id: 12, name: "Offer" },
    ];
}

class Lead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    stage_id = fields.Many2one({ relation: "crm.stage" });
    priority = fields.Selection({ selection: [["1", "High"]] });
    _records = [
        { id: 1, name: "Desks", stage_id: 11, priority: "1" },
        { id: 2, name: "Chairs", stage_id: 12, priority: "1" },
    ];
}

class Task extends models.Model {
    _name = "task";
    name = fields.Char();
    stage_id = fields.Many2one({ relation: "crm.stage" });
    _records = [
        { id: 1, name: "Plan", stage_id: 11 },
        { id: 2, name: "Build", stage_id: 12 },
    ];
}

defineMailModels();
defineModels([Stage, Lead, Task]);

const MANAGERS = "crm_triggers.crm_triggers_group_manager";
let groups, count;

beforeEach(() => {
    groups = [MANAGERS];
    count = () => ({});
    onRpc("has_group", ({ args: [, group] }) => groups.includes(group));
    onRpc("crm.trigger.rule", "get_stage_counts", () => {
        expect.step("count");
        return count();
    });
});

/** Open the gear of the second column, or of the first. */
async function openGear({ resModel = "crm.lead", groupBy = "stage_id", column = 1 } = {}) {
    await mountView({
        type: "kanban",
        resModel,
        groupBy: [groupBy],
        arch: `<kanban><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
    });
    await animationFrame();
    await toggleKanbanColumnActions(column);
    expect(".o_group_config_menu, .o-dropdown--menu").toHaveCount(1);
}

test("a sales manager goes from the gear of a stage to its rules", async () => {
    onRpc("crm.trigger.rule", "action_view_of_stage", ({ args }) => ({ rulesOf: args }));
    mockService("action", { doAction: (action) => expect.step(action) });
    await openGear();

    await contains(".o_crm_stage_triggers").click();
    await animationFrame();

    expect.verifySteps(["count", { rulesOf: [12] }]);
});

test("who makes no rules has no such entry", async () => {
    groups = ["sales_team.group_sale_salesman"];
    await openGear();

    expect.verifySteps([]);
    expect(".o_crm_stage_triggers").toHaveCount(0);
});

test("columns that are no stages have none", async () => {
    await openGear({ groupBy: "priority", column: 0 });

    expect.verifySteps([]);
    expect(".o_crm_stage_triggers").toHaveCount(0);
});

test("stages of other models have none", async () => {
    await openGear({ resModel: "task" });

    expect.verifySteps([]);
    expect(".o_crm_stage_triggers").toHaveCount(0);
});

test("the gear says how many rules a stage has; all are counted at once", async () => {
    count = () => ({ 12: 3 });
    await openGear();

    expect.verifySteps(["count"]);
    expect(".o_crm_stage_triggers").toHaveText("Triggers of this stage (3)");
});

test("a stage without rules has no number", async () => {
    count = () => ({ 12: 3 });
    await openGear({ column: 0 });

    expect.verifySteps(["count"]);
    expect(".o_crm_stage_triggers").toHaveText("Triggers of this stage");
});

test("when counting fails, the pipeline and the gear work all the same", async () => {
    count = () => {
        throw makeServerError({ message: "no" });
    };
    await openGear();

    expect.verifySteps(["count"]);
    expect(".o_crm_stage_triggers").toHaveText("Triggers of this stage");
    expect(".o_error_dialog").toHaveCount(0);
    await contains(".o_kanban_toggle_fold").click();
    expect(".o_kanban_group.o_column_folded").toHaveCount(1);
});
