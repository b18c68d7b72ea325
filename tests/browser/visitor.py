"""Somebody with a browser of their own: what they do, and what their browser notices meanwhile."""

from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from tests.browser import axe, measure

_PATIENCE_MS = 30_000
_NO_REQUEST = {"data", "blob", "about"}


class Visitor:
    """One browser context with one page, watched."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        # What moves is caught half-way by whatever is measured, so it moves only where it is asked.
        options = {"reduced_motion": "reduce", **options}
        self.context: BrowserContext = browser.new_context(base_url=address, **options)
        self.context.set_default_timeout(_PATIENCE_MS)
        self.address = address
        self.asked_for: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def close(self) -> None:
        """Leaves the page first: a browser may wait for ever to close one whose clock stands."""
        with suppress(Error):
            self.page.goto("about:blank", timeout=5_000)
        self.context.close()

    def beyond(self) -> list[str]:
        """Requests to any other place than the program."""
        asked = (urlsplit(url) for url in self.asked_for)
        return [
            url.geturl()
            for url in asked
            if url.scheme not in _NO_REQUEST and not self._is_here(url)
        ]

    def look(self) -> None:
        """There is no barrier on this page, as far as a machine can see."""
        self._nothing_of([*axe.findings(self.page), *self._misfits()])

    def look_by_day_and_night(self) -> None:
        """The same, and its words can be read in dark colours too."""
        self.page.emulate_media(color_scheme="light")
        self.look()
        self.page.emulate_media(color_scheme="dark")
        self.colours()
        self.page.emulate_media(color_scheme="light")

    def measure(self) -> None:
        """Nobody has to scroll sideways, or to aim."""
        self._nothing_of(self._misfits())

    def colours(self) -> None:
        """The words on this page can be read in the colours that it has just now."""
        self._nothing_of(axe.findings(self.page, rules=("color-contrast",)))

    def _misfits(self) -> list[str]:
        wide = [f"scrolls sideways: {one}" for one in measure.sideways(self.page)]
        return wide + [f"too small to tap: {one}" for one in measure.too_small(self.page)]

    def _nothing_of(self, found: list[str]) -> None:
        assert not found, "\n".join([self.page.url, *found])

    def _is_here(self, url: SplitResult) -> bool:
        return url.netloc == urlsplit(self.address).netloc

    def _note_request(self, request: Request) -> None:
        self.asked_for.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        """Errors of scripts and of the content security policy; a refused page is no error."""
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.complaints.append(message.text)
