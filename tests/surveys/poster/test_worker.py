"""The youth worker's card: one page beside the tablet, true, and read by eye, by ear, by phone."""

from functools import cache
from io import BytesIO

import pytest
from pypdf import PdfReader

from bot.settings import DEFAULT_HELP_LINES
from storage.language import Catalogue
from surveys.definition import Audience, Mode, Survey
from surveys.links import Links
from surveys.poster import CannotInvite, draw
from surveys.poster.view import Layout, Occasion, TabletPages, WorkerCard
from surveys.poster.worker import gather_card
from tests.surveys.poster.posters import (
    DAY,
    GROUP,
    LANGUAGES,
    LOCAL,
    catalogue,
    elements,
    gathered,
    scanned,
    survey,
    words,
)

LINKS = Links("https://listen.bolton.example", "BoltonListensBot")
TOKEN = "8f3a1b2c4d5e6f708192a3b4"
TABLET = f"https://listen.bolton.example/t/{TOKEN}"
PAGES = TabletPages("Next person", "Go on later", cleared_after_seconds=60, good_for_days=14)


def card(
    form: Survey | None = None,
    language: str = "en",
    *,
    links: Links = LINKS,
    group: str = GROUP,
    pages: TabletPages = PAGES,
) -> WorkerCard:
    occasion = Occasion.of(links, TOKEN, group=group, layout=Layout.WORKER)
    lines = (*DEFAULT_HELP_LINES, LOCAL)
    return gather_card(form or survey(), language, occasion, pages=pages, help_lines=lines)


@cache
def printed(language: str) -> bytes:
    return draw(card(language=language), dated=DAY, layout=Layout.WORKER)


def test_the_code_opens_the_page_for_a_tablet_and_not_the_one_for_a_phone() -> None:
    assert card().links == (TABLET,)
    assert LINKS.web_link(TOKEN) != TABLET
    assert Links(telegram="BoltonListensBot").tablet_link(TOKEN) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_tagged_a4_page_that_a_phone_and_a_screen_reader_can_read(language: str) -> None:
    pdf = printed(language)
    reader, root = PdfReader(BytesIO(pdf)), catalogue(pdf)
    names = [tag for tag, _ in elements(pdf)]
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert names.count("H1") == 1
    assert names.count("H2") == 6
    assert {"L", "LI", "Link", "Figure"} <= set(names)
    assert scanned(pdf) == [TABLET]


def test_the_address_is_printed_for_those_who_cannot_scan() -> None:
    assert TABLET.removeprefix("https://") in words(printed("en")).replace(" ", "")


def test_it_says_what_to_do_when_a_child_tells_something() -> None:
    said = " ".join(card().disclosure.sentences)
    for rule in (
        "Do not promise to keep it secret",
        "Do not ask questions about what happened",
        "designated safeguarding lead (DSL) today",
        "nobody reads it straight away",
    ):
        assert rule in said
    assert card().emergency == ("If a child is in danger now, call", "999")


def test_it_promises_the_young_person_nothing_but_what_the_poster_promises() -> None:
    told = card().told.sentences
    assert set(gathered().privacy.sentences) <= set(told)
    assert "The person who gave you this cannot see what you write." in told
    assert not any("Telegram" in sentence for sentence in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_times_are_those_of_the_pages(language: str) -> None:
    pages = TabletPages("NEXT", "LATER", cleared_after_seconds=90, good_for_days=21)
    made = card(language=language, pages=pages)
    assert any("NEXT" in sentence for sentence in made.start.sentences)
    assert any("90" in sentence for sentence in made.unseen.sentences)
    come_back, receipt = made.two_codes.sentences
    assert all(part in come_back for part in ("LATER", "21", "listen.bolton.example"))
    assert "12" in receipt


def test_it_names_the_tablet_page_as_the_program_names_it() -> None:
    """Words that the card shares with the pages must not part from them."""
    bot = Catalogue.load("bot")
    assert bot.say("page.tablet_unseen", "en") in card().told.sentences


@pytest.mark.parametrize(
    ("form", "links", "why"),
    [
        (survey(audience=Audience.PRACTITIONERS, ages=""), LINKS, "not for young people"),
        (survey(mode=Mode.ANONYMOUS, follow_up_of="another"), LINKS, "loop_mode to confidential"),
        (survey(), Links(telegram="BoltonListensBot"), r"`web` in the section \[links\]"),
    ],
)
def test_a_card_that_would_not_be_true_or_lead_nowhere_is_refused(
    form: Survey, links: Links, why: str
) -> None:
    with pytest.raises(CannotInvite, match=why):
        card(form, links=links)


def test_what_people_wrote_is_printed_and_never_obeyed() -> None:
    hostile = '#panic("x") $1/0$ @ref <b>'
    form = survey(titles={"en": f"T {hostile}"})
    pdf = draw(card(form, group=f"G {hostile}"), dated=DAY, layout=Layout.WORKER)
    said = words(pdf).replace(" ", "")
    assert "".join(f"T {hostile}".split()) in said
    assert "".join(f"G {hostile}".split()) in said


def test_many_help_lines_take_smaller_letters_and_stay_on_the_page() -> None:
    occasion = Occasion.of(LINKS, TOKEN, group=GROUP * 3, layout=Layout.WORKER)
    lines = (*DEFAULT_HELP_LINES, *(LOCAL,) * 4)
    made = gather_card(survey(), "ro", occasion, pages=PAGES, help_lines=lines)
    pdf = draw(made, dated=DAY, layout=Layout.WORKER)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
