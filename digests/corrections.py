"""Putting right what was published: it stays as it was, and what takes its place says so."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select

from digests.responses import LONGEST, draft
from digests.themes import Refused
from digests.you_view import Correction
from storage import audit
from storage.calendar import Calendar
from storage.voice import Response, ResponseKind, ResponseState, Theme


def correct(
    session: Session,
    response_id: int,
    *,
    what: str,
    kind: ResponseKind,
    text: str,
    because: str = "",
    by_when: date | None = None,
    action_id: int | None = None,
    evidence: str = "",
    person_id: int,
    now: datetime,
) -> Response:
    """A draft that is to take the place of a published response. `what` was wrong, in a sentence.

    Its wordings are written anew: somebody has to stand by each of them again.
    """
    wrong = session.get(Response, response_id)
    if wrong is None or wrong.state is not ResponseState.PUBLISHED:
        raise Refused("Only what was published is corrected. Change a draft where it stands.")
    if not what.strip():
        raise Refused("Say in a plain sentence what was wrong, for the people who read it.")
    if len(what) > LONGEST:
        raise Refused(f"Say what was wrong in at most {LONGEST} letters.")
    made = draft(
        session,
        theme_id=wrong.theme_id,
        kind=kind,
        text=text,
        because=because,
        by_when=by_when,
        action_id=action_id,
        evidence=evidence,
        decided_by=wrong.decided_by,
        decided_on=wrong.decided_on,
        person_id=person_id,
    )
    made.corrects_id, made.correction, made.drafted_at = response_id, what.strip(), now
    session.add(made)
    session.flush()
    audit.record(
        session,
        at=now,
        act="response.correct",
        subject=f"response:{made.id}",
        person_id=person_id,
        detail=f"corrects response:{response_id}",
    )
    return made


def corrections_of(
    session: Session, survey_id: int, calendar: Calendar, *, today: date
) -> Mapping[int, tuple[Correction, ...]]:
    """By response: what was put right with it and before it, the newest first.

    What is not published yet counts as if it were today.
    """
    found = session.exec(
        select(Response)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .where(col(Theme.survey_id) == survey_id)
    )
    by_id = {row.id: row for row in found if row.id is not None}
    return {id_: tuple(_chain(id_, by_id, calendar, today)) for id_ in by_id}


def _chain(
    id_: int, by_id: Mapping[int, Response], calendar: Calendar, today: date
) -> Iterator[Correction]:
    now = by_id[id_]
    while (before := by_id.get(now.corrects_id or 0)) is not None and before.id != now.id:
        on = calendar.local_date(now.published_at) if now.published_at else today
        yield _corrected(now, before, on)
        now = before


def _corrected(now: Response, before: Response, on: date) -> Correction:
    return Correction(
        on=on,
        what=now.correction,
        kind=ResponseKind(before.kind),
        did=before.text,
        because=before.because,
        by_when=before.by_when,
    )
