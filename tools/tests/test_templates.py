from tools import addons, templates


def test_a_demo_needs_no_job_runner():
    assert set(addons.names()) - set(templates.demo_addons()) == {"crm_triggers_queue_job"}
