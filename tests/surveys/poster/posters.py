"""A survey to print posters of, and what can be read out of a poster."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import zxingcpp
from pypdf import PdfReader

from bot.settings import DEFAULT_HELP_LINES, HelpLine
from surveys.definition import Kind, Question, Settings, Survey
from surveys.poster import draw, gather
from surveys.poster.view import Layout, Occasion, Poster

DAY = date(2023, 2, 1)
WEB = "https://listen.bolton.example/s/8f3a1b2c4d5e6f708192a3b4"
TELEGRAM = "https://t.me/BoltonListensBot?start=8f3a1b2c4d5e6f708192a3b4"
GROUP = "St Mary's High School"
LOCAL = HelpLine(
    name="Bolton children's services", number="01204 331500", opens=time(8, 30), closes=time(17)
)
LANGUAGES = ("ar", "en", "pl", "ro", "ur")

_SETTINGS = Settings(
    form_id="two_questions",
    titles={
        "en": "What do you think of us?",
        "pl": "Co o nas myślisz?",
        "ur": "آپ ہمارے بارے میں کیا سوچتے ہیں؟",
        "ar": "ما رأيك فينا؟",
        "ro": "Ce crezi despre noi?",
    },
    asked_by={"en": "Bolton Safeguarding Children Partnership"},
    why={
        "en": "We ask twice a year what you think of our work.",
        "pl": "Dwa razy w roku pytamy, co myślisz o naszej pracy.",
        "ur": "ہم سال میں دو بار پوچھتے ہیں کہ آپ ہمارے کام کے بارے میں کیا سوچتے ہیں۔",
        "ar": "نسألك مرتين في السنة عن رأيك في عملنا.",
        "ro": "Te întrebăm de două ori pe an ce crezi despre munca noastră.",
    },
    minutes=3,
    closes=date(2023, 3, 17),
    hear_back_by=date(2023, 4, 28),
    ages="12-15",
)
_QUESTIONS = tuple(Question(name, Kind.TEXT, labels={"en": "?"}) for name in ("think", "change"))


def survey(**settings: Any) -> Survey:
    return Survey(replace(_SETTINGS, **settings), _QUESTIONS, ("en", "pl", "ur", "ar", "ro"))


def gathered(
    form: Survey | None = None,
    language: str = "en",
    *,
    web: str = WEB,
    telegram: str = "",
    group: str = GROUP,
    until: date | None = None,
    help_lines: tuple[HelpLine, ...] = (*DEFAULT_HELP_LINES, LOCAL),
) -> Poster:
    occasion = Occasion(web, telegram, group, until)
    partnership = "The partnership of the settings"
    return gather(form or survey(), language, occasion, asked_by=partnership, help_lines=help_lines)


@cache
def drawn(language: str, layout: Layout = Layout.POSTER) -> bytes:
    """The ordinary one, printed once for all tests."""
    return draw(gathered(language=language), dated=DAY, layout=layout)


def words(pdf: bytes) -> str:
    """Its text in the order in which it stands in the file, in one line."""
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def catalogue(pdf: bytes) -> Any:
    """What the file says of itself: its language, whether it is tagged, its structure."""
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def elements(pdf: bytes) -> Iterator[tuple[str, Any]]:
    """The structure that a screen reader follows: each tag with its dictionary, in order."""
    yield from _below(catalogue(pdf)["/StructTreeRoot"]["/K"])


def _below(node: Any) -> Iterator[tuple[str, Any]]:
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        for item in found:
            yield from _below(item)
    elif isinstance(found, dict) and "/S" in found:
        yield str(found["/S"]).removeprefix("/"), found
        yield from _below(found.get("/K", []))


def scanned(pdf: bytes) -> list[str]:
    """What a phone reads in the codes of the page, as it comes out of a plain printer."""
    page = pypdfium2.PdfDocument(pdf)[0]
    bitmap = page.render(scale=150 / 72, grayscale=True)
    rows = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    return [found.text for found in zxingcpp.read_barcodes(rows)]
