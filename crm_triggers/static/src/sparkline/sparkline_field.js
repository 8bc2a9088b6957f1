import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const HEIGHT = 20; // of the drawing, in its own units
const BAR = 3; // width of a day
const GAP = 1; // between two days
const REST = 1; // height of an empty day

/**
 * Counts of consecutive days, today last, as small bars.
 *
 * The value is an array of non-negative integers; anything else shows as a flat line.
 */
export class SparklineField extends Component {
    static template = "crm_triggers.SparklineField";
    static props = { ...standardFieldProps };

    get counts() {
        const value = this.props.record.data[this.props.name];
        return Array.isArray(value) ? value : [];
    }

    get total() {
        return this.counts.reduce((sum, count) => sum + count, 0);
    }

    get label() {
        return _t("%(total)s runs in the last %(days)s days", {
            total: this.total,
            days: this.counts.length,
        });
    }

    get viewBox() {
        return `0 0 ${Math.max(this.counts.length * (BAR + GAP) - GAP, 1)} ${HEIGHT}`;
    }

    get bars() {
        const highest = Math.max(...this.counts, 1);
        return this.counts.map((count, index) => {
            const height = count ? Math.max((count / highest) * HEIGHT, 2 * REST) : REST;
            return { x: index * (BAR + GAP), y: HEIGHT - height, width: BAR, height, busy: count > 0 };
        });
    }
}

export const sparklineField = {
    component: SparklineField,
    displayName: _t("Sparkline"),
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_trigger_sparkline", sparklineField);
