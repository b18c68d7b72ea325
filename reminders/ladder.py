"""The ladder: who takes over when a lead has not answered three nudges. Pure.

Lead, then lead and deputy, then the chair, the business manager, the executive list. The bot
proposes; above the lead and the deputy a person approves, and any answer ends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storage.calendar import Calendar


class Rung(StrEnum):
    """Who is told, from the bottom up."""

    DEPUTY = "deputy"
    CHAIR = "chair"
    MANAGER = "manager"
    EXECUTIVE = "executive"


# Working days after the third unanswered nudge. The deputy's are our own: time to answer it,
# and time for two people to answer before the chair hears.
USUAL_DAYS = {Rung.DEPUTY: 2, Rung.CHAIR: 5, Rung.MANAGER: 10, Rung.EXECUTIVE: 20}


@dataclass(frozen=True, slots=True)
class Decision:
    """A rung that was taken. `approved` is false where a person said no; the deputy needs none."""

    rung: Rung
    on: date
    approved: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """The next rung, the first day for it, and whether a person must approve it."""

    rung: Rung
    on: date
    needs_approval: bool


def ladder(
    third_unanswered_on: date,
    *,
    last_reply_on: date | None,
    decisions: Sequence[Decision] = (),
    has_deputy: bool = True,
    has_chair: bool = True,
    executive_meets_on: date | None = None,
    calendar: Calendar,
) -> Step | None:
    """The next step, or None: a lead has answered, a person has said no, or the top is reached.

    An approval that came late moves the later rungs, so that nobody is told of a silence on the
    same day as the person below them.
    """
    answered = last_reply_on is not None and last_reply_on >= third_unanswered_on
    if answered or any(not decision.approved for decision in decisions):
        return None
    taken = {decision.rung: decision.on for decision in decisions}
    missing = {Rung.DEPUTY: not has_deputy, Rung.CHAIR: not has_chair}
    highest = max((_height(rung) for rung in taken), default=-1)
    left = [rung for rung in Rung if _height(rung) > highest and not missing.get(rung, False)]
    if not left:
        return None
    earliest = _earliest(left[0], third_unanswered_on, taken, calendar)
    on = _meeting_or(left[0], earliest, taken, executive_meets_on)
    return Step(left[0], on, needs_approval=left[0] is not Rung.DEPUTY)


def _height(rung: Rung) -> int:
    return list(Rung).index(rung)


def _earliest(rung: Rung, start: date, taken: dict[Rung, date], calendar: Calendar) -> date:
    on = calendar.add_working_days(start, USUAL_DAYS[rung])
    for below, taken_on in taken.items():
        gap = USUAL_DAYS[rung] - USUAL_DAYS[below]
        on = max(on, calendar.add_working_days(taken_on, gap))
    return on


def _meeting_or(
    rung: Rung, earliest: date, taken: dict[Rung, date], executive_meets_on: date | None
) -> date:
    """The executive hears at its meeting if that comes first, but after the manager."""
    if rung is not Rung.EXECUTIVE or executive_meets_on is None:
        return earliest
    if Rung.MANAGER in taken and executive_meets_on > taken[Rung.MANAGER]:
        return min(earliest, executive_meets_on)
    return earliest
