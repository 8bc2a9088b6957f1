"""A stand-in for a mail server that can fail in the ways a real one does."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    office: PostOffice


class _Conversation(socketserver.StreamRequestHandler):
    """The part of SMTP that Odoo uses, without encryption or login."""

    server: _Server

    def handle(self) -> None:
        """Accept mails until the client leaves; record their recipients."""
        office = self.server.office
        if office.refusing:
            office.refused += 1
            self._say("421 come back later")
            return
        self._say("220 ready")
        recipients: list[str] = []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                office.arrived.update(recipients)
                recipients = []
            elif verb == b"RCPT":
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class PostOffice:
    """Number of mails per recipient, and of refused connections."""

    def __init__(self) -> None:
        self.refusing = False
        self.refused = 0
        self.arrived: Counter[str] = Counter()

    @contextmanager
    def open(self, port: int) -> Iterator[PostOffice]:
        """Listen on a local port; before and afterwards connections fail."""
        with _Server(("127.0.0.1", port), _Conversation) as server:
            server.office = self
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield self
            finally:
                server.shutdown()
