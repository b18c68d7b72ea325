"""The close-the-loop pack: what a meeting has to decide, chosen and ordered by rules it states."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from digests.action_history import Course, courses
from digests.heard import Learning, Said, Voices, few_spoke_of_any, learning, voices
from digests.highlight import Tally, tallies
from digests.owed import Owed, Why, owed
from digests.pack_items import DECISIONS, Item, Sort, decisions, late, owed_items
from digests.period import Period
from digests.report_scene import About, actions_of, body_of, scene_of
from digests.weekly_scene import Scene
from storage.calendar import Calendar

FIVE = 5
AT_MOST = 2
_ASKS = "training"
_ORDER = (*DECISIONS, Sort.LATE, Sort.OWED, Sort.SAID, Sort.LEARNING, Sort.TRAINING, Sort.MOVED)


@dataclass(frozen=True, slots=True)
class Pack:
    """`five`: the keys of what needs this meeting most, in their order. `slipped`: every action

    that is late or was moved, whether or not a decision is asked about it. `unnamed`: themes that
    wait for an answer, and that too few people spoke of to be told by name.
    """

    about: About
    period: Period
    was: Period | None
    tallies: tuple[Tally, ...]
    items: tuple[Item, ...]
    five: tuple[str, ...]
    slipped: tuple[Course, ...]
    voices: tuple[Voices, ...]
    unnamed: int = 0

    def of(self, *sorts: Sort) -> tuple[Item, ...]:
        """The items of these sorts, in their order."""
        return tuple(one for one in self.items if one.sort in sorts)

    def item(self, key: str) -> Item | None:
        return next((one for one in self.items if one.key == key), None)


def gather(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
) -> Pack:
    """For a group's meeting where `subject` is its key, else for the whole partnership's."""
    body = body_of(session, subject) if subject else None
    about, scene = scene_of(session, period, calendar, body, now)
    found = courses(scene, actions_of(session, body) if body else None)
    only = [one.id for one in found] if body else None
    heard = voices(session, period, calendar=calendar, action_ids=only)
    replies, unnamed = _owed(scene, found, everything=body is None)
    items = tuple(_items(scene, found, heard, replies))
    return Pack(
        about=about,
        period=period,
        was=period.before() if any(one.status_before is not None for one in found) else None,
        tallies=tallies(found),
        items=items,
        five=five(items),
        slipped=tuple(one.course for one in late(found, scene.today) if one.course),
        voices=heard,
        unnamed=unnamed,
    )


def _items(
    scene: Scene, found: Sequence[Course], heard: Sequence[Voices], replies: Sequence[Owed]
) -> Iterable[Item]:
    asked = decisions(scene, found)
    decided = {one.course.id for one in asked if one.course}
    yield from asked
    yield from (
        one for one in late(found, scene.today) if one.course and one.course.id not in decided
    )
    yield from _said(heard, scene.period)
    for one in learning(scene.session, scene.period):
        yield _learnt(one)
    yield from _training(heard)
    yield from owed_items(replies)


def _owed(
    scene: Scene, found: Sequence[Course], *, everything: bool
) -> tuple[tuple[Owed, ...], int]:
    """The replies that are owed, and how many more are of themes that may not be named."""
    replies = owed(scene.session, today=scene.today, before=scene.ends, states=scene.states)
    refs = {one.ref for one in found}
    mine = [one for one in replies if everything or one.action_ref in refs]
    few = few_spoke_of_any(scene.session, scene.period)
    named = tuple(one for one in mine if one.why is not Why.UNANSWERED or one.theme_id not in few)
    return named, len(mine) - len(named)


def _said(heard: Sequence[Voices], period: Period) -> Iterable[Item]:
    """What was answered in the period, for the meeting to know; what was not stands under owed."""
    for voice in heard:
        for number, said in enumerate(voice.themes):
            if _is_news(said, period):
                key = f"said:{voice.slug[:40]}:{number}"
                when = said.published_on or period.end
                yield Item(key, Sort.SAID, said.theme, when, voice.survey)


def _is_news(said: Said, period: Period) -> bool:
    return said.published_on is not None and period.start <= said.published_on <= period.end


def _learnt(one: Learning) -> Item:
    key = f"learning:{one.held_on}:{one.title}"[:64]
    return Item(key, Sort.LEARNING, one.title, one.held_on, "; ".join(one.themes), one.kind.value)


def _training(heard: Sequence[Voices]) -> Iterable[Item]:
    """Themes that ask for training, whoever raised them."""
    for voice in heard:
        for number, said in enumerate(voice.themes):
            if _ASKS in said.theme.casefold():
                when = said.published_on or voice.opened or voice.closed
                key = f"training:{voice.slug[:40]}:{number}"
                if when is not None:
                    yield Item(key, Sort.TRAINING, said.theme, when, voice.survey)


def five(items: Sequence[Item]) -> tuple[str, ...]:
    """What cannot go on without the meeting first, then what is latest; see `pack.rule`.

    At most two of one sort, so that one sort does not take all the time; where there are fewer
    than five so, what is left over follows in the same order.
    """
    ordered = sorted(items, key=lambda one: _ORDER.index(one.sort))
    taken: list[Item] = []
    counts: Counter[Sort] = Counter()
    for one in ordered:
        if counts[one.sort] < AT_MOST:
            taken.append(one)
            counts[one.sort] += 1
    rest = [one for one in ordered if one not in taken]
    chosen = (taken + rest)[:FIVE]
    return tuple(one.key for one in sorted(chosen, key=lambda one: _ORDER.index(one.sort)))
