import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const NEEDED = [
    { name: "trigger", type: "selection" },
    { name: "model_name", type: "char" },
];

/** "How does this work?" on the form of a rule: opens the page of help about what was chosen. */
export class HelpLink extends Component {
    static template = "crm_triggers.HelpLink";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    open() {
        const { trigger, model_name } = this.props.record.data;
        const chosen = model_name || trigger === "manual"; // the trigger of a new rule is only the default
        this.action.doAction("crm_triggers.crm_trigger_help_action", {
            additionalContext: chosen ? { help_trigger: trigger, help_model: model_name } : {},
        });
    }
}

registry.category("view_widgets").add("crm_trigger_help", {
    component: HelpLink,
    fieldDependencies: NEEDED,
});
