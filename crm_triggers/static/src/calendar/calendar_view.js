import { registry } from "@web/core/registry";
import { ActionHelper } from "@web/views/action_helper";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/** Checks whether there are any records, in any month. */
export class TriggerCalendarModel extends CalendarModel {
    /** @override */
    async updateData(data) {
        await super.updateData(data);
        data.isEmpty =
            !Object.keys(data.records).length &&
            !(await this.orm.searchCount(this.resModel, this.meta.domain, { limit: 1 }));
    }
}

/** A calendar that shows help while it is empty, as Odoo's other views do. */
export class TriggerCalendarController extends CalendarController {
    static template = "crm_triggers.CalendarController";
    static components = { ...CalendarController.components, ActionHelper };
}

registry.category("views").add("crm_trigger_calendar", {
    ...calendarView,
    Model: TriggerCalendarModel,
    Controller: TriggerCalendarController,
});
