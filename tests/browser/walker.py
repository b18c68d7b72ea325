"""Walks through a survey page by page and answers whatever is asked, by the roles on the page."""

from collections.abc import Callable
from functools import cache
from typing import Any

from playwright.sync_api import Locator, Page

from storage.language import Catalogue

MOST_PAGES = 40
WORDS = "It went well, thank you."
_PARTS = {"p-day": "4", "p-month": "12", "p-year": "2023", "p-clock": "14:30"}


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load("bot")


def say(key: str, language: str = "en", **params: Any) -> str:
    """A text of a page, as it is said in this language."""
    return _catalogue().say(key, language, **params).strip()


class Walker:
    """One way through a survey. `last` takes the last choice of each question, else the first."""

    def __init__(self, page: Page, language: str = "en", *, last: bool = False) -> None:
        self.page = page
        self.language = language
        self._choice = -1 if last else 0

    def arrive(self, token: str, *, door: str = "s") -> None:
        """Opens the link of an invitation, which changes nothing yet."""
        self.page.goto(f"/{door}/{token}?lang={self.language}")

    def begin(self, token: str, *, door: str = "s") -> None:
        self.arrive(token, door=door)
        self.press("page.start")

    def press(self, key: str) -> None:
        """Presses the button with this text, and waits for the page that comes."""
        with self.page.expect_navigation():
            self.button(key).click()

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=say(key, self.language), exact=True)

    def answer(self) -> None:
        """Fills in what is asked on this page, without sending it."""
        form = self.page.locator("form.ask")
        fields = form.locator("input:not([type=hidden]), select, textarea")
        look = fields.first.evaluate("field => field.type")
        if look in {"radio", "checkbox"}:
            fields.nth(self._choice).check()
        elif look == "select-one":
            for place, field in enumerate(fields.all(), 1):
                field.select_option(str(place))
        else:
            for field in fields.all():
                field.fill(_typed(field))

    def go_on(self) -> None:
        self.answer()
        self.press("page.next")

    @property
    def is_asked(self) -> bool:
        return self.button("page.next").count() > 0

    def to_the_end(self, at_each_page: Callable[[], None] = lambda: None) -> list[str]:
        """Answers until nothing more is asked; the headings of the pages, the last one included."""
        headings: list[str] = []
        for _ in range(MOST_PAGES):
            headings.append(self.page.get_by_role("heading", level=1).inner_text())
            at_each_page()
            if not self.is_asked:
                return headings
            self.go_on()
        raise AssertionError(f"the survey does not come to an end: {headings}")


def _typed(field: Locator) -> str:
    name, keyboard = field.get_attribute("name") or "", field.get_attribute("inputmode")
    if name in _PARTS:
        return _PARTS[name]
    return "2" if keyboard in {"numeric", "decimal"} else WORDS
