"""Who would be asked what on a day and why, and who would not and why not. Writes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, select

from reminders.action_views import ActionView, views
from reminders.facts import Asked, gather
from reminders.policy import (
    DEFAULT_STAGES,
    AfterSnooze,
    Before,
    Key,
    OnTheDay,
    PlannedNudge,
    Reach,
    Reason,
    Review,
    Silence,
    Stage,
    Weekly,
    plan,
    ripe,
    why_not,
)
from storage.calendar import Calendar
from storage.language import long_date
from storage.people import Person, contacts_of
from storage.plans import Body

HANDS_OVER = "hands_over"
"""Why nobody is asked, beside the policy's own reasons: "not mine" waits for the manager."""


@dataclass(frozen=True, slots=True)
class ActionPreview:
    """One question, and why it comes on this day."""

    action_id: int
    ref: str
    text: str
    due_on: date
    stage: str
    why: str


@dataclass(frozen=True, slots=True)
class PersonPreview:
    """What one person would be asked, in one message.

    `platform` is where; empty where they cannot be reached, and `unreachable` says why.
    """

    person_id: int | None
    person: str
    platform: str
    unreachable: str
    actions: tuple[ActionPreview, ...]


@dataclass(frozen=True, slots=True)
class SilentAction:
    """An action that nobody, or not this person, would be asked about. `key` names the reason."""

    action_id: int
    ref: str
    person: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A round of a day, before it runs."""

    on: date
    closed: bool
    would: tuple[PersonPreview, ...]
    silent: tuple[SilentAction, ...]


def preview(
    db: Session,
    *,
    on: date,
    calendar: Calendar,
    stages: Iterable[Stage] = DEFAULT_STAGES,
) -> Preview:
    """The round of a day, if nothing is said or changed until then."""
    steps = tuple(stages)
    asked = gather(db, today=on, calendar=calendar, closed_too=True)
    due: list[tuple[Asked, PlannedNudge]] = []
    quiet: list[tuple[Asked, str, str]] = []
    for one in asked:
        nudge = _nudge(one, on, calendar, steps)
        if nudge is not None:
            due.append((one, nudge))
        else:
            quiet.append((one, *_silence(one, on, calendar, steps)))
    names = _names(db)
    return Preview(
        on,
        not calendar.is_working_day(on),
        _people(db, due, names, on),
        tuple(
            SilentAction(one.action_id, one.facts.ref, names.get(one.facts.recipient, ""), key, why)
            for one, key, why in quiet
        ),
    )


def _nudge(
    one: Asked, on: date, calendar: Calendar, stages: Sequence[Stage]
) -> PlannedNudge | None:
    """What would be asked; also of somebody who cannot be reached, for that is worth knowing."""
    reached = replace(one.facts, reach=Reach.OK)
    if one.hands_over or why_not(reached, on, calendar=calendar, stages=stages) is not None:
        return None
    return ripe(plan(reached, stages, calendar, until=on), on)


def _silence(one: Asked, on: date, calendar: Calendar, stages: Sequence[Stage]) -> tuple[str, str]:
    reason = why_not(one.facts, on, calendar=calendar, stages=stages)
    if one.hands_over:
        return HANDS_OVER, "They said that it is not theirs; a manager has to say whose it is."
    assert reason is not None
    return str(reason.key), reason_words(reason)


def _names(db: Session) -> dict[Key | None, str]:
    """Of people, and of bodies that name nobody, by the recipient of the facts."""
    people = db.exec(select(Person.id, Person.name)).all()
    bodies = db.exec(select(Body.id, Body.name)).all()
    return dict(people) | {f"body:{body_id}": name for body_id, name in bodies}


def _people(
    db: Session,
    due: Sequence[tuple[Asked, PlannedNudge]],
    names: Mapping[Key | None, str],
    on: date,
) -> tuple[PersonPreview, ...]:
    shown = views(db, (one.action_id for one, _ in due), today=on)
    contacts = contacts_of(db, {one.person_id for one, _ in due if one.person_id is not None})
    by_person: dict[Key | None, list[tuple[Asked, PlannedNudge]]] = defaultdict(list)
    for one, nudge in due:
        by_person[one.facts.recipient].append((one, nudge))
    found = []
    for those in by_person.values():
        first = those[0][0]
        contact = contacts.get(first.person_id or 0)
        is_reached = first.facts.reach is Reach.OK
        found.append(
            PersonPreview(
                first.person_id,
                names.get(first.facts.recipient, ""),
                contact.platform if contact is not None and is_reached else "",
                "" if contact is not None and is_reached else _reach_words(first.facts.reach),
                tuple(_action(shown[one.action_id], nudge) for one, nudge in those),
            )
        )
    return tuple(sorted(found, key=lambda person: (person.person, person.person_id or 0)))


def _action(view: ActionView, nudge: PlannedNudge) -> ActionPreview:
    return ActionPreview(
        view.id, view.ref, view.text, nudge.due_on, str(nudge.stage), stage_words(nudge)
    )


# -- words


def stage_words(nudge: PlannedNudge) -> str:
    """Why a question comes on its day."""
    day = long_date(nudge.due_on, "en")
    match nudge.stage:
        case Before(days):
            return f"Due on {day}: asked {days} {_plural(days, 'day')} before."
        case OnTheDay():
            return f"Due on {day}: asked on the day."
        case Weekly(number):
            return f"Was due on {day}: asked weekly, week {number}."
        case Review():
            return f"Quarterly review of {day}."
        case AfterSnooze():
            return f"They wanted to be asked again on {day}."


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


_REACH = {
    "no_address": "No address is known where they can be reached.",
    "gone": "Messages to them are refused, or they have left.",
    "stopped": "They asked for no more reminders. They can write: start. Or give it to another.",
}


def _reach_words(reach: Reach | str) -> str:
    return _REACH.get(str(reach), "No address is known where they can be reached.")


def _next_words(params: Mapping[str, date | int | str]) -> str:
    coming = params.get("next")
    return f" Next on {long_date(coming, 'en')}." if isinstance(coming, date) else ""


def _day(value: object) -> str:
    return long_date(value, "en") if isinstance(value, date) else ""


_PLAIN: dict[Silence, str] = {
    Silence.RETIRED: "No longer in the plan.",
    Silence.NEEDS_REVIEW: "The import could not settle it; a manager has to.",
    Silence.NO_LEAD: "It has no lead.",
    Silence.NO_REVIEW_DATE: "It has no deadline and no review date yet.",
    Silence.NOTHING_LEFT: "Every question about it has been asked.",
}
_WITH_PARAMS: dict[Silence, Callable[[Mapping[str, date | int | str]], str]] = {
    Silence.FINISHED: lambda with_: f"It is {str(with_['status']).replace('_', ' ')}.",
    Silence.UNREACHABLE: lambda with_: _reach_words(str(with_["reach"])),
    Silence.PERSON_TAKES_OVER: lambda with_: (
        f"Asked {with_['unanswered']} times without an answer; a person takes over."
    ),
    Silence.SNOOZED: lambda with_: f"Put off until {_day(with_['until'])}.",
    Silence.REPLIED: lambda with_: f"Answered on {_day(with_['on'])}.{_next_words(with_)}",
    Silence.ALREADY_ASKED: lambda with_: f"Asked on {_day(with_['on'])}.{_next_words(with_)}",
    Silence.NOT_YET: lambda with_: f"Not due yet.{_next_words(with_)}",
    Silence.QUIET: lambda with_: f"They asked to be left in peace until {_day(with_['until'])}.",
    Silence.NOT_THEIR_DAY: lambda with_: f"Not one of their days.{_next_words(with_)}",
    Silence.CLOSED_TODAY: lambda with_: f"Not a working day.{_next_words(with_)}",
}


def reason_words(reason: Reason) -> str:
    """Why nobody is asked, as a sentence."""
    make = _WITH_PARAMS.get(reason.key)
    return make(reason.params) if make is not None else _PLAIN[reason.key]
