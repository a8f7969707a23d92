"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "best-practice"]
SCREENSHOTS = os.environ.get("LAB_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield the system's browser; skip without it, Playwright or axe-core."""
    reason = 'no Playwright: pip install -e ".[browser]"'
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    pytest.importorskip("axe_playwright_python", reason=reason)
    if not CHROMIUM:
        pytest.skip("no Chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        browser = launch(running)
        yield browser
        browser.close()


def launch(playwright: Playwright) -> Browser:
    """Start the browser."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium has no sandbox for root.
    arguments = ["--no-sandbox"] if as_root else []
    return playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)


class Traffic:
    """Requests of a page, and its errors and warnings."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[tuple[Page, Traffic]]:
    """Open an address in a window of its own; options are those of a browser context."""
    context = browser.new_context(**{"viewport": DESKTOP} | options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    traffic = Traffic(page)
    page.goto(address)
    try:
        yield page, traffic
    finally:
        context.close()


def unfold(page: Page) -> None:
    """Expand every fold."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")


def violations(page: Page) -> list[str]:
    """Return the accessibility rules of axe-core that a page violates."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": RULES})
    return [
        f"{rule['impact']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes'][:3]]}"
        for rule in found.response["violations"]
    ]


def save(page: Page, name: str, **options: Any) -> None:
    """Save a picture of a page, if ``LAB_SCREENSHOTS`` names a folder."""
    if SCREENSHOTS:
        # A full page is slow to capture.
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", timeout=60_000, **options)
