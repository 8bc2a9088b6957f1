from . import test_engine_decision
from . import test_engine_domain
from . import test_engine_retry
from . import test_engine_schedule
from . import test_trigger_create
from . import test_trigger_date
from . import test_trigger_match
from . import test_trigger_models
