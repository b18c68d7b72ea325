"""What the "you said, we did" page shows: frozen, safe to show, and kept as it went out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from digests.figures import Figure
from digests.period import Period
from digests.standing import Standing
from storage.voice import ResponseKind
from surveys.definition import Texts


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing that was said, how many said it if that may be shown, and the reply."""

    said: str
    figure: Figure
    kind: ResponseKind
    did: str
    because: str
    by_when: date | None
    standing: Standing
    decided_by: str
    decided_on: date | None
    told_on: date


@dataclass(frozen=True, slots=True)
class Loop:
    """How well we listen: themes answered out of all, and days from the last word to the reply."""

    themes: int
    answered: int
    per_cent: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Who was asked. `unheard` counts the groups from which few or none answered, without names."""

    invited: Figure | None
    groups: tuple[str, ...]
    unheard: int


@dataclass(frozen=True, slots=True)
class YouSaidWeDid:
    """Everything on the page, already safe to show: true counts are not in it."""

    survey: str
    titles: Texts
    asked_by: Texts
    written_in: str
    period: Period
    took_part: Figure
    reach: Reach
    themes: tuple[Answered, ...]
    loop: Loop
    hear_back_by: date | None

    @property
    def unanswered(self) -> int:
        return self.loop.themes - self.loop.answered


def from_content(content: Mapping[str, object]) -> YouSaidWeDid:
    """The page that `Prepared.content` kept."""
    view: dict[str, Any] = dict(content["view"])  # type: ignore[call-overload]
    reach = view["reach"]
    return YouSaidWeDid(
        **{
            **view,
            "period": Period(_day(view["period"]["start"]), _day(view["period"]["end"])),
            "took_part": _figure(view["took_part"]),
            "reach": Reach(
                _figure(reach["invited"]) if reach["invited"] else None,
                tuple(reach["groups"]),
                reach["unheard"],
            ),
            "themes": tuple(_restored(row) for row in view["themes"]),
            "loop": Loop(**view["loop"]),
            "hear_back_by": _day_or_none(view["hear_back_by"]),
        }
    )


def _restored(row: dict[str, Any]) -> Answered:
    return Answered(
        **{
            **row,
            "figure": _figure(row["figure"]),
            "kind": ResponseKind(row["kind"]),
            "standing": Standing(row["standing"]),
            "by_when": _day_or_none(row["by_when"]),
            "decided_on": _day_or_none(row["decided_on"]),
            "told_on": _day(row["told_on"]),
        }
    )


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(row["about"], _day(row["as_of"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
