from tools import addons, templates


def test_a_demo_needs_neither_job_runner_nor_other_applications():
    assert set(addons.shipped()) - set(templates.demo_addons()) == {
        "crm_triggers_example",
        "crm_triggers_mass_mailing",
        "crm_triggers_phonecall",
        "crm_triggers_project",
        "crm_triggers_queue_job",
    }
