"""The weekly digest's sections about people: who said what, who is silent, who has to decide."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from digests.states import status_of
from digests.weekly_scene import Scene
from digests.weekly_view import Change, Decision, Listed, Silence, Waiting
from reminders.policy import Status
from storage.people import Person
from storage.plans import Action, ActionChange, Escalation, Nudge, Update
from storage.rows import columns, rows

_DAY = timedelta(days=1)
_WORD = (Person.name, Update.at, Update.status, Update.note)
_UNSETTLED = {
    Status.WAITING: Waiting.BLOCKED,
    Status.COMPLETE_AWAITING_EVIDENCE: Waiting.COMPLETION,
}


def changed(scene: Scene) -> Listed[Change]:
    """What was said in the period and which dates moved, the newest first."""
    said = (
        col(Action.plan_id).in_(scene.plans),
        col(Update.at) >= scene.begins,
        col(Update.at) < scene.ends,
        col(Update.id).not_in(_corrected(scene)),
    )
    moved = (
        col(Action.plan_id).in_(scene.plans),
        col(ActionChange.at) >= scene.begins,
        col(ActionChange.at) < scene.ends,
        col(ActionChange.field) == "due_on",
        col(ActionChange.before) != "",
    )
    changes = [*_said(scene, said), *_moved(scene, moved)]
    changes.sort(key=lambda one: (-one.on.toordinal(), one.plan, one.ref))
    total = _count(scene.session, Update, said) + _count(scene.session, ActionChange, moved)
    return Listed(total, tuple(changes[: scene.most]))


def _corrected(scene: Scene) -> Any:
    """The updates that somebody had corrected by the end of the period."""
    later = aliased(Update)
    return select(later.corrects_id).where(
        col(later.corrects_id).is_not(None), col(later.at) < scene.ends
    )


def _count(
    session: Session, table: type[Update] | type[ActionChange], where: Sequence[ColumnElement[bool]]
) -> int:
    return session.exec(
        select(func.count())
        .select_from(table)
        .join(Action, col(Action.id) == col(table.action_id))
        .where(*where)
    ).one()


def _said(scene: Scene, where: Sequence[ColumnElement[bool]]) -> list[Change]:
    earlier = aliased(Update)
    # What was put right within the same days is not what came before.
    before = (
        select(func.max(col(earlier.id)))
        .where(
            col(earlier.action_id) == col(Update.action_id),
            col(earlier.id) < col(Update.id),
            (col(earlier.at) < scene.begins) | col(earlier.id).not_in(_corrected(scene)),
        )
        .correlate(Update)
        .scalar_subquery()
    )
    query = (
        columns(Action.plan_id, Action.ref, Action.text, *_WORD, Update.corrects_id, before)
        .select_from(Update)
        .join(Action, col(Action.id) == col(Update.action_id))
        .join(Person, col(Person.id) == col(Update.person_id), isouter=True)
        .where(*where)
        .order_by(col(Update.at).desc(), col(Update.id).desc())
        .limit(scene.most)
    )
    found = rows(scene.session, query)
    statuses = _statuses(scene.session, [row[-1] for row in found if row[-1] is not None])
    return [
        Change(
            plan=scene.plan_label(plan_id),
            ref=ref,
            text=text,
            on=scene.calendar.local_date(at),
            who=who or "",
            before=status_of(statuses.get(previous, "")),
            after=status_of(status),
            note=note,
            corrects=corrects is not None,
        )
        for plan_id, ref, text, who, at, status, note, corrects, previous in found
    ]


def _statuses(session: Session, update_ids: Sequence[int]) -> dict[int | None, str]:
    found = session.exec(select(Update.id, Update.status).where(col(Update.id).in_(update_ids)))
    return dict(found.all())


def _moved(scene: Scene, where: Sequence[ColumnElement[bool]]) -> list[Change]:
    query = (
        columns(
            Action.plan_id,
            Action.ref,
            Action.text,
            Person.name,
            ActionChange.at,
            ActionChange.before,
            ActionChange.after,
        )
        .select_from(ActionChange)
        .join(Action, col(Action.id) == col(ActionChange.action_id))
        .join(Person, col(Person.id) == col(ActionChange.person_id), isouter=True)
        .where(*where)
        .order_by(col(ActionChange.at).desc(), col(ActionChange.id).desc())
        .limit(scene.most)
    )
    return [
        Change(
            plan=scene.plan_label(plan_id),
            ref=ref,
            text=text,
            on=scene.calendar.local_date(at),
            who=who or "",
            before=None,
            after=None,
            note="",
            moved_from=_day(before),
            moved_to=_day(after),
        )
        for plan_id, ref, text, who, at, before, after in rows(scene.session, query)
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def silent(scene: Scene) -> Listed[Silence]:
    """Who was asked at least a working day ago and has not replied, the most asked first."""
    last_day = scene.calendar.working_day_before(scene.today) - _DAY
    still_open = (col(Nudge.answered_at).is_(None)) | (col(Nudge.answered_at) >= scene.ends)
    unheard = col(Action.last_reply_on).is_(None) | (
        col(Action.last_reply_on) < col(Nudge.queued_on)
    )
    query = (
        columns(Nudge.action_id, Nudge.person_id, func.count(), func.max(col(Nudge.queued_on)))
        .join(Action, col(Action.id) == col(Nudge.action_id))
        .where(
            col(Action.plan_id).in_(scene.plans),
            col(Nudge.queued_on) <= scene.today,
            still_open,
            unheard,
        )
        .group_by(col(Nudge.action_id), col(Nudge.person_id))
        .having(func.min(col(Nudge.queued_on)) <= last_day)
    )
    live = scene.live
    asked = [row for row in rows(scene.session, query) if row[0] in live]
    asked.sort(key=lambda row: (-row[2], row[3], row[0], row[1]))
    shown = asked[: scene.most]
    known = scene.details([row[0] for row in shown])
    names = _names(scene.session, [row[1] for row in shown])
    return Listed(
        len(asked),
        tuple(
            Silence(
                plan=scene.plan_label(live[action_id].plan_id),
                ref=live[action_id].ref,
                text=known[action_id].text,
                who=names.get(person_id, ""),
                asked=count,
                last_asked=last,
                due=live[action_id].due_on,
            )
            for action_id, person_id, count, last in shown
        ),
    )


def _names(session: Session, person_ids: Sequence[int]) -> dict[int | None, str]:
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(person_ids)))
    return dict(found.all())


def decisions(scene: Scene) -> Listed[Decision]:
    """What waits for a person: escalations, proposed dates, what is stuck."""
    waiting = [*_escalations(scene), *_proposed_dates(scene), *_stuck(scene)]
    waiting.sort(key=lambda one: (one.since, one.plan, one.ref, one.kind))
    return Listed(len(waiting), tuple(waiting[: scene.most]))


def _escalations(scene: Scene) -> list[Decision]:
    query = (
        columns(Action.plan_id, Action.ref, Action.text, Escalation.proposed_at, Escalation.step)
        .join(Escalation, col(Escalation.action_id) == col(Action.id))
        .where(
            col(Action.plan_id).in_(scene.plans),
            col(Action.retired_on).is_(None),
            col(Escalation.needs_approval),
            col(Escalation.proposed_at) < scene.ends,
            col(Escalation.decided_at).is_(None) | (col(Escalation.decided_at) >= scene.ends),
        )
    )
    return [
        Decision(
            plan=scene.plan_label(plan_id),
            ref=ref,
            text=text,
            kind=Waiting.ESCALATION,
            since=scene.calendar.local_date(at),
            who="",
            detail=step,
        )
        for plan_id, ref, text, at, step in rows(scene.session, query)
    ]


def _proposed_dates(scene: Scene) -> list[Decision]:
    query = (
        columns(Action.plan_id, Action.ref, Action.text, *_WORD, Update.proposed_due_on)
        .select_from(Update)
        .join(Action, col(Action.id) == col(Update.action_id))
        .join(Person, col(Person.id) == col(Update.person_id), isouter=True)
        .where(
            col(Action.plan_id).in_(scene.plans),
            col(Action.retired_on).is_(None),
            col(Update.proposed_due_on).is_not(None),
            col(Update.date_refused).is_(False),
            col(Update.at) < scene.ends,
            col(Update.date_agreed_at).is_(None) | (col(Update.date_agreed_at) >= scene.ends),
        )
    )
    return [
        Decision(
            plan=scene.plan_label(plan_id),
            ref=ref,
            text=text,
            kind=Waiting.DATE,
            since=scene.calendar.local_date(at),
            who=who or "",
            detail=note,
            proposed=proposed,
        )
        for plan_id, ref, text, who, at, _, note, proposed in rows(scene.session, query)
    ]


def _stuck(scene: Scene) -> list[Decision]:
    stuck = [state for state in scene.live.values() if state.status in _UNSETTLED]
    known = scene.details([state.id for state in stuck])
    found = []
    for state in stuck:
        word = known[state.id].last_word
        found.append(
            Decision(
                plan=scene.plan_label(state.plan_id),
                ref=state.ref,
                text=known[state.id].text,
                kind=_UNSETTLED[state.status],
                since=word.on if word else scene.period.start,
                who=word.who if word else "",
                detail=word.note if word else "",
            )
        )
    return found
