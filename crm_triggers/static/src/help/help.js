import { Component, markup, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PAGE_FIELDS = ["name", "icon", "trigger", "model_names", "body", "guide_url"];

/**
 * Choose the page to open: the one about the model, else the one about the trigger,
 * else the first, which is about all rules.
 *
 * @param {{trigger: string | false, model_names: string | false}[]} pages in their order
 * @param {{trigger?: string, modelName?: string}} rule known values of the rule
 */
export function findPage(pages, { trigger, modelName } = {}) {
    const isAbout = (page) =>
        page.model_names &&
        page.model_names.split(",").includes(modelName) &&
        (!page.trigger || page.trigger === trigger);
    return (
        (modelName && pages.find(isAbout)) ||
        (trigger && pages.find((page) => !page.model_names && page.trigger === trigger)) ||
        pages[0]
    );
}

/** Help on screen: one page for each family of triggers, and one about them all (K61). */
export class TriggerHelp extends Component {
    static template = "crm_triggers.Help";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.pages = [];
        this.state = useState({ page: null });
        onWillStart(async () => {
            const pages = await this.orm.searchRead("crm.trigger.help", [], PAGE_FIELDS);
            // The server has sanitized the text.
            this.pages = pages.map((page) => ({ ...page, body: markup(page.body) }));
            const { help_trigger: trigger, help_model: modelName } = this.props.action.context;
            this.open(findPage(this.pages, { trigger, modelName }));
        });
    }

    open(page) {
        this.state.page = page;
    }

    isOpen(page) {
        return this.state.page.id === page.id;
    }
}

registry.category("actions").add("crm_trigger_help", TriggerHelp);
