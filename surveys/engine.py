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
from surveys.fitting import fitted, in_order
from surveys.form import Form, Row, form_of
from surveys.matching import choose, limits, understand
from surveys.relevance import View, allows, context_of, is_settled, look, made
from surveys.shown import shown
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
    Ticked,
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
    "Ticked",
    "Turn",
    "Typed",
    "WentBack",
    "Withdrew",
    "as_shown",
    "asked",
    "effective",
    "enter",
    "hidden",
    "page",
    "progress",
    "resume",
    "resume_page",
    "start",
    "unmet",
]


def start(survey: Survey, *, now: datetime, seed: int, language: str) -> Turn:
    """Begin: the first question is asked, in this language or else in the survey's own."""
    form = form_of(survey)
    known = _language(survey, language) or survey.settings.default_language
    fresh = Session(fingerprint=survey.fingerprint(), language=known, seed=seed, started=now)
    return _proceed(form, _with_defaults(form, fresh), now, ())


def _with_defaults(form: Form, session: Session) -> Session:
    """What questions start with: worked out once, before any answer, in the order of the form."""
    kept = {row.name: row.question.default for row in form.rows if row.question.default}
    session = replace(session, kept=kept)
    for row in form.rows:
        if row.dynamic_default is not None:
            view = look(form, session)
            context = replace(context_of(session, view), key=row.name)
            value = made(row, row.dynamic_default, context)
            session = replace(session, kept={**session.kept, row.name: value})
    return session


def resume(survey: Survey, session: Session, reply: Reply, *, now: datetime) -> Turn:
    """Take one reply to the question being asked. ValueError if the survey is another version."""
    form = _pinned(survey, session)
    if session.asking is None:
        return Turn(session, (Rejected(None, Reason.ENDED),))
    if isinstance(reply, Chose | Typed | Skipped):
        return _take_one(form, session, reply, now)
    if isinstance(reply, Ticked):
        return _tick(form, session, reply)
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
    while rows and rows[-1].is_said:
        rows.pop()
    view = look(form, session)
    every = (*(form.by_name[name] for name in session.notes()), *rows)
    return tuple(shown(form, row, session, view) for row in every)


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
    for row in form.rows:
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


def as_shown(survey: Survey, session: Session, name: str) -> Question:
    """The question as it stands now: its list filtered and shuffled, answers filled into texts."""
    form = _pinned(survey, session)
    return shown(form, form.by_name[name], session, look(form, session))


def progress(survey: Survey, session: Session) -> tuple[int, int]:
    """Which question this is and of how many, as things stand: (3, 8)."""
    form = _pinned(survey, session)
    view = look(form, session)
    names = [row.name for row in form.rows if row.is_asked and view.applies(row)]
    if session.asking not in names:
        return len(names), len(names)
    return names.index(session.asking) + 1, len(names)


def effective(survey: Survey, session: Session) -> dict[str, str]:
    """What counts: every row by name in the form's order, "" where it is blank or not asked."""
    form = _pinned(survey, session)
    values = look(form, session).values
    return {row.name: values[row.name] for row in form.rows}


def hidden(survey: Survey, session: Session) -> frozenset[str]:
    """The rows that do not apply: not relevant, or in a group that is not."""
    return frozenset(look(_pinned(survey, session), session).hidden)


def enter(survey: Survey, session: Session, name: str, value: str) -> Session:
    """The session with this value as it is stored, whether or not the question applies; "" clears.

    For working out a form by machine, as ODK's engine does: in any order, past constraints and
    `required`. What the question cannot hold is blank. The asking stays where it was. KeyError for
    an unknown row, ValueError for one that nobody answers.
    """
    form = _pinned(survey, session)
    row = form.by_name[name]
    if not row.is_asked:
        raise ValueError(f"'{name}' is not answered by anybody; only questions can be entered.")
    held = fitted(row.question, value)
    if row.question.kind is Kind.SELECT_MULTIPLE:
        held = in_order(row.question, held)
    return _worked_out(form, _noted(form, session, row, held))[0]


def unmet(survey: Survey, session: Session, *, now: datetime) -> dict[str, Reason]:
    """Questions that apply and whose answer breaks its constraint, or is required and blank."""
    form = _pinned(survey, session)
    view = look(form, session)
    found: dict[str, Reason] = {}
    for row in form.rows:
        if not row.is_asked or not view.applies(row):
            continue
        value = view.values[row.name]
        if value and not allows(form, session, row, value, now):
            found[row.name] = Reason.CONSTRAINT
        elif not value and not survey.may_skip(shown(form, row, session, view)):
            found[row.name] = Reason.REQUIRED
    return found


def _pinned(survey: Survey, session: Session) -> Form:
    if session.fingerprint != survey.fingerprint():
        raise ValueError("The session belongs to another version of this survey; load that one.")
    return form_of(survey)


def _proceed(form: Form, session: Session, now: datetime, events: tuple[Event, ...]) -> Turn:
    """Ask the first question that applies and is open, or end."""
    session, view = _worked_out(form, session)
    notes: list[str] = []
    for row in form.rows:
        if not view.applies(row):
            continue
        if row.is_asked and not is_settled(row, session, view, now):
            events = (*events, *_why_again(session, row.name, events))
            return _ask(_forgetting(session, view), row.name, tuple(notes), events)
        if row.is_said and row.name not in session.shown:
            notes.append(row.name)
    return _end(_forgetting(session, view), Outcome.COMPLETE, tuple(notes), events)


def _worked_out(form: Form, session: Session) -> tuple[Session, View]:
    """As things stand, after corrections whose basis changed are dropped and `once()` is kept."""
    view = look(form, session)
    stale = [row for row in form.editable if _is_stale(row, session, view)]
    if stale:
        session = session.without(frozenset(row.name for row in stale))
        return _worked_out(form, session)
    fresh = {
        row.name: view.values[row.name]
        for row in form.once
        if view.values[row.name] and row.name not in session.kept
    }
    return (replace(session, kept={**session.kept, **fresh}) if fresh else session), view


def _is_stale(row: Row, session: Session, view: View) -> bool:
    is_here = view.applies(row) and row.name in session.basis
    return is_here and session.basis[row.name] != _basis(row, view)


def _basis(row: Row, view: View) -> str:
    """What a calculation was worked out from, as one text."""
    names = sorted(row.calculation.names) if row.calculation else ()
    return "\x1f".join(view.values[name] for name in names)


def _why_again(session: Session, name: str, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """An answer that a changed earlier answer has made impossible is asked for again."""
    told = any(isinstance(event, Rejected) and event.name == name for event in events)
    if told or name not in session.answers:
        return ()
    return (Rejected(name, Reason.CONSTRAINT),)


def _forgetting(session: Session, view: View) -> Session:
    """A note that no longer applies is shown again once it applies again."""
    if session.shown.keys().isdisjoint(view.hidden):
        return session
    kept = {name: step for name, step in session.shown.items() if name not in view.hidden}
    return replace(session, shown=kept)


def _ask(session: Session, name: str, notes: tuple[str, ...], events: tuple[Event, ...]) -> Turn:
    asking = session.moved(name, notes)
    return Turn(asking, (*events, Asked(name, asking.step, notes)))


def _end(
    session: Session, outcome: Outcome, notes: tuple[str, ...], events: tuple[Event, ...]
) -> Turn:
    return Turn(session.moved(None, notes, outcome), (*events, Ended(outcome, notes)))


def _tick(form: Form, session: Session, reply: Ticked) -> Turn:
    """A mark is kept at the same asking, so that several may be set before anything is drawn."""
    question = as_shown(form.survey, session, session.asking or "")
    if not question.kind.takes_many or question.choice(reply.name) is None:
        return _ask(session, question.name, (), (Rejected(question.name, Reason.NOT_A_CHOICE),))
    return Turn(session.marked(reply.name, on=reply.on), ())


def _take_one(form: Form, session: Session, reply: Chose | Typed | Skipped, now: datetime) -> Turn:
    row = form.by_name[session.asking or ""]
    session, event = _take(form, session, row, reply, now)
    if isinstance(event, Rejected):
        return _ask(session, row.name, (), (event,))
    return _proceed(form, session, now, (event,))


def _take(
    form: Form, session: Session, row: Row, reply: Chose | Typed | Skipped, now: datetime
) -> tuple[Session, Event]:
    view = look(form, session) if row.is_drawn_anew else None
    question = row.question if view is None else shown(form, row, session, view)
    if isinstance(reply, Skipped) or reply == Chose(()):
        if not form.survey.may_skip(question):
            return session, Rejected(row.name, Reason.REQUIRED)
        return _noted(form, session, row, ""), Answered(row.name, "")
    if isinstance(reply, Chose):
        read = choose(question, reply.names)
    else:
        read = understand(question, reply.text, session.language)
    if isinstance(read, Reason):
        return session, Rejected(row.name, read, limits(question, read))
    if row.question.is_shuffled and question.kind is Kind.SELECT_MULTIPLE:
        read = in_order(row.question, read)
    if not allows(form, session, row, read, now):
        return session, Rejected(row.name, Reason.CONSTRAINT)
    return _noted(form, session, row, read), Answered(row.name, read)


def _noted(form: Form, session: Session, row: Row, value: str) -> Session:
    """With the answer and, where it corrects a calculation, what that was worked out from."""
    answered = session.answered(row.name, value)
    if not row.is_editable:
        return answered
    basis = {**session.basis, row.name: _basis(row, look(form, session))}
    return replace(answered, basis=basis)


def _take_from_page(
    form: Form, session: Session, row: Row, reply: Reply, now: datetime
) -> tuple[Session, Event]:
    there = row.is_asked and look(form, session).applies(row)
    if not there or not isinstance(reply, Chose | Typed | Skipped):
        return session, Rejected(row.name, Reason.NOT_ASKED)
    return _take(form, session, row, reply, now)


def _having_read_notes(form: Form, session: Session, replies: Mapping[str, Reply]) -> Session:
    """Notes between the questions of a page were read with it."""
    view = look(form, session)
    rows = [row for row in form.rows if view.applies(row)]
    last = max((place for place, row in enumerate(rows) if row.name in replies), default=0)
    notes = [row.name for row in rows[:last] if row.is_said]
    return replace(session, shown={**dict.fromkeys(notes, session.step), **session.shown})


def _together(form: Form, session: Session, first: str, limit: int) -> list[Row]:
    """From the first on, until a row is decided by another on the page, or would decide one."""
    view = look(form, session)
    place = form.rows.index(form.by_name[first])
    rows: list[Row] = []
    names: set[str] = set()
    for row in form.rows[place:]:
        if not (row.is_asked or row.is_said):
            continue
        is_full = row.is_asked and sum(other.is_asked for other in rows) >= limit
        if is_full or row.decided_by & names or _decides_one(row, rows):
            break
        if view.applies(row):
            rows.append(row)
            names.add(row.name)
    return rows


def _decides_one(row: Row, rows: list[Row]) -> bool:
    return any(row.name in other.decided_by for other in rows)


def _before(form: Form, session: Session, asking: str) -> str:
    """The question before this one on the way taken; at the first one, itself."""
    view = look(form, session)
    place = form.rows.index(form.by_name[asking])
    asked_before = (row for row in reversed(form.rows[:place]) if row.is_asked)
    return next((row.name for row in asked_before if view.applies(row)), asking)


def _language(survey: Survey, language: str) -> str | None:
    codes = (language, language.partition("-")[0])
    return next((code for code in codes if code in survey.languages), None)


def _change_language(survey: Survey, session: Session, asking: str, language: str) -> Turn:
    known = _language(survey, language)
    if known is None:
        return _ask(session, asking, (), (Rejected(asking, Reason.NO_SUCH_LANGUAGE),))
    turn = _ask(replace(session, language=known), asking, session.notes(), ())
    marks = replace(turn.session, ticked=session.ticked, ticks=session.ticks)
    return replace(turn, session=marks)
