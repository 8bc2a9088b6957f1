from odoo import models


class Base(models.AbstractModel):
    """Records deleted by users stay deleted when add-ons are updated."""

    _inherit = "base"

    def _load_records(self, data_list, update=False):
        """Leave out records that were deleted; an add-on being installed creates all its own records, and does not
        update deleted ones of others.
        """
        asked = [data["xml_id"] for data in data_list if self._may_be_deleted(data.get("xml_id"), update)]
        deleted = asked and self.env["crm.trigger.deleted"].sudo()._find(asked)  # whoever loads the data
        if deleted:
            data_list = [data for data in data_list if data.get("xml_id") not in deleted]
        return super()._load_records(data_list, update)

    def _may_be_deleted(self, xml_id, update):
        module = self.env.context.get("install_module")
        return bool(xml_id and (update or (module and not xml_id.startswith(f"{module}."))))
