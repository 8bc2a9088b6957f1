from . import crm_trigger_execution
from . import crm_trigger_step
from . import project_project
from . import ir_actions_server
