import { registry } from "@web/core/registry";
import { debounce } from "@web/core/utils/timing";

export const REFRESH = "CRM-TRIGGERS:REFRESH";
const NOTIFICATION = "crm_triggers/refresh";
const TOGETHER_MS = 50;

/**
 * Tell whether a notification is about one of the records shown.
 *
 * @param {Object} changed `{model: [ids]}`; null instead of ids where they are too many to name
 * @param {string} model
 * @param {number[]} ids
 */
export function concerns(changed, model, ids) {
    if (!(model in changed)) {
        return false;
    }
    return changed[model] === null || ids.some((id) => changed[model].includes(id));
}

/** Add what a notification says to what is waiting to be told. */
export function join(waiting, changed) {
    for (const [model, ids] of Object.entries(changed)) {
        const before = model in waiting ? waiting[model] : [];
        waiting[model] = before === null || ids === null ? null : [...new Set([...before, ...ids])];
    }
    return waiting;
}

/** Tells the views on screen which records rules have just changed; several batches at once. */
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
