"""Actions over a period: how each stood, how it stands, what was said of it, and how it moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.states import State, known_since, states_at, status_of
from digests.weekly_scene import Scene
from digests.weekly_view import Word
from reminders.policy import Status
from reminders.standing import Colour, DateStatus
from reminders.updates import current_updates
from storage.people import Person
from storage.plans import Action, ActionChange, Priority, Update
from storage.rows import columns, rows
from storage.types import EMPTY_SEALED

ACHIEVED = frozenset({Status.COMPLETE, Status.EMBEDDED})
_TROUBLED = frozenset({Status.AT_RISK, Status.OFF_TRACK, Status.WAITING})


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline that was put elsewhere: who agreed, and what the lead gave as the reason."""

    on: date
    was: date | None
    to: date | None
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Course:
    """One action over a period. `colour_before` is None where nothing is known of that day.

    `moved`: within the period; `moves` counts all there ever were. `spoken`: somebody said
    something of it within the period. `last_word`: the last that has words, if any has.
    `help_wanted`: asked, and not answered yet.
    """

    id: int
    plan: str
    ref: str
    text: str
    priority: str
    leads: tuple[str, ...]
    status: Status
    status_before: Status | None
    colour: Colour
    colour_before: Colour | None
    computed: DateStatus
    judged: bool
    first_due: date | None
    due: date | None
    moves: int
    agreed_by: tuple[str, ...]
    moved: tuple[Move, ...]
    last_word: Word | None
    spoken: bool
    evidence: str
    help_wanted: str

    @property
    def is_achieved(self) -> bool:
        return self.status in ACHIEVED

    @property
    def is_new_achievement(self) -> bool:
        """Accepted as complete within the period."""
        return self.is_achieved and self.status_before not in ACHIEVED

    @property
    def is_open(self) -> bool:
        """It is judged, and there is something left to do."""
        return self.judged and not self.is_achieved

    @property
    def is_late(self) -> bool:
        return self.is_open and self.computed is DateStatus.OVERDUE

    @property
    def is_troubled(self) -> bool:
        """The lead says that it is at risk, off track, or waits for others."""
        return self.is_open and self.status in _TROUBLED

    def days_late(self, today: date) -> int:
        return (today - self.due).days if self.is_late and self.due else 0


def courses(scene: Scene, action_ids: Iterable[int] | None = None) -> tuple[Course, ...]:
    """These actions, or all, in the order of the plan; what was retired is not among them."""
    wanted = None if action_ids is None else set(action_ids)
    shown = [
        state
        for state in scene.states
        if not state.retired and (wanted is None or state.id in wanted)
    ]
    ids = [state.id for state in shown]
    before = states_before(scene)
    found = _Found(scene, ids)
    return tuple(found.course(state, before.get(state.id) if before else None) for state in shown)


def states_before(scene: Scene) -> Mapping[int, State] | None:
    """How everything stood as the period before ended; None where nothing is known of that day."""
    plan_ids = list(scene.plans)
    known = known_since(scene.session, plan_ids) if plan_ids else None
    if known is None or known >= scene.begins:
        return None
    return {state.id: state for state in states_at(scene.session, scene.begins, plan_ids)}


class _Found:
    """What belongs to some actions, fetched with a fixed number of queries."""

    def __init__(self, scene: Scene, ids: Sequence[int]) -> None:
        self.scene = scene
        self.details = scene.details(ids)
        self.priorities = _priorities(scene.session, ids)
        self.moved = _moved(scene, ids)
        self.spoken = _spoken(scene, ids)
        self.words = _last_words(scene, ids)
        self.evidence = _last_sealed(scene, ids, "evidence")
        self.help = _last_sealed(scene, ids, "help_wanted")

    def course(self, state: State, before: State | None) -> Course:
        known, today = self.details[state.id], self.scene.today
        earlier = self.scene.period.before().end
        return Course(
            id=state.id,
            plan=self.scene.plan_label(state.plan_id),
            ref=state.ref,
            text=known.text,
            priority=self.priorities.get(state.id, ""),
            leads=known.leads,
            status=state.status,
            status_before=before.status if before else None,
            colour=state.colour(today),
            colour_before=before.colour(earlier) if before and before.is_judged else None,
            computed=state.computed(today),
            judged=state.is_judged,
            first_due=state.first_due_on,
            due=state.due_on,
            moves=known.moves,
            agreed_by=known.agreed_by,
            moved=tuple(self.moved.get(state.id, ())),
            last_word=self.words.get(state.id, known.last_word),
            spoken=state.id in self.spoken,
            evidence=self.evidence.get(state.id, ""),
            help_wanted=self.help.get(state.id, ""),
        )


def _priorities(session: Session, ids: Sequence[int]) -> dict[int | None, str]:
    found = session.exec(
        select(Action.id, Priority.ref)
        .join(Priority, col(Priority.id) == col(Action.priority_id))
        .where(col(Action.id).in_(ids))
    )
    return dict(found.all())


def _moved(scene: Scene, ids: Sequence[int]) -> dict[int, list[Move]]:
    """A date that was agreed carries the note with which its lead asked for it."""
    query = (
        columns(
            ActionChange.action_id,
            ActionChange.at,
            ActionChange.before,
            ActionChange.after,
            Person.name,
            Update.note,
        )
        .select_from(ActionChange)
        .join(Person, col(Person.id) == col(ActionChange.person_id), isouter=True)
        .join(
            Update,
            (col(Update.action_id) == col(ActionChange.action_id))
            & (col(Update.date_agreed_at) == col(ActionChange.at)),
            isouter=True,
        )
        .where(
            col(ActionChange.action_id).in_(ids),
            col(ActionChange.field) == "due_on",
            col(ActionChange.before) != "",
            col(ActionChange.at) >= scene.begins,
            col(ActionChange.at) < scene.ends,
        )
        .order_by(col(ActionChange.id))
    )
    found: dict[int, list[Move]] = {}
    for action_id, at, before, after, by, why in rows(scene.session, query):
        on = scene.calendar.local_date(at)
        found.setdefault(action_id, []).append(
            Move(on, _day(before), _day(after), by or "", why or "")
        )
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _spoken(scene: Scene, ids: Sequence[int]) -> set[int]:
    return set(
        scene.session.exec(
            select(Update.action_id)
            .where(
                col(Update.action_id).in_(ids),
                col(Update.at) >= scene.begins,
                col(Update.at) < scene.ends,
            )
            .distinct()
        ).all()
    )


def _last_words(scene: Scene, ids: Sequence[int]) -> dict[int, Word]:
    """What was said last in words: a tap that nothing is new does not take its place."""
    last = (
        current_updates()
        .where(
            col(Update.action_id).in_(ids),
            col(Update.at) < scene.ends,
            func.length(col(Update.note)) > EMPTY_SEALED,
        )
        .with_only_columns(func.max(col(Update.id)))
        .group_by(col(Update.action_id))
    )
    query = (
        columns(Update.action_id, Update.at, Person.name, Update.status, Update.note)
        .select_from(Update)
        .join(Person, col(Person.id) == col(Update.person_id), isouter=True)
        .where(col(Update.id).in_(last))
    )
    return {
        action_id: Word(scene.calendar.local_date(at), who or "", status_of(status), note)
        for action_id, at, who, status, note in rows(scene.session, query)
    }


def _last_sealed(scene: Scene, ids: Sequence[int], name: str) -> dict[int, str]:
    """The last words of this kind that stand: evidence, or help that nobody has answered yet."""
    words = getattr(Update, name)
    last = (
        current_updates()
        .where(
            col(Update.action_id).in_(ids),
            col(Update.at) < scene.ends,
            func.length(words) > EMPTY_SEALED,
        )
        .with_only_columns(func.max(col(Update.id)))
        .group_by(col(Update.action_id))
    )
    if name == "help_wanted":
        last = last.where(
            col(Update.help_answered_at).is_(None) | (col(Update.help_answered_at) >= scene.ends)
        )
    found = scene.session.exec(select(Update.action_id, words).where(col(Update.id).in_(last)))
    return dict(found.all())
