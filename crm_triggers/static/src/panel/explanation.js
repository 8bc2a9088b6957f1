import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** "Why did it not fire?": the answer of a chosen rule for the record of the panel. */
export class Explanation extends Component {
    static template = "crm_triggers.Explanation";
    static props = { resId: Number, rules: Array };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ answer: null });
    }

    async onChange(ev) {
        const ruleId = Number(ev.target.value);
        this.state.answer = ruleId
            ? await this.orm.call("crm.trigger.rule", "explain", [ruleId, this.props.resId])
            : null;
    }

    getSeenText(row) {
        return _t("now: %s", row.seen);
    }

    getMark(ok) {
        if (ok === null) {
            return "fa-question-circle text-muted";
        }
        return ok ? "fa-check-circle text-success" : "fa-times-circle text-danger";
    }

    /** Text alternative of the mark. */
    getMarkText(ok) {
        if (ok === null) {
            return _t("Not known");
        }
        return ok ? _t("Yes") : _t("No");
    }
}
