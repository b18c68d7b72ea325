"""What happens in a partnership's year: read from a file, checked before anything is played."""

import tomllib
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from importlib import resources
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from storage.voice import HearingKind, Readers, ResponseKind

_STRICT = ConfigDict(extra="forbid")


class BadScript(ValueError):
    """The file cannot be played; the message says where and what is wrong."""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Post:
    """Somebody by their post, and the bodies that they answer for, by their keys in the plan.

    `is_already`: what the plan calls a post that it names without an address.
    """

    email: str
    name: str = ""
    roles: tuple[str, ...] = ()
    is_already: str = ""
    contact: tuple[str, ...] = ()
    deputy: tuple[str, ...] = ()
    chair: tuple[str, ...] = ()
    reads: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Said:
    """Lines that somebody writes on a day, one after another."""

    on: date
    who: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, config=_STRICT)
class Word:
    """What a lead says of an action: unasked `on` a day, or when next asked `after` one.

    With `evidence` it is complete, and goes by the form: what has happened, and what shows it.
    """

    words: str
    evidence: str = ""
    on: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class ActionStory:
    """`silent`: from and to, when nobody answers what is asked about it."""

    ref: str
    says: tuple[Word, ...] = ()
    silent: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class ThemeStory:
    """`says`: what people wrote of it; `more`: how many wrote much the same as one of these.

    `said_in`: in which hearings it came up, and how many said it; 0 where nobody counted, as in an
    audit, whose children did not take part in anything.
    """

    name: str
    definition: str = ""
    says: tuple[str, ...] = ()
    more: int = 0
    said_in: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=_STRICT)
class WordingStory:
    """A reply in other words: for an age, or in a language. The voice lead writes it, a reviewer

    who reads that language stands by it.
    """

    said: str
    text: str
    because: str = ""
    readers: Readers = Readers.EVERYBODY
    language: str = "en"


@dataclass(frozen=True, slots=True, config=_STRICT)
class Reply:
    """What the partnership answers to a theme. `corrects`: what was wrong in the one before it."""

    theme: str
    kind: ResponseKind
    text: str
    drafted: date
    because: str = ""
    by_when: date | None = None
    action: str = ""
    decided_by: str = ""
    corrects: str = ""
    wordings: tuple[WordingStory, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class HearingStory:
    """A group session, a review or an audit that something was said in."""

    key: str
    kind: HearingKind
    title: str
    on: date
    present: int | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class SurveyStory:
    """`answers`: by question, what is typed; one is drawn for each person. `asks`: where they write

    of the themes. `worry`: a text that has to be looked at. `renamed`: words of the form that give
    way to this partnership's own. `verdicts`: of ten who are told, how many say right and partly.
    """

    form: str
    opens: date
    closes: date
    groups: tuple[str, ...]
    people: int
    asks: str = ""
    action: str = ""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: tuple[ThemeStory, ...] = ()
    worry: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    hear_back_by: date | None = None
    coded: date | None = None
    replies: tuple[Reply, ...] = ()
    told: tuple[date, ...] = ()
    hearings: tuple[HearingStory, ...] = ()
    verdicts: tuple[int, int] = (8, 1)


@dataclass(frozen=True, slots=True, config=_STRICT)
class ReadingStory:
    """What a measure stood at; `part` of `whole` where it is a share."""

    ref: str
    on: date
    value: float | None = None
    part: float | None = None
    whole: float | None = None
    people: int | None = None
    words: str = ""
    quality: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class MeasureStory:
    """What a plan leaves open about a measure: where it began, where it should be, its keeper."""

    ref: str
    unit: str = ""
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    target_on: date | None = None
    keeper: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class MinuteStory:
    """What a meeting did with one thing on its paper, named by its kind and by words in it."""

    about: str
    outcome: str
    text: str = ""
    moved_to: date | None = None
    lead: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Sitting:
    """A close-the-loop meeting."""

    on: date
    body: str
    title: str
    present: str
    apologies: str = ""
    minutes: tuple[MinuteStory, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Words:
    """What the manager writes above a report, and beside its sections."""

    opening: str
    remarks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Refusal:
    """What is not agreed to `after` a day, once, and why; whatever else is asked for is agreed."""

    ref: str
    because: str
    after: date = date.min


@dataclass(frozen=True, slots=True, config=_STRICT)
class Calendar:
    """When a body meets."""

    body: str
    on: tuple[date, ...]


@dataclass(frozen=True, slots=True, config=_STRICT)
class Script:
    """One partnership's year."""

    slug: str
    name: str
    plan: str
    begins: date
    opening: str
    manager: str
    voice: str
    reviewer: str
    deputy: str
    people: tuple[Post, ...] = ()
    meetings: tuple[Calendar, ...] = ()
    said: tuple[Said, ...] = ()
    actions: tuple[ActionStory, ...] = ()
    surveys: tuple[SurveyStory, ...] = ()
    measures: tuple[MeasureStory, ...] = ()
    readings: tuple[ReadingStory, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    helps: Mapping[str, str] = field(default_factory=dict)
    weekly: Mapping[str, Words] = field(default_factory=dict)
    reports: Mapping[str, Words] = field(default_factory=dict)


_SCRIPT = TypeAdapter(Script)
PLANS = ("rochdale", "salford", "bristol", "bury", "bolton")


def read_script(path: Path) -> Script:
    """The script in a file."""
    try:
        return _SCRIPT.validate_python(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadScript(f"{path.name}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadScript(f"{path.name}, {where}: {first['msg']}") from None


def shipped(name: str) -> Path:
    """The script of one of the example plans."""
    return Path(str(resources.files("bot"))).parent / "examples" / "year" / f"{name}.toml"
