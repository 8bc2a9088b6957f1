import { onWillStart, toRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { GroupConfigMenu } from "@web/views/view_components/group_config_menu";

const ITEM = "crm_stage_triggers";
const MANAGERS = "crm_triggers.crm_triggers_group_manager";

const readings = new WeakMap(); // pending reads of the counts, one for all columns of a view

/**
 * Read how many rules each stage has. The pipeline does not wait for it, nor
 * does an error affect it: then there are no counts.
 *
 * @returns {Promise<Object>} `{stage id: number of rules}`
 */
export function readStageCounts(orm, viewModel) {
    if (!readings.has(viewModel)) {
        const reading = orm.silent.call("crm.trigger.rule", "get_stage_counts", []);
        readings.set(
            viewModel,
            reading.catch(() => ({}))
        );
    }
    return readings.get(viewModel);
}

patch(GroupConfigMenu.prototype, {
    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        this.stageTriggers = useState({ count: 0 });
        onWillStart(async () => {
            this.makesTriggers = this.isPipelineStage && (await user.hasGroup(MANAGERS));
            if (this.makesTriggers) {
                this.countTriggers();
            }
        });
    },

    get isPipelineStage() {
        const { groupByField, value } = this.group;
        return this.props.list.resModel === "crm.lead" && groupByField.name === "stage_id" && !!value;
    },

    async countTriggers() {
        const counts = await readStageCounts(this.orm, toRaw(this.props.list.model));
        this.stageTriggers.count = counts[this.group.value] || 0;
    },

    /** @override */
    get configItems() {
        const items = super.configItems;
        const { count } = this.stageTriggers;
        for (const item of items.filter(({ key }) => count && key === ITEM)) {
            item.label = _t("Triggers of this stage (%s)", count);
        }
        return items;
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
    ITEM,
    {
        label: _t("Triggers of this stage"),
        method: "openStageTriggers",
        isVisible: ({ permissions }) => permissions.canMakeTriggers,
        class: "o_crm_stage_triggers",
        icon: "fa-bolt",
    },
    { sequence: 24 }
);
