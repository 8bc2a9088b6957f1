import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { concerns, REFRESH } from "../refresh/refresh_service";
import { Explanation } from "./explanation";

const MANAGERS = "crm_triggers.crm_triggers_group_manager";
const STATE_COLORS = {
    scheduled: "info",
    done: "success",
    skipped: "secondary",
    error: "danger",
    cancel: "secondary",
};

/** What rules did, skipped and plan for one record, opened by its "Triggers" button. */
export class TriggerPanel extends Component {
    static template = "crm_triggers.Panel";
    static components = { Explanation };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        const { model, id } = this.props.action.params;
        this.model = model;
        this.id = id;
        this.state = useState({ told: null, asked: false, busy: false });
        onWillStart(async () => {
            this.makesRules = await user.hasGroup(MANAGERS);
            await this.load();
        });
        useBus(this.env.bus, REFRESH, ({ detail }) => {
            if (concerns(detail, this.model, [this.id])) {
                this.load();
            }
        });
    }

    async load() {
        this.state.told = await this.orm.call(this.model, "crm_trigger_timeline", [[this.id]]);
    }

    // What the template shows

    get todayText() {
        return _t("Today, %s", luxon.DateTime.now().toLocaleString(luxon.DateTime.DATE_FULL));
    }

    get pausedText() {
        const { who, when } = this.state.told.paused;
        return _t(
            "%(who)s paused this record %(when)s. What is planned waits, and nothing new starts until it is resumed.",
            { who, when: this.getAgo(when) }
        );
    }

    getResultText({ name, done }) {
        return done ? _t("%s (done)", name) : name;
    }

    /** The following steps are listed once, below the planned ones. */
    hasAhead(run) {
        return run.ahead.length && run.lines.some((line) => line.state === "scheduled");
    }

    getAheadText(run) {
        return _t("Then: %s", run.ahead.join(", "));
    }

    getStoppedText(run) {
        return _t("Stopped: %s", run.reason);
    }

    getColor(line) {
        return line.late ? "warning" : STATE_COLORS[line.state];
    }

    getIconColor(line) {
        const color = this.getColor(line);
        return color === "secondary" ? "text-muted" : `text-${color}`;
    }

    getTime(moment) {
        return toLocaleDateTimeString(deserializeDateTime(moment), { showSeconds: false });
    }

    getAgo(moment) {
        return deserializeDateTime(moment).toRelative();
    }

    // Actions

    /** Call a method on the server, then reload. One call at a time. */
    async run(model, method, ids) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.orm.call(model, method, [ids]);
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }

    runNow(line) {
        return this.run("crm.trigger.execution", "action_run_now", [line.id]);
    }

    retry(line) {
        return this.run("crm.trigger.execution", "action_retry", [line.id]);
    }

    cancel(line) {
        return this.run("crm.trigger.execution", "action_cancel", [line.id]);
    }

    cancelAll() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Cancel all that is planned?"),
            body: _t("No rule continues for this record. New ones may still start."),
            confirmLabel: _t("Cancel all"),
            cancelLabel: _t("Keep it"),
            cancel: () => {},
            confirm: () =>
                this.run(
                    "crm.trigger.run",
                    "action_stop",
                    this.state.told.planned.map((run) => run.id)
                ),
        });
    }

    togglePause() {
        const verb = this.state.told.paused ? "resume" : "pause";
        return this.run(this.model, `action_crm_trigger_${verb}`, [this.id]);
    }

    openGallery() {
        this.action.doAction("crm_triggers.crm_trigger_gallery_action");
    }

    openHelp() {
        this.action.doAction("crm_triggers.crm_trigger_help_action");
    }

    openResult({ model, id, name }) {
        this.openForm(model, id, "new", name);
    }

    openRule(run) {
        this.openForm("crm.trigger.rule", run.rule_id, "current");
    }

    openForm(model, id, target, name) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
            target,
        });
    }

    async openList() {
        const action = await this.orm.call(this.model, "action_view_crm_trigger_executions", [
            [this.id],
        ]);
        this.action.doAction(action);
    }
}

registry.category("actions").add("crm_trigger_panel", TriggerPanel);
