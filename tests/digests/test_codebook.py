"""The codebook: what becomes of themes is written down, and the last big change can be undone."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from digests import codebook
from digests.codebook import bring_back, describe, in_use, merge, split, take_out, undo
from digests.codebook_history import AsItWas, history, in_use_at
from digests.themes import Refused, Reply, add_theme, code_answers, true_counts
from storage.surveys import Survey
from storage.voice import Response, ResponseKind, ResponseState, Theme, ThemeCoding
from tests.digests import seeded
from tests.digests.seeded import NOW, Seeded, pseudonym


def theme(session: Session, rochdale: Seeded, name: str, people: range) -> int:
    made = add_theme(session, survey_id=rochdale.survey, name=name, now=NOW).id or 0
    replies = [Reply(pseudonym(one), "helps") for one in people]
    code_answers(session, theme_id=made, replies=replies, person_id=who(rochdale))
    return made


def who(rochdale: Seeded) -> int:
    return rochdale.people["Priya Nair"]


def coded(session: Session, theme_id: int) -> set[str]:
    found = select(ThemeCoding.pseudonym).where(col(ThemeCoding.theme_id) == theme_id)
    return set(session.exec(found))


def acts(session: Session, rochdale: Seeded) -> list[tuple[str, str, str]]:
    return [(one.act, one.theme, one.other) for one in history(session, rochdale.survey)]


def test_a_theme_is_renamed_and_defined_and_the_history_says_from_what(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(2))
    describe(
        session, bus, name=" Free  buses ", definition="Fares", person_id=who(rochdale), now=NOW
    )
    found = history(session, rochdale.survey)
    assert [(one.act, one.before, one.after, one.who) for one in found[:2]] == [
        ("defined", "", "Fares", "Priya Nair"),
        ("renamed", "Bus", "Free buses", "Priya Nair"),
    ]
    describe(session, bus, name="Free buses", definition="Fares", person_id=who(rochdale), now=NOW)
    assert len(history(session, rochdale.survey)) == len(found)


def test_two_themes_never_get_the_same_name(session: Session, rochdale: Seeded) -> None:
    bus = theme(session, rochdale, "Bus", range(1))
    theme(session, rochdale, "Park", range(1))
    with pytest.raises(Refused, match="Another theme"):
        describe(session, bus, name="Park", definition="", person_id=1, now=NOW)


def test_merged_answers_move_and_nobody_counts_twice(session: Session, rochdale: Seeded) -> None:
    bus, fares = (
        theme(session, rochdale, "Bus", range(4)),
        theme(session, rochdale, "Fares", range(2, 7)),
    )
    assert merge(session, bus, fares, person_id=who(rochdale), now=NOW) == 2
    assert true_counts(session, rochdale.survey) == {bus: 0, fares: 7}
    assert [one.name for one in in_use(session, rochdale.survey)] == ["Fares"]
    assert acts(session, rochdale)[0] == ("merged", "Bus", "Fares")
    with pytest.raises(Refused, match="no such theme"):
        code_answers(session, theme_id=bus, replies=[Reply(pseudonym(9), "helps")], person_id=1)
    with pytest.raises(Refused, match="not in use"):
        merge(session, fares, bus, person_id=who(rochdale), now=NOW)


def test_undoing_a_merge_gives_each_theme_its_own_answers_back(
    session: Session, rochdale: Seeded
) -> None:
    bus, fares = (
        theme(session, rochdale, "Bus", range(4)),
        theme(session, rochdale, "Fares", range(2, 7)),
    )
    before = coded(session, bus), coded(session, fares)
    merge(session, bus, fares, person_id=who(rochdale), now=NOW)
    later = Reply(pseudonym(20), "helps")
    code_answers(session, theme_id=fares, replies=[later], person_id=who(rochdale))
    undo(session, rochdale.survey, person_id=who(rochdale), now=NOW)
    assert coded(session, bus) == before[0]
    assert coded(session, fares) == before[1] | {later.pseudonym}
    assert acts(session, rochdale)[0] == ("undone", "Bus", "Fares")
    with pytest.raises(Refused, match="no merging"):
        undo(session, rochdale.survey, person_id=who(rochdale), now=NOW)


def test_a_merge_after_a_split_of_the_same_two_is_undone_alone(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(6))
    some = [Reply(pseudonym(one), "helps") for one in range(3)]
    late = split(session, bus, name="Late", replies=some, person_id=who(rochdale), now=NOW).id or 0
    more = Reply(pseudonym(5), "helps")
    code_answers(session, theme_id=late, replies=[more], person_id=who(rochdale))
    before = coded(session, bus), coded(session, late)
    merge(session, bus, late, person_id=who(rochdale), now=NOW)
    assert len(coded(session, late)) == 6
    undo(session, rochdale.survey, person_id=who(rochdale), now=NOW)
    assert (coded(session, bus), coded(session, late)) == before


def test_a_split_takes_the_chosen_answers_along_and_can_be_undone(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(6))
    some = [Reply(pseudonym(one), "helps") for one in range(2)]
    late = split(session, bus, name="Late", replies=some, person_id=who(rochdale), now=NOW)
    assert late.split_from_id == bus
    assert true_counts(session, rochdale.survey) == {bus: 4, late.id: 2}
    undo(session, rochdale.survey, person_id=who(rochdale), now=NOW)
    assert len(coded(session, bus)) == 6
    assert [one.id for one in in_use(session, rochdale.survey)] == [bus]


def test_a_split_of_answers_that_are_not_there_changes_nothing(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(3))
    with pytest.raises(Refused, match="Choose the answers"):
        split(session, bus, name="Late", replies=[], person_id=who(rochdale), now=NOW)
    far, undone = [Reply(pseudonym(30), "helps")], session.begin_nested()
    with pytest.raises(Refused, match="not in this theme"):
        split(session, bus, name="Late", replies=far, person_id=who(rochdale), now=NOW)
    undone.rollback()
    assert true_counts(session, rochdale.survey) == {bus: 3}


def test_a_theme_that_was_taken_out_comes_back_with_its_answers(
    session: Session, rochdale: Seeded
) -> None:
    bus = theme(session, rochdale, "Bus", range(3))
    take_out(session, bus, person_id=who(rochdale), now=NOW)
    assert in_use(session, rochdale.survey) == []
    assert [one.name for one in codebook.taken_out(session, rochdale.survey)] == ["Bus"]
    with pytest.raises(Refused, match="bring it back"):
        add_theme(session, survey_id=rochdale.survey, name="Bus", now=NOW)
    bring_back(session, bus, person_id=who(rochdale), now=NOW)
    assert true_counts(session, rochdale.survey) == {bus: 3}


def test_what_was_published_stays_with_a_merged_theme_and_a_draft_goes_along(
    session: Session, rochdale: Seeded
) -> None:
    bus, fares = (
        theme(session, rochdale, "Bus", range(12)),
        theme(session, rochdale, "Fares", range(12, 30)),
    )
    said = seeded.response(session, bus, ResponseKind.WE_DID, "Done.")
    waits = seeded.response(
        session, bus, ResponseKind.WE_DID, "More.", state=ResponseState.APPROVED
    )
    merge(session, bus, fares, person_id=who(rochdale), now=NOW)
    published, moved = session.get_one(Response, said), session.get_one(Response, waits)
    assert (published.theme_id, published.state) == (bus, ResponseState.PUBLISHED)
    assert (moved.theme_id, moved.state) == (fares, ResponseState.DRAFT)


def test_themes_of_two_surveys_are_not_merged(session: Session, rochdale: Seeded) -> None:
    bus = theme(session, rochdale, "Bus", range(1))
    other = Survey(slug="other", title="Other", audience="youth", mode="confidential", added_at=NOW)
    there = add_theme(session, survey_id=seeded.add(session, other), name="Bus", now=NOW)
    with pytest.raises(Refused, match="different surveys"):
        merge(session, bus, there.id or 0, person_id=1, now=NOW)
    assert session.get_one(Theme, bus).merged_into_id is None


def test_the_codebook_of_an_earlier_day_is_told_whatever_became_of_it_since(
    session: Session, rochdale: Seeded
) -> None:
    bus, fares = (
        theme(session, rochdale, "Bus", range(4)),
        theme(session, rochdale, "Fares", range(5)),
    )
    then = [AsItWas(bus, "Bus"), AsItWas(fares, "Fares")]
    day, later, me = timedelta(days=1), NOW, who(rochdale)

    def since(days: int) -> list[AsItWas]:
        return in_use_at(session, rochdale.survey, NOW + days * day - timedelta(hours=1))

    merge(session, bus, fares, person_id=me, now=later + day)
    undo(session, rochdale.survey, person_id=me, now=later + 2 * day)
    describe(session, bus, name="Buses", definition="", person_id=me, now=later + 3 * day)
    some = [Reply(pseudonym(0), "helps")]
    new = split(session, bus, name="Late", replies=some, person_id=me, now=later + 4 * day).id or 0
    undo(session, rochdale.survey, person_id=me, now=later + 5 * day)
    take_out(session, fares, person_id=me, now=later + 6 * day)
    bring_back(session, fares, person_id=me, now=later + 7 * day)
    renamed = [AsItWas(bus, "Buses"), AsItWas(fares, "Fares")]
    assert [since(days) for days in range(9)] == [
        [],
        then,
        [AsItWas(fares, "Fares")],
        then,
        renamed,
        [*renamed, AsItWas(new, "Late")],
        renamed,
        renamed[:1],
        renamed,
    ]
