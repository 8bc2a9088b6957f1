import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Delete old log entries, batch by batch, and show the progress. */
export class Purge extends Component {
    static template = "crm_triggers.Purge";
    static props = { ...standardActionServiceProps, close: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ total: 0, done: 0, step: "asking" });
        onWillStart(async () => {
            this.state.total = await this.orm.call("crm.trigger.rule", "count_old_runs", []);
        });
        onWillDestroy(() => (this.isGone = true));
    }

    get percent() {
        return Math.min(Math.round((100 * this.state.done) / this.state.total), 100);
    }

    /** Each batch is committed: closing the dialog leaves the rest for later. */
    async purge() {
        this.state.step = "running";
        let count;
        do {
            count = await this.orm.call("crm.trigger.rule", "delete_old_runs", []);
            this.state.done += count;
        } while (count && !this.isGone);
        this.state.step = "done";
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("crm_trigger_purge", Purge);
