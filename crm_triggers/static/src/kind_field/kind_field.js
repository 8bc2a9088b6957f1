import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/**
 * Return the choices of a SelectMenu: the kinds on offer, and the chosen one even if it is not among them.
 *
 * @param {{label: string, choices: {value: string, label: string}[]}[]|false} menu
 * @param {[string, string][]} options all kinds with their label
 * @param {string|false} value the chosen kind
 */
export function groupKinds(menu, options, value) {
    const groups = menu || [];
    const offered = groups.some((group) => group.choices.some((choice) => choice.value === value));
    const chosen = options.filter(([kind]) => !offered && (!menu || kind === value));
    const choices = chosen.map(([kind, label]) => ({ value: kind, label }));
    return choices.length ? [{ choices }, ...groups] : groups;
}

/** The kind of a step: only those that fit the records of its rule, under headings. */
export class KindField extends SelectionField {
    static template = "crm_triggers.KindField";

    get groups() {
        return groupKinds(this.props.record.data.kind_menu, this.options, this.value);
    }
}

export const kindField = {
    ...selectionField,
    component: KindField,
    displayName: _t("Kind of step"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "kind_menu", type: "json", readonly: true }],
};

registry.category("fields").add("crm_trigger_kind", kindField);
