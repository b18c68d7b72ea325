"""Rendered reports. UPDATE_GOLDEN=1 rewrites the files in golden/; look at the difference."""

import itertools
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlmodel import Session

from digests import weekly, you_said_we_did
from digests.escaping import every_text
from digests.render import Format, HelpLine, View, render
from digests.weekly_view import WeeklyDigest
from digests.you_view import YouSaidWeDid
from storage.language import Catalogue
from storage.voice import ThemeCoding
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded

GOLDEN = Path(__file__).parent / "golden"
FORMATS: tuple[Format, ...] = get_args(Format)
HELP = (
    HelpLine("Childline", "0800 1111", "Under 19. Free and private."),
    HelpLine("Shout", "85258"),
)
_VOID = {"meta", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """The tags of a page, its text, and whether every tag that opens is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.words.append(data)


def views(session: Session, rochdale: Seeded, small: int = 4) -> dict[str, View]:
    seeded.said_and_done(session, rochdale, small=small)
    return {
        "weekly": weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR),
        "you": you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR),
    }


def test_reports_are_as_they_are_kept_on_both_databases(session: Session, rochdale: Seeded) -> None:
    for name, view in views(session, rochdale).items():
        for kind in FORMATS:
            for language in ("en", "pl") if name == "you" else ("en",):
                text = render(view, kind, language, help_lines=HELP)
                kept = GOLDEN / f"{name}.{language}.{kind.replace('text', 'txt')}"
                if os.environ.get("UPDATE_GOLDEN"):
                    kept.write_text(text, "utf-8")
                assert text == kept.read_text("utf-8"), f"{kept.name} differs"


def test_no_format_tells_how_many_a_hidden_number_stands_for(
    session: Session, rochdale: Seeded
) -> None:
    first = rendered(views(session, rochdale, small=0))
    theme = rochdale.themes["Somebody to text at night"]
    for start, end in ((0, 7), (7, 9)):
        session.add_all(coding(theme, number) for number in range(start, end))
        session.flush()
        again: dict[str, View] = {
            "weekly": weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR),
            "you": you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR),
        }
        assert rendered(again) == first


def coding(theme: int, number: int) -> ThemeCoding:
    return ThemeCoding(
        theme_id=theme, pseudonym=seeded.pseudonym(number), question="helps", coded_by_id=None
    )


def rendered(found: dict[str, View]) -> list[str]:
    return [
        render(view, kind, language, help_lines=HELP)
        for view in found.values()
        for kind in FORMATS
        for language in ("en", "pl")
    ]


def test_true_counts_and_words_of_answers_are_in_no_format(
    session: Session, rochdale: Seeded
) -> None:
    for text in rendered(views(session, rochdale)):
        text = text[text.find("</style>") + 1 :]
        assert not re.search(r"\b(33|47|18|46)\b", text)
        assert "secret words" not in text
        assert not re.search(r"\bp00\d\d\b", text)


def test_json_is_the_view_with_dates_as_iso_text(session: Session, rochdale: Seeded) -> None:
    found = json.loads(render(views(session, rochdale)["weekly"], "json"))
    assert found["period"] == {"start": "2024-01-08", "end": "2024-01-14"}
    assert found["overdue"]["rows"][0]["due"] == "2023-12-31"


def test_pages_are_well_formed_reach_out_to_nobody_and_run_nothing(
    session: Session, rochdale: Seeded
) -> None:
    for view in views(session, rochdale).values():
        page = Page(render(view, "html", help_lines=HELP))
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
        links = [value for name, value in page.attributes if name in ("href", "src")]
        assert all(link.startswith(("#", "tel:", "sms:")) for link in links)
        targets = {value for name, value in page.attributes if name == "id"}
        assert {link[1:] for link in links if link.startswith("#")} <= targets


def test_headings_go_down_step_by_step_and_tables_have_captions_and_scopes(
    session: Session, rochdale: Seeded
) -> None:
    for view in views(session, rochdale).values():
        page = Page(render(view, "html", help_lines=HELP))
        levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert page.tags.count("table") == page.tags.count("caption")
        assert page.tags.count("th") == sum(name == "scope" for name, _ in page.attributes)


def test_every_colour_on_a_page_has_its_word_beside_it(session: Session, rochdale: Seeded) -> None:
    page = Page(render(views(session, rochdale)["weekly"], "html"))
    text = " ".join(page.words)
    for colour in ("red", "amber", "green", "blue", "grey"):
        assert re.search(rf"[■▲●◆○]\s+{colour}", text)


def test_a_page_says_its_language_and_marks_words_in_another(
    session: Session, rochdale: Seeded
) -> None:
    text = render(views(session, rochdale)["you"], "html", "pl")
    assert '<html lang="pl" dir="ltr">' in text
    assert '<blockquote lang="en">' in text
    assert "Co pomaga w domu?" in text


def test_a_language_nobody_wrote_falls_back_to_english_and_says_so(
    session: Session, rochdale: Seeded
) -> None:
    found = views(session, rochdale)
    assert '<html lang="en" dir="ltr">' in render(found["weekly"], "html", "pl")
    assert '<html lang="en" dir="ltr">' in render(found["you"], "html", "es")


def test_help_is_at_the_end_and_a_number_can_be_dialled(session: Session, rochdale: Seeded) -> None:
    text = render(views(session, rochdale)["you"], "html", help_lines=HELP)
    assert 'href="tel:08001111"' in text
    assert text.index("Childline") > text.index("Free buses")
    assert 'href="sms:85258"' in text


def test_a_chat_digest_fits_thirty_lines_however_much_there_is(
    session: Session, rochdale: Seeded
) -> None:
    view = views(session, rochdale)["weekly"]
    assert isinstance(view, WeeklyDigest)
    full = {
        name: replace(section, total=9999, rows=section.rows * 10)
        for name in ("overdue", "due_14", "decisions", "silent", "owed", "unreached", "doubtful")
        for section in (getattr(view, name),)
    }
    crowded = replace(view, **full, surveys=view.surveys * 9)
    lines = render(crowded, "text").splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) < 240


def test_an_empty_digest_says_that_nothing_needs_anybody(session: Session) -> None:
    view = weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR)
    assert "Nothing this week under: Overdue; Due in 14 days" in render(view, "md")
    assert "Nothing needs anybody" in render(view, "text")
    Page(render(view, "html"))


@pytest.fixture
def both(session: Session, rochdale: Seeded) -> dict[str, View]:
    return views(session, rochdale)


NAMES = st.one_of(
    st.sampled_from(
        [
            "<b>Sam</b> & co",
            "a | b | c",
            "*Sam* _Okafor_ `x`",
            "[click](https://example.org)",
            "سارہ خان",
            "שרה\u202egnp",
            "👩‍👩‍👧‍👦 Zoë",
            "one\n\n# two\r\nthree",
            "{{ 7 * 7 }} {% raw %}",
            '"><script>alert(1)</script>',
            "",
        ]
    ),
    st.text(max_size=30),
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=NAMES)
def test_no_name_breaks_a_page_a_table_or_a_line(both: dict[str, View], name: str) -> None:
    for view in both.values():
        strange = every_text(view, lambda _: name)
        if isinstance(view, YouSaidWeDid):  # whose languages are codes and nobody's words
            themes = tuple(replace(one, language="") for one in strange.themes)
            strange = replace(strange, written_in=view.written_in, themes=themes)
        plain_page, strange_page = Page(render(view, "html")), Page(render(strange, "html"))
        assert not {"script", "b"} & set(strange_page.tags)
        assert strange_page.tags.count("tr") == plain_page.tags.count("tr")
        assert "49 " not in "".join(strange_page.words) or "49" in name
        assert cells(render(strange, "md")) == cells(render(view, "md"))
        lines = render(strange, "text").splitlines()
        assert len(lines) <= len(render(view, "text").splitlines())


def cells(text: str) -> tuple[int, int, int]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in tokens]
    inner = [piece.type for token in tokens for piece in token.children or []]
    links = inner.count("link_open") + inner.count("html_inline") + kinds.count("html_block")
    return kinds.count("td_open"), kinds.count("heading_open"), links


def test_every_text_for_young_people_exists_in_the_languages_of_the_library() -> None:
    texts = Catalogue.load("digests").texts
    plural = re.compile(r"\.(one|two|few|many|other)$")

    def keys(code: str) -> set[str]:
        return {plural.sub("", key) for key in texts[code] if key.startswith("you.")}

    assert {code for code in ("pl", "ur", "ar", "ro") if keys(code) != keys("en")} == set()
