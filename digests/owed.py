"""What people are still owed: answers nobody gave, and promises that need a word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from digests.responses import PROMISES, latest_published
from digests.standing import Standing, standing
from digests.states import State, states_at
from storage.plans import Action
from storage.rows import columns, rows
from storage.surveys import Survey, SurveyState
from storage.voice import Response, ResponseKind, ResponseState, Theme


class Why(StrEnum):
    """`LATE`: its day has passed. `MOVED`: its action is due after the day that was promised.

    `FINISHED`: its action is done, so that people can be told what was done.
    """

    UNANSWERED = "unanswered"
    LATE = "late"
    MOVED = "moved"
    FINISHED = "finished"


_ORDER = (Why.LATE, Why.MOVED, Why.FINISHED, Why.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Owed:
    """A theme that still waits for an answer, or a promise that needs another word.

    `since`: when it was said, or the day that was promised; `due`: when its action is due now.
    """

    survey: str
    theme: str
    since: date
    days: int
    promise: str = ""
    action_ref: str = ""
    why: Why = Why.UNANSWERED
    slug: str = ""
    theme_id: int = 0
    due: date | None = None


def owed(
    session: Session,
    *,
    today: date,
    before: datetime,
    states: Sequence[State] | None = None,
    survey_id: int | None = None,
) -> list[Owed]:
    """Promises first, the late ones before the others, then themes that nobody has answered.

    The longest waiting stand first. `states`: the actions as they stood then, where known already.
    """
    found = _promised(session, today, before, states, survey_id)
    found += _unanswered(session, today, before, survey_id)
    return sorted(found, key=lambda one: (_ORDER.index(one.why), one.since, one.theme))


def _unanswered(
    session: Session, today: date, before: datetime, survey_id: int | None
) -> list[Owed]:
    answered = (
        select(Response.id)
        .where(
            col(Response.theme_id) == col(Theme.id),
            col(Response.state) == ResponseState.PUBLISHED,
            col(Response.published_at) < before,
        )
        .exists()
    )
    query = (
        columns(Survey.title, Theme.name, Theme.created_at, Survey.slug, Theme.id)
        .select_from(Theme)
        .join(Survey, col(Theme.survey_id) == col(Survey.id))
        .where(
            ~answered,
            col(Theme.created_at) < before,
            col(Theme.merged_into_id).is_(None),
            col(Theme.retired_at).is_(None),
            col(Survey.state) != SurveyState.DRAFT,
        )
    )
    if survey_id is not None:
        query = query.where(col(Theme.survey_id) == survey_id)
    return [
        Owed(
            title,
            name,
            created.date(),
            (today - created.date()).days,
            slug=slug,
            theme_id=theme_id,
        )
        for title, name, created, slug, theme_id in rows(session, query)
    ]


def _promised(
    session: Session,
    today: date,
    before: datetime,
    states: Sequence[State] | None,
    survey_id: int | None,
) -> list[Owed]:
    last = latest_published(survey_id, before=before)
    query = (
        columns(
            Survey.title,
            Theme.name,
            Survey.slug,
            Theme.id,
            Response.kind,
            Response.text,
            Response.by_when,
            Response.action_id,
        )
        .select_from(Response)
        .join(last, last.c.response_id == col(Response.id))
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .join(Survey, col(Survey.id) == col(Theme.survey_id))
        .where(col(Response.kind).in_(PROMISES), col(Response.by_when).is_not(None))
    )
    promised = rows(session, query)
    actions = _actions(session, before, {row[7] for row in promised} - {None}, states)
    found = []
    for title, name, slug, theme_id, kind, text, by_when, action_id in promised:
        state = actions.get(action_id)
        why = _why(ResponseKind(kind), by_when, state, today)
        if why is not None:
            days = max((today - by_when).days, 0)
            ref, due = (state.ref, state.due_on) if state is not None else ("", None)
            found.append(Owed(title, name, by_when, days, text, ref, why, slug, theme_id, due))
    return found


def _why(kind: ResponseKind, by_when: date, state: State | None, today: date) -> Why | None:
    """What a promise needs today; nothing where it simply runs."""
    how = standing(kind, by_when, state.status if state is not None else None, today)
    if how is Standing.KEPT:
        return Why.FINISHED
    if how is Standing.LATE:
        return Why.LATE
    due = state.due_on if state is not None else None
    is_doing = kind is ResponseKind.WE_ARE_DOING
    return Why.MOVED if is_doing and due is not None and due > by_when else None


def _actions(
    session: Session, before: datetime, ids: set[int], states: Sequence[State] | None
) -> Mapping[int, State]:
    """The actions behind promises as they stood; one carried into a newer plan stands there."""
    if not ids:
        return {}
    if states is None:
        plans = session.exec(select(Action.plan_id).distinct()).all()
        states = states_at(session, before, list(plans))
    known = {state.id: state for state in states}
    carried = session.exec(
        select(Action.carried_from_id, Action.id).where(col(Action.carried_from_id).is_not(None))
    )
    onward = {old: new for old, new in carried if old is not None and new is not None}
    found = {one: _newest(one, onward) for one in ids}
    return {one: known[newest] for one, newest in found.items() if newest in known}


def _newest(action_id: int, onward: Mapping[int, int]) -> int:
    """Where an action stands after it was carried from plan to plan."""
    seen = {action_id}
    while (following := onward.get(action_id)) is not None and following not in seen:
        seen.add(following)
        action_id = following
    return action_id
