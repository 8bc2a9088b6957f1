import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const HELPER = ".o_view_nocontent";
const TO_GALLERY = {
    trigger: `${HELPER} a.btn-primary:contains(Start from a template)`,
    run: "click",
};
const IN_GALLERY = { trigger: ".o_crm_trigger_gallery .o_kanban_record button:contains(Use)" };
const ASK = { trigger: `${HELPER} a:contains(How does this work?)`, run: "click" };
const CLOSE = { trigger: ".modal-header .btn-close", run: "click" };
const CLOSED = { trigger: "body:not(:has(.modal))" };

const openMenu = (entry) => [
    { trigger: "button[data-menu-xmlid='crm_triggers.crm_trigger_menu']", run: "click" },
    {
        trigger: `.o-dropdown-item[data-menu-xmlid='crm_triggers.${entry}']`,
        run: "click",
    },
];

/** From each empty page, the templates are one click away. */
tours.add("crm_triggers_first_steps", {
    steps: () => [
        { trigger: `${HELPER}:contains(Create your first rule)` },
        TO_GALLERY,
        IN_GALLERY,
        ...openMenu("crm_trigger_scenario_menu"),
        { trigger: `${HELPER}:contains(Create your first scenario)` },
        ASK,
        { trigger: ".modal .nav-link.active:contains(Scenarios)" },
        CLOSE,
        CLOSED,
        TO_GALLERY,
        IN_GALLERY,
        ...openMenu("crm_trigger_execution_menu"),
        { trigger: `.o_list_view ${HELPER}:contains(No rule has done anything here yet)` },
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { trigger: `.o_graph_view ${HELPER}:contains(No rule has done anything here yet)` },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: `.o_pivot_view ${HELPER}:contains(No rule has done anything here yet)` },
        TO_GALLERY,
        IN_GALLERY,
        ...openMenu("crm_trigger_planned_menu"),
        { trigger: `.o_calendar_view ${HELPER}:contains(Nothing is planned)` },
        TO_GALLERY,
        IN_GALLERY,
    ],
});

tours.add("crm_triggers_first_steps_record", {
    steps: () => [
        { trigger: "button[name=action_view_crm_triggers]:visible", run: "click" },
        { trigger: ".o_crm_trigger_panel:contains(No rule has done anything here yet)" },
        { trigger: ".o_crm_trigger_to_help", run: "click" },
        { trigger: ".modal .o_crm_trigger_help .nav-link.active:contains(The basics)" },
        CLOSE,
        CLOSED,
        { trigger: "button[name=action_view_crm_triggers]:visible", run: "click" },
        { trigger: ".o_crm_trigger_to_gallery", run: "click" },
        IN_GALLERY,
        CLOSED,
    ],
});
