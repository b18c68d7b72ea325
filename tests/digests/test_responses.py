from datetime import date

import pytest
from sqlmodel import Session, select

from digests.responses import approve, draft, owed, publish_approved
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


def test_a_promise_is_no_longer_owed_when_its_action_is_finished_or_a_later_reply_is_out(
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
    assert owed(session, today=TODAY, before=before) == []
