from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon
from odoo.fields import Command


class ContractCommon(CrmTriggersCommon):
    """An accountant who enters contracts, and rules that count from their dates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user(
            "ann", "base.group_user,sales_team.group_sale_salesman,account.group_account_manager"
        )
        cls.manager.group_ids += cls.env.ref("account.group_account_invoice")  # needed to access contracts
        cls.product = cls.env["product.product"].create({"name": "Maintenance", "type": "service"})

    def _line(self, date_end, **vals):
        """Return the values of a contract line."""
        return {
            "product_id": self.product.id,
            "name": "Maintenance",
            "quantity": 1,
            "price_unit": 240,
            "recurring_rule_type": "monthly",
            "date_start": "2025-03-01",
            "recurring_next_date": "2026-03-01",
            "date_end": date_end,
            **vals,
        }

    def _create_contract(self, date_end, lines=None, **vals):
        """Return a contract that the accountant entered in a separate transaction.

        :param list lines: values of its lines; by default one that ends at ``date_end``
        """
        contract = (
            self.env["contract.contract"]
            .with_user(self.accountant)
            .create(
                {
                    "name": "Maintenance",
                    "partner_id": self.partner.id,
                    "user_id": self.sam.id,
                    "company_id": self.company.id,
                    "contract_line_ids": [Command.create(line) for line in lines or [self._line(date_end)]],
                    **vals,
                }
            )
        )
        self._new_transaction()
        return contract

    def _rule_before_end(self, steps=None, model="contract.contract", days=30, date="date_end", **vals):
        """Return a rule some days before a date; steps are numbered in order."""
        return self._create_rule(
            "date",
            [{**step, "sequence": number} for number, step in enumerate(steps or [self._task("Renew")])],
            model=model,
            date=date,
            trg_date_range=days,
            trg_date_range_mode="before",
            **vals,
        )
