"""One action with all that became of it: said, moved, asked, escalated, minuted, answered for.

Words here are what leads and managers wrote; no answer of a survey, and no figure of one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

from sqlmodel import Session, col, select

from digests.weekly_scene import called
from reminders.action_views import HANDED_OVER, ActionView, views
from reminders.standing import Colour, colour, reported_colour
from storage.calendar import Calendar
from storage.meetings import Meeting, Minute
from storage.people import names_of
from storage.plans import (
    Action,
    ActionChange,
    Body,
    Escalation,
    Nudge,
    Plan,
    Priority,
    Update,
)
from storage.rows import columns, rows
from storage.surveys import Survey
from storage.voice import Response, ResponseKind, ResponseState, Theme

_LOCAL, _MORNING = Calendar(), time(9)
_QUIET = frozenset({"status", "first_due_on"})
"""Changes that another line tells already."""

Kind = Literal["said", "moved", "changed", "asked", "escalated", "minuted"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history. Which of the rest is filled in depends on its kind.

    `what`: a status, a field, a stage, a rung or what a meeting decided. `by`: who decided on it,
    `verdict` how, `why` in their words.
    """

    kind: Kind
    on: date
    who: str = ""
    recorded_by: str = ""
    what: str = ""
    before: str = ""
    after: str = ""
    words: str = ""
    evidence: str = ""
    help_wanted: str = ""
    help_answer: str = ""
    proposed: date | None = None
    verdict: str = ""
    by: str = ""
    why: str = ""
    was_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """The same action in another plan."""

    id: int
    ref: str
    plan: str


@dataclass(frozen=True, slots=True)
class Voice:
    """What was said that this action answers for, and what was said back."""

    slug: str
    survey: str
    theme: str
    kind: ResponseKind
    text: str
    because: str
    by_when: date | None
    state: ResponseState


@dataclass(frozen=True, slots=True)
class ActionHistory:
    """An action and its whole story, the newest first."""

    action: ActionView
    plan: str
    priority_id: int
    priority: str
    printed: str
    note: str
    alternatives: tuple[str, ...]
    said: Colour
    colour: Colour
    retired_on: date | None
    carried_from: Other | None
    carried_to: Other | None
    events: tuple[Event, ...]
    voices: tuple[Voice, ...]


def action_history(
    db: Session, action_id: int, *, today: date, drafts: bool = False
) -> ActionHistory | None:
    """The action as it stands, with its history. `drafts`: responses not published yet, too."""
    row = db.get(Action, action_id)
    if row is None:
        return None
    view = views(db, [action_id], today=today)[action_id]
    plan = db.get_one(Plan, row.plan_id)
    priority = db.get(Priority, row.priority_id) if row.priority_id is not None else None
    return ActionHistory(
        action=view,
        plan=called(plan.title, plan.period_label),
        priority_id=row.priority_id or 0,
        priority=f"{priority.ref} {priority.title}".strip() if priority is not None else "",
        printed=row.deadline_printed,
        note=row.note,
        alternatives=tuple(row.alternatives),
        said=reported_colour(view.status),
        colour=colour(view.status, view.computed),
        retired_on=row.retired_on,
        carried_from=_other(db, col(Action.id) == row.carried_from_id),
        carried_to=_other(db, col(Action.carried_from_id) == action_id),
        events=_events(db, action_id),
        voices=tuple(_voices(db, action_id, drafts=drafts)),
    )


def _other(db: Session, which: object) -> Other | None:
    query = columns(col(Action.id), col(Action.ref), col(Plan.title), col(Plan.period_label))
    found = rows(
        db,
        query.join(Plan, col(Plan.id) == col(Action.plan_id)).where(which).limit(1),  # type: ignore[arg-type]
    )
    return next((Other(id_, ref, called(title, period)) for id_, ref, title, period in found), None)


# the history


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the tables hold of one action."""

    updates: tuple[Update, ...]
    changes: tuple[ActionChange, ...]
    nudges: tuple[Nudge, ...]
    escalations: tuple[Escalation, ...]
    minutes: tuple[tuple[Minute, Meeting], ...]

    @property
    def people(self) -> Iterator[int | None]:
        for said in self.updates:
            yield from (said.person_id, said.recorded_by_id, said.decided_by_id)
            yield said.help_answered_by_id
        yield from (one.person_id for one in self.changes)
        yield from (one.person_id for one in self.nudges)
        yield from (one.decided_by_id for one in self.escalations)
        yield from (one.person_id for one, _ in self.minutes)
        yield from (_id_in(text, "person") for text in self._leads)

    @property
    def bodies(self) -> Iterable[int | None]:
        return (_id_in(text, "body") for text in self._leads)

    @property
    def _leads(self) -> Iterator[str]:
        for one in self.changes:
            if one.field == "lead":
                yield from (*one.before.split(", "), *one.after.split(", "))


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[int | None, str]
    bodies: Mapping[int | None, str]

    def lead(self, text: str) -> str:
        """ "body:3, person:4" by name; what is printed stays."""
        return ", ".join(self._one(part) for part in text.split(", ") if part)

    def _one(self, text: str) -> str:
        person, body = _id_in(text, "person"), _id_in(text, "body")
        return self.people.get(person, "") or self.bodies.get(body, "") or text


def _id_in(text: str, kind: str) -> int | None:
    name, _, number = text.partition(":")
    return int(number) if name == kind and number.isdigit() else None


def _events(db: Session, action_id: int) -> tuple[Event, ...]:
    found = _rows_of(db, action_id)
    bodies = {one for one in found.bodies if one is not None}
    named = db.exec(select(Body.id, Body.name).where(col(Body.id).in_(bodies))).all()
    names = _Names(names_of(db, found.people), dict(named))
    corrected = {said.corrects_id for said in found.updates}
    dated = [
        *((one.at, _said(one, names, one.id in corrected)) for one in found.updates),
        *((one.at, _changed(one, names)) for one in found.changes if _is_told(one, found)),
        *((_LOCAL.at_local(one.queued_on, _MORNING), _asked(one, names)) for one in found.nudges),
        *((one.proposed_at, _escalated(one, names)) for one in found.escalations),
        *((minute.at, _minuted(minute, meeting, names)) for minute, meeting in found.minutes),
    ]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(event for _, event in dated)


def _rows_of(db: Session, action_id: int) -> _Rows:
    def of(table: type[Update] | type[ActionChange] | type[Nudge] | type[Escalation]) -> list[Any]:
        mine = select(table).where(col(table.action_id) == action_id)
        return list(db.exec(mine.order_by(col(table.id))))

    minutes = db.exec(
        select(Minute, Meeting)
        .join(Meeting, col(Meeting.id) == col(Minute.meeting_id))
        .where(Minute.action_id == action_id, col(Meeting.ended_at).is_not(None))
        .order_by(col(Minute.id))
    ).all()
    return _Rows(
        tuple(of(Update)),
        tuple(of(ActionChange)),
        tuple(of(Nudge)),
        tuple(of(Escalation)),
        tuple(minutes),
    )


def _is_told(change: ActionChange, found: _Rows) -> bool:
    """Whether it says something that no update at the same moment says."""
    if change.field not in _QUIET:
        return change.before != change.after
    spoken = any(said.at == change.at for said in found.updates)
    return change.field == "status" and change.before != change.after and not spoken


def _said(said: Update, names: _Names, was_corrected: bool) -> Event:
    verdict = ""
    if said.proposed_due_on is not None or said.decided_at is not None:
        verdict = "refused" if said.date_refused else "agreed" if said.date_agreed_at else ""
        verdict = verdict or ("decided" if said.decided_at is not None else "")
    return Event(
        kind="said",
        on=_LOCAL.local_date(said.at),
        who=names.people.get(said.person_id, ""),
        recorded_by=names.people.get(said.recorded_by_id, ""),
        what="handed_over" if said.how == HANDED_OVER else said.status,
        words=said.note,
        evidence=said.evidence,
        help_wanted=said.help_wanted,
        help_answer=said.help_answer,
        proposed=said.proposed_due_on,
        verdict=verdict,
        by=names.people.get(said.decided_by_id, ""),
        why=said.decided_why,
        was_corrected=was_corrected,
    )


def _changed(change: ActionChange, names: _Names) -> Event:
    is_lead = change.field == "lead"
    return Event(
        kind="moved" if change.field == "due_on" and change.before else "changed",
        on=_LOCAL.local_date(change.at),
        who=names.people.get(change.person_id, ""),
        what=change.field,
        before=names.lead(change.before) if is_lead else change.before,
        after=names.lead(change.after) if is_lead else change.after,
        verdict=change.how,
    )


def _asked(nudge: Nudge, names: _Names) -> Event:
    return Event(
        kind="asked",
        on=nudge.queued_on,
        who=names.people.get(nudge.person_id, ""),
        what=nudge.stage,
        verdict="answered" if nudge.answered_at is not None else "",
    )


def _escalated(rung: Escalation, names: _Names) -> Event:
    verdict = "waiting" if rung.needs_approval else "told"
    if rung.decided_at is not None:
        verdict = {True: "approved", False: "refused", None: "overtaken"}[rung.approved]
    return Event(
        kind="escalated",
        on=_LOCAL.local_date(rung.proposed_at),
        what=rung.step,
        verdict=verdict,
        by=names.people.get(rung.decided_by_id, ""),
        why=rung.decided_why,
    )


def _minuted(minute: Minute, meeting: Meeting, names: _Names) -> Event:
    return Event(
        kind="minuted",
        on=meeting.held_on,
        who=names.people.get(minute.person_id, ""),
        what=minute.outcome.value,
        after=minute.moved_to.isoformat() if minute.moved_to is not None else "",
        words=minute.text,
        by=minute.lead,
    )


# what was said that it answers for


def _voices(db: Session, action_id: int, *, drafts: bool) -> Iterator[Voice]:
    corrected = select(Response.corrects_id).where(
        col(Response.corrects_id).is_not(None), Response.state == ResponseState.PUBLISHED
    )
    query = (
        select(Response, Theme, Survey)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .join(Survey, col(Survey.id) == col(Theme.survey_id))
        .where(Response.action_id == action_id, col(Response.id).not_in(corrected))
        .order_by(col(Response.id).desc())
    )
    for response, theme, survey in db.exec(query):
        if drafts or response.state is ResponseState.PUBLISHED:
            yield Voice(
                slug=survey.slug,
                survey=survey.title,
                theme=theme.name,
                kind=response.kind,
                text=response.text,
                because=response.because,
                by_when=response.by_when,
                state=response.state,
            )
