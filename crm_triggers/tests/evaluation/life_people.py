"""Users' changes of records in random lives, transaction by transaction."""

from contextlib import closing
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from .expected import Lead

STAGES, DAYS = st.sampled_from(["New", "Offer", "Later"]), st.none() | st.integers(-12, 12)
LEADS = st.integers(0, 3)
KINDS = st.sampled_from(["match", "create", "date"])
HOURS = st.sampled_from([0.1, 1, 8, 24, 25, 72, 24 * 7, 24 * 14])
MOSTLY = st.sampled_from([True, True, True, False])
CHANGES = st.one_of(
    st.tuples(st.just("stage"), STAGES),
    st.tuples(st.just("days"), DAYS),
    st.tuples(st.sampled_from(["active", "hot"]), st.booleans()),
)
LEAVING = st.sampled_from([("stage", "New"), ("stage", "Later"), ("days", None), ("days", 9), ("active", False)])
THEN = st.sampled_from(["commit", "commit", "part", "flush", "go on"])


def step(weight=1, **arguments):
    """Mark a method as an event of lives, with its relative frequency."""

    def mark(method):
        method.step = [st.tuples(st.just(method.__name__), st.fixed_dictionaries(arguments))] * weight
        return method

    return mark


class People(RuleBasedStateMachine):
    """``test``: the test case; ``expected``: the model, with the same changes; ``ids``: of all leads, including
    deleted ones; ``stages``: by name.
    """

    test = expected = None
    ids, stages = (), {}

    def _now(self):
        return datetime.now().replace(microsecond=0)

    def _moment(self):
        """Return the key of an event in this transaction."""
        return self.test.env.cr.now().isoformat(sep=" ", timespec="microseconds")

    def _day(self, days):
        return None if days is None else self._now().date() + timedelta(days=days)

    def _lead(self, index):
        """Return one of the leads, None if there is none."""
        ids = [lead_id for lead_id in self.ids if lead_id in self.expected.leads]
        return self.test.env["crm.lead"].browse(ids[index % len(ids)]) if ids else None

    def _write(self, lead, **values):
        """Change a lead, in the model too."""
        lead.write(dict(self._as_odoo(*value) for value in values.items()))
        self.expected.leads[lead.id] = self.expected.leads[lead.id]._replace(**values)

    def _as_odoo(self, name, value):
        match name:
            case "stage":
                return "stage_id", self.stages[value].id
            case "day":
                return "date_deadline", value
            case "hot":
                return "priority", "3" if value else "0"
        return name, value

    # People

    @step(stage=STAGES, days=DAYS)
    def enter(self, stage, days):
        values = dict([self._as_odoo("stage", stage), self._as_odoo("day", self._day(days))])
        values |= {"name": "Lead", "type": "opportunity", "user_id": self.test.sam.id}
        lead = self.test.env["crm.lead"].create(values)
        self.ids.append(lead.id)
        self.expected.leads[lead.id] = Lead(stage, self._day(days))

    @step(weight=4, index=LEADS, change=CHANGES, then=THEN)
    def change(self, index, change, then):
        """Change one field of a lead; then continue in this transaction, in another part of it, or in the next one."""
        if lead := self._lead(index):
            self._write(lead, **self._as_values(*change))
            if then == "flush":
                lead.flush_recordset()
            elif then == "part":
                self._end_part()
            elif then == "commit":
                self.commit()

    @step(weight=4, index=LEADS, kind=KINDS, days=st.integers(-8, 3))
    def meet(self, index, kind, days):
        """Let a lead meet the conditions of a rule, with a date that is due, maybe for long."""
        if lead := self._lead(index):
            self._write(lead, stage=self.expected.rules[kind].stage, day=self._day(days), active=True, hot=False)
            self.commit()

    @step(weight=3, index=LEADS, change=LEAVING, hours=HOURS, scheduler=MOSTLY)
    def leave_and_come_back(self, index, change, hours, scheduler):
        """In separate transactions, after a while."""
        if lead := self._lead(index):
            was = self.expected.leads[lead.id]
            self._write(lead, **self._as_values(*change))
            self.wait(hours, scheduler)
            if lead.id in self.expected.leads:
                self._write(lead, **was._asdict())
                self.commit()

    def _as_values(self, what, value):
        return {"day": self._day(value)} if what == "days" else {what: value}

    @step(index=LEADS)
    def delete(self, index):
        if len(self.expected.leads) > 3 and (lead := self._lead(index)):
            del self.expected.leads[lead.id]
            self.expected.paused.discard(lead.id)
            lead.unlink()

    @step(index=LEADS, paused=st.sampled_from([True, False, False]))
    def pause_or_resume(self, index, paused):
        if lead := self._lead(index):
            (lead.action_crm_trigger_pause if paused else lead.action_crm_trigger_resume)()
            (self.expected.paused.add if paused else self.expected.paused.discard)(lead.id)

    # Transactions

    def _end_part(self):
        """A savepoint, as created by imports and mails: what came before is flushed, no more."""
        with self.test.env.cr.savepoint():
            pass

    @step(index=LEADS, changes=st.lists(CHANGES, min_size=1, max_size=3))
    def there_and_back(self, index, changes):
        """Within one transaction: no change at all, whatever savepoints lie between."""
        if lead := self._lead(index):
            was = self.expected.leads[lead.id]
            for values in (*(self._as_values(*change) for change in changes), was._asdict()):
                self._write(lead, **values)
                self._end_part()

    @step(index=LEADS, changes=st.lists(CHANGES, min_size=1, max_size=3), stage=STAGES, days=DAYS)
    def try_in_vain(self, index, changes, stage, days):
        """In a savepoint that is rolled back."""
        leads, ids = dict(self.expected.leads), list(self.ids)
        with closing(self.test.env.cr.savepoint()):
            for change in changes:
                self.change(index, change, "part")
            self.enter(stage, days)
            self._end_part()
        self.expected.leads, self.ids = leads, ids

    @step()
    def commit(self):
        self.test.env.flush_all()
        moment = self._moment()
        self.test._new_transaction()
        self.expected.commit(self._now(), moment)
