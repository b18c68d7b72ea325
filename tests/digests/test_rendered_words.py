"""A picture in text, Markdown, HTML and JSON: when it is of, whose words, and words stay words."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlmodel import Session

from digests import weekly, you_said_we_did
from digests.edition_files import KINDS, made
from digests.escaping import one_line
from digests.picture import SECTIONS, Picture, Words, first_words
from digests.render import in_parts, render
from digests.you_view import YouSaidWeDid
from storage.database import Database
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded
from tests.digests.test_render import Page, coding
from tests.digests.test_word_and_pdf import NASTY, read, texts
from tests.digests.test_word_and_pdf import pdf as printed
from tests.digests.test_word_and_pdf import picture as kept
from tests.digests.test_word_and_pdf import word as in_word


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """On SQLite alone: what is read is read on both in test_weekly."""
    with sqlite_database.writing() as opened:
        yield opened


def worded(text: str) -> Picture:
    return Picture(kept().digest, Words(text, dict.fromkeys(SECTIONS, text), text), NOW)


@pytest.mark.parametrize("kind", ["text", "md", "html"])
def test_every_format_says_when_it_is_of_and_whose_words_it_opens_with(kind: str) -> None:
    text = render(kept(), kind)  # type: ignore[arg-type]
    assert "As at 09:00 on 15 January 2024" in text
    assert "Opening put together from the figures by the program." in text
    assert "2 actions are overdue" in text
    text = render(worded("Thank you"), kind)  # type: ignore[arg-type]
    assert "Opening and remarks: Thank you." in text
    assert text.count("Remark: Thank you") == len(SECTIONS)


def test_data_say_when_they_are_of_beside_what_they_said_before() -> None:
    found, before = (json.loads(render(view, "json")) for view in (kept(), kept().digest))
    assert found.pop("as_at") == "2024-01-15T09:00:00+00:00"
    assert found.pop("words") == {"opening": kept().words.opening, "remarks": {}, "by": ""}
    assert found == before


def test_a_chat_message_has_a_piece_for_each_section_and_nothing_is_lost() -> None:
    parts = in_parts(worded("Thank you"))
    assert "\n".join(parts) + "\n" == render(worded("Thank you"), "text")
    assert [part.partition(":")[0] for part in parts[:3]] == [
        "Weekly digest",
        "OVERDUE",
        "DUE IN 14 DAYS",
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(st.sampled_from(NASTY), st.text(max_size=60)))
def test_words_of_a_manager_are_words_in_every_format(text: str) -> None:
    view, plain = worded(text), worded("Thank you")
    page = Page(render(view, "html"))
    assert page.tags.count("section") == Page(render(plain, "html")).tags.count("section")
    assert not {"script", "b", "img"} & set(page.tags)
    tokens = MarkdownIt("commonmark").enable("table").parse(render(view, "md"))
    inside = [piece.type for token in tokens for piece in token.children or ()]
    assert not {"html_inline", "link_open", "image"} & set(inside)
    headings = [token.type for token in tokens].count("heading_open")
    assert headings == 2 + len(SECTIONS)
    assert len(in_parts(view)) == len(in_parts(plain))
    first = one_line(text.splitlines()[0]) if text.splitlines() else ""
    assert first in in_parts(view)[0]


def test_no_file_and_no_message_tells_how_many_a_hidden_number_stands_for(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale, small=0)
    before = _everything(session)
    theme = rochdale.themes["Somebody to text at night"]
    session.add_all(coding(theme, number) for number in range(9))
    session.flush()
    said = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert isinstance(said, YouSaidWeDid)
    assert _everything(session) == before


def _everything(session: Session) -> list[object]:
    digest = weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR)
    view = Picture(digest, first_words(digest), NOW)
    return [*in_parts(view), *(made(view, kind).content for kind in KINDS)]


def test_true_counts_and_words_of_answers_are_in_no_file(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    digest = weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR)
    view = Picture(digest, first_words(digest), NOW)
    for text in (" ".join(texts(in_word(view))), read(printed(view))):
        assert "secret words" not in text
        assert "about 45" in text
        assert not {"33", "47", "18", "46"} & set(text.split())
