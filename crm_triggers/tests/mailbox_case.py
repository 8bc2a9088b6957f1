from .common import CrmTriggersCommon

MAIL = """From: Grace <grace@example.com>
To: offers@company.example.com
Subject: {subject}
Message-Id: <{key}@example.com>
{headers}Content-Type: text/plain

Please send me your prices.
"""


class MailboxCase(CrmTriggersCommon):
    """Mails to offers@company.example.com become leads of the team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create({"name": "company.example.com"})
        cls.team.write({"use_leads": True, "alias_name": "offers"})

    def _receive(self, subject="Prices", key="first", headers=""):
        """Let the mail gateway process a raw mail; return the id of the lead."""
        mail = MAIL.format(subject=subject, key=key, headers=headers)
        res_id = self.env["mail.thread"].message_process(None, mail)
        self._new_transaction()
        return res_id
