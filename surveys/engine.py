"""The survey engine: a survey, a session and a reply in; the next session and events out.

Pure and total: the same input gives the same turn, and no reply whatever raises. The next
question is always the first one, in the order of the form, that applies and is neither answered
nor left out; so after going back to change one answer nobody walks through the rest again, and a
question that has come to apply by the change is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from surveys.definition import Kind, Question, Survey
from surveys.expressions import Context
from surveys.matching import MOST_LETTERS, choose, understand
from surveys.relevance import Form, Row, View, allows, applies, form_of, is_settled, look
from surveys.turns import (
    Answered,
    Asked,
    Changed,
    Chose,
    Ended,
    Event,
    Outcome,
    Reason,
    Rejected,
    Reply,
    Session,
    Skipped,
    Turn,
    Typed,
    WentBack,
    Withdrew,
)

__all__ = [
    "Answered",
    "Asked",
    "Changed",
    "Chose",
    "Ended",
    "Event",
    "Outcome",
    "Reason",
    "Rejected",
    "Reply",
    "Session",
    "Skipped",
    "Turn",
    "Typed",
    "WentBack",
    "Withdrew",
    "asked",
    "effective",
    "page",
    "progress",
    "resume",
    "resume_page",
    "start",
]


def start(survey: Survey, *, now: datetime, seed: int, language: str) -> Turn:
    """Begin: the first question is asked, in this language or else in the survey's own."""
    known = _language(survey, language) or survey.settings.default_language
    fresh = Session(fingerprint=survey.fingerprint(), language=known, seed=seed, started=now)
    return _proceed(form_of(survey), fresh, now, ())


def resume(survey: Survey, session: Session, reply: Reply, *, now: datetime) -> Turn:
    """Take one reply to the question being asked. ValueError if the survey is another version."""
    form = _pinned(survey, session)
    if session.asking is None:
        return Turn(session, (Rejected(None, Reason.ENDED),))
    if isinstance(reply, Chose | Typed | Skipped):
        return _take_one(form, session, reply, now)
    if isinstance(reply, WentBack):
        return _ask(session, _before(form, session, session.asking), (), ())
    if isinstance(reply, Withdrew):
        return _end(session, Outcome.WITHDRAWN, (), ())
    return _change_language(survey, session, session.asking, reply.language)


def page(survey: Survey, session: Session, limit: int) -> tuple[Question, ...]:
    """What can be asked together from here on: at most `limit` questions, with their notes.

    It stops before the first row that another question on the page decides. Empty after the end.
    """
    form = _pinned(survey, session)
    if session.asking is None:
        return ()
    rows = _together(form, session, session.asking, limit)
    while rows and rows[-1].question.kind is Kind.NOTE:
        rows.pop()
    return (
        *(survey.question(name) for name in session.notes()),
        *(row.question for row in rows),
    )


def resume_page(
    survey: Survey, session: Session, replies: Mapping[str, Reply], *, now: datetime
) -> Turn:
    """Take the replies to a page. A question without a reply stays open; a blank one is `Skipped`.

    What fits is kept even where something else on the page is rejected.
    """
    form = _pinned(survey, session)
    if session.asking is None:
        return Turn(session, (Rejected(None, Reason.ENDED),))
    session = _having_read_notes(form, session, replies)
    events: list[Event] = [
        Rejected(name, Reason.NOT_ASKED) for name in replies if survey.position(name) is None
    ]
    for row in form:
        if (reply := replies.get(row.name)) is not None:
            session, event = _take_from_page(form, session, row, reply, now)
            events.append(event)
    return _proceed(form, session, now, tuple(events))


def asked(survey: Survey, session: Session) -> Asked | None:
    """The present asking, for rendering it when it is sent; None after the end."""
    _pinned(survey, session)
    if session.asking is None:
        return None
    return Asked(session.asking, session.step, session.notes())


def progress(survey: Survey, session: Session) -> tuple[int, int]:
    """Which question this is and of how many, as things stand: (3, 8)."""
    rows = [row for row in look(_pinned(survey, session), session).rows if row.is_asked]
    names = [row.name for row in rows]
    if session.asking not in names:
        return len(names), len(names)
    return names.index(session.asking) + 1, len(names)


def effective(survey: Survey, session: Session) -> dict[str, str]:
    """What counts: every row by name, "" where it is blank or does not apply."""
    return look(_pinned(survey, session), session).values


def _pinned(survey: Survey, session: Session) -> Form:
    if session.fingerprint != survey.fingerprint():
        raise ValueError("The session belongs to another version of this survey; load that one.")
    return form_of(survey)


def _proceed(form: Form, session: Session, now: datetime, events: tuple[Event, ...]) -> Turn:
    """Ask the first question that applies and is open, or end."""
    view = View()
    context = Context(view.values, session.started)
    notes: list[str] = []
    for row in form:
        if not applies(row, session, context, view):
            continue
        if row.is_asked and not is_settled(row, session, view.values, now):
            events = (*events, *_why_again(session, row.name, events))
            return _ask(_forgetting(session, view), row.name, tuple(notes), events)
        if row.question.kind is Kind.NOTE and row.name not in session.shown:
            notes.append(row.name)
    return _end(_forgetting(session, view), Outcome.COMPLETE, tuple(notes), events)


def _why_again(session: Session, name: str, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """An answer that a changed earlier answer has made impossible is asked for again."""
    told = any(isinstance(event, Rejected) and event.name == name for event in events)
    if told or name not in session.answers:
        return ()
    return (Rejected(name, Reason.CONSTRAINT),)


def _forgetting(session: Session, view: View) -> Session:
    """A note that no longer applies is shown again once it applies again."""
    if not view.hidden_notes:
        return session
    kept = {name: step for name, step in session.shown.items() if name not in view.hidden_notes}
    return replace(session, shown=kept)


def _ask(session: Session, name: str, notes: tuple[str, ...], events: tuple[Event, ...]) -> Turn:
    asking = session.moved(name, notes)
    return Turn(asking, (*events, Asked(name, asking.step, notes)))


def _end(
    session: Session, outcome: Outcome, notes: tuple[str, ...], events: tuple[Event, ...]
) -> Turn:
    return Turn(session.moved(None, notes, outcome), (*events, Ended(outcome, notes)))


def _take_one(form: Form, session: Session, reply: Chose | Typed | Skipped, now: datetime) -> Turn:
    row = next(row for row in form if row.name == session.asking)
    session, event = _take(form, session, row, reply, now)
    if isinstance(event, Rejected):
        return _ask(session, row.name, (), (event,))
    return _proceed(form, session, now, (event,))


def _take(
    form: Form, session: Session, row: Row, reply: Chose | Typed | Skipped, now: datetime
) -> tuple[Session, Event]:
    if isinstance(reply, Skipped) or reply == Chose(()):
        if not row.may_skip:
            return session, Rejected(row.name, Reason.REQUIRED)
        return session.answered(row.name, ""), Answered(row.name, "")
    if isinstance(reply, Chose):
        read = choose(row.question, reply.names)
    else:
        read = understand(row.question, reply.text, session.language)
    if isinstance(read, Reason):
        limit = {"limit": f"{MOST_LETTERS:,}"} if read is Reason.TOO_LONG else {}
        return session, Rejected(row.name, read, limit)
    if not allows(form, session, row, read, now):
        return session, Rejected(row.name, Reason.CONSTRAINT)
    return session.answered(row.name, read), Answered(row.name, read)


def _take_from_page(
    form: Form, session: Session, row: Row, reply: Reply, now: datetime
) -> tuple[Session, Event]:
    view = look(form, session, until=row.name)
    there = row.is_asked and applies(row, session, Context(view.values, session.started), view)
    if not there or not isinstance(reply, Chose | Typed | Skipped):
        return session, Rejected(row.name, Reason.NOT_ASKED)
    return _take(form, session, row, reply, now)


def _having_read_notes(form: Form, session: Session, replies: Mapping[str, Reply]) -> Session:
    """Notes between the questions of a page were read with it."""
    rows = look(form, session).rows
    last = max((place for place, row in enumerate(rows) if row.name in replies), default=0)
    notes = [row.name for row in rows[:last] if row.question.kind is Kind.NOTE]
    return replace(session, shown={**dict.fromkeys(notes, session.step), **session.shown})


def _together(form: Form, session: Session, first: str, limit: int) -> list[Row]:
    applying = {row.name for row in look(form, session).rows}
    place = next(place for place, row in enumerate(form) if row.name == first)
    rows: list[Row] = []
    undecided: set[str] = set()
    for row in form[place:]:
        depends = bool(row.depends & undecided)
        if row.calculation is not None:
            undecided |= {row.name} if depends else set()
            continue
        if depends or (row.is_asked and sum(other.is_asked for other in rows) >= limit):
            break
        if row.name in applying:
            rows.append(row)
            undecided.add(row.name)
    return rows


def _before(form: Form, session: Session, asking: str) -> str:
    """The question before this one on the way taken; at the first one, itself."""
    rows = look(form, session, until=asking).rows
    return next((row.name for row in reversed(rows) if row.is_asked), asking)


def _language(survey: Survey, language: str) -> str | None:
    codes = (language, language.partition("-")[0])
    return next((code for code in codes if code in survey.languages), None)


def _change_language(survey: Survey, session: Session, asking: str, language: str) -> Turn:
    known = _language(survey, language)
    if known is None:
        return _ask(session, asking, (), (Rejected(asking, Reason.NO_SUCH_LANGUAGE),))
    return _ask(replace(session, language=known), asking, session.notes(), ())
