"""A browser without scripts: goes where forms and links lead, and keeps its cookies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient, Response
from lxml import html

Fields = list[tuple[str, str]]
WORDS = "Teachers could ask how we are"
_MOMENT = {"p-day": "31", "p-month": "12", "p-year": "2022", "p-clock": "14:30"}


@dataclass
class Visitor:
    """Somebody at a page. `sent` are the forms that were sent, to be sent again."""

    client: AsyncClient
    run: Callable[..., Any]
    page: Response = field(init=False)
    sent: list[tuple[str, Fields]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.go("/")

    def go(self, path: str, **headers: str) -> Response:
        """Opens an address, as typed, and follows where it leads."""
        self.page = self.run(self.client.get(path, headers=dict(headers), follow_redirects=True))
        return self.page

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.page.text)

    @property
    def title(self) -> str:
        return " ".join(self.tree.findtext(".//title").split())

    @property
    def heading(self) -> str:
        return " ".join(self.tree.find(".//h1").text_content().split())

    @property
    def text(self) -> str:
        """All that is to be read on the page."""
        return " ".join(self.tree.find(".//body").text_content().split())

    @property
    def main(self) -> str:
        return " ".join(self.tree.find(".//main").text_content().split())

    def form_of(self, label: str) -> html.HtmlElement:
        """The form of the button that is called so."""
        for form in self.tree.findall(".//form"):
            labels = {" ".join(one.text_content().split()) for one in form.findall(".//button")}
            if label in labels:
                return form
        raise AssertionError(f"no button {label!r} on {self.title!r}: {self.main[:400]}")

    def has_button(self, label: str) -> bool:
        return any(
            " ".join(one.text_content().split()) == label for one in self.tree.iter("button")
        )

    def filled(self, label: str, values: Mapping[str, object] | None = None) -> tuple[str, Fields]:
        """The form of a button as a browser would send it, with these values typed in."""
        form, typed = self.form_of(label), dict(values or {})
        fields: Fields = [(name, value) for name, value in form.form_values() if name not in typed]
        for name, value in typed.items():
            several = value if isinstance(value, list | tuple) else [value]
            fields += [(name, str(one)) for one in several]
        return form.get("action"), fields

    def press(self, label: str, values: Mapping[str, object] | None = None) -> Response:
        """Presses a button, and follows where it leads."""
        action, fields = self.filled(label, values)
        return self.send(action, fields)

    def send(self, action: str, fields: Fields, **headers: str) -> Response:
        """Sends a form."""
        self.sent.append((action, fields))
        body: dict[str, list[str]] = {}
        for name, value in fields:
            body.setdefault(name, []).append(value)
        sending = self.client.post(action, data=body, headers=dict(headers), follow_redirects=True)
        self.page = self.run(sending)
        return self.page

    def start(self, token: str, way: str = "s", language: str = "en") -> Response:
        """Opens the link and presses the big button."""
        self.go(f"/{way}/{token}?lang={language}")
        form = next(
            one for one in self.tree.findall(".//form") if one.get("action").startswith("/")
        )
        label = " ".join(form.find(".//button").text_content().split())
        return self.press(label)

    def answer(self, value: object = None) -> Response:
        """Types or ticks this at the question, else whatever fits, and presses Next."""
        return self.press(self.next_label, self.fitting() if value is None else {"a": value})

    def fitting(self) -> dict[str, object]:
        """Something that fits the fields of this page: the first choice, 7, words, an order."""
        if self.choices:
            return {"a": self.choices[0]}
        if ranks := self.tree.findall(".//select"):
            return {one.get("name"): str(n) for n, one in enumerate(ranks, 1)}
        parts = [one.get("name") for one in self.tree.iter("input")]
        if typed := {name: _MOMENT[name] for name in parts if name in _MOMENT}:
            return dict(typed)
        return {"a": "7" if self.tree.find(".//input[@inputmode]") is not None else WORDS}

    def to_the_end(self, *, most: int = 40) -> list[str]:
        """Answers every page; the questions on the way."""
        asked: list[str] = []
        while self.question and len(asked) < most:
            asked.append(self.question)
            self.answer()
        assert not self.question, f"no end after {asked}"
        return asked

    @property
    def next_label(self) -> str:
        form = next(one for one in self.tree.iter("form") if "ask" in one.get("class", ""))
        return " ".join(form.find(".//button").text_content().split())

    @property
    def question(self) -> str:
        """The name of the question that this page asks; empty on other pages."""
        found = self.tree.find(".//input[@name='q']")
        return "" if found is None else str(found.get("value"))

    @property
    def choices(self) -> list[str]:
        found = self.tree.findall(".//input[@name='a']")
        return [one.get("value") for one in found if one.get("type") in ("radio", "checkbox")]

    @property
    def session(self) -> str:
        return str(self.tree.find(".//input[@name='s']").get("value"))

    @property
    def come_back_code(self) -> str:
        shown = self.tree.find(".//*[@class='code-shown']")
        return str(shown.text_content()).strip()

    @property
    def notices(self) -> list[str]:
        found = self.tree.findall(".//*[@class='notice']")
        return [" ".join(one.text_content().split()) for one in found]
