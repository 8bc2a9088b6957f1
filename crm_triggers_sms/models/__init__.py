from . import crm_trigger_execution
from . import crm_trigger_run
from . import crm_trigger_step
from . import sms_sms
from . import sms_template
