import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const OPEN = { trigger: "button[name=action_view_crm_triggers]:visible", run: "click" };
const MORE = { trigger: ".o-form-buttonbox .o_button_more", run: "click" };

/** The salesperson sees the planned steps, pauses, resumes and cancels them, and opens the explanation. */
const LOOK_AND_CANCEL = [
    { trigger: ".o_crm_trigger_planned .o_crm_trigger_line:contains(Call)" },
    { trigger: ".o_crm_trigger_pause:contains(Pause)", run: "click" },
    { trigger: ".o_crm_trigger_panel .alert:contains(Sam)" },
    { trigger: ".o_crm_trigger_panel:not(:has(.o_crm_trigger_run_now))" },
    { trigger: ".o_crm_trigger_pause:contains(Resume)", run: "click" },
    { trigger: ".o_crm_trigger_panel:not(:has(.alert))" },
    { trigger: ".o_crm_trigger_cancel", run: "click" },
    { trigger: ".o_crm_trigger_past .o_crm_trigger_line:contains(Cancelled)" },
    { trigger: ".o_crm_trigger_past .o_crm_trigger_run:contains(Stopped manually)" },
    { trigger: ".o_crm_trigger_ask", run: "click" },
    { trigger: ".o_crm_trigger_explanation select", run: "selectByLabel Follow up" },
    { trigger: ".o_crm_trigger_explanation:contains(Stage):contains(Offer)" },
    { trigger: ".o_crm_trigger_explanation .alert:contains(It was stopped on)" },
];

tours.add("crm_trigger_panel", { steps: () => [OPEN, ...LOOK_AND_CANCEL] });
tours.add("crm_trigger_panel_phone", { steps: () => [MORE, OPEN, ...LOOK_AND_CANCEL] });

tours.add("crm_trigger_retry", {
    steps: () => [
        OPEN,
        { trigger: ".o_crm_trigger_line:contains(Error):contains(Try it)" },
        { trigger: ".o_crm_trigger_retry", run: "click" },
        { trigger: ".o_crm_trigger_past .o_crm_trigger_line:contains(Try it):contains(Done)" },
        { trigger: ".o_crm_trigger_panel:not(:has(.o_crm_trigger_retry))" },
        { trigger: ".modal-header .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

const GEAR = [
    { trigger: ".o_kanban_group:contains(Offer) .o_kanban_header", run: "hover" },
    {
        trigger: ".o_kanban_group:contains(Offer) .o_group_config button:not(:visible)",
        run: "click",
    },
];

tours.add("crm_trigger_stage_gear", {
    steps: () => [
        ...GEAR,
        { trigger: ".o-dropdown-item.o_crm_stage_triggers:contains('(1)')", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Follow up)" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=filter_domain]:contains(Offer)" },
        {
            trigger: ".o_form_view .o_field_widget[name=name] :is(input, textarea)",
            run: "edit Made from the gear",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".breadcrumb-item a:contains(Triggers of the stage)", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Made from the gear)" },
    ],
});

tours.add("crm_trigger_no_stage_gear", {
    steps: () => [
        ...GEAR,
        { trigger: ".o-dropdown-item:contains(Fold)" },
        { trigger: "body:not(:has(.o_crm_stage_triggers))" },
    ],
});
