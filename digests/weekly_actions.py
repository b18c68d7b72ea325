"""The weekly digest's sections about actions: late, due, in doubt, and the totals by colour."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from sqlmodel import col, select

from digests.action_details import Details
from digests.period import Period
from digests.states import State, known_since, states_at
from digests.weekly_scene import Scene
from digests.weekly_view import ActionLine, ColourCount, Doubt, Listed
from reminders.standing import Colour, DateStatus
from storage.plans import Action, ActionLead


def overdue(scene: Scene) -> Listed[ActionLine]:
    """The longest overdue first."""
    late = [
        state
        for state in scene.live.values()
        if not state.in_doubt and state.computed(scene.today) is DateStatus.OVERDUE
    ]
    return _lines(scene, late, lambda due: (scene.today - due).days)


def due_within(scene: Scene, first: int, last: int) -> Listed[ActionLine]:
    """Open actions due in so many days, the nearest first."""
    days = range(first, last + 1)
    soon = [
        state
        for state in scene.live.values()
        if state.due_on is not None
        and not state.in_doubt
        and state.computed(scene.today) is DateStatus.DUE_SOON
        and (state.due_on - scene.today).days in days
    ]
    return _lines(scene, soon, lambda due: (due - scene.today).days)


def _lines(
    scene: Scene, states: Sequence[State], days: Callable[[date], int]
) -> Listed[ActionLine]:
    ordered = sorted(states, key=lambda state: state.due_on or date.max)
    shown = ordered[: scene.most]
    known = scene.details([state.id for state in shown])
    rows = tuple(_line(scene, state, known[state.id], days) for state in shown)
    return Listed(len(states), rows)


def _line(scene: Scene, state: State, known: Details, days: Callable[[date], int]) -> ActionLine:
    due = state.due_on or scene.today
    return ActionLine(
        plan=scene.plan_label(state.plan_id),
        ref=state.ref,
        text=known.text,
        leads=known.leads,
        first_due=state.first_due_on,
        due=due,
        days=days(due),
        moves=known.moves,
        agreed_by=known.agreed_by,
        reported=state.status,
        computed=state.computed(scene.today),
        colour=state.colour(scene.today),
        last_word=known.last_word,
    )


def doubtful(scene: Scene) -> Listed[Doubt]:
    """What import could not settle, and what nobody leads; neither nudges anybody."""
    led = set(
        scene.session.exec(
            select(ActionLead.action_id)
            .join(Action, col(Action.id) == col(ActionLead.action_id))
            .where(col(Action.plan_id).in_(scene.plans))
            .distinct()
        ).all()
    )
    found = [state for state in scene.live.values() if state.in_doubt or state.id not in led]
    shown = found[: scene.most]
    known = scene.details([state.id for state in shown])
    rows = tuple(
        Doubt(
            plan=scene.plan_label(state.plan_id),
            ref=state.ref,
            text=known[state.id].text,
            no_lead=state.id not in led,
            reasons=known[state.id].reasons if state.in_doubt else (),
        )
        for state in shown
    )
    return Listed(len(found), rows)


def colours(scene: Scene) -> tuple[Period | None, tuple[ColourCount, ...]]:
    """How many actions have each colour now, and at the end of the period before if known."""
    earlier = scene.period.before()
    known = known_since(scene.session, list(scene.plans))
    then: Sequence[State] | None = None
    if known is not None and known < earlier.ends(scene.calendar):
        moment = earlier.ends(scene.calendar)
        then = states_at(scene.session, moment, list(scene.plans))
    reported, computed = _counted(scene.states, scene.today)
    before = _counted(then, earlier.end) if then is not None else None
    rows = tuple(
        ColourCount(
            colour=colour,
            reported=reported[colour],
            reported_before=before[0][colour] if before else None,
            computed=computed[colour],
            computed_before=before[1][colour] if before else None,
        )
        for colour in Colour
    )
    return (earlier if before else None), rows


def _counted(states: Sequence[State], today: date) -> tuple[Counter[Colour], Counter[Colour]]:
    """Only actions that can be judged: neither retired, nor superseded, nor in doubt."""
    judged = [state for state in states if state.is_judged]
    return (
        Counter(state.reported_colour for state in judged),
        Counter(state.colour(today) for state in judged),
    )
