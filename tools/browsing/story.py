"""Play the story of docs/story.md in a browser: act by act, with a picture in both languages at each station."""

import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from .person import ROOT, SETTLE_MS, LogIn, Person, browser, shoot
from .story_acts import ACTS
from .story_clock import let_pass

Look = Callable[..., object]  # shows the part to be photographed
LANGUAGES = {"en_US": "", "fr_FR": "fr/"}
_JOBS = ("crm_triggers.ir_cron_sweep", "crm_triggers.ir_cron_execute")
_BUSY_SECONDS = 60
_OUTSIDE = "ERR_NAME_NOT_RESOLVED"  # blocks what Odoo would load from other machines


class Story:
    """The people of the story, its clock, and their languages."""

    def __init__(self, log_in: LogIn) -> None:
        self.database = os.environ["STORY_DATABASE"]
        self.alice, self.sam = log_in("admin"), log_in("sam")
        self.visit = log_in.visit
        self.page: Any = None  # the customer's page
        self.url = self.alice.url
        self.number = 0
        self.seen: dict[str, Any] = {}

    def shot(self, person: Person, name: str, look: Look) -> None:
        """Take a picture in both languages.

        :param look: called without arguments, shows the part to be photographed
        """
        self.number += 1
        user_id = person.rpc("res.users", "search", [["login", "=", person.login]])
        for lang, folder in reversed(LANGUAGES.items()):  # English last: a session keeps the language of its last page
            self.alice.rpc("res.users", "write", user_id, {"lang": lang})
            look()
            person.shot(f"{folder}story-{self.number:02d}-{name}")

    def shot_visit(self, name: str, look: Look) -> None:
        """Take a picture of the customer's page, in both languages.

        :param look: called with the page and the prefix of the language in addresses, "/fr" or ""
        """
        self.number += 1
        for folder in reversed(LANGUAGES.values()):
            self.page = self.visit()  # the website remembers the language
            look(self.page, f"/{folder}".rstrip("/"))
            self.page.wait_for_timeout(SETTLE_MS)
            shoot(self.page, f"{folder}story-{self.number:02d}-{name}")

    def later(self, days: int) -> None:
        """Let days pass, with the scheduled actions running as they do every few minutes."""
        let_pass(self.database, days)
        # The dates were moved by SQL: saving a rule makes its processes read the rules again.
        rule_id = self.alice.record_id("crm_triggers_example.rule_request")
        self.alice.rpc("crm.trigger.rule", "write", [rule_id], {"sequence": 101})
        self.work()

    def work(self) -> None:
        """Have the scheduled actions do what is due, and what follows from it."""
        for job in (*_JOBS, *_JOBS):
            self._run_job(self.alice.record_id(job))

    def _run_job(self, job_id: int) -> None:
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self.alice.rpc("ir.cron", "method_direct_trigger", [job_id])
            except RuntimeError:  # it is running at the moment
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                return

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
