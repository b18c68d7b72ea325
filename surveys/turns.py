"""What goes into the engine and what comes out: replies, events, and the session between them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a session ended."""

    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why a reply did not count; each has its own words in the catalogues."""

    NOT_A_CHOICE = "not_a_choice"
    ONE_ONLY = "one_only"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    NOT_A_DATE_TIME = "not_a_date_time"
    OUT_OF_RANGE = "out_of_range"
    RANK_ALL = "rank_all"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    REQUIRED = "required"
    CONSTRAINT = "constraint"
    NO_SUCH_LANGUAGE = "no_such_language"
    NOT_ASKED = "not_asked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Chose:
    """Pressed or ticked: names of choices, not their labels. A rank gives them all, in order."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """Written in the person's own words, at whatever kind of question."""

    text: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Leave this one out. What was answered here before no longer counts."""


@dataclass(frozen=True, slots=True)
class WentBack:
    """Ask the question before this one again."""


@dataclass(frozen=True, slots=True)
class Withdrew:
    """Stop here. Keeping or deleting what was said is for the caller to ask."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Go on in another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """One choice of several marked, or no longer; nothing is answered until they are `Chose`n."""

    name: str
    on: bool = True


Reply = Chose | Typed | Skipped | WentBack | Withdrew | Changed | Ticked


@dataclass(frozen=True, slots=True)
class Asked:
    """A new asking, after these notes. `step` is new with every asking and never used twice."""

    name: str
    step: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What is now stored: names joined by spaces, an ISO date, digits, text; "" if left blank."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reply that did not fit; `params` fill the wording. It never repeats what was written."""

    name: str | None
    reason: Reason
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; `notes` are those at the end of the form."""

    outcome: Outcome
    notes: tuple[str, ...] = ()


Event = Asked | Answered | Rejected | Ended


@dataclass(frozen=True, slots=True)
class Session:
    """Where one person is in one survey.

    Answers are kept as entered, also those of questions that no longer apply. The way taken is
    what was answered or skipped, in the order of the form; `asking` is where it stands. `kept` are
    values worked out once: what questions start with, and `once()`. `basis` is what a calculated
    question was worked out from when the person corrected it. `ticked` is what is marked at the
    present asking, in the order of marking, and `ticks` how often a mark was set or taken off.
    """

    fingerprint: str
    language: str
    seed: int
    started: datetime
    step: int = 0
    asking: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    shown: Mapping[str, int] = field(default_factory=dict)
    outcome: Outcome | None = None
    kept: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    ticks: int = 0

    def marked(self, name: str, *, on: bool) -> "Session":
        """With this choice marked, or not, at the present asking."""
        others = tuple(other for other in self.ticked if other != name)
        if on and name in self.ticked:
            others = self.ticked
        elif on:
            others = (*others, name)
        return replace(self, ticked=others, ticks=self.ticks + 1)

    def notes(self) -> tuple[str, ...]:
        """The notes that belong to the present asking, or to the end."""
        return tuple(name for name, step in self.shown.items() if step == self.step)

    def answered(self, name: str, value: str) -> "Session":
        """With this answer; "" leaves the question out."""
        answers = {other: old for other, old in self.answers.items() if other != name}
        skipped = tuple(other for other in self.skipped if other != name)
        if value:
            answers[name] = value
        else:
            skipped = (*skipped, name)
        # Every answer goes through here and `moved`; `replace` takes three times as long.
        return Session(
            self.fingerprint,
            self.language,
            self.seed,
            self.started,
            self.step,
            self.asking,
            answers,
            skipped,
            self.shown,
            self.outcome,
            self.kept,
            self.basis,
        )

    def without(self, names: frozenset[str]) -> "Session":
        """Without these answers, as if they had never been given."""
        return replace(
            self,
            answers={name: value for name, value in self.answers.items() if name not in names},
            skipped=tuple(name for name in self.skipped if name not in names),
            basis={name: value for name, value in self.basis.items() if name not in names},
        )

    def moved(
        self, asking: str | None, notes: tuple[str, ...], outcome: Outcome | None = None
    ) -> "Session":
        """At the next asking or, without one, at the end; these notes are shown with it."""
        step = self.step + 1
        return Session(
            self.fingerprint,
            self.language,
            self.seed,
            self.started,
            step,
            asking,
            self.answers,
            self.skipped,
            {**self.shown, **dict.fromkeys(notes, step)} if notes else self.shown,
            outcome,
            self.kept,
            self.basis,
        )

    def to_json(self) -> str:
        """A compact row that `from_json` reads back exactly."""
        row = (
            self.fingerprint,
            self.language,
            self.seed,
            self.started.isoformat(),
            self.step,
            self.asking,
            self.answers,
            self.skipped,
            self.shown,
            self.outcome,
            self.kept,
            self.basis,
            self.ticked,
            self.ticks,
        )
        return _encode(row)

    @classmethod
    def from_json(cls, text: str) -> "Session":
        """The session that `to_json` wrote."""
        pin, language, seed, started, step, asking, *rest = json.loads(text)
        answers, skipped, shown, outcome, kept, basis, ticked, ticks = rest
        return cls(
            pin,
            language,
            seed,
            datetime.fromisoformat(started),
            step,
            asking,
            answers,
            tuple(skipped),
            shown,
            Outcome(outcome) if outcome else None,
            kept,
            basis,
            tuple(ticked),
            ticks,
        )


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Turn:
    """The session after a reply, and what happened, in order."""

    session: Session
    events: tuple[Event, ...]
