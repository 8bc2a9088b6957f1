import { registry } from "@web/core/registry";

const CLOSE = { trigger: ".modal-header .btn-close", run: "click" };
const CLOSED = { trigger: "body:not(:has(.modal))" };
const ASK = { trigger: ".o_crm_trigger_help_link", run: "click" };

/** Open an entry of the menu "Triggers" of CRM. */
const openMenu = (xmlid, label) => [
    { trigger: "button[data-menu-xmlid='crm_triggers.crm_trigger_menu']", run: "click" },
    { trigger: `.o-dropdown-item[data-menu-xmlid='${xmlid}']:contains(${label})`, run: "click" },
];

/** A sales manager opens the help of a rule, reads on, and opens that of a new one. */
registry.category("web_tour.tours").add("crm_triggers_help", {
    steps: () => [
        ASK,
        { trigger: ".modal .nav-link.active:contains(A date comes)" },
        { trigger: ".modal .o_crm_trigger_help_page h4:contains(If the date moves)" },
        { trigger: ".modal .nav-link:contains(Scenarios)", run: "click" },
        { trigger: ".modal .o_crm_trigger_help_page h4:contains(Adding records)" },
        CLOSE,
        CLOSED,
        { trigger: ".o_form_button_create", run: "click" },
        { trigger: ".o_crm_trigger_sentence:contains(Choose an event)" },
        ASK,
        { trigger: ".modal .nav-link.active:contains(The basics)" },
        CLOSE,
        CLOSED,
        { trigger: ".o_form_button_cancel", run: "click" },
        ...openMenu("crm_triggers.crm_trigger_scenario_menu", "Scenarios"),
        { trigger: ".o_last_breadcrumb_item:contains(Scenarios)" }, // not the button of the previous view
        { trigger: ".o_control_panel .o-kanban-button-new", run: "click" },
        { trigger: ".o_crm_trigger_sentence:contains(Choose an event)" },
        ASK,
        { trigger: ".modal .nav-link.active:contains(Scenarios)" },
        CLOSE,
        CLOSED,
        { trigger: ".o_form_button_cancel", run: "click" },
    ],
});
