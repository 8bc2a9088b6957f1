from odoo.addons.crm_triggers.tests.committed import CommittedOrderCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStepCouponInterruption(CommittedOrderCase):
    def test_worker_killed_before_it_marked_gives_one_coupon(self):
        """Promise 1, Z49, kill -9. Fails when ``_act`` commits what a step did before it marks, and
        without ``having`` in ``_crm_trigger_give_coupons``: either holds it."""
        with self._env() as env:
            program = env["loyalty.program"].create({"name": "Come back", "program_type": "coupons"})
        self.addCleanup(self._clean_up_program, program.id)
        self._enroll({"kind": "coupon", "name": "Coupon", "coupon_program_id": program.id, "coupon_days": 20})

        with self._worker_process("acted"):
            pass
        self._work()

        self.assertEqual(self._get_states(), {"done": 1})
        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            self.assertEqual(env["loyalty.program"].browse(program.id).coupon_ids.partner_id, order.partner_id)
            self.assertEqual(env["loyalty.program"].browse(program.id).coupon_count, 1)

    def _clean_up_program(self, program_id):
        with self._env() as env:
            env["crm.trigger.rule"].search([("name", "=", self._testMethodName)]).unlink()
            program = env["loyalty.program"].browse(program_id)
            program.coupon_ids.unlink()
            program.active = False
            program.unlink()
