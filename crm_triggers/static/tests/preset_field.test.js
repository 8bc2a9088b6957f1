import { describe, expect, test } from "@odoo/hoot";
import { groupPresets } from "@crm_triggers/preset_field/preset_field";

describe.current.tags("headless");

const PHASES = [
    ["opportunity", "Opportunities"],
    ["order", "Orders"],
    ["quotation", "Quotations"],
];

test("presets stand under their phase, in the order of the process", () => {
    const presets = [
        { id: 3, name: "Quotation sent", phase: "quotation" },
        { id: 1, name: "Opportunity won", phase: "opportunity" },
        { id: 2, name: "Opportunity lost", phase: "opportunity" },
    ];

    const groups = groupPresets(presets, PHASES);

    expect(groups.map((group) => group.label)).toEqual(["Opportunities", "Quotations"]);
    expect(groups[0].choices.map((choice) => [choice.value, choice.label])).toEqual([
        [1, "Opportunity won"],
        [2, "Opportunity lost"],
    ]);
});

test("without presets there is no group", () => {
    expect(groupPresets([], PHASES)).toEqual([]);
});
