import smtplib
from types import SimpleNamespace

import pytest

from tools import ports
from tools.commands import torture
from tools.console import Problem
from tools.torture import console, serving
from tools.torture.post_office import PostOffice


@pytest.fixture
def letters():
    """A post office that is open, and its port."""
    office, port = PostOffice(), ports.choose()
    with office.open(port):
        yield office, port


def test_post_office_counts_the_mails_of_each(letters):
    office, port = letters
    with smtplib.SMTP("127.0.0.1", port) as post:
        post.sendmail("me@example.com", ["ada@example.com", "bob@example.com"], "Subject: Hello\r\n\r\n.Hello")
        post.sendmail("me@example.com", ["ada@example.com"], "Subject: Again\r\n\r\nHello")

    assert office.arrived == {"ada@example.com": 2, "bob@example.com": 1}


def test_post_office_turns_callers_away(letters):
    office, port = letters
    office.refusing = True

    with pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP("127.0.0.1", port)

    assert (office.refused, not office.arrived) == (1, True)


def test_post_office_that_is_closed_answers_nobody():
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", ports.choose())


def test_waiting_too_long_is_a_problem(monkeypatch):
    monkeypatch.setattr(serving, "poke", lambda database: None)

    with pytest.raises(Problem, match="rain"):
        serving.wait("x", lambda: False, seconds=0.2, what="rain")


def test_unknown_check_is_a_problem():
    with pytest.raises(Problem, match="no check sleep"):
        torture.run(SimpleNamespace(checks=["sleep"]))


def test_every_check_says_what_it_proves():
    assert all(check.__doc__.strip().count("\n") == 0 for check in torture.CHECKS.values())


def test_scripts_get_their_constants(monkeypatch):
    seen = {}

    def script(database, text, *, log):
        seen.update(database=database, text=text, log=log)
        return "STATE 1\nnoise\nSTATE 2\n"

    monkeypatch.setattr(console.odoo, "script", script)

    assert console.run("x", "count_alerts", RECORDS=3) == ["STATE 1", "STATE 2"]
    assert seen["text"].startswith("RECORDS = 3\n")
