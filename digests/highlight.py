"""A group's highlight report to its board: what it did, what slipped and why, and what it asks."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from digests import weekly_changes
from digests.action_history import Course, courses
from digests.heard import Voices, voices
from digests.indicators import Measure, indicators_at
from digests.period import Period
from digests.report_scene import About, actions_of, body_of, scene_of
from digests.weekly_scene import Scene
from digests.weekly_view import Decision
from reminders.standing import Colour
from storage.calendar import Calendar
from storage.plans import Plan, Priority

_STEP = re.compile(r"Approach, step \d+: ([^:]+)")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many actions have a colour, and had as the period before ended, where that is known."""

    colour: Colour
    now: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A priority: its actions by colour, and the actions themselves."""

    ref: str
    title: str
    why: str
    tallies: tuple[Tally, ...]
    actions: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Highlight:
    """`headings`: the questions under which this plan wants each priority told, if it names any.

    `ahead`: the period after this one. `was`: the one compared with, if anything is known of it.
    """

    about: About
    period: Period
    ahead: Period
    was: Period | None
    headings: tuple[str, ...]
    actions: int
    tallies: tuple[Tally, ...]
    priorities: tuple[Standing, ...]
    measures: tuple[Measure, ...]
    voices: tuple[Voices, ...]
    decisions: tuple[Decision, ...]

    @property
    def all_actions(self) -> tuple[Course, ...]:
        return tuple(one for standing in self.priorities for one in standing.actions)


def gather(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
) -> Highlight:
    """What a group led and looked after in a period. `subject` is its key."""
    body = body_of(session, subject)
    about, scene = scene_of(session, period, calendar, body, now)
    mine = actions_of(session, body)
    found = courses(scene, mine)
    priorities = _priorities(scene, found)
    refs = [one.ref for one in priorities if one.ref]
    is_known = any(one.status_before is not None for one in found)
    return Highlight(
        about=about,
        period=period,
        ahead=period.after(),
        was=period.before() if is_known else None,
        headings=_headings(session, list(scene.plans)),
        actions=sum(one.judged for one in found),
        tallies=tallies(found),
        priorities=priorities,
        measures=_measures(scene, refs, now),
        voices=voices(session, period, calendar=calendar, action_ids=[one.id for one in found]),
        decisions=_decisions(scene, found),
    )


def tallies(found: Sequence[Course]) -> tuple[Tally, ...]:
    """By colour, now and before; what cannot be judged is not counted."""
    now = Counter(one.colour for one in found if one.judged)
    then = Counter(one.colour_before for one in found if one.colour_before is not None)
    known = any(one.status_before is not None for one in found)
    return tuple(
        Tally(colour, now[colour], then[colour] if known else None)
        for colour in Colour
        if now[colour] or then[colour]
    )


def _priorities(scene: Scene, found: Sequence[Course]) -> tuple[Standing, ...]:
    """Those under which the group has something, as the plan has them; then what has none."""
    rows = scene.session.exec(
        select(Priority)
        .where(col(Priority.plan_id).in_(scene.plans), col(Priority.retired_on).is_(None))
        .order_by(col(Priority.plan_id), col(Priority.position), col(Priority.id))
    )
    known = {row.ref: row for row in reversed(rows.all())}
    refs = [ref for ref in reversed(known) if any(one.priority == ref for one in found)]
    if any(one.priority not in known for one in found):
        refs.append("")
    return tuple(_standing(ref, known.get(ref), found, known.keys()) for ref in refs)


def _standing(ref: str, row: Priority | None, found: Sequence[Course], known: object) -> Standing:
    def belongs(one: Course) -> bool:
        return one.priority == ref if row else one.priority not in known  # type: ignore[operator]

    actions = tuple(one for one in found if belongs(one))
    title, why = (row.title, row.rationale) if row else ("", "")
    return Standing(ref, title, why, tallies(actions), actions)


def _headings(session: Session, plan_ids: Sequence[int]) -> tuple[str, ...]:
    """The steps of an approach that a plan gives itself; Bristol's has four."""
    found = session.exec(select(Plan.extras).where(col(Plan.id).in_(plan_ids)))
    notes = [str(note) for extras in found for note in _listed(extras.get("notes"))]
    steps = (_STEP.match(note) for note in notes)
    return tuple(dict.fromkeys(step[1].strip() for step in steps if step))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _measures(scene: Scene, refs: Sequence[str], now: datetime) -> tuple[Measure, ...]:
    found = indicators_at(
        scene.session,
        scene.period,
        calendar=scene.calendar,
        now=now,
        plan_ids=list(scene.plans),
    )
    return tuple(one for one in found if one.priority_ref in refs)


def _decisions(scene: Scene, found: Sequence[Course]) -> tuple[Decision, ...]:
    mine = {(one.plan, one.ref) for one in found}
    return tuple(one for one in weekly_changes.decisions(scene).rows if (one.plan, one.ref) in mine)
