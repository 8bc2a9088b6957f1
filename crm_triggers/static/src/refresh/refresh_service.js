import { registry } from "@web/core/registry";
import { debounce } from "@web/core/utils/timing";

export const REFRESH = "CRM-TRIGGERS:REFRESH";
const NOTIFICATION = "crm_triggers/refresh";
const TOGETHER_MS = 50;

/**
 * Return whether a notification is about one of the records shown.
 *
 * @param {Object} changed `{model: [ids]}`; null instead of ids if there are too many
 * @param {string} model
 * @param {number[]} ids
 */
export function concerns(changed, model, ids) {
    if (!(model in changed)) {
        return false;
    }
    return changed[model] === null || ids.some((id) => changed[model].includes(id));
}

/** Merge a notification into the pending ones. */
export function join(waiting, changed) {
    for (const [model, ids] of Object.entries(changed)) {
        const before = model in waiting ? waiting[model] : [];
        waiting[model] = before === null || ids === null ? null : [...new Set([...before, ...ids])];
    }
    return waiting;
}

/** Notifies the views on screen of the records that rules have just changed; several batches together. */
export const refreshService = {
    dependencies: ["bus_service"],
    start(env, { bus_service: busService }) {
        let waiting = {};
        const tell = debounce(() => {
            const changed = waiting;
            waiting = {};
            env.bus.trigger(REFRESH, changed);
        }, TOGETHER_MS);
        busService.subscribe(NOTIFICATION, (changed) => {
            join(waiting, changed);
            tell();
        });
    },
};

registry.category("services").add("crm_trigger_refresh", refreshService);
