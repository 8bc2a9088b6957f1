import { expect, test } from "@odoo/hoot";
import { animationFrame, click, queryText } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { Purge } from "@crm_triggers/purge/purge";

defineMailModels();

const mountPurge = () => mountWithCleanup(Purge, { props: { action: {}, actionId: 1 } });

test("nothing old: there is nothing to start", async () => {
    onRpc("crm.trigger.rule", "count_old_runs", () => 0);

    await mountPurge();

    expect(".o_purge_none").toHaveCount(1);
    expect(".o_purge_start").toHaveCount(0);
});

test("asks until nothing is left, and shows how far it is", async () => {
    const batches = [new Deferred(), new Deferred(), new Deferred()];
    let asked = 0;
    onRpc("crm.trigger.rule", "count_old_runs", () => 1500);
    onRpc("crm.trigger.rule", "delete_old_runs", () => batches[asked++]);
    await mountPurge();
    expect(".o_crm_trigger_purge p").toHaveText(/^1500 runs are past/);

    await click(".o_purge_start");
    await animationFrame();
    expect(queryText(".progress-bar")).toBe("0%");

    batches[0].resolve(1000);
    await animationFrame();
    await animationFrame();
    expect(queryText(".progress-bar")).toBe("67%");

    batches[1].resolve(500);
    batches[2].resolve(0);
    await animationFrame();
    await animationFrame();
    expect(".o_purge_done").toHaveText("1500 runs were deleted with their log entries.");
    expect(asked).toBe(3);
});
