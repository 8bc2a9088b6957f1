"""Outages and concurrent users of a running Odoo; effects and occurrences are counted each time."""

import signal
import threading
import time
from argparse import Namespace
from collections import Counter
from functools import partial

from .. import database, paths, ports, postgres, templates
from ..console import Problem, say
from . import cluster, console, serving
from .checks import COUNT, check_once, figures, prepare
from .post_office import PostOffice
from .visitor import Refused, Visitor

_RECORDS = 500  # for checks whose difficulty does not depend on the number
_SAVERS = 2  # concurrent users
_SLEEPER = "Torture 7"
_POISONED = "Torture 4321"


def restart(clone: str, _options: Namespace) -> None:
    """PostgreSQL stopped in mid-batch, by a fast shutdown and by a crash, twice each: all is done once."""
    database.clone(templates.ensure(), clone)
    prepare(clone, _RECORDS)
    done = []
    with cluster.own(clone) as server, serving.running(clone, cron_workers=2):
        for how in (signal.SIGINT, signal.SIGQUIT) * 2:
            begun = serving.count(clone, "done")
            serving.wait(clone, partial(_has_more_done, clone, begun), what="some steps done")
            server.stop(how)
            server.start()
            done.append(serving.count(clone, "done"))
        serving.work_off(clone)
        say(f"      PostgreSQL stopped when {', '.join(map(str, done))} steps were done")
        check_once(clone, _RECORDS)


def _has_more_done(clone: str, begun: int) -> bool:
    return serving.count(clone, "done") > begun


def meet(clone: str, _options: Namespace) -> None:
    """Users save the records that workers are writing: every save and every step happens once."""
    database.clone(templates.ensure(), clone)
    prepare(clone, _RECORDS, kinds=["code", "mail"])
    console.run(clone, "watch")
    partner_ids = [int(line) for line in postgres.sql("SELECT res_id FROM crm_trigger_run ORDER BY id", clone)]
    failures: list[Exception] = []
    begin = time.monotonic()
    with serving.running(clone, cron_workers=2) as port:
        shares = [partner_ids[turn::_SAVERS] for turn in range(_SAVERS)]
        savers = [threading.Thread(target=_save, args=(clone, port, share, failures)) for share in shares]
        for saver in savers:
            saver.start()
        serving.wait(clone, lambda: not any(saver.is_alive() for saver in savers), what="all saved")
        took = time.monotonic() - begin
        serving.work_off(clone)
    conflicts: Counter[str] = Counter()
    for line in paths.log_file("torture-server").read_text(encoding="utf-8").splitlines():
        conflicts["saves restarted"] += "odoo.service.model: SERIALIZATION_FAILURE" in line
        conflicts["conflicts"] += "could not serialize access" in line
    if failures:
        raise Problem(f"a save failed: {failures[0]}")
    say(f"      {len(partner_ids)} saves in {took:.0f} s, {dict(conflicts)}")
    figures(console.run(clone, "count_meetings", RECORDS=_RECORDS))
    check_once(clone, _RECORDS, kinds=["code", "mail"])


def _save(clone: str, port: int, partner_ids: list[int], failures: list[Exception]) -> None:
    """Save records one by one."""
    try:
        visitor = Visitor(port, clone)
        for partner_id in partner_ids:
            visitor.save("res.partner", partner_id, {"function": "Buyer"})
    except (Refused, OSError) as error:
        failures.append(error)


def clock(clone: str, _options: Namespace) -> None:
    """The scheduled actions off for three days, and the clock moved back: each date counts once."""
    for first in ("2026-10-23", "2028-02-27"):  # DST ends in the night to the 25th; a 29 February
        database.clone(templates.ensure(), clone)
        figures(console.run(clone, "clock", FIRST=first, RECORDS=_RECORDS))


def log(clone: str, _options: Namespace) -> None:
    """The disk of the server log is full: workers continue."""
    database.clone(templates.ensure(), clone)
    prepare(clone, _RECORDS)
    with serving.running(clone, "--logfile=/dev/full", cron_workers=2):
        serving.work_off(clone)
    output = paths.log_file("torture-server-output").read_text(encoding="utf-8")
    say(f"      {output.count('No space left on device')} lines of the log failed for lack of space")
    check_once(clone, _RECORDS)


def limit(clone: str, _options: Namespace) -> None:
    """A step that exceeds the worker's time limit is given up soon; the others are done once."""
    database.clone(templates.ensure(), clone)
    sleep = f"if record.name == {_SLEEPER!r}:\n    time.sleep(3600)\n{COUNT}"
    prepare(clone, 200, kinds=["code"], code=sleep)
    with serving.running(clone, "--limit-time-real-cron=10"):
        serving.work_off(clone)
    lines = paths.log_file("torture-server").read_text(encoding="utf-8").splitlines()
    say(f"      {sum('timeout after' in line for line in lines)} workers ran into their time limit")
    check_once(clone, 200, kinds=["code"], left_out=[_SLEEPER])


def poison(clone: str, _options: Namespace) -> None:
    """One failing record among 10,000 affects only itself; a rule that always fails is paused."""
    database.clone(templates.ensure(), clone)
    poisoned = f"if record.name == {_POISONED!r}:\n    raise UserError('Poison')\n{COUNT}"
    prepare(clone, 10_000, kinds=["code"], code=poisoned)
    figures(console.run(clone, "work_to_the_end"))
    check_once(clone, 10_000, kinds=["code"], left_out=[_POISONED])
    database.clone(templates.ensure(), clone)
    prepare(clone, 100, kinds=["code"], code="raise UserError('Never')")
    figures(console.run(clone, "work_to_the_end"))
    figures(console.run(clone, "count_alerts"))


def mail(clone: str, _options: Namespace) -> None:
    """The mail server is down, then refuses connections, then works: every mail arrives once."""
    database.clone(templates.ensure(), clone)
    prepare(clone, _RECORDS, kinds=["mail"])
    office, port = PostOffice(), ports.choose()
    with serving.running(clone, "--smtp=127.0.0.1", f"--smtp-port={port}"):
        serving.work_off(clone)
        serving.wait(clone, lambda: _count_mails(clone, "failure_reason IS NOT NULL"), what="a mail tried")
        say(f"      {_count_mails(clone, 'failure_reason IS NOT NULL')} mails tried while the server was down")
        with office.open(port):
            office.refusing = True
            serving.wait(clone, lambda: office.refused, what="a call turned away")
            office.refusing = False
            serving.wait(clone, lambda: len(office.arrived) >= _RECORDS, what="all mails arrived")
            serving.wait(clone, lambda: not _count_mails(clone, "state <> 'sent'"), what="all mails marked as sent")
            time.sleep(5)  # time for duplicates to arrive
    twice = [address for address, times in office.arrived.items() if times != 1]
    say(f"      {sum(office.arrived.values())} mails for {len(office.arrived)} people, {office.refused} calls refused")
    if twice or len(office.arrived) != _RECORDS:
        raise Problem(f"{len(office.arrived)} of {_RECORDS} got theirs, {len(twice)} more than one: {twice[:5]}")


def _count_mails(clone: str, condition: str) -> int:
    """Return how many mails of rules meet a condition; Odoo's own are not counted."""
    ours = "mail_message_id IN (SELECT result_id FROM crm_trigger_execution WHERE result_model = 'mail.message')"
    return int(postgres.sql(f"SELECT count(*) FROM mail_mail WHERE {ours} AND {condition}", clone)[0])  # nosec B608: our own words
