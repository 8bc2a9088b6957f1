import { describe, expect, test } from "@odoo/hoot";
import { groupKinds } from "@crm_triggers/kind_field/kind_field";

describe.current.tags("headless");

const OPTIONS = [
    ["note", "Notify"],
    ["mail", "Send an email"],
    ["down_payment", "Create a down-payment invoice"],
];
const MENU = [
    { label: "Notify colleagues", choices: [{ value: "note", label: "Notify" }] },
    { label: "Write to the customer", choices: [{ value: "mail", label: "Send an email" }] },
];

test("only what suits the records is offered, under its headings", () => {
    expect(groupKinds(MENU, OPTIONS, "mail")).toEqual(MENU);
});

test("a kind that is chosen already stays to be seen", () => {
    const [first, ...others] = groupKinds(MENU, OPTIONS, "down_payment");
    expect(first).toEqual({
        choices: [{ value: "down_payment", label: "Create a down-payment invoice" }],
    });
    expect(others).toEqual(MENU);
});

test("until the menu is known all kinds are offered", () => {
    expect(groupKinds(false, OPTIONS, "note")[0].choices.map((choice) => choice.value)).toEqual([
        "note",
        "mail",
        "down_payment",
    ]);
});
