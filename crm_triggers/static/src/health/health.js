import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

/** Problems that prevent rules from working, above the list. Loaded separately, so that the rules do not wait for it. */
export class HealthBanner extends Component {
    static template = "crm_triggers.HealthBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ problems: [], color: "warning" });
        onWillStart(() => {
            this.load();
        });
    }

    async load() {
        try {
            const health = await this.orm.silent.call("crm.trigger.rule", "get_health", []);
            this.state.problems = health.problems;
            this.state.color = health.status === "stopped" ? "danger" : "warning";
        } catch {
            this.state.problems = [];
        }
    }
}

export class RuleListRenderer extends ListRenderer {
    static template = "crm_triggers.RuleListRenderer";
    static components = { ...ListRenderer.components, HealthBanner };
}

export class RuleKanbanRenderer extends KanbanRenderer {
    static template = "crm_triggers.RuleKanbanRenderer";
    static components = { ...KanbanRenderer.components, HealthBanner };
}

registry.category("views").add("crm_trigger_rule_list", { ...listView, Renderer: RuleListRenderer });
registry
    .category("views")
    .add("crm_trigger_rule_kanban", { ...kanbanView, Renderer: RuleKanbanRenderer });
