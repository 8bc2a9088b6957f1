import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, makeServerError, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Rule extends models.Model {
    _name = "crm.trigger.rule";
    name = fields.Char();
    _records = [{ id: 1, name: "Call" }];
}

defineMailModels();
defineModels([Rule]);

const ARCHS = {
    list: `<list js_class="crm_trigger_rule_list"><field name="name"/></list>`,
    kanban: `<kanban js_class="crm_trigger_rule_kanban"><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
};
const RECORDS = { list: ".o_data_row", kanban: ".o_kanban_record:not(.o_kanban_ghost)" };

/** Open the rules in a given state of health. */
async function openRules(type, answer) {
    onRpc("crm.trigger.rule", "get_health", answer);
    await mountView({ type, resModel: "crm.trigger.rule", arch: ARCHS[type] });
    await animationFrame();
    expect(RECORDS[type]).toHaveCount(1);
}

for (const type of ["list", "kanban"]) {
    test(`${type}: what does not run is said above the rules`, async () => {
        await openRules(type, () => ({ status: "stopped", problems: ["It is switched off.", "Steps fail."] }));

        expect(".o_crm_trigger_health.alert-danger > div").toHaveCount(2);
        expect(".o_crm_trigger_health > div:first").toHaveText("It is switched off.");
    });

    test(`${type}: what is late or fails is said less loudly`, async () => {
        await openRules(type, () => ({ status: "late", problems: ["Steps wait."] }));

        expect(".o_crm_trigger_health.alert-warning").toHaveText("Steps wait.");
    });

    test(`${type}: nothing is said while all is well`, async () => {
        await openRules(type, () => ({ status: "ok", problems: [] }));

        expect(".o_crm_trigger_health").toHaveCount(0);
    });

    test(`${type}: when asking fails, the rules are there all the same`, async () => {
        await openRules(type, () => {
            throw makeServerError({ message: "no" });
        });

        expect(".o_crm_trigger_health").toHaveCount(0);
        expect(".o_error_dialog").toHaveCount(0);
    });
}
