import { registry } from "@web/core/registry";

const SENTENCE =
    "When an opportunity reaches the stage “Offer”: plan the activity “Present the offer” (due in 1 day), " +
    "then add a note to the salesperson 1 day after the previous step";

/** A sales manager creates a rule from a preset with two steps, reads it, and activates it. */
registry.category("web_tour.tours").add("crm_triggers_rule_form", {
    url: "/odoo/crm-triggers/new",
    steps: () => [
        {
            content: "Empty, the form says what to do first",
            trigger: ".o_crm_trigger_sentence:contains(Choose an event)",
        },
        { content: "Open the happenings", trigger: ".o_crm_trigger_preset input", run: "click" },
        {
            content: "They are grouped by phase",
            trigger: ".o_crm_trigger_preset_menu .o_select_menu_group:contains(Quotations)",
        },
        {
            content: "Search among them",
            trigger: ".o_crm_trigger_preset input",
            run: "edit reaches a stage",
        },
        {
            content: "Pick one",
            trigger: ".o_crm_trigger_preset_menu .o-dropdown-item:contains(Opportunity reaches a stage)",
            run: "click",
        },
        {
            content: "The technical choices stay behind a fold",
            trigger: ".o_form_view:not(:has(.o_field_widget[name=trigger]))",
        },
        {
            content: "The rule has a name already",
            trigger: ".o_field_widget[name=name] :value(Opportunity reaches a stage)",
        },
        {
            content: "Choose the stage",
            trigger: ".o_field_widget[name=preset_value] input",
            run: "edit Offer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Offer):not(:contains(Search))",
            run: "click",
        },
        {
            content: "The sentence follows",
            trigger: ".o_field_widget[name=sentence]:contains(reaches the stage “Offer”)",
        },
        {
            content: "Add an activity",
            trigger: ".o_crm_trigger_steps button:contains(Activity)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=activity_summary] input",
            run: "edit Present the offer",
        },
        {
            trigger: ".modal .o_field_widget[name=activity_date_deadline_range] input",
            run: "edit 1 && press Tab",
        },
        {
            content: "The step reads as a phrase while it is written",
            trigger: ".modal .o_field_widget[name=phrase]:contains('“Present the offer” (due in 1 day)')",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "It is a card",
            trigger: "body:not(:has(.modal)) .o_crm_trigger_steps .o_kanban_record:contains(Present the offer)",
        },
        {
            content: "Add a note",
            trigger: ".o_crm_trigger_steps button:contains(Note)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=delay_count] input", run: "edit 1 && press Tab" },
        {
            trigger: ".modal .o_field_widget[name=message_body] .odoo-editor-editable",
            run: "editor Ask whether it was understood",
        },
        {
            content: "One day is not 1 days",
            trigger: ".modal .o_field_widget[name=timing]:contains(1 day after the previous step)",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "The rule reads as a sentence",
            trigger: `body:not(:has(.modal)) .o_field_widget[name=sentence]:contains(${SENTENCE})`,
        },
        { content: "Switch it on", trigger: "button[name=action_switch_on]", run: "click" },
        {
            content: "It is live, and says what it did",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Live)",
        },
        { trigger: `.o_field_widget[name=sentence]:contains(${SENTENCE})` },
    ],
});
