"""Send an email."""

from . import crm_trigger_step
from . import mail_mail
from . import mail_render_mixin
from . import mail_template
from . import sender
from . import thread
from . import in_a_row
from . import in_a_row_anew
from . import undelivered
from . import chain
from . import announced
from . import crm_trigger_execution
