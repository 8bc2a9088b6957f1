"""A user at a browser page of the demo: the vocabulary of the browser scripts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
SETTLE_MS = 1200
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


class Person:
    """A user logged in to the demo, with a separate page."""

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

    def rpc(self, model: str, method: str, *args: object, **kwargs: object) -> Any:
        """Call a method of a model with this user's rights, and return its result."""
        answer = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
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

    def shot(self, name: str) -> None:
        """Save the screen as docs/images/<name>.png."""
        shoot(self.page, name)


def shoot(page: Page, name: str) -> None:
    """Save a page as docs/images/<name>.png."""
    target = IMAGES / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.mouse.move(5, 5)
    page.screenshot(path=target)
    print(f"  {target.relative_to(ROOT)}", flush=True)


class LogIn:
    """A browser in which users log in, each with separate cookies."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium

    def __call__(self, login: str, width: int = 1440, height: int = 900) -> Person:
        return Person(self.visit(width, height), login)

    def visit(self, width: int = 1440, height: int = 900) -> Page:
        """Open a page without logging in."""
        page = self._chromium.new_context(viewport={"width": width, "height": height}).new_page()
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
