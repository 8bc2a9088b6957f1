import { registry } from "@web/core/registry";

/** A sales manager creates the rule "Devis envoyé" in French, in the words on screen. */
registry.category("web_tour.tours").add("crm_triggers_french_rule", {
    steps: () => [
        {
            content: "the form says what to do first",
            trigger: ".o_crm_trigger_sentence:contains('Votre déclencheur apparaîtra ici')",
        },
        { trigger: ".o_horizontal_separator:contains('Quand')" },
        { trigger: ".o_horizontal_separator:contains('Alors')" },
        { content: "the happenings", trigger: ".o_crm_trigger_preset input", run: "click" },
        { trigger: ".o_crm_trigger_preset_menu .o_select_menu_group:contains('Devis')" },
        { trigger: ".o_crm_trigger_preset input", run: "edit devis envoyé" },
        {
            trigger: ".o_crm_trigger_preset_menu .o-dropdown-item:contains('Devis envoyé')",
            run: "click",
        },
        { trigger: ".o_field_widget[name=name] :value('Devis envoyé')" },
        {
            content: "a step",
            trigger: ".o_crm_trigger_steps button:contains('Activité')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=activity_summary] input",
            run: "edit Relancer le devis",
        },
        {
            trigger: ".modal .o_field_widget[name=activity_date_deadline_range] input",
            run: "edit 3 && press Tab",
        },
        { trigger: ".modal .o_field_widget[name=phrase]:contains('à faire sous 3 jours')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "the rule reads as a French sentence",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=sentence]" +
                ":contains('Quand un devis est envoyé'):contains('Relancer le devis'):contains('à faire sous 3 jours')",
        },
        { trigger: "button[name=action_switch_on]:contains('Activer')", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Actif')" },
    ],
});
