"""Results as documents. UPDATE_GOLDEN=1 rewrites the files in golden/; look at the difference."""

import itertools
import json
import os
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from digests.charts import bar_chart, stack
from digests.escaping import every_text, one_line, shortened
from digests.render import Format
from digests.results import render_results, render_side_by_side
from digests.results_shown import Cell, Row, Section, page_of
from storage.database import Database
from storage.language import Catalogue
from storage.surveys import SessionState, SurveyState
from surveys.definition import Audience as Asked
from surveys.printable import FSI, PDI
from surveys.results import Wanted, beside, results_of, rounds_of
from surveys.results.view import SideBySide, SurveyResults
from surveys.sessions import Forms
from surveys.suppression import Audience
from tests.digests.test_render import Page
from tests.surveys.results.answered import (
    NOW,
    TODAY,
    add_round,
    add_survey,
    answer,
    form,
    invite,
    many,
    practitioners,
    select,
)

GOLDEN = Path(__file__).parent / "golden"
FORMATS: tuple[Format, ...] = get_args(Format)


def filled(database: Database, *, small: int = 3) -> None:
    """A survey of two groups, one of them small; a recurring one; and one of young people."""
    with database.writing() as db:
        survey = add_survey(db, form(languages=("en", "pl")))
        answer(db, survey, practitioners(90), group="North")
        answer(db, survey, practitioners(60), group="South", start=100, language="pl")
        answer(
            db,
            survey,
            practitioners(small),
            group="Kirkholt girls' group",
            start=300,
            state=SessionState.EXPIRED,
        )
        invite(db, survey, "North", 200)
        invite(db, survey, "East", 40)
        young = form(
            "young",
            (select("tool_used", {"yes": "Yes, I have", "no": "No"}, matches="used"),),
            audience=Asked.YOUTH,
            titles={"en": "And young people?", "ar": "ماذا عن الشباب؟"},
        )
        asked = add_survey(db, young)
        answer(db, asked, [{"tool_used": "yes" if n % 4 else "no"} for n in range(40)])
        again = add_survey(db, form("again"), round_=2, state=SurveyState.OPEN)
        add_round(db, again, 1, "Spring term 2023")
        add_round(db, again, 2, "Autumn term 2023")
        answer(db, again, many(yes=20, no=10))
        answer(db, again, many(yes=33, no=14), round_=2)


def seen(database: Database, seen_by: Audience = Audience.INTERNAL, by: str = "") -> SurveyResults:
    wanted = Wanted("tool", seen_by, by=by)
    return results_of(database, Forms(), wanted, now=NOW, today=TODAY)


def rounds(database: Database) -> SideBySide:
    return rounds_of(database, Forms(), Wanted("again"), now=NOW, today=TODAY)


def two(database: Database) -> SideBySide:
    both = (Wanted("tool"), Wanted("young"))
    return beside(database, Forms(), both, now=NOW, today=TODAY)


def documents(database: Database, kind: Format) -> dict[str, str]:
    return {
        "results.en": render_results(seen(database), kind, by="agency"),
        "results-public.pl": render_results(seen(database, Audience.PUBLIC), kind, "pl"),
        "rounds.en": render_side_by_side(rounds(database), kind, of_rounds=True),
        "beside.en": render_side_by_side(two(database), kind, of_rounds=False),
    }


def test_results_are_as_they_are_kept_on_both_databases(database: Database) -> None:
    filled(database)
    for kind in FORMATS:
        for name, text in documents(database, kind).items():
            kept = GOLDEN / f"{name}.{kind.replace('text', 'txt')}"
            if os.environ.get("UPDATE_GOLDEN"):
                kept.write_text(text, "utf-8")
            assert text == kept.read_text("utf-8"), f"{kept.name} differs"


@pytest.mark.parametrize("small", [1, 2, 4])
def test_no_format_tells_how_many_a_hidden_number_stands_for(
    sqlite_database: Database, small: int
) -> None:
    """The small group's own row is the same whatever its size."""
    filled(sqlite_database, small=small)
    results = seen(sqlite_database)
    for kind in FORMATS:
        text = render_results(results, kind, by="group")
        text = text[text.find("</style>") + 1 :]
        found = re.findall(r"Kirkholt girls.{0,40}", text)
        assert found
        assert not any(re.search(rf"\b{small}\b", line.partition("group")[2]) for line in found)


def test_pages_are_well_formed_reach_out_to_nobody_and_run_nothing(
    sqlite_database: Database,
) -> None:
    filled(sqlite_database)
    for text in documents(sqlite_database, "html").values():
        page = Page(text)
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
        links = [value for name, value in page.attributes if name in ("href", "src")]
        assert all(link.startswith("#") for link in links)
        assert "url(#p" not in text or 'id="p0"' in text
        assert not re.search(r"https?://", text)
        ids = [value for name, value in page.attributes if name == "id"]
        assert len(ids) == len(set(ids))


def test_every_chart_has_its_words_and_its_table(sqlite_database: Database) -> None:
    filled(sqlite_database)
    for text in documents(sqlite_database, "html").values():
        page = Page(text)
        charts = re.findall(r'<svg class="chart" role="img" aria-label="([^"]+)"', text)
        assert charts
        assert all("%" in words or " c" in words for words in charts)
        assert page.tags.count("table") >= len(charts)
        assert page.tags.count("table") == page.tags.count("caption")
        assert page.tags.count("th") == sum(name == "scope" for name, _ in page.attributes)
        levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_bars_of_several_groups_carry_their_names_and_never_colour_alone(
    sqlite_database: Database,
) -> None:
    filled(sqlite_database)
    part = page_of(seen(sqlite_database), "en", "agency").parts[1]
    section = next(one for one in part.sections if one.title == "What helps?")
    bars = [bar for group in bar_chart(section).groups for bar in group.bars]
    assert bars[0].value.endswith("Health")
    assert {bar.series for bar in bars} == set(range(len(section.series)))


@pytest.mark.parametrize("label", ["يساعدني شخص بالغ أثق به " * 4, "👩🏽‍🚒" * 60])
def test_a_label_beside_a_bar_is_cut_between_characters_and_stays_set_apart(label: str) -> None:
    row = Row(one_line(label), (Cell("20", "50%", 50),))
    drawn = bar_chart(Section("q", "Who helps?", (row,))).groups[0].label
    assert drawn == one_line(shortened(label, 46))
    assert drawn.strip(PDI).endswith("…")
    assert drawn.count(FSI) == drawn.count(PDI)


def test_a_scale_that_is_all_seen_is_one_bar_that_fills_the_line(
    sqlite_database: Database,
) -> None:
    filled(sqlite_database)
    sections = page_of(seen(sqlite_database), "en").parts[0].sections
    scale = next(one for one in sections if one.shades)
    pieces = stack(scale)
    assert [piece.shade for piece in pieces] == [0, 1, 2, 3, 4]
    assert round(sum(piece.width for piece in pieces)) == 100
    assert all(
        b.left == pytest.approx(a.left + a.width, abs=0.01) for a, b in itertools.pairwise(pieces)
    )


def test_an_open_survey_below_its_threshold_says_so_and_nothing_more(
    sqlite_database: Database,
) -> None:
    with sqlite_database.writing() as db:
        answer(db, add_survey(db, form(), state=SurveyState.OPEN), practitioners(4))
    for kind in FORMATS:
        text = render_results(seen(sqlite_database), kind, by="agency")
        text = text[text.find("</style>") + 1 :]
        assert "Fewer than 5" in text or json.loads(text)["withheld"] == "too_few"
        assert "How confident" not in text


def test_a_page_says_its_language_and_keeps_the_surveys_own_words(
    sqlite_database: Database,
) -> None:
    filled(sqlite_database)
    results = results_of(sqlite_database, Forms(), Wanted("young"), now=NOW, today=TODAY)
    assert '<html lang="pl" dir="ltr">' in render_results(results, "html", "pl")
    arabic = render_results(results, "html", "ar")
    assert '<html lang="en" dir="ltr">' in arabic
    assert "ماذا عن الشباب" in arabic


NAMES = st.one_of(
    st.sampled_from(
        [
            "<b>Sam</b> & co",
            "a | b | c",
            "[click](https://example.org)",
            "سارہ خان",
            "one\n\n# two",
            "{{ 7 * 7 }}",
            '"><script>alert(1)</script>',
            "",
        ]
    ),
    st.text(max_size=30),
)


@pytest.fixture
def results(sqlite_database: Database) -> SurveyResults:
    filled(sqlite_database)
    return seen(sqlite_database)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=NAMES)
def test_no_label_breaks_a_page_a_table_or_a_line(results: SurveyResults, name: str) -> None:
    labels = {text for question in results.questions for text in question.labels.values()}

    def strange(text: str) -> str:
        return name if text in labels else text

    plain_page = Page(render_results(results, "html"))
    odd = every_text(results, strange)
    page = Page(render_results(odd, "html"))
    assert not {"script", "b"} & set(page.tags)
    assert page.tags.count("tr") == plain_page.tags.count("tr")
    assert cells(render_results(odd, "md")) == cells(render_results(results, "md"))
    assert len(render_results(odd, "text").splitlines()) <= len(
        render_results(results, "text").splitlines()
    )


def cells(text: str) -> tuple[int, int]:
    kinds = [token.type for token in MarkdownIt("commonmark").enable("table").parse(text)]
    return kinds.count("td_open"), kinds.count("html_block")


def test_everything_about_results_is_said_in_polish_too() -> None:
    texts = Catalogue.load("digests").texts
    ours = {key for key in texts["en"] if key.startswith("results.")}
    assert {key for key in texts["pl"] if key.startswith("results.")} == ours


EVIL = '"><script>alert(1)</script></title>\x1b[31m\u202e=cmd|x {{7*7}} [a](javascript:x)'


def test_hostile_labels_groups_and_titles_are_text_in_every_format(database: Database) -> None:
    questions = (
        select("agency", {"health": EVIL, "police": "P"}, title=EVIL, is_grouping=True),
        select("sure", {"1": EVIL, "2": "2", "3": "3"}, title=EVIL),
    )
    told = [{"agency": a, "sure": n} for a in ("health", "police") for n in "123"] * 10
    with database.writing() as db:
        survey = add_survey(db, form(questions=questions, titles={"en": EVIL}))
        add_round(db, survey, 1, EVIL)
        answer(db, survey, told, group=EVIL)
        answer(db, survey, told, group="South", start=500)
    for by, kind in itertools.product(("agency", "group"), FORMATS):
        text = render_results(seen(database, by=by), kind, by=by)
        if kind in ("html", "md"):
            assert not re.search(r"(?<!\\)<script", text)
            assert not re.search(r"(?<!\\)\]\(javascript", text) or kind == "html"
        if kind != "json":
            assert not {"\x1b", "\u202e"} & set(text)
