import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { ListController } from "@web/views/list/list_controller";
import { concerns, REFRESH } from "./refresh_service";

/** Return the ids of the records that a view shows. */
function getShownIds({ root }) {
    return root.resId ? [root.resId] : (root.records || []).map((record) => record.resId);
}

/** Return whether a reload would discard changes, or move cards during a drag. */
async function isBusy({ root }) {
    if (document.querySelector(".o_dragged")) {
        return true;
    }
    const edited = "isDirty" in root ? root : root.editedRecord;
    return Boolean(edited && (edited.isInEdition || edited === root) && (await edited.isDirty()));
}

/** Reload a view when rules changed one of its records, unless it is being edited. */
function useTriggerRefresh(controller) {
    useBus(controller.env.bus, REFRESH, async ({ detail }) => {
        const { model } = controller;
        if (!model.isReady || !concerns(detail, controller.props.resModel, getShownIds(model))) {
            return;
        }
        if (!(await isBusy(model))) {
            // Not model.load(): a load in progress, such as a button's, would never resolve.
            await model.root.load();
            model.notify();
        }
    });
}

for (const Controller of [FormController, KanbanController, ListController]) {
    patch(Controller.prototype, {
        setup() {
            super.setup(...arguments);
            useTriggerRefresh(this);
        },
    });
}
