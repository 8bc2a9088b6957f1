from . import crm_trigger_execution
from . import crm_trigger_step
from . import crm_trigger_step_mailing
from . import ir_actions_server
from . import ir_actions_server_mailing
from . import mailing_mailing
from . import mail_mail
from . import mailing_trace
