"""Highlight report, annual section and pack over the five example plans with the same winter."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from digests.paper import Bullets, Exchange, Paper, Table, Text
from digests.paper_formats import draw
from digests.period import Period
from digests.reports import REPORTS, Subject
from digests.themes import Refused, Reply, add_theme, code_answers
from digests.weekly_view import Word
from reminders.policy import Status
from storage.plain import plain, restored
from storage.voice import ThemeChange
from tests.digests import seeded, story

KINDS = ("highlight", "annual", "pack")


@cache
def view_of(kind: str, plan: str) -> Any:
    with story.lived(plan).reading() as db:
        subject = story.busiest_body(db) if kind == "highlight" else ""
        return REPORTS[kind].gather(
            db, story.QUARTER, subject=subject, now=story.NOW, calendar=story.CALENDAR
        )


def paper_of(kind: str, plan: str) -> Paper:
    return REPORTS[kind].paper(view_of(kind, plan))


def text_of(kind: str, plan: str) -> str:
    return draw(paper_of(kind, plan), "md")


@pytest.mark.parametrize("plan", story.PLANS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_view_reads_the_same_after_it_was_kept(kind: str, plan: str) -> None:
    view = view_of(kind, plan)
    assert restored(type(view), json.loads(json.dumps(plain(view)))) == view


@pytest.mark.parametrize("plan", story.PLANS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_section_is_empty_and_no_row_is_ragged(kind: str, plan: str) -> None:
    paper = paper_of(kind, plan)
    keys = [section.key for section in paper.sections]
    assert len(keys) == len(set(keys))
    for section in paper.sections:
        assert section.blocks or section.level == 3, section.key
        for block in section.blocks:
            if isinstance(block, Table):
                assert block.rows
                assert {len(row) for row in block.rows} == {len(block.columns)}
            if isinstance(block, Exchange) and block.opens:
                assert block.opens in keys


def test_every_we_did_that_leans_on_an_action_opens_its_evidence() -> None:
    paper = paper_of("annual", "rochdale")
    done = [b for s in paper.sections for b in s.blocks if isinstance(b, Exchange)]
    assert any(one.opens == "evidence" for one in done)
    [evidence] = [s for s in paper.sections if s.key == "evidence"]
    table = evidence.blocks[0]
    assert isinstance(table, Table)
    assert any("43 staff were trained." in row[-1] for row in table.rows)


def test_a_moved_date_stands_with_its_first_its_times_and_who_agreed() -> None:
    assert "31 December 2023 | 31 May 2024 | moved once; agreed by Business Manager" in text_of(
        "annual", "rochdale"
    )


def test_bristols_priorities_are_told_under_its_own_four_headings() -> None:
    view = view_of("highlight", "bristol")
    assert view.headings == (
        "Know the problem",
        "See it, Name it",
        "Effecting Change for Children",
        "Impact and Outcomes",
    )
    assert "Know the problem: JTAI October 2017 findings." in text_of("highlight", "bristol")
    assert view_of("highlight", "rochdale").headings == ()


def test_change_that_was_not_effected_is_said_openly() -> None:
    assert "nobody said anything of it" in text_of("highlight", "bristol")


def test_a_report_shows_no_figure_of_people_that_the_public_page_does_not() -> None:
    for voice in view_of("annual", "rochdale").voices:
        for said in voice.themes:
            if said.kind is None:
                assert said.figure is None
    assert "Somebody to text at night” about" not in text_of("annual", "rochdale")


def test_an_unanswered_theme_of_few_people_is_counted_and_not_named(session: Session) -> None:
    known = story.tell(session, "rochdale")
    for name, people in (("A door that locks", 4), ("Lifts that work", 5)):
        made = add_theme(session, survey_id=known.survey, name=name, now=story.NOW)
        made.created_at = datetime(2024, 1, 15, tzinfo=UTC)
        replies = [Reply(seeded.pseudonym(one), "helps") for one in range(people)]
        lead = known.people["Voice Lead"]
        code_answers(session, theme_id=made.id or 0, replies=replies, person_id=lead)
    session.exec(
        update(ThemeChange).where(col(ThemeChange.at) == story.NOW).values(at=made.created_at)
    )
    for kind in KINDS:
        subject = story.busiest_body(session) if kind == "highlight" else ""
        report = REPORTS[kind]
        view = report.gather(
            session, story.QUARTER, subject=subject, now=story.NOW, calendar=story.CALENDAR
        )
        text = draw(report.paper(view), "md")
        assert "A door that locks" not in text, kind
        assert ("Lifts that work" in text) is (kind != "highlight"), kind
        assert ("1 more theme of few people is not named" in text) is (kind != "highlight"), kind


def test_the_annual_section_tells_everything_once() -> None:
    paper = paper_of("annual", "rochdale")
    told = [b for s in paper.sections for b in s.blocks if isinstance(b, Exchange)]
    assert len(told) == len(set(told))
    bullets = [
        i for s in paper.sections for b in s.blocks if isinstance(b, Bullets) for i in b.items
    ]
    assert len(bullets) == len(set(bullets))
    [made] = [section for section in paper.sections if section.key == "difference"]
    opened = {block.opens for block in made.blocks if isinstance(block, Text)}
    assert opened == {"well", "voice"}
    assert draw(paper, "text").count("From the last thing said to the first answer") <= 1


def test_a_word_older_than_the_period_is_no_news() -> None:
    view = view_of("highlight", "rochdale")
    spoken = next(one for one in view.all_actions if one.spoken and not one.is_new_achievement)
    old = replace(
        spoken,
        status_before=spoken.status,
        last_word=Word(date(2023, 7, 13), "Someone", spoken.status, "Old words."),
    )
    first, *rest = view.priorities
    changed = replace(view, priorities=(replace(first, actions=(old,)), *rest))
    [done] = [s for s in REPORTS["highlight"].paper(changed).sections if s.key == "done"]
    lines = [item for b in done.blocks if isinstance(b, Bullets) for item in b.items]
    assert any(line.endswith("Nothing new since 13 July 2023.") for line in lines)
    assert not any("Old words." in line for line in lines)


def test_the_five_take_at_most_two_of_one_sort_while_there_are_others() -> None:
    view = view_of("pack", "rochdale")
    sorts = [view.item(key).sort for key in view.five]
    assert len(sorts) == 5
    assert max(sorts.count(sort) for sort in sorts) <= 2
    assert view.item(view.five[0]).proposed is not None


def test_a_period_that_is_over_reads_the_same_whenever_it_is_made() -> None:
    later = datetime(2026, 1, 1, tzinfo=UTC)
    with story.lived("bury").reading() as db:
        for kind in ("annual", "pack"):
            report = REPORTS[kind]
            again = report.gather(db, story.QUARTER, now=later, calendar=story.CALENDAR)
            assert draw(report.paper(again), "html") == draw(paper_of(kind, "bury"), "html")


def test_each_action_is_compared_with_how_the_period_before_ended() -> None:
    view = view_of("highlight", "rochdale")
    assert view.was == Period.quarter_of(story.QUARTER.start).before()
    assert any(one.status_before is Status.NOT_STARTED for one in view.all_actions)
    assert "(was " in text_of("highlight", "rochdale")


def test_a_group_that_is_not_there_is_refused_with_what_to_do() -> None:
    with (
        story.lived("bury").reading() as db,
        pytest.raises(Refused, match="no group of that name"),
    ):
        REPORTS["highlight"].gather(
            db, story.QUARTER, subject="nobody", now=story.NOW, calendar=story.CALENDAR
        )


def test_each_kind_says_what_it_is_and_of_whom_it_can_be() -> None:
    assert {one.kind for one in REPORTS.values()} == set(REPORTS)
    assert REPORTS["highlight"].subject is Subject.BODY
    for one in REPORTS.values():
        assert one.title
        assert one.period_of(story.QUARTER.end).end >= story.QUARTER.end
