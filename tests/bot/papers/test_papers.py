"""The papers say what is so in the running settings, and mark what nobody has decided."""

import re
from datetime import date, time
from functools import cache
from typing import Any

import pytest
from pydantic import SecretStr

from bot.papers import PAPERS, Paper
from bot.papers.gather import ROLES
from bot.papers.marks import MARK
from bot.papers.page import as_html
from bot.settings import (
    ConcernSettings,
    GovernanceSettings,
    PagerSettings,
    PartnershipSettings,
    RetentionSettings,
    Settings,
)
from storage.people import Role
from surveys.concerns import Decision
from tests.bot.papers.kit import (
    BARE,
    DECIDED,
    FULL,
    SECRETS,
    SURVEY,
    changed,
    facts_of,
    one,
    written,
)
from tests.test_docs import _fields, _parse

NAMES = [kind.name for kind in PAPERS]
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`(listening-loop [^`]+)`")
_SETTING = re.compile(r"`([a-z_]+)`(?: and `([a-z_]+)`)? of \[([a-z_.]+)\]")


@cache
def bare() -> dict[str, Paper]:
    return written(BARE)


@cache
def full() -> dict[str, Paper]:
    return written(FULL, SURVEY)


def both(name: str) -> tuple[Paper, Paper]:
    return bare()[name], full()[name]


# -- whole


@pytest.mark.parametrize("name", NAMES)
def test_each_begins_with_its_title_and_leaves_no_gap(name: str) -> None:
    for paper in both(name):
        assert paper.text.startswith("# ")
        assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|\]\(\)", paper.text)
        assert len(paper.text.split()) > 200


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name: str) -> None:
    for paper in both(name):
        blocks = re.findall(r"(?:^\|.*\n?)+", paper.text, re.MULTILINE)
        assert blocks or name in ("notice-8-11", "notice-12-15", "notice-easy-read")
        for block in blocks:
            assert len({len(_CELL.findall(row)) for row in block.splitlines()}) == 1, block
        assert not re.search(r"^\|.*\n(?!\||\n|\Z)", paper.text, re.MULTILINE), "no row after it"


@pytest.mark.parametrize("name", NAMES)
def test_each_mark_is_listed_at_the_end_with_who_decides(name: str) -> None:
    for paper in both(name):
        marked = set(map(int, re.findall(rf"\*\*{MARK} (\d+)\*\*", paper.text)))
        assert marked == {point.number for point in paper.open_points}
        closing = paper.text.partition("## Still to be decided here")[2]
        assert bool(closing) is bool(paper.open_points)
        for point in paper.open_points:
            assert f"| ▢ {point.number} | {point.who} | {point.what} |" in closing
            assert point.what.endswith(".")


def test_what_can_be_set_is_set_and_what_cannot_stays_open() -> None:
    left = [point for paper in full().values() for point in paper.open_points]
    assert 10 < len(left) < sum(len(paper.open_points) for paper in bare().values())
    assert [point.what for point in left if _SETTING.search(point.what)] == []


@pytest.mark.parametrize("field", list(GovernanceSettings.model_fields))
def test_every_field_of_governance_settles_something(field: str) -> None:
    values = {name: getattr(DECIDED, name) for name in GovernanceSettings.model_fields}
    values[field] = GovernanceSettings.model_fields[field].default
    without = FULL.model_copy(update={"governance": GovernanceSettings(**values)})
    asked = [point.what for paper in written(without).values() for point in paper.open_points]
    assert any(f"`{field}`" in what for what in asked), field


def test_every_setting_that_a_mark_names_is_one() -> None:
    known = set(_fields(Settings))
    for paper in bare().values():
        for point in paper.open_points:
            for first, second, section in _SETTING.findall(point.what):
                for name in filter(None, (first, second)):
                    assert (section.rpartition(".")[2], name) in known, point.what


def _commands() -> list[str]:
    return sorted({typed for paper in bare().values() for typed in _CODE.findall(paper.text)})


def test_every_command_that_a_paper_names_is_one() -> None:
    commands = _commands()
    assert len(commands) > 8
    for typed in commands:
        _parse(f"{typed} --help")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_another_paper(name: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", bare()[name].text):
        assert link == "data-map.svg" or link.removesuffix(".md") in NAMES, link


# -- true


def test_how_long_things_are_kept_is_as_it_is_set() -> None:
    settings = changed("retention", youth_words_months=7, link_days=9, audit_months=24)
    papers = written(settings)
    for name in ("dpia", "data-map", "appropriate-policy", "notice-8-11", "notice-easy-read"):
        assert "7 months" in papers[name].text, name
        assert "12 months" not in papers["notice-8-11"].text
    assert "9 days after the survey closes" in papers["dpia"].text
    assert "2 years" in papers["data-map"].text


def test_the_clock_is_as_it_is_set() -> None:
    settings = changed(
        "concerns",
        opens=time(8),
        closes=time(16, 30),
        red_minutes=10,
        amber_days=1,
        other_days=2,
        break_glass=("executive", "admin"),
        break_glass_minutes=45,
    )
    handbook = one("reviewers-handbook", settings).text
    for said in (
        "within 10 minutes, at any hour of any day",
        "by the close of the next working day",
        "within 2 working days",
        "08:00 to 16:30 on working days",
        "may open the queue for 45 minutes",
        "The executive or the administrator",
    ):
        assert said in handbook


_OTHER_TERMS = {
    "opens": time(7, 15),
    "closes": time(19, 45),
    "break_glass": ("admin",),
    "pager": PagerSettings(url="https://pager.example/call", token=SecretStr("t")),
}


@pytest.mark.parametrize("field", list(RetentionSettings.model_fields))
def test_every_term_of_keeping_shows_somewhere(field: str) -> None:
    longer = getattr(BARE.retention, field) + 12
    settings = changed("retention", **{field: longer})
    assert {name: paper.text for name, paper in written(settings).items()} != _texts()


@pytest.mark.parametrize("field", list(ConcernSettings.model_fields))
def test_every_term_of_the_review_shows_somewhere(field: str) -> None:
    settings = changed("concerns", **{field: _another(field)})
    assert {name: paper.text for name, paper in written(settings).items()} != _texts()


def _another(field: str) -> Any:
    """A value that differs from the one that is set."""
    is_set = getattr(BARE.concerns, field)
    return _OTHER_TERMS[field] if field in _OTHER_TERMS else is_set + 1


def _texts() -> dict[str, str]:
    return {name: paper.text for name, paper in bare().items()}


def test_every_decision_of_a_reviewer_is_explained() -> None:
    handbook = bare()["reviewers-handbook"].text.replace("\\", "")
    for decision in Decision:
        assert f"\n| {decision.value} | " in handbook


def test_every_role_stands_in_the_table_of_who_may_do_what() -> None:
    assert set(ROLES) == set(Role)
    head = "| what | Lead | Chair | Business manager | Voice lead | Reviewer |"
    assert head in bare()["data-map"].text


def test_a_company_is_named_only_where_its_door_is_open() -> None:
    closed, opened = both("dpia")
    assert "No door leads through another company." in closed.text
    assert "Telegram cannot be switched on without an officer's name and date" in closed.text
    for company in ("Telegram \\(the group|Telegram (the group", "Slack (Salesforce)"):
        told = company.rpartition("|")[2]
        assert told in opened.text
    assert "Telegram was decided on by A. Officer on 1 November 2023." in opened.text
    assert "Microsoft (Microsoft Teams)" not in opened.text


def test_a_survey_stands_with_its_mode_and_its_reviewers_by_post() -> None:
    assessment, handbook = full()["dpia"].text, full()["reviewers-handbook"].text
    assert (
        "What helps at home? | young people, 11-15 | confidential | open | en, pl |" in assessment
    )
    for text in (assessment, handbook):
        assert "Safeguarding Reviewer | Deputy Reviewer" in text
    assert "No survey has been added yet." in bare()["dpia"].text


def test_help_lines_are_those_of_the_settings() -> None:
    annex = full()["information-sharing"].text
    assert "| Front door (local) | 0300 303 0440 | 08:30 to 16:45 | 2 January 2024 |" in annex
    assert "add the front door" in bare()["information-sharing"].text
    assert "add the front door" not in annex


def test_the_assessment_is_signed_only_with_post_and_day() -> None:
    signed = "Director of Governance, 1 February 2024"
    assert full()["dpia"].text.count(signed) == 2
    for half in ({"dpia_signed_by": "Somebody"}, {"dpia_signed_on": date(2024, 2, 1)}):
        settings = changed("governance", **half)
        assert not settings.governance.is_signed
        assert "write post and date into `dpia_signed_by`" in one("dpia", settings).text


def test_no_secret_gets_into_a_paper() -> None:
    for paper in full().values():
        page = as_html(paper, facts_of(FULL, SURVEY))
        for secret in (*SECRETS, "db.internal", "xapp-1"):
            assert secret not in paper.text
            assert secret not in page


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    name = "A | B *C* [d](javascript:x) <script>alert(1)</script>\n# E"
    settings = BARE.model_copy(update={"partnership": PartnershipSettings(name=name)})
    for paper in written(settings).values():
        assert "\n# E" not in paper.text
        page = as_html(paper, facts_of(settings))
        assert "<script>" not in page
        assert 'href="javascript' not in page
        if name.split()[0] in paper.text.partition("\n\n")[2][:400]:
            assert "A | B *C*" in page


def test_children_are_told_the_numbers_of_the_settings_in_easy_read_too() -> None:
    text = one("notice-easy-read", FULL).text
    for line in FULL.help_lines:
        assert f"**{line.number}**" in text
