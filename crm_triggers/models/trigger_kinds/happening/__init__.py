"""Something happens to a record: activity, message."""

from . import crm_trigger_rule
from . import mail_activity
from . import mail_message
