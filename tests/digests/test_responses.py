from datetime import date

import pytest
from sqlmodel import Session, select

from digests import weekly
from digests.owed import Why, owed
from digests.render import render
from digests.response_list import themes_of
from digests.responses import approve, draft, publish_approved
from digests.standing import Standing, standing
from digests.themes import Refused
from storage.audit import AuditEntry
from storage.plans import Action
from storage.voice import ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded

TODAY = WEEK.end
DID, DOING = ResponseKind.WE_DID, ResponseKind.WE_ARE_DOING
NOT_YET, CANNOT = ResponseKind.NOT_YET, ResponseKind.WE_CANNOT
PAST, AHEAD = date(2024, 1, 13), date(2024, 1, 15)


@pytest.mark.parametrize(
    ("kind", "by_when", "status", "expected"),
    [
        (DID, None, None, Standing.DONE),
        (CANNOT, None, None, Standing.CANNOT),
        (DOING, AHEAD, None, Standing.PROMISED),
        (DOING, TODAY, "on_track", Standing.PROMISED),
        (DOING, PAST, "on_track", Standing.LATE),
        (DOING, PAST, "complete", Standing.KEPT),
        (DOING, AHEAD, "embedded", Standing.KEPT),
        (NOT_YET, PAST, None, Standing.LATE),
        (NOT_YET, PAST, "complete_awaiting_evidence", Standing.LATE),
        (NOT_YET, None, None, Standing.PROMISED),
    ],
)
def test_how_a_promise_stands_follows_from_its_day_and_its_action(
    kind: ResponseKind, by_when: date | None, status: str | None, expected: Standing
) -> None:
    assert standing(kind, by_when, status, TODAY) is expected


@pytest.mark.parametrize(
    ("kind", "text", "match"),
    [(DID, " ", "needs words"), (CANNOT, "no", "needs a reason"), (DOING, "soon", "needs a day")],
)
def test_a_response_that_would_leave_people_guessing_is_refused(
    session: Session, rochdale: Seeded, kind: ResponseKind, text: str, match: str
) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 12)
    with pytest.raises(Refused, match=match):
        draft(session, theme_id=theme, kind=kind, text=text)


def test_only_a_person_approves_and_publishes(session: Session, rochdale: Seeded) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 12)
    made = draft(session, theme_id=theme, kind=DID, text="We listen.")
    with pytest.raises(Refused, match="need a person"):
        approve(session, made.id or 0, person_id=999, now=NOW, today=TODAY)
    with pytest.raises(Refused, match="need a person"):
        publish_approved(session, rochdale.survey, person_id=999, now=NOW)
    assert made.state is ResponseState.DRAFT


def test_a_draft_is_not_published_and_an_approved_response_is(
    session: Session, rochdale: Seeded
) -> None:
    manager = rochdale.people["Business Manager"]
    first = seeded.theme(session, rochdale, "Listen", 12)
    other = seeded.theme(session, rochdale, "Buses", 12)
    ready = draft(session, theme_id=first, kind=DID, text="We listen.")
    unready = draft(session, theme_id=other, kind=DID, text="Buses run.")
    approve(session, ready.id or 0, person_id=manager, now=NOW, today=TODAY)
    published = publish_approved(session, rochdale.survey, person_id=manager, now=NOW)
    assert [response.id for response in published] == [ready.id]
    assert (ready.decided_by, ready.decided_on) == ("Business Manager", TODAY)
    assert unready.state is ResponseState.DRAFT
    session.flush()
    acts = [(entry.act, entry.person_id) for entry in session.exec(select(AuditEntry))]
    assert acts == [("response.approve", manager), ("response.publish", manager)]
    with pytest.raises(Refused, match="published already"):
        approve(session, ready.id or 0, person_id=manager, now=NOW, today=TODAY)


def test_owed_are_late_promises_and_themes_nobody_answered(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    found = owed(session, today=TODAY, before=WEEK.ends(CALENDAR))
    assert [(one.theme, one.days, bool(one.promise)) for one in found] == [
        ("Somebody to text at night", 1, True),
        ("Teachers who know what to do", 11, False),
    ]


def test_a_promise_is_late_until_its_action_is_finished_and_owed_until_people_are_told(
    session: Session, rochdale: Seeded
) -> None:
    action = session.get(Action, rochdale.actions["3.4"])
    assert action is not None
    for name in ("Quiet", "Texts"):
        theme = seeded.theme(session, rochdale, name, 12)
        seeded.response(
            session,
            theme,
            DOING,
            "Soon.",
            by_when=PAST,
            action_id=action.id if name == "Quiet" else None,
        )
    before = WEEK.ends(CALENDAR)
    assert [one.theme for one in owed(session, today=TODAY, before=before)] == ["Quiet", "Texts"]
    action.status = "complete"
    session.add(action)
    seeded.response(session, rochdale.themes["Texts"], DID, "Here it is.")
    [left] = owed(session, today=TODAY, before=before)
    assert (left.theme, left.why) == ("Quiet", Why.FINISHED)
    seeded.response(session, rochdale.themes["Quiet"], DID, "The room is open.")
    assert owed(session, today=TODAY, before=before) == []


def test_a_promise_whose_action_moved_no_longer_fits_and_one_that_is_done_is_to_be_told(
    session: Session, rochdale: Seeded
) -> None:
    for name, ref in (("Moved", "3.4"), ("Finished", "1.1"), ("Runs", "1.3")):
        theme = seeded.theme(session, rochdale, name, 12)
        day = date(2024, 1, 31) if name != "Runs" else date(2024, 4, 30)
        action = rochdale.actions[ref]
        seeded.response(session, theme, DOING, "Soon.", by_when=day, action_id=action)
    found = owed(session, today=TODAY, before=WEEK.ends(CALENDAR))
    assert [(one.theme, one.why, one.action_ref, one.days) for one in found] == [
        ("Moved", Why.MOVED, "3.4", 0),
        ("Finished", Why.FINISHED, "1.1", 0),
    ]
    assert found[0].due == date(2024, 2, 10)
    digest = weekly.gather(session, WEEK, now=NOW, calendar=CALENDAR)
    for kind in ("md", "html"):
        text = render(digest, kind)
        assert "no longer fits: the action is now due on 10 February 2024" in text
        assert "Say now what you did" in text
    assert "say now what you did" in render(digest, "text")


def test_a_promise_follows_its_action_into_the_next_plan(
    session: Session, rochdale: Seeded
) -> None:
    old = session.get_one(Action, rochdale.actions["3.4"])
    new = Action(
        plan_id=rochdale.plan, ref="9.1", text="Carried on", due_on=PAST, carried_from_id=old.id
    )
    new.status = "complete"
    seeded.add(session, new)
    theme = seeded.theme(session, rochdale, "Quiet", 12)
    seeded.response(session, theme, DOING, "Soon.", by_when=AHEAD, action_id=old.id)
    [one] = owed(session, today=TODAY, before=WEEK.ends(CALENDAR))
    assert (one.why, one.action_ref) == (Why.FINISHED, "9.1")


def test_who_drafted_and_who_approved_is_kept_and_shown_where_it_is_one_person(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 12)
    me, other = rochdale.people["Priya Nair"], rochdale.people["Business Manager"]
    made = draft(session, theme_id=theme, kind=DID, text="We listen.", person_id=me, now=NOW)
    for who, is_same in ((me, True), (other, False)):
        approve(session, made.id or 0, person_id=who, now=NOW, today=TODAY)
        session.flush()
        [line] = themes_of(session, rochdale.survey, now=NOW, calendar=CALENDAR)
        assert line.open is not None
        assert line.open.approved_by_drafter is is_same
        assert line.open.drafted_by == "Priya Nair"
    assert [one.approved_by for one in line.replies] == ["Business Manager"]
