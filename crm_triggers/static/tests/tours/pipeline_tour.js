import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains('Forty desks')";
let isSamePage = false;

/** A salesperson drags a card, sees the activity on it, opens it and cancels the next planned step. */
registry.category("web_tour.tours").add("crm_triggers_pipeline", {
    steps: () => [
        {
            content: "no task on the card yet",
            trigger: `.o_kanban_group:contains('New') ${CARD}:not(:has(.o-mail-ActivityButton .text-success))`,
            run() {
                isSamePage = true;
            },
        },
        {
            content: "drag it to the stage that the rule is for",
            trigger: `.o_kanban_group:contains('New') ${CARD}`,
            run: "drag_and_drop (.o_kanban_group:contains('Offer'))",
        },
        {
            content: "the task is on it",
            trigger: `.o_kanban_group:contains('Offer') ${CARD} .o-mail-ActivityButton .text-success`,
            run() {
                if (!isSamePage) {
                    throw new Error("The page was loaded again.");
                }
            },
        },
        { content: "open it", trigger: CARD, run: "click" },
        { trigger: ".o_form_view .o-mail-Activity:contains('Call')" },
        {
            content: "what rules do here",
            trigger: "button[name=action_view_crm_triggers]:visible",
            run: "click",
        },
        {
            content: "what was done",
            trigger: ".o_crm_trigger_past .o_crm_trigger_line:contains('Call'):contains('Done')",
        },
        {
            content: "what comes in three days is cancelled",
            trigger: ".o_crm_trigger_planned .o_crm_trigger_line:contains('Note') .o_crm_trigger_cancel",
            run: "click",
        },
        { trigger: ".o_crm_trigger_past .o_crm_trigger_line:contains('Note'):contains('Cancelled')" },
        { trigger: ".o_crm_trigger_panel .o_crm_trigger_planned:contains('Nothing is planned.')" },
    ],
});
