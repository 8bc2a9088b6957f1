"""Tell the story of docs/story.md in a browser, in the language of the day: act by act, a picture at each station."""

import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from ..pictures.cast import CASTS
from .person import LANG, ROOT, SETTLE_MS, LogIn, Person, browser, shoot
from .story_acts import ACTS
from .story_clock import let_pass
from .work import work

Look = Callable[[], object]  # brings on screen what is to be seen
_BUSY_SECONDS = 60
_OUTSIDE = "ERR_NAME_NOT_RESOLVED"  # blocks what Odoo would load from other machines


class Story:
    """The people of the story, its clock, and their languages."""

    def __init__(self, log_in: LogIn) -> None:
        self.database = os.environ["PICTURES_DATABASE"]
        self.cast = CASTS[LANG]
        self.alice, self.sam = log_in("admin"), log_in("sam")
        self.visit = log_in.visit
        self.page: Any = None  # the customer's page
        self.url = self.alice.url
        self.number = 0
        self.seen: dict[str, Any] = {}

    def shot(self, person: Person, name: str, look: Look) -> None:
        """Take a picture.

        :param look: brings on screen what is to be seen
        """
        look()
        person.shot(self._name(name))

    def shot_visit(self, name: str, look: Callable[[Any], object]) -> None:
        """Take a picture of what the customer sees.

        :param look: called with their page
        """
        self.page = self.visit()
        look(self.page)
        self.page.wait_for_timeout(SETTLE_MS)
        shoot(self.page, self._name(name))

    def _name(self, name: str) -> str:
        self.number += 1
        return f"story-{self.number:02d}-{name}"

    def later(self, days: int) -> None:
        """Let days pass, and the scheduled actions run as they do each few minutes."""
        self._send_mails()
        let_pass(self.database, days, LANG)
        # The dates were moved behind Odoo's back: saving a rule has its processes read the rules again.
        rule_id = self.alice.record_id("crm_triggers_example.rule_request")
        self.alice.rpc("crm.trigger.rule", "write", [rule_id], {"sequence": 101})
        self.work()

    def _send_mails(self) -> None:
        """Nothing leaves this machine; but what a customer has got is not taken back any more."""
        waiting = self.alice.rpc("mail.mail", "search", [["state", "=", "outgoing"]])
        self.alice.rpc("mail.mail", "write", waiting, {"state": "sent"})

    def work(self) -> None:
        """Have the scheduled actions do what is due, and what follows from that."""
        work(self.alice)

    def wait(self, what: str, check: Callable[[], Any]) -> Any:
        """Wait until ``check()`` returns something, and return it."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while not (found := check()):
            assert time.monotonic() < deadline, f"timed out after {_BUSY_SECONDS} s, waiting for: {what}"
            time.sleep(0.3)
        return found


def main() -> int:
    """Play all acts in order; return 0 if the story was completed."""
    with browser() as log_in:
        story, began = Story(log_in), time.monotonic()
        try:
            story.work()  # as if the server had always run
            for act in ACTS:
                print(f"{act.__name__}: {(act.__doc__ or '').splitlines()[0]}", flush=True)
                act(story)
            errors = [error for error in (*story.alice.errors, *story.sam.errors) if _OUTSIDE not in error]
            assert not errors, errors
        except Exception:
            traceback.print_exc()
            pages = {"alice": story.alice.page, "sam": story.sam.page, "customer": story.page}
            for name, page in pages.items():
                if page:
                    page.screenshot(path=ROOT / ".dev" / f"failed-story-{name}.png")
            return 1
    print(f"{len(ACTS)} acts, {story.number} stations, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
