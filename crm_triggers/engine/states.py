"""The states and reasons of runs, executions and rules, shared by the engine and the models."""

DRAFT, TEST, LIVE, PAUSED = "draft", "test", "live", "paused"
ACTIVE = (TEST, LIVE)  # the rules that start runs

RUNNING, DONE, STOPPED = "running", "done", "stopped"

SCHEDULED, SKIPPED, ERROR, CANCEL = "scheduled", "skipped", "error", "cancel"
ENDED = (DONE, SKIPPED)  # execution states after which the next step is planned

# Why a run stopped before its last step.
STOP_UNMATCHED = "unmatched"  # the record left the conditions of the rule
STOP_DOMAIN = "stop_domain"  # the record reached the "stop when" condition
STOP_ANSWERED = "answered"  # a message from the customer arrived
STOP_MOVED = "date_moved"  # the record has another date than the one that started the run
STOP_GONE = "record_gone"
STOP_MERGED = "merged"  # a run of the rule is in progress for the record it was merged into
STOP_ERROR = "error"
STOP_MANUAL = "manual"
STOP_LATE = "late"  # found due later than the rule allows
STOP_COOLDOWN = "cooldown"  # minimum interval since the record's last run
STOP_LIMIT = "limit"  # the contact had as many runs as the rule allows in a period
STOP_DEPTH = "depth"  # too many rules that start each other
STOP_UNDECIDED = "undecided"  # the conditions could not be evaluated
STOP_PAUSED = "record_paused"  # a user paused rules on the record
STOP_LEFT = "left"  # a step took the record out of the scenario
STOP_RULE = "rule_closed"  # the rule was deleted, archived or set back to draft

# A run of a date that stopped for one of these resumes when its record comes back to the rule; any other reason is
# final.
AWAY = (STOP_UNMATCHED, STOP_MOVED, STOP_PAUSED)  # because of the record: the clock checks whether it is back
LEFT = (*AWAY, STOP_RULE)  # or because of the rule: a user decides

# Why a step that was due did nothing.
SKIP_CONDITION = "condition"  # the step's own condition is not met
SKIP_TEST = "test"  # the rule is in test mode
SKIP_NO_RECIPIENT = "no_recipient"
SKIP_ARCHIVED = "archived"  # the recipient is
SKIP_BLACKLIST = "blacklist"
SKIP_NO_RESPONSIBLE = "no_responsible"
SKIP_NO_ACCESS = "no_access"  # none of the candidates may open the record
SKIP_NO_SLOT = "no_slot"  # the assignee has no free time in the next months
SKIP_MANUAL = "manual"  # a user skipped it
SKIP_ALREADY = "already"  # the record already has the result of the step
SKIP_NOT_TAKEN = "not_taken"  # the scenario to enter does not accept the record
SKIP_NO_CONTACT = "no_contact"
SKIP_NO_OPPORTUNITY = "no_opportunity"  # the record is not one, and has none
SKIP_CLOSED = "closed"  # the lead is won, lost or archived, and stays so
SKIP_BACKWARD = "backward"  # the opportunity is past that stage
SKIP_OTHER_TEAM = "other_team"  # the stage is for other teams than the opportunity's
SKIP_STATE = "document_state"  # a quotation where an order is needed, or the other way round
SKIP_NO_CUSTOMER = "no_customer"
SKIP_COMMITTED = "committed"  # a customer signed, ordered or is paying it: it is not changed
SKIP_LIMIT = "limit_reached"  # the maximum discount of the step leaves nothing
SKIP_EXPIRED = "expired"  # the quotation was valid until an earlier day
SKIP_LATE = "late"  # its time had passed too long ago when the run resumed
SKIP_OVERTAKEN = "overtaken"  # the next email of the rule is closer
SKIP_INVOICED = "invoiced"  # more would be invoiced than the order total
SKIP_BOUNCED = "bounced"  # earlier mail to the address bounced
SKIP_CHAIN = "chain"  # rules already wrote twice in a row, and nobody else did
SKIP_TOGETHER = "together"  # the previous email, of another day, is sent only now
SKIP_OTHER_CONTACT = "other_contact"  # the record has another contact than the recipient
SKIP_ELSEWHERE = "elsewhere"  # the record to change belongs to another company
SKIP_COLLEAGUE = "colleague"  # a colleague is no customer
SKIP_BEYOND = "beyond"  # the rule's author may not change the record
SKIP_EMPTY = "empty"  # the message renders to nothing
SKIP_BY_HAND = "by_hand"  # a user sends the customer's invoices manually
SKIP_WAY = "sending_way"  # the customer's invoice sending method is not possible for this one

# What a step skipped for one of these did nevertheless: the worst of its parts counts.
PART_DOCUMENT = "document"  # the document was created, but not sent
PART_WAY = "way"  # it was sent by one of two methods
