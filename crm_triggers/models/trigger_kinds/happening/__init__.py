"""Events on a record: activity, message."""

from . import crm_trigger_rule
from . import deciding
from . import words
from . import presets
from . import mail_activity
from . import mail_message
from . import mail_activity_mixin
from . import res_users
from . import ir_autovacuum
