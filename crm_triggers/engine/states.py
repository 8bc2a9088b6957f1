"""The words a run, an execution and a rule are in, shared by the engine and the models."""

DRAFT, TEST, LIVE, PAUSED = "draft", "test", "live", "paused"
ACTIVE = (TEST, LIVE)  # the rules that start runs

RUNNING, DONE, STOPPED = "running", "done", "stopped"

SCHEDULED, SKIPPED, ERROR, CANCEL = "scheduled", "skipped", "error", "cancel"
ENDED = (DONE, SKIPPED)  # an execution in one of these lets the next step be planned

# Why a run stopped before its last step.
STOP_UNMATCHED = "unmatched"  # the record left the conditions of the rule
STOP_DOMAIN = "stop_domain"  # the record reached the "stop when" condition
STOP_ANSWERED = "answered"  # a message of the customer came in
STOP_MOVED = "date_moved"  # the date that started the run is no longer the record's
STOP_GONE = "record_gone"
STOP_MERGED = "merged"  # the record it was merged into goes through the rule already
STOP_ERROR = "error"
STOP_MANUAL = "manual"
STOP_LATE = "late"  # found due later than the rule allows
STOP_COOLDOWN = "cooldown"  # the record had a run too short a time ago
STOP_LIMIT = "limit"  # the contact had as many runs as the rule allows in a period
STOP_DEPTH = "depth"  # too many rules starting one another
STOP_UNDECIDED = "undecided"  # the conditions could not be looked at
STOP_PAUSED = "record_paused"  # somebody asked rules to leave the record alone
STOP_LEFT = "left"  # a step took the record out of the scenario
STOP_RULE = "rule_closed"  # the rule was deleted, archived or set back to draft

# A run of a date that stopped for one of these goes on when its record comes back to the rule; any
# other reason is final.
AWAY = (STOP_UNMATCHED, STOP_MOVED, STOP_PAUSED)  # the record was: the clock looks whether it is back
LEFT = (*AWAY, STOP_RULE)  # or the rule was: a person says so

# Why a step did nothing although its time had come.
SKIP_CONDITION = "condition"  # the step's own condition does not hold
SKIP_TEST = "test"  # the rule is in test mode
SKIP_NO_RECIPIENT = "no_recipient"
SKIP_ARCHIVED = "archived"  # the recipient is
SKIP_BLACKLIST = "blacklist"
SKIP_NO_RESPONSIBLE = "no_responsible"
SKIP_NO_ACCESS = "no_access"  # nobody of those who could get it may open the record
SKIP_NO_SLOT = "no_slot"  # who it is for has no time for it in the next months
SKIP_MANUAL = "manual"  # somebody passed it over
SKIP_ALREADY = "already"  # what the step would do is so already
SKIP_NOT_TAKEN = "not_taken"  # the scenario it was to enter is not for it
SKIP_NO_CONTACT = "no_contact"
SKIP_NO_OPPORTUNITY = "no_opportunity"  # the record is not one, and has none
SKIP_CLOSED = "closed"  # the lead is won, lost or archived, and stays so
SKIP_BACKWARD = "backward"  # the opportunity is past that stage
SKIP_OTHER_TEAM = "other_team"  # the stage is for other teams than the opportunity's
SKIP_STATE = "document_state"  # a quotation where an order is needed, or the other way round
SKIP_NO_CUSTOMER = "no_customer"
SKIP_COMMITTED = "committed"  # a customer signed it, ordered it or pays it: it stays as it is
SKIP_LIMIT = "limit_reached"  # the most that a step may take off leaves nothing
SKIP_EXPIRED = "expired"  # the quotation was valid until an earlier day
SKIP_LATE = "late"  # its time had passed too long ago when the run went on
SKIP_OVERTAKEN = "overtaken"  # the next email of the rule is nearer
SKIP_INVOICED = "invoiced"  # more would be invoiced than the order is over
SKIP_BOUNCED = "bounced"  # what was sent to the address before came back
SKIP_CHAIN = "chain"  # rules wrote twice in a row already, and nobody else did
SKIP_TOGETHER = "together"  # the email before it, of another day, leaves only now
SKIP_OTHER_CONTACT = "other_contact"  # the record has another contact than the one it was written to
SKIP_ELSEWHERE = "elsewhere"  # what it would change is another company's
SKIP_COLLEAGUE = "colleague"  # a colleague is no customer
SKIP_BEYOND = "beyond"  # who made the rule may not change what the step would
SKIP_EMPTY = "empty"  # what was to be said renders to nothing
SKIP_BY_HAND = "by_hand"  # the customer is given invoices by a person
SKIP_WAY = "sending_way"  # the way in which the customer gets invoices is not possible for this one

# What a step did all the same that was skipped for one of these: the worst of its parts counts.
PART_DOCUMENT = "document"  # what was to be made was made, but not sent
PART_WAY = "way"  # it was sent in one of two ways
