import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const USE = {
    content: "choose a ready rule",
    trigger: ".o_kanban_record:contains('New lead: call within 24 hours') button:contains('Use')",
    run: "click",
};

/** What a sales manager changes in a template's rule before activating it. */
const EDIT = [
    {
        content: "with its step",
        trigger: ".o_form_view .o_field_widget[name=step_ids]:contains('Call within 24 hours')",
    },
    {
        content: "give it a name of one's own",
        trigger: ".o_form_view .o_field_widget[name=name] :is(input, textarea)",
        run: "edit Call every new lead",
    },
    {
        content: "change what is to be done",
        trigger: ".o_field_widget[name=step_ids] .o_kanban_record:contains('Call within 24 hours')",
        run: "click",
    },
    {
        trigger: ".modal .o_field_widget[name=activity_summary] input",
        run: "edit Call and say hello",
    },
    {
        trigger: ".modal .o_form_button_save",
        run: "click",
    },
    {
        content: "the sentence follows",
        trigger: "body:not(:has(.modal)) .o_field_widget[name=sentence]:contains('Call and say hello')",
    },
];

tours.add("crm_triggers_gallery", {
    steps: () => [
        USE,
        {
            content: "it is a draft, opened for review",
            trigger: ".o_form_view .o_arrow_button_current:contains('Draft')",
        },
        ...EDIT,
        {
            content: "switch it on",
            trigger: ".o_form_view button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "it is live",
            trigger: ".o_form_view .o_arrow_button_current:contains('Live')",
        },
    ],
});

tours.add("crm_triggers_gallery_phone", {
    steps: () => [
        USE,
        {
            content: "it is a draft, opened for review",
            trigger: ".o_form_view .o_statusbar_status button:contains('Draft')",
        },
        ...EDIT,
        {
            content: "switch it on",
            trigger: ".o_form_view button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "it is live",
            trigger: ".o_form_view .o_statusbar_status button:contains('Live')",
        },
    ],
});

tours.add("crm_triggers_switch", {
    steps: () => [
        {
            content: "the rule is in its phase",
            trigger: ".o_kanban_group:contains('Opportunity') .o_kanban_record:contains('Call the lead') svg[role=img]",
        },
        {
            content: "switch it on, on its card",
            trigger: ".o_kanban_record:contains('Call the lead') button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "it asks about the records that are so already",
            trigger: ".modal label:contains('Also for these records')",
            run: "click",
        },
        {
            content: "which it shows",
            trigger: ".modal .o_crm_trigger_names li",
        },
        {
            trigger: ".modal button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "and off again",
            trigger: ".o_kanban_record:contains('Call the lead') button[name=action_pause]",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('Call the lead') .badge:contains('Paused')",
        },
        {
            content: "one without a step says why it stays off",
            trigger: ".o_kanban_record:contains('Nothing to do') button[name=action_switch_on]",
            run: "click",
        },
        {
            trigger: ".modal:contains('has no step yet') .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

tours.add("crm_triggers_retry", {
    steps: () => [
        {
            content: "only what failed",
            trigger: ".o_search_panel_filter_value:contains('Error') input",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_data_row .badge:not(:contains('Error')))) .o_data_row:eq(2)",
        },
        {
            content: "all of it",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "once more",
            trigger: ".o_list_view button[name=action_retry]",
            run: "click",
        },
        {
            content: "nothing of that kind is left",
            trigger: "body:not(:has(.o_data_row .badge:contains('Error'))) .o_list_view",
        },
    ],
});

tours.add("crm_triggers_french", {
    steps: () => [
        {
            trigger: ".o_menu_sections .o_nav_entry:contains('Déclencheurs'), .o_menu_sections button:contains('Déclencheurs')",
            run: "click",
        },
        {
            content: "the cards speak French",
            trigger: ".o_kanban_view .o_kanban_record:contains('Call the lead') i[title*='Piste']",
        },
    ],
});

tours.add("crm_triggers_salesperson", {
    steps: () => [
        {
            content: "what was done to his own record",
            trigger: ".o_data_row:contains('Lead of Sam')",
        },
        {
            content: "and to nobody else's",
            trigger: "body:not(:has(.o_data_row:contains('Lead of Tom')))",
        },
        {
            trigger: ".o_menu_sections button:contains('Triggers')",
            run: "click",
        },
        {
            content: "the log and what is planned, nothing to configure",
            trigger: ".o-dropdown--menu:contains('Log'):contains('Planned'):not(:contains('Rules')):not(:contains('Templates'))",
        },
    ],
});

tours.add("crm_triggers_phone", {
    steps: () => [
        {
            content: "a column at a time",
            trigger: ".o_kanban_group:contains('Opportunity') .o_kanban_record:contains('Call the lead') button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "only for what happens from now on",
            trigger: ".modal button[name=action_switch_on]",
            run: "click",
        },
        {
            content: "switched on",
            trigger: ".o_kanban_record:contains('Call the lead') button[name=action_pause]",
        },
        {
            content: "nothing is wider than the screen",
            trigger: "body",
            run() {
                const record = document.querySelector(".o_kanban_record:not(.o_kanban_ghost)");
                if (record.getBoundingClientRect().width > window.innerWidth) {
                    throw new Error("The card is wider than the screen.");
                }
            },
        },
    ],
});
