"""A user of the web client, as seen by the server."""

import json
import time
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from ..console import Problem

PATIENCE = 60  # seconds for the server to start, and to respond
_LOGIN = "admin"  # login and password in these databases


class Refused(Exception):
    """The server responded with an error."""


class Visitor:
    """A logged-in user."""

    def __init__(self, port: int, database: str) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._wait_for_server()
        self._post("/web/session/authenticate", {"db": database, "login": _LOGIN, "password": _LOGIN})

    def save(self, model: str, record_id: int, values: dict[str, Any]) -> None:
        """Save a record.

        :raises Refused: the server responds with an error
        :raises OSError: there was no response
        """
        call = {"model": model, "method": "write", "args": [[record_id], values], "kwargs": {}}
        self._post("/web/dataset/call_kw", call)

    def _wait_for_server(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self._opener.open(f"{self._address}/web/health", timeout=PATIENCE).close()
                return
            except OSError:
                time.sleep(0.1)
        raise Problem("the server does not answer", "look at .dev/log/torture-server.log")

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self._address + path, body, {"Content-Type": "application/json"})
        answer = json.load(self._opener.open(request, timeout=PATIENCE))
        if "error" in answer:
            raise Refused(answer["error"]["data"]["message"])
        return answer["result"]
