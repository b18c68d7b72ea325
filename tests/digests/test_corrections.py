"""What was published stays; what takes its place says what was wrong."""

import pytest
from sqlmodel import Session

from digests import you_said_we_did
from digests.corrections import correct
from digests.publishing import publish
from digests.render import render
from digests.responses import approve
from digests.themes import Refused
from digests.you_paper import paper
from digests.you_poster import gather as poster_of
from digests.you_view import YouSaidWeDid, from_content
from storage.voice import Response, ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded

DID = ResponseKind.WE_DID
WHAT = "The room is open on Mondays only."


def corrected(session: Session, rochdale: Seeded) -> YouSaidWeDid:
    manager = rochdale.people["Business Manager"]
    theme = seeded.theme(session, rochdale, "A quiet place", 20)
    wrong = seeded.response(session, theme, DID, "A room is open every day.")
    made = correct(
        session, wrong, what=WHAT, kind=DID, text="A room is open.", person_id=manager, now=NOW
    )
    approve(session, made.id or 0, person_id=manager, now=NOW, today=WEEK.end)
    done = publish(
        session,
        rochdale.survey,
        person_id=manager,
        period=WEEK,
        now=NOW,
        calendar=CALENDAR,
    )
    assert session.get_one(Response, wrong).text == "A room is open every day."
    return done.view


def test_a_correction_shows_what_was_wrong_and_what_stood_before(
    session: Session, rochdale: Seeded
) -> None:
    view = corrected(session, rochdale)
    [theme] = view.themes
    assert theme.did == "A room is open."
    for kind in ("html", "md", "text"):
        text = render(view, kind)
        assert "Corrected on 15 January 2024." in text
        assert WHAT in text.replace("\\.", ".")
        assert "Before, we said: “A room is open every day.”" in text
    [exchange] = paper(view).sections[0].blocks[:1]
    assert any(WHAT in one for one in exchange.details)  # type: ignore[union-attr]
    assert "Corrected on 15 January 2024." in poster_of(view).pairs[0].promise


def test_a_correction_is_kept_with_what_went_out(session: Session, rochdale: Seeded) -> None:
    corrected(session, rochdale)
    prepared = you_said_we_did.prepare(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert from_content(prepared.content()) == prepared.view


def test_a_correction_of_a_correction_shows_both(session: Session, rochdale: Seeded) -> None:
    corrected(session, rochdale)
    now = session.get_one(Response, 2)
    again = correct(session, 2, what="Two rooms.", kind=DID, text="Two.", person_id=1, now=NOW)
    again.state, again.published_at = ResponseState.PUBLISHED, now.published_at
    session.add(again)
    session.flush()
    [theme] = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR).themes
    assert [one.what for one in theme.corrected] == ["Two rooms.", WHAT]


def test_only_what_was_published_is_corrected_and_somebody_says_what_was_wrong(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "A quiet place", 20)
    draft = seeded.response(session, theme, DID, "Soon.", state=ResponseState.DRAFT)
    published = seeded.response(session, theme, DID, "A room.")
    with pytest.raises(Refused, match="Only what was published"):
        correct(session, draft, what=WHAT, kind=DID, text="x", person_id=1, now=NOW)
    with pytest.raises(Refused, match="what was wrong"):
        correct(session, published, what=" ", kind=DID, text="x", person_id=1, now=NOW)


def test_looking_beforehand_shows_what_is_approved_and_changes_nothing(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "A quiet place", 20)
    seeded.response(session, theme, DID, "Old.")
    seeded.response(session, theme, DID, "New.", state=ResponseState.APPROVED)
    prepared = you_said_we_did.prepare(
        session, rochdale.survey, WEEK, calendar=CALENDAR, with_approved=True
    )
    assert [one.did for one in prepared.view.themes] == ["New."]
    view = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert [one.did for one in view.themes] == ["Old."]


def test_the_response_published_last_stands_whichever_was_drafted_first(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "A quiet place", 20)
    first = session.get_one(Response, seeded.response(session, theme, DID, "Drafted first."))
    seeded.response(session, theme, DID, "Drafted later.")
    first.published_at = seeded.at(1, 13)
    session.add(first)
    session.flush()
    view = you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert [one.did for one in view.themes] == ["Drafted first."]
