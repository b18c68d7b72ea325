"""What a close-the-loop meeting has before it: each thing with a key, by which it is minuted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import col

from digests.action_history import Course
from digests.owed import Owed
from digests.weekly_scene import Scene
from reminders.policy import Status
from storage.people import Person
from storage.plans import Escalation, Update
from storage.rows import columns, rows


class Sort(StrEnum):
    """What sort of thing it is; also the key of its words, and the first part of its own key."""

    ESCALATION = "escalation"
    DATE = "date"
    COMPLETION = "completion"
    BLOCKED = "blocked"
    LATE = "late"
    MOVED = "moved"
    SAID = "said"
    LEARNING = "learning"
    TRAINING = "training"
    OWED = "owed"


DECISIONS = (Sort.ESCALATION, Sort.DATE, Sort.COMPLETION, Sort.BLOCKED)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the paper. `course`: the action it is about; `since`: how long it waits.

    `detail`: what its lead says, whose themes they are, or to whom an escalation would go.
    """

    key: str
    sort: Sort
    title: str
    since: date
    detail: str = ""
    who: str = ""
    proposed: date | None = None
    course: Course | None = None
    owed: Owed | None = None


def decisions(scene: Scene, found: Iterable[Course]) -> list[Item]:
    """What waits for a person to decide, sort by sort, the longest waiting first."""
    known = {one.id: one for one in found}
    items = [*_escalations(scene, known), *_dates(scene, known), *_standing(known, scene)]
    return sorted(items, key=lambda one: (DECISIONS.index(one.sort), one.since, one.key))


def _escalations(scene: Scene, known: dict[int, Course]) -> Iterable[Item]:
    query = columns(
        Escalation.id, Escalation.action_id, Escalation.proposed_at, Escalation.step
    ).where(
        col(Escalation.action_id).in_(list(known)),
        col(Escalation.needs_approval),
        col(Escalation.proposed_at) < scene.ends,
        col(Escalation.decided_at).is_(None) | (col(Escalation.decided_at) >= scene.ends),
    )
    for row_id, action_id, at, step in rows(scene.session, query):
        yield _item(
            Sort.ESCALATION, row_id, known[action_id], scene.calendar.local_date(at), detail=step
        )


def _dates(scene: Scene, known: dict[int, Course]) -> Iterable[Item]:
    """The newest date that was asked for of each action, where nobody had decided it yet."""
    query = (
        columns(
            Update.id,
            Update.action_id,
            Update.at,
            Update.note,
            Update.proposed_due_on,
            Update.date_agreed_at,
            Update.date_refused,
            Person.name,
        )
        .select_from(Update)
        .join(Person, col(Person.id) == col(Update.person_id), isouter=True)
        .where(
            col(Update.action_id).in_(list(known)),
            col(Update.proposed_due_on).is_not(None),
            col(Update.at) < scene.ends,
        )
        .order_by(col(Update.id))
    )
    newest: dict[int, Any] = {row[1]: row for row in rows(scene.session, query)}
    for row_id, action_id, at, note, proposed, agreed_at, refused, who in newest.values():
        if refused or (agreed_at is not None and agreed_at < scene.ends):
            continue
        since, told = scene.calendar.local_date(at), {"detail": note, "who": who or ""}
        yield _item(Sort.DATE, row_id, known[action_id], since, proposed=proposed, **told)


def _standing(known: dict[int, Course], scene: Scene) -> Iterable[Item]:
    """What is called complete and not accepted yet, and what waits for others."""
    sorts = {
        Status.COMPLETE_AWAITING_EVIDENCE: Sort.COMPLETION,
        Status.WAITING: Sort.BLOCKED,
    }
    for one in known.values():
        if one.status in sorts and one.judged:
            word = one.last_word
            told = {"detail": word.note, "who": word.who} if word else {}
            since = word.on if word else scene.period.start
            yield _item(sorts[one.status], one.id, one, since, **told)


def late(found: Iterable[Course], today: date) -> list[Item]:
    """Overdue, the longest first; then what moved in the period, the most often moved first."""
    overdue = [one for one in found if one.is_late]
    moved = [one for one in found if one.is_open and one.moved and not one.is_late]
    overdue.sort(key=lambda one: (one.due or today, one.ref))
    moved.sort(key=lambda one: (-one.moves, one.ref))
    return [
        *(_item(Sort.LATE, one.id, one, one.due or today) for one in overdue),
        *(_item(Sort.MOVED, one.id, one, one.moved[-1].on) for one in moved),
    ]


def _item(sort: Sort, number: int, course: Course, since: date, **more: Any) -> Item:
    return Item(f"{sort.value}:{number}", sort, course.text, since, course=course, **more)


def owed_items(found: Iterable[Owed]) -> list[Item]:
    """Replies that people wait for, those that were promised first."""
    return [
        Item(f"owed:{one.theme_id}", Sort.OWED, one.theme, one.since, one.survey, owed=one)
        for one in found
    ]
