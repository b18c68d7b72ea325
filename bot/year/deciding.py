"""What waits for a chair or the manager: agreed a day later, or refused where the story says so.

Nothing goes above a lead, no date moves and nothing is complete without one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.year.script import Refusal, Script
from reminders import decisions
from storage.people import Person, person_of
from storage.plans import Body

_PATIENCE = timedelta(hours=20)
_CHAIR_HAS = timedelta(days=5)
_ANSWER = "Thank you for saying so early. Let us look at it together at this week's meeting."


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits for a decision, since when, and of which kind."""

    kind: str
    row_id: int
    ref: str
    since: datetime


class Deciders:
    """The manager and the chairs, and what they refused already."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage = stage
        self._script = script
        self._refused: set[Refusal] = set()
        self._leave_dates = False
        self._met: set[tuple[str, str, int]] = set()

    def day(self, *, leave_dates: bool) -> None:
        """Each says yes or no to what has waited long enough; dates may be left for a meeting."""
        self._leave_dates = leave_dates
        for chair in self._chairs():
            self._decide(chair, _PATIENCE)
        self._decide(self._script.manager, _PATIENCE, completions_after=_CHAIR_HAS)

    def _chairs(self) -> list[str]:
        with self._stage.app.database.reading() as db:
            found = db.exec(
                select(Person.email)
                .where(
                    col(Person.id).in_(
                        select(Body.chair_person_id).where(col(Body.chair_person_id).is_not(None))
                    )
                )
                .order_by(col(Person.id))
            ).all()
        return [email for email in found if email and email != self._script.manager]

    def _decide(
        self, who: str, after: timedelta, completions_after: timedelta | None = None
    ) -> None:
        now = self._stage.now
        for one in list(self._waiting(who)):
            patience = completions_after if one.kind == "complete" else None
            key = (who, one.kind, one.row_id)
            if now - one.since >= (patience or after) and key not in self._met:
                self._met.add(key)
                self._stage.speak(who, self._line(one), named=who)

    def _line(self, one: Waits) -> str:
        if one.kind == "help":
            return f"answer {one.ref} {self._script.helps.get(one.ref, _ANSWER)}"
        refusal = next((each for each in self._script.refusals if self._holds(each, one)), None)
        if refusal is None:
            return f"agree {one.ref}"
        self._refused.add(refusal)
        return f"refuse {one.ref} because {refusal.because}"

    def _holds(self, refusal: Refusal, one: Waits) -> bool:
        is_time = refusal.after <= self._stage.app.around.today
        return refusal.ref == one.ref and is_time and refusal not in self._refused

    def _waiting(self, who: str) -> Iterator[Waits]:
        with self._stage.app.database.reading() as db:
            person = person_of(db, who)
            found = decisions.waiting_for(db, person.id if person and person.id else 0)
        is_manager = who == self._script.manager
        for update, action in found.completions:
            yield Waits("complete", update.id or 0, action.ref, update.at)
        if not is_manager:
            return
        for update, action in () if self._leave_dates else found.dates:
            yield Waits("date", update.id or 0, action.ref, update.at)
        for rung, action in found.escalations:
            yield Waits("rung", rung.id or 0, action.ref, rung.proposed_at)
        for update, action in found.helps:
            yield Waits("help", update.id or 0, action.ref, update.at)
