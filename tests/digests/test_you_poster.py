"""The poster and the paper of "you said, we did": every language, one page, tagged."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import Session

from digests import you_said_we_did
from digests.paper_formats import as_docx, as_pdf
from digests.you_paper import paper
from digests.you_poster import MOST, draw, gather
from digests.you_view import YouSaidWeDid
from storage.language import Catalogue
from storage.voice import Readers, ResponseKind
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, WEEK, Seeded

LINK = "https://loop.example/we-did/help?lang=en"
LANGUAGES = ("en", "pl", "ur", "ar", "ro")


def view(session: Session, rochdale: Seeded) -> YouSaidWeDid:
    seeded.said_and_done(session, rochdale)
    return you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)


def test_a_poster_is_one_tagged_page_in_every_language_and_the_same_again(
    session: Session, rochdale: Seeded
) -> None:
    found = view(session, rochdale)
    for language in LANGUAGES:
        poster = gather(found, Readers.EVERYBODY, language, link=LINK)
        made = draw(poster, dated=WEEK.end)
        assert made == draw(poster, dated=WEEK.end)
        read = PdfReader(BytesIO(made))
        assert len(read.pages) == 1
        root: Any = read.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == language
        assert "/StructTreeRoot" in root
        assert b"loop.example" in made or "loop.example" in read.pages[0].extract_text()


def test_a_poster_takes_one_of_each_kind_in_turn_and_says_how_many_more(
    session: Session, rochdale: Seeded
) -> None:
    for number in range(4):
        theme = seeded.theme(session, rochdale, f"Thing {number}", 12)
        seeded.response(session, theme, ResponseKind.WE_DID, f"Done {number}.")
    poster = gather(view(session, rochdale))
    assert [one.kind for one in poster.pairs] == [
        "we_did",
        "we_are_doing",
        "not_yet",
        "we_cannot",
        "we_did",
    ]
    assert poster.more[MOST] == "There are 3 more answers on the page."
    assert poster.link == poster.alt == ""
    assert all("12" not in f"{one.said} {one.reply} {one.promise}" for one in poster.pairs)


def test_a_poster_of_long_answers_shows_fewer_and_stays_one_page(
    session: Session, rochdale: Seeded
) -> None:
    words = "We listened to what you told us and we will come back with more. " * 20
    for number in range(5):
        theme = seeded.theme(session, rochdale, f"A & B <c> سارہ 🙂 {number}", 12)
        seeded.response(session, theme, ResponseKind.WE_DID, words)
    found = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)
    read = PdfReader(BytesIO(draw(gather(found, link=LINK), dated=WEEK.end)))
    assert len(read.pages) == 1
    text = re.sub(r"\s+", " ", read.pages[0].extract_text())
    assert "A & B <c>" in text
    assert re.search(r"There (is|are) [1-4] more answers? on the page", text)


def test_a_poster_of_nothing_says_so(session: Session, rochdale: Seeded) -> None:
    found = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)
    read = PdfReader(BytesIO(draw(gather(found), dated=WEEK.end)))
    assert "We have no answers to share yet" in read.pages[0].extract_text()


def test_a_practitioners_page_calls_nobody_young(session: Session, rochdale: Seeded) -> None:
    from dataclasses import replace

    found = replace(view(session, rochdale), audience="practitioners")
    assert "young" not in gather(found).took_part
    assert "young" not in " ".join(paper(found).opening)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_holds_all_that_the_page_says(
    session: Session, rochdale: Seeded, language: str
) -> None:
    found = paper(view(session, rochdale), Readers.EVERYBODY, language)
    say = Catalogue.load("digests").say
    assert found.title == say("you.title", language)
    assert [one.key for one in found.sections] == ["said", "number", "who", "loop"]
    said = found.sections[0].blocks
    assert len(said) == 5
    assert "Free buses to the youth club" in said[3].said  # type: ignore[union-attr]
    assert found.dated == date(2024, 1, 14)


def test_word_and_pdf_are_made_from_right_to_left_too(session: Session, rochdale: Seeded) -> None:
    found = paper(view(session, rochdale), Readers.EVERYBODY, "ur")
    assert as_pdf(found).startswith(b"%PDF")
    assert as_docx(found).content[:2] == b"PK"
