def migrate(cr, version):
    """Store on projects created by rules their template and their document."""
    cr.execute(
        "UPDATE project_project SET crm_trigger_key = a.project_template_id || substr(e.joint_key, 8)"
        " FROM crm_trigger_execution e JOIN crm_trigger_step s ON s.id = e.step_id"
        " JOIN ir_act_server a ON a.id = s.action_id WHERE e.result_model = 'project.project'"
        " AND e.result_id = project_project.id AND e.joint_key LIKE 'project %' AND crm_trigger_key IS NULL"
    )
