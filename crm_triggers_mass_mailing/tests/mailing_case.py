"""Rules that send mailings."""

from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.fields import Command


class MailingCase(DocumentCase):
    """Rules that send a mailing, to a contact or to a list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list, cls.other = cls.env["mailing.list"].create([{"name": "Newsletter"}, {"name": "Fair"}])
        cls.manager.group_ids = [Command.link(cls.env.ref("mass_mailing.group_mass_mailing_user").id)]
        cls.news = cls._create_mailing("mailing.list", contact_list_ids=cls.list.ids)

    @classmethod
    def _create_mailing(cls, model, **vals):
        model_id = cls.env["ir.model"]._get_id(model)
        values = {"subject": "News", "body_html": "<p>News</p>", "mailing_model_id": model_id, "keep_archives": True}
        return cls.env["mailing.mailing"].create({**values, **vals})

    def _send(self, mailing=None, **vals):
        return {"kind": "mailing", "mailing_id": (mailing or self.news).id, "mailing_reach": "contact", **vals}

    def _subscribe(self, **vals):
        line = Command.create({"list_id": self.list.id, **vals})
        return self.env["mailing.contact"].create(
            {"name": "Ada", "email": self.partner.email, "subscription_ids": [line]}
        )

    def assertSkipped(self, executions, reason):  # noqa: N802
        self.assertEqual(set(executions.mapped("state")), {"skipped"})
        self.assertEqual(set(executions.mapped("skip_reason")), {reason})

    def _get_mails(self):
        return self.env["mail.mail"].search([("mailing_id", "!=", False)])
