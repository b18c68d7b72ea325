"""The five example plans, each with the same half winter of 2024, lived by the real use cases.

Every plan has a database of its own with it: updates, moved dates, what waits for a decision,
readings, a survey with themes and replies, and what was heard elsewhere. Ask `lived(plan)` for an
open database that all tests of a process share, and leave it as it is.
"""

import atexit
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests import hearings, indicator_acts, minute_taking, publishing, responses, themes
from digests.indicator_acts import BOARD, New
from digests.minute_taking import Said
from digests.minutes import pack_of
from digests.period import Period
from digests.reading_rules import read_entered
from reminders import updates
from reminders.plan_import import import_file
from storage.calendar import Calendar
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.meetings import Outcome
from storage.people import Person, Role
from storage.plans import Action, ActionLead, Body, Indicator
from storage.types import Keyring
from storage.voice import HearingKind, ResponseKind
from tests.backends import SqliteBackend
from tests.digests import seeded
from tests.digests.seeded import Seeded

PLANS = ("bolton", "bristol", "bury", "rochdale", "salford")
QUARTER = Period(date(2024, 1, 1), date(2024, 3, 31))
NOW = datetime(2024, 4, 3, 8, tzinfo=UTC)
CALENDAR = Calendar()
NAME = "A & B <c> سارہ خان"
"""Stands in the story: it must come out whole everywhere."""

_EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "plans"
_KEYS = Keyring({"test": b"k" * 32}, b"l" * 32)
_BEGINS = datetime(2023, 12, 1, 9, tzinfo=UTC)


@cache
def lived(plan: str) -> Database:
    """The database of one plan's story; made once in each process."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="story-"))
    url = stack.enter_context(SqliteBackend(Path(folder)).prepared())
    database = stack.enter_context(Database(url, _KEYS))
    with database.writing() as session:
        tell(session, plan)
    return database


def tell(session: Session, plan: str) -> Seeded:
    """The whole story of one plan."""
    people = _people(session)
    import_file(
        session,
        _EXAMPLES / f"{plan}.xlsx",
        now=_BEGINS,
        today=_BEGINS.date(),
        calendar=CALENDAR,
        person_id=people["Business Manager"],
    )
    known = Seeded(people=people)
    actions = list(session.exec(select(Action).order_by(col(Action.position), col(Action.id))))
    known.actions = {action.ref: action.id or 0 for action in actions}
    _updates(session, [action.id or 0 for action in actions], people)
    _readings(session, people["Business Manager"])
    _voices(session, known, actions[0].id or 0)
    _meetings(session, people)
    session.flush()
    return known


def _people(session: Session) -> dict[str, int]:
    found = {}
    for name, role in (
        ("Business Manager", Role.MANAGER),
        ("Voice Lead", Role.VOICE_LEAD),
        (NAME, Role.LEAD),
    ):
        found[name] = seeded.add(session, Person(name=name, roles=[role.value]))
    return found


def _at(month: int, day: int) -> datetime:
    return datetime.combine(date(2024, month, day), time(10), UTC)


@dataclass(frozen=True)
class Told:
    """What the lead said of the action at that place, and what became of it."""

    place: int
    month: int
    day: int
    status: str
    note: str
    evidence: str = ""
    help_wanted: str = ""
    due: date | None = None
    agreed: bool = False
    accepted: bool = False


_SAID = (
    Told(0, 1, 9, "on_track", "The first draft is written."),
    Told(0, 2, 20, "complete", "Signed off.", evidence="43 staff were trained.", accepted=True),
    Told(
        1,
        1,
        10,
        "at_risk",
        f"Two schools have not replied to {NAME}.",
        due=date(2024, 5, 31),
        agreed=True,
    ),
    Told(2, 2, 6, "waiting", "Waiting for guidance.", help_wanted="Who speaks to the ICB?"),
    Told(3, 3, 4, "on_track", "Going well."),
    Told(4, 3, 8, "off_track", "No trainer was found.", due=date(2024, 9, 30)),
    Told(5, 3, 12, "complete", "Done.", evidence="The audit is with the board."),
)


def _updates(session: Session, actions: list[int], people: dict[str, int]) -> None:
    """What the lead said of the first six actions, and what the manager decided."""
    manager, lead = people["Business Manager"], people[NAME]
    for told in _SAID:
        if told.place >= len(actions):
            continue
        action, when = actions[told.place], _at(told.month, told.day)
        said = updates.record(
            session,
            action_id=action,
            person_id=lead,
            status=told.status,
            now=when,
            today=when.date(),
            note=told.note,
            evidence=told.evidence,
            help_wanted=told.help_wanted,
            proposed_due_on=told.due,
        )
        later = when + timedelta(days=7)
        if told.accepted:
            updates.accept_complete(
                session, action_id=action, person_id=manager, now=later, today=later.date()
            )
        if told.agreed:
            updates.agree_date(
                session,
                update_id=said.id or 0,
                person_id=manager,
                now=later,
                today=later.date(),
                agreed=True,
            )


_READ = (
    (date(2023, 12, 31), "40%", None, "Where the year ended."),
    (date(2024, 3, 31), "84 of 240", None, "Two large families came in; the rest fell."),
)


def _readings(session: Session, keeper: int) -> None:
    """The first measure is read twice, the second of few people, the others not at all."""
    measures = list(session.exec(select(Indicator).order_by(col(Indicator.position))))
    for on, entered, people, words in _READ:
        for measure in measures[:1]:
            _enter(session, measure, New(on, read_entered(entered), people, words), keeper)
    for measure in measures[1:2]:
        new = New(
            date(2024, 3, 31), read_entered("3 of 4"), 4, "Too few to say.", "one school only"
        )
        _enter(session, measure, new, keeper)


def _enter(session: Session, measure: Indicator, new: New, keeper: int) -> None:
    when = _at(4, 2)
    if indicator_acts.why_not(measure, new, today=when.date()):
        new = New(new.on, read_entered("12"), new.people, new.narrative, new.quality)
    indicator_acts.enter(
        session, measure, new, now=when, today=when.date(), how=BOARD, person_id=keeper
    )


_THEMES = (
    ("Grown-ups should listen before they decide", 33),
    ("A quiet place to go after school", 18),
    ("Somebody to text at night", 4),
    ("Free buses to the youth club", 12),
    ("Teachers who know what to do", 15),
)


def _voices(session: Session, known: Seeded, action: int) -> None:
    """A survey of young people, its themes, four replies of which the small one is confirmed."""
    lead = known.people["Voice Lead"]
    seeded.survey(session, known)
    for item in session.exec(select(ReviewItem)):
        item.state, item.decided_at = ReviewState.CLOSED, item.decided_at or _at(1, 12)
        session.add(item)
    session.flush()
    for name, people in _THEMES:
        theme = themes.add_theme(session, survey_id=known.survey, name=name, now=_at(1, 15))
        known.themes[name] = theme.id or 0
        themes.code_answers(
            session,
            theme_id=theme.id or 0,
            replies=[themes.Reply(seeded.pseudonym(n), "helps") for n in range(people)],
            person_id=lead,
        )
    _hearings(session, known)
    _replies(session, known, action)


def _hearings(session: Session, known: Seeded) -> None:
    listened, quiet, *_ = known.themes.values()
    for kind, title, day, present, said in (
        (HearingKind.GROUP_SESSION, "Heywood youth club", 22, 14, {listened: 11}),
        (HearingKind.PRACTICE_REVIEW, "Review of four cases of neglect", 29, None, {quiet: None}),
        (HearingKind.AUDIT, "Audit of voice in plans", 30, 20, {listened: 16}),
    ):
        hearings.record_hearing(
            session,
            known.survey,
            kind=kind,
            title=title,
            held_on=date(2024, 1, day),
            present=present,
            themes=said,
            person_id=known.people["Voice Lead"],
            now=_at(2, 1),
            today=_at(2, 1).date(),
        )


def _replies(session: Session, known: Seeded, action: int) -> None:
    lead = known.people["Voice Lead"]
    for name, kind, text, more in (
        (
            _THEMES[0][0],
            ResponseKind.WE_DID,
            "Every meeting about you now starts with what you want to say.",
            {"action_id": action},
        ),
        (
            _THEMES[1][0],
            ResponseKind.WE_ARE_DOING,
            "Heywood library is making a quiet room with you.",
            {"by_when": date(2024, 3, 15)},
        ),
        (
            _THEMES[2][0],
            ResponseKind.NOT_YET,
            "We are asking the council for a text line that is open at night.",
            {"by_when": date(2024, 6, 30)},
        ),
        (
            _THEMES[3][0],
            ResponseKind.WE_CANNOT,
            "Make the buses to the youth club free.",
            {"because": "the bus company sets the fares and we asked twice"},
        ),
    ):
        made = responses.draft(
            session,
            theme_id=known.themes[name],
            kind=kind,
            text=text,
            decided_by="the Youth Voice team",
            decided_on=date(2024, 2, 8),
            person_id=lead,
            now=_at(2, 8),
            **more,
        )
        responses.approve(
            session, made.id or 0, person_id=lead, now=_at(2, 9), today=_at(2, 9).date()
        )
    publishing.publish(
        session,
        known.survey,
        person_id=lead,
        period=Period(date(2024, 1, 1), date(2024, 2, 12)),
        now=_at(2, 13),
        calendar=CALENDAR,
        points_to_nobody=True,
    )


def _meetings(session: Session, people: dict[str, int]) -> None:
    """Every group meets in April; the busiest met on 28 March, moved one date and ended."""
    for place, body in enumerate(session.exec(select(Body).order_by(col(Body.id)))):
        body.next_meeting = date(2024, 4, 10 + place % 15)
        session.add(body)
    session.flush()
    key = busiest_body(session)
    manager, now = people["Business Manager"], _at(3, 28)
    meeting = minute_taking.open_meeting(
        session,
        subject=key,
        held_on=now.date(),
        title="Close the loop",
        person_id=manager,
        now=now,
        calendar=CALENDAR,
    )
    minute_taking.attended(
        session, meeting, present=f"Chair; {NAME}", apologies="", person_id=manager, now=now
    )
    pack = pack_of(session, meeting)
    assert pack is not None
    for item in pack.items[:2]:
        line = Said(item.key, Outcome.NOTED, f"{NAME} looks into it.", lead="Designated Nurse")
        minute_taking.minute(session, meeting, line, person_id=manager, now=now, today=now.date())
    minute_taking.end(session, meeting, person_id=manager, now=now, calendar=CALENDAR)


def busiest_body(session: Session) -> str:
    """The key of the group that leads most actions; the first by name among equals."""
    counted = session.exec(
        select(Body.key, func.count(col(ActionLead.id)))
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id), isouter=True)
        .group_by(col(Body.key))
    ).all()
    return min(counted, key=lambda one: (-one[1], one[0]))[0]
