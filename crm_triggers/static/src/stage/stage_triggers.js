import { onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { GroupConfigMenu } from "@web/views/view_components/group_config_menu";

const MANAGERS = "crm_triggers.crm_triggers_group_manager";

patch(GroupConfigMenu.prototype, {
    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        onWillStart(async () => {
            this.makesTriggers = this.isPipelineStage && (await user.hasGroup(MANAGERS));
        });
    },

    get isPipelineStage() {
        const { groupByField, value } = this.group;
        return this.props.list.resModel === "crm.lead" && groupByField.name === "stage_id" && !!value;
    },

    /** @override */
    get permissions() {
        const permissions = super.permissions;
        Object.defineProperty(permissions, "canMakeTriggers", {
            get: () => this.makesTriggers,
            configurable: true,
        });
        return permissions;
    },

    async openStageTriggers() {
        const action = await this.orm.call("crm.trigger.rule", "action_view_of_stage", [
            this.group.value,
        ]);
        this.action.doAction(action);
    },
});

registry.category("group_config_items").add(
    "crm_stage_triggers",
    {
        label: _t("Triggers of this stage"),
        method: "openStageTriggers",
        isVisible: ({ permissions }) => permissions.canMakeTriggers,
        class: "o_crm_stage_triggers",
        icon: "fa-bolt",
    },
    { sequence: 24 }
);
