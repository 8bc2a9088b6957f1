from odoo import models

from .after_response import begin_after, expect_response


class IrHttp(models.AbstractModel):
    """The response to a save does not wait for the rules it triggers."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        expect_response()
        return result

    @classmethod
    def _post_dispatch(cls, response):
        result = super()._post_dispatch(response)
        begin_after(response)
        return result

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        begin_after(response)  # what it committed before the error
        return response
