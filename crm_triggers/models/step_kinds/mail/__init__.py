"""Send an email."""

from . import crm_trigger_step
from . import mail_blacklist
from . import mail_mail
from . import mail_render_mixin
from . import mail_template
from . import thread
from . import chain
from . import crm_trigger_execution
