"""One reply, or one page of them, to an open session, in memory: where it stands after, and rows.

Pure: whoever calls writes the rows, those of many sessions in one statement (surveys/sessions.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from storage.anonymous import hour_of
from storage.calendar import Calendar
from surveys import engine
from surveys.anonymous_words import apart, author_of
from surveys.concerns import review_row
from surveys.definition import Audience, Kind, Mode, Survey
from surveys.form import form_of
from surveys.matching import clean
from surveys.review_clock import USUAL, Clocks
from surveys.screening import Screening, Tier, screen
from surveys.turns import (
    Answered,
    Chose,
    Ended,
    Event,
    Outcome,
    Rejected,
    Reply,
    Session,
    Skipped,
    Typed,
)

ASKS_WHO_IS_TOLD = "confidentiality_question"
CARE_TIERS = (Tier.RED, Tier.AMBER)


@dataclass(frozen=True, slots=True)
class Running:
    """An open session as it is worked on: its row's fields, its form, and where it stands."""

    id: str
    survey_id: int
    version_id: int
    pseudonym: str
    contact_id: int | None
    group_name: str
    about_action_id: int | None
    round: int
    form: Survey
    at: Session

    @property
    def is_youth(self) -> bool:
        return self.form.settings.is_youth

    @property
    def is_anonymous(self) -> bool:
        return self.form.settings.mode is Mode.ANONYMOUS

    @property
    def is_about_action(self) -> bool:
        return self.form.settings.audience is Audience.LEADS


@dataclass(frozen=True, slots=True)
class Step:
    """What one reply did: the session after it, and the rows that go with it."""

    running: Running
    events: tuple[Event, ...]
    answers: tuple[dict[str, Any], ...] = ()
    reviews: tuple[dict[str, Any], ...] = ()
    care: bool = False
    asks_confidentiality: bool = False

    @property
    def ended(self) -> Ended | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Ended) else None

    @property
    def all_rejected(self) -> tuple[Rejected, ...]:
        return tuple(event for event in self.events if isinstance(event, Rejected))

    @property
    def rejected(self) -> Rejected | None:
        return next((event for event in self.events if isinstance(event, Rejected)), None)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a reply needs of its surroundings: the instant, the local day, the closed days, and
    by when texts are read.
    """

    now: datetime
    today: date
    calendar: Calendar = field(repr=False)
    clocks: Clocks = USUAL


def advance(running: Running, reply: Reply, moment: Moment) -> Step:
    """One reply to an open session, in memory; nothing is stored yet."""
    asking = running.at.asking
    turn = engine.resume(running.form, running.at, reply, now=moment.now)
    moved = _moved(running, turn.session)
    screening, reviews = _review(moved, asking, reply, turn.events, moment)
    return Step(
        running=moved,
        events=turn.events,
        answers=_answers(moved, turn.events, moment.today),
        reviews=reviews,
        care=bool(reviews) and running.is_youth and screening.tier in CARE_TIERS,
        asks_confidentiality=running.is_youth and ASKS_WHO_IS_TOLD in screening.categories,
    )


def take_page(running: Running, values: Mapping[str, str], moment: Moment) -> Step:
    """Answers of a page by question, as they are stored, "" to leave one out; in memory.

    What fits is kept even where something else does not; each text is reviewed by itself.
    """
    given = {name: _given(running.form, name, value) for name, value in values.items()}
    turn = engine.resume_page(running.form, running.at, given, now=moment.now)
    moved = _moved(running, turn.session)
    reviewed = [
        _review(moved, name, reply, tuple(e for e in turn.events if _is_about(e, name)), moment)
        for name, reply in given.items()
    ]
    return Step(
        running=moved,
        events=turn.events,
        answers=_answers(moved, turn.events, moment.today),
        reviews=tuple(row for _, rows in reviewed for row in rows),
        care=running.is_youth and any(found.tier in CARE_TIERS for found, _ in reviewed),
        asks_confidentiality=running.is_youth
        and any(ASKS_WHO_IS_TOLD in found.categories for found, _ in reviewed),
    )


def _given(form: Survey, name: str, value: str) -> Reply:
    """Names of choices were chosen; everything else was typed, whatever it was typed into."""
    if not value.strip():
        return Skipped()
    question = form.question(name) if form.position(name) is not None else None
    names = tuple(value.split())
    if question is not None and question.kind.is_select:
        is_chosen = all(question.choice(one) is not None for one in names)
    else:
        is_chosen = question is not None and question.kind is Kind.ACKNOWLEDGE and names == ("OK",)
    return Chose(names) if is_chosen else Typed(value)


def _is_about(event: Event, name: str) -> bool:
    return isinstance(event, Answered | Rejected) and event.name == name


def _moved(old: Running, at: Session) -> Running:
    return Running(
        old.id,
        old.survey_id,
        old.version_id,
        old.pseudonym,
        old.contact_id,
        old.group_name,
        old.about_action_id,
        old.round,
        old.form,
        at,
    )


_UNSCREENED = Screening(tier=Tier.NONE, categories=(), rules=(), lexicon_version="")


def _review(
    running: Running, asking: str | None, reply: Reply, events: tuple[Event, ...], moment: Moment
) -> tuple[Screening, tuple[dict[str, Any], ...]]:
    """The text for the queue, unless it only picked from a list or gave a number or a date."""
    if not isinstance(reply, Typed) or running.is_about_action:
        return _UNSCREENED, ()
    is_known = asking is not None and running.form.position(asking) is not None
    question = running.form.question(asking) if asking and is_known else None
    was_taken = any(isinstance(event, Answered) for event in events)
    if was_taken and question is not None and question.kind is not Kind.TEXT:
        return _UNSCREENED, ()
    return review_words(
        running,
        reply.text,
        moment,
        question=asking if is_known and asking else "",
        after_sensitive=question is not None and question.sensitive,
    )


def review_words(
    running: Running,
    words: str,
    moment: Moment,
    *,
    question: str = "",
    after_sensitive: bool = False,
) -> tuple[Screening, tuple[dict[str, Any], ...]]:
    """Screens words and makes their row in the review queue.

    Every text of a young person is queued; a practitioner's where the screening points at harm.
    """
    words = clean(words)
    if not words:
        return _UNSCREENED, ()
    screening = screen(
        words,
        running.at.language,
        after_sensitive=after_sensitive,
        practitioner=not running.is_youth,
    )
    if not running.is_youth and screening.tier not in CARE_TIERS:
        return screening, ()
    row = review_row(
        survey_id=running.survey_id,
        pseudonym=running.pseudonym,
        question=question,
        words=words,
        screening=screening,
        language=running.at.language,
        group_name=running.group_name,
        now=hour_of(moment.now) if running.is_anonymous else moment.now,
        calendar=moment.calendar,
        clocks=moment.clocks,
    )
    if running.is_anonymous:
        row = apart(row, author_of(running.id, question))
    return screening, (row,)


def _answers(
    running: Running, events: tuple[Event, ...], today: date
) -> tuple[dict[str, Any], ...]:
    if running.is_about_action or running.is_anonymous:
        return ()
    given = {event.name: event.value for event in events if isinstance(event, Answered)}
    if events and isinstance(events[-1], Ended) and events[-1].outcome is Outcome.COMPLETE:
        given.update(_settled_at_the_end(running))
    return tuple(_answer(running, name, value, today) for name, value in given.items())


def _settled_at_the_end(running: Running) -> dict[str, str]:
    """What counts otherwise than it was answered, and what was worked out.

    Answers on a way that was left again do not count. A value made of a person's own words is not
    stored a second time, and the instant of answering, which could find the person, not at all.
    """
    counts = engine.effective(running.form, running.at)
    changed = {
        name: counts[name] for name, old in running.at.answers.items() if counts[name] != old
    }
    worked_out = {
        row.name: counts[row.name]
        for row in form_of(running.form).rows
        if row.is_worked_out and counts[row.name] and not (row.carries_words or row.tells_time)
    }
    return {**changed, **worked_out}


def _answer(running: Running, name: str, value: str, today: date) -> dict[str, Any]:
    in_words = running.form.question(name).kind is Kind.TEXT
    return {
        "pseudonym": running.pseudonym,
        "question": name,
        "version_id": running.version_id,
        "round": running.round,
        "value": None if in_words else value or None,
        "words": (value or None) if in_words else None,
        "answered_on": today,
    }
