import { Component, onWillStart } from "@odoo/owl";
import { SelectMenu } from "@web/core/select_menu/select_menu";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const PRESET_FIELDS = ["name", "phase", "icon", "description"];

/**
 * Put presets under the name of their phase, in the order of the selection.
 *
 * @param {{id: number, name: string, phase: string}[]} presets
 * @param {[string, string][]} phases technical name and label
 * @returns {{label: string, choices: Object[]}[]} groups of a SelectMenu, without empty ones
 */
export function groupPresets(presets, phases) {
    const toChoice = (preset) => ({ ...preset, value: preset.id, label: preset.name });
    return phases
        .map(([phase, label]) => ({
            label,
            choices: presets.filter((preset) => preset.phase === phase).map(toChoice),
        }))
        .filter((group) => group.choices.length);
}

/** What starts a rule, in sales terms: grouped by phase of the sales process, searchable. */
export class PresetField extends Component {
    static template = "crm_triggers.PresetField";
    static components = { SelectMenu };
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.groups = [];
        onWillStart(async () => {
            if (!this.props.readonly) {
                await this.loadGroups();
            }
        });
    }

    async loadGroups() {
        const cache = this.props.record.model.specialDataCaches;
        cache.crm_trigger_presets ||= Promise.all([
            this.orm.searchRead("crm.trigger.preset", [["available", "=", true]], PRESET_FIELDS),
            this.orm.call("crm.trigger.preset", "fields_get", [["phase"], ["selection"]]),
        ]);
        const [presets, { phase }] = await cache.crm_trigger_presets;
        this.groups = groupPresets(presets, phase.selection);
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return this.value ? this.value.display_name : "";
    }

    onSelect(id) {
        const choices = this.groups.flatMap((group) => group.choices);
        const choice = choices.find((candidate) => candidate.value === id);
        const value = choice ? { id, display_name: choice.label } : false;
        this.props.record.update({ [this.props.name]: value });
    }
}

export const presetField = {
    component: PresetField,
    displayName: _t("Trigger preset"),
    supportedTypes: ["many2one"],
    extractProps: ({ placeholder }) => ({ placeholder }),
};

registry.category("fields").add("crm_trigger_preset", presetField);
