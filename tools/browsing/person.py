"""One person at one browser page: what the browser scripts are written in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from ..pictures import screens

ROOT = Path(__file__).resolve().parents[2]
LANG = os.environ.get("PICTURES_LANG", "en_US")
IMAGES = ROOT / screens.IMAGES / screens.FOLDERS[LANG]
SETTLE_MS = 1200
CALL_MS = 180_000  # uninstalling a module takes its time
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


class Person:
    """A user who is logged in, with a page of their own."""

    def __init__(self, page: Page, login: str) -> None:
        self.page = page
        self.login = login
        self.url = os.environ["BASE_URL"].rstrip("/")
        self.errors: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{self.url}/web/login")
        page.fill("#login", login)
        page.fill("#password", login)
        page.click(".oe_login_form button[type=submit]")
        page.wait_for_selector(".o_main_navbar")

    def rpc(self, model: str, method: str, *args: object, **kwargs: Any) -> Any:
        """Call a method of a model with this person's rights, in the language of the day, and return its result."""
        kwargs["context"] = {"lang": LANG, **kwargs.get("context", {})}
        answer = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            timeout=CALL_MS,
            data={"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}},
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def record_id(self, xmlid: str) -> int:
        """Return the id of a record of the demo data."""
        _model, res_id = self.rpc("ir.model.data", "check_object_reference", *xmlid.split("."))
        return int(res_id)

    def open(self, path: str, selector: str = ".o_view_controller") -> None:
        """Open a page below /odoo/ and wait until it is rendered."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(selector)
        self.settle()

    def settle(self) -> None:
        """Give the page the time to load and settle; because of the bus the network is never idle."""
        self.page.wait_for_timeout(SETTLE_MS)

    def keep(self, name: str) -> None:
        """Keep what is on screen as .dev/e2e-<name>.png, to look at after a scene."""
        self.page.screenshot(path=ROOT / ".dev" / f"e2e-{name}.png")

    def shot(self, name: str) -> None:
        """Keep what is on screen as the picture of this name, in the language of the day."""
        shoot(self.page, name)


def shoot(page: Page, name: str) -> None:
    """Keep what is on a page as the picture of this name, and of what its screen was made."""
    target = IMAGES / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.mouse.move(5, 5)
    page.screenshot(path=target)
    screens.record(target)
    print(f"  {target.relative_to(ROOT)}", flush=True)


class LogIn:
    """A browser to log in with, each time with cookies of its own."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium

    def __call__(self, login: str, width: int = 1440, height: int = 900) -> Person:
        return Person(self.visit(width, height), login)

    def visit(self, width: int = 1440, height: int = 900) -> Page:
        """Open a page for somebody without an account."""
        size, locale = {"width": width, "height": height}, LANG.replace("_", "-")
        page = self._chromium.new_context(viewport=size, locale=locale).new_page()
        page.set_default_timeout(30_000)
        return page


@contextmanager
def browser() -> Iterator[LogIn]:
    """Run a browser and yield a :class:`LogIn`."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=_FLAGS)

        try:
            yield LogIn(chromium)
        finally:
            chromium.close()
