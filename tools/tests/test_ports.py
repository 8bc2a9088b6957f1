import os
import socket

import pytest

from tools import ports, server
from tools.console import Problem


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_with_a_listener_is_taken_by_a_named_process(taken_port):
    assert not ports.is_free(taken_port)
    assert f"(process {os.getpid()})" in ports.owner(taken_port)


def test_a_closed_port_is_free(taken_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert ports.is_free(port)


def test_a_taken_port_names_the_other_one_to_choose(taken_port):
    with pytest.raises(Problem, match=f"port {taken_port} is taken by") as caught:
        server.check_port(taken_port)
    assert f"PORT={taken_port + 1} ./dev demo" in caught.value.cure


def test_a_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("PORT", "http")

    with pytest.raises(Problem, match="PORT=http"):
        server.wanted_port()
