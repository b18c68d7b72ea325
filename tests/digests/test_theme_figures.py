"""Merging and splitting between two publications gives no small group away."""

from datetime import timedelta
from itertools import chain, combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from digests.codebook import merge, split, take_out
from digests.figures import Bases, Figure
from digests.period import Period
from digests.publishing import publish
from digests.theme_figures import ThemeFigures, tell_no_few, theme_figures
from digests.themes import Reply, add_theme, code_answers
from storage.voice import ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, Seeded, pseudonym

FIRST, LATER = NOW.date(), NOW.date().replace(day=28)


def theme(session: Session, rochdale: Seeded, name: str, people: range) -> int:
    made = add_theme(session, survey_id=rochdale.survey, name=name, now=NOW).id or 0
    replies = [Reply(pseudonym(one), "helps") for one in people]
    code_answers(session, theme_id=made, replies=replies, person_id=rochdale.people["Priya Nair"])
    return made


def figures(
    session: Session, rochdale: Seeded, *themes: int, earlier: Bases | None = None
) -> ThemeFigures:
    return theme_figures(
        session,
        rochdale.survey,
        themes,
        people=100,
        earlier=earlier or {},
        threshold=10,
        today=LATER if earlier else FIRST,
    )


def test_without_merging_every_theme_has_its_own_figure(session: Session, rochdale: Seeded) -> None:
    bus, park = (
        theme(session, rochdale, "Bus", range(12)),
        theme(session, rochdale, "Park", range(4)),
    )
    found = figures(session, rochdale, bus, park)
    assert found.shown == {bus: Figure(10, FIRST), park: Figure(None, FIRST)}
    assert list(found.bases) == [f"theme:{bus}"]


def test_a_few_that_were_hidden_are_not_told_by_merging_them_into_what_was_shown(
    session: Session, rochdale: Seeded
) -> None:
    bus, park = (
        theme(session, rochdale, "Bus", range(12)),
        theme(session, rochdale, "Park", range(20, 24)),
    )
    shown = figures(session, rochdale, bus, park)
    merge(session, bus, park, person_id=rochdale.people["Priya Nair"], now=NOW)
    after = figures(session, rochdale, bus, park, earlier=shown.bases)
    assert after.shown == {bus: Figure(10, FIRST), park: Figure(None, LATER)}


def test_those_who_said_both_are_not_told_by_the_figure_of_the_two_together(
    session: Session, rochdale: Seeded
) -> None:
    bus, park = (
        theme(session, rochdale, "Bus", range(20)),
        theme(session, rochdale, "Park", range(17, 40)),
    )
    shown = figures(session, rochdale, bus, park)
    merge(session, bus, park, person_id=rochdale.people["Priya Nair"], now=NOW)
    after = figures(session, rochdale, bus, park, earlier=shown.bases)
    assert after.shown == {bus: Figure(20, FIRST), park: Figure(25, FIRST)}
    assert after.bases == shown.bases


def test_two_large_groups_that_become_one_have_a_new_figure(
    session: Session, rochdale: Seeded
) -> None:
    bus, park = (
        theme(session, rochdale, "Bus", range(20)),
        theme(session, rochdale, "Park", range(20, 40)),
    )
    shown = figures(session, rochdale, bus, park)
    merge(session, bus, park, person_id=rochdale.people["Priya Nair"], now=NOW)
    after = figures(session, rochdale, bus, park, earlier=shown.bases)
    assert after.shown == {bus: Figure(20, FIRST), park: Figure(40, LATER)}


def test_a_few_that_were_split_off_are_not_told_by_what_is_left(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(24))
    shown = figures(session, rochdale, bus)
    some = [Reply(pseudonym(one), "helps") for one in range(3)]
    who = rochdale.people["Priya Nair"]
    late = split(session, bus, name="Late", replies=some, person_id=who, now=NOW).id or 0
    after = figures(session, rochdale, bus, late, earlier=shown.bases)
    assert after.shown == {bus: Figure(25, FIRST), late: Figure(None, LATER)}


def test_a_theme_that_was_split_in_two_large_ones_is_told_as_two(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(26))
    shown = figures(session, rochdale, bus)
    some = [Reply(pseudonym(one), "helps") for one in range(12)]
    who = rochdale.people["Priya Nair"]
    late = split(session, bus, name="Late", replies=some, person_id=who, now=NOW).id or 0
    after = figures(session, rochdale, bus, late, earlier=shown.bases)
    assert after.shown == {bus: Figure(15, LATER), late: Figure(10, LATER)}
    again = figures(session, rochdale, bus, late, earlier=after.bases)
    assert [one.about for one in again.shown.values()] == [15, 10]


def test_a_theme_that_was_taken_out_keeps_the_figure_it_had(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(12))
    shown = figures(session, rochdale, bus)
    take_out(session, bus, person_id=rochdale.people["Priya Nair"], now=NOW)
    assert figures(session, rochdale, bus, earlier=shown.bases).shown == {bus: Figure(10, FIRST)}


_COUNTS = st.lists(st.integers(10, 60), max_size=4)


@given(_COUNTS, _COUNTS)
def test_no_sum_now_lies_close_beside_a_sum_before(now: list[int], earlier: list[int]) -> None:
    close = any(
        0 < abs(sum(one) - sum(other)) < 10 for one in _parts(now) for other in _parts(earlier)
    )
    assert tell_no_few(now, earlier, 10) is not close


def _parts(counts: list[int]) -> list[tuple[int, ...]]:
    sizes = range(1, len(counts) + 1)
    return list(chain.from_iterable(combinations(counts, size) for size in sizes))


def test_what_was_published_of_a_merged_theme_stays_on_the_page_with_its_figure(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(12))
    park = theme(session, rochdale, "Park", range(12, 16))
    me, period = rochdale.people["Priya Nair"], Period(FIRST - timedelta(days=30), FIRST)
    for one in (bus, park):
        seeded.response(session, one, ResponseKind.WE_DID, "Done.", state=ResponseState.APPROVED)
    given: dict[str, Any] = {
        "person_id": me,
        "now": NOW,
        "calendar": CALENDAR,
        "points_to_nobody": True,
    }
    publish(session, rochdale.survey, period=period, **given)
    merge(session, bus, park, person_id=me, now=NOW)
    seeded.response(session, park, ResponseKind.WE_DID, "More.", state=ResponseState.APPROVED)
    after = publish(session, rochdale.survey, period=Period(FIRST, LATER), **given).view
    shown = [(one.said, one.did, one.figure.about, one.figure.as_of) for one in after.themes]
    assert shown == [("Bus", "Done.", 10, FIRST), ("Park", "More.", None, LATER)]
    assert (after.loop.themes, after.loop.answered) == (2, 2)
