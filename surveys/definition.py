"""A survey as its author wrote it: frozen, comparable, stored as JSON."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]
"""One text in several languages, keyed by code: `{"en": "Yes", "pl": "Tak"}`."""


def text_in(texts: Texts, language: str, default: str = "en") -> str:
    """The text in this language, else in its parent (`pl-PL`, `pl`), else the default, else any."""
    for code in (language, language.partition("-")[0], default):
        if text := texts.get(code):
            return text
    return next((text for text in texts.values() if text), "")


class Kind(StrEnum):
    """What a row of the form is; the words are XLSForm's own."""

    NOTE = "note"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "dateTime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    ACKNOWLEDGE = "acknowledge"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    TODAY = "today"
    GROUP = "group"

    @property
    def is_asked(self) -> bool:
        """Whether a person replies to it."""
        return self not in _NEVER_ASKED

    @property
    def is_said(self) -> bool:
        """Whether it is only shown: a note, or the heading of a group."""
        return self in (Kind.NOTE, Kind.GROUP)

    @property
    def is_select(self) -> bool:
        """Whether the reply is chosen from a list."""
        return self in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK)

    @property
    def takes_many(self) -> bool:
        """Whether the value is several names joined by spaces."""
        return self in (Kind.SELECT_MULTIPLE, Kind.RANK)


_NEVER_ASKED = frozenset((Kind.NOTE, Kind.CALCULATE, Kind.HIDDEN, Kind.TODAY, Kind.GROUP))


class Audience(StrEnum):
    """Who is asked; young people have the strictest rules."""

    YOUTH = "youth"
    PRACTITIONERS = "practitioners"
    LEADS = "leads"


class Mode(StrEnum):
    """Confidential answers hang on a pseudonym; anonymous ones on nothing once finished."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Recurrence(StrEnum):
    """How often a survey comes round again."""

    MONTHLY = "monthly"
    TERMLY = "termly"
    QUARTERLY = "quarterly"
    TWICE_A_YEAR = "twice_a_year"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer; `name` is what is stored, `labels` is what is read.

    `columns` are the list's other columns, for a `choice_filter`; a row of a CSV file beside the
    form is a choice too, with all of its cells as columns.
    """

    name: str
    labels: Texts = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    images: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is shown with a question; the content is base64, so that JSON can carry it."""

    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends and the step of a `range`, as decimal digits."""

    low: str
    high: str
    step: str = "1"


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the form, in the order of the sheet; `group` is the innermost group it is in.

    `relevant`, `constraint`, `calculation`, `choice_filter`, `dynamic_default`, `required_when` and
    `seed` are expressions as the author wrote them. `required_when` stands beside `required` for a
    cell that is neither yes nor no. `default` is a value as it is stored.
    """

    name: str
    kind: Kind
    labels: Texts = field(default_factory=dict)
    hints: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    images: Texts = field(default_factory=dict)
    group: str = ""
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    choice_filter: str | None = None
    is_shuffled: bool = False
    seed: str | None = None
    scale: Scale | None = None
    required: bool = False
    required_when: str | None = None
    required_messages: Texts = field(default_factory=dict)
    relevant: str | None = None
    constraint: str | None = None
    constraint_messages: Texts = field(default_factory=dict)
    calculation: str | None = None
    default: str = ""
    dynamic_default: str | None = None
    appearance: str = ""
    sensitive: bool = False
    is_grouping: bool = False
    matches: str = ""

    def choice(self, name: str) -> Choice | None:
        """The choice of this name, if it is on the list."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings sheet: the standard's own columns, and ours that start with `loop_`.

    `tell_back` is whether people are told what came of it; `recurs` how often it comes round;
    `follow_up_of` and `follow_up_months` make it the later survey of another one's respondents.
    """

    form_id: str
    titles: Texts = field(default_factory=dict)
    version: str = ""
    default_language: str = "en"
    audience: Audience = Audience.YOUTH
    mode: Mode = Mode.CONFIDENTIAL
    asked_by: Texts = field(default_factory=dict)
    why: Texts = field(default_factory=dict)
    minutes: int | None = None
    reviewer: str = ""
    deputy: str = ""
    opens: date | None = None
    closes: date | None = None
    threshold: int | None = None
    tell_back: bool = True
    hear_back_by: date | None = None
    translation_note: str = ""
    ages: str = ""
    recurs: Recurrence | None = None
    follow_up_of: str = ""
    follow_up_months: int | None = None

    @property
    def title(self) -> str:
        """The title in the survey's own language, or its id."""
        return text_in(self.titles, self.default_language) or self.form_id

    @property
    def is_youth(self) -> bool:
        """Whether young people are asked: they may leave out anything, and get more help."""
        return self.audience is Audience.YOUTH


@dataclass(frozen=True, slots=True)
class Survey:
    """A form and its settings; the first language is the default.

    `lists` holds every list of the sheet `choices` and every CSV file beside the form by name, also
    those that only expressions look at; `pictures` the picture files by name.
    """

    settings: Settings
    questions: tuple[Question, ...]
    languages: tuple[str, ...] = ("en",)
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    _positions: dict[str, int] = field(init=False, repr=False, compare=False)
    _fingerprint: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positions = {question.name: place for place, question in enumerate(self.questions)}
        object.__setattr__(self, "_positions", positions)
        digest = hashlib.sha256(self.to_json().encode()).hexdigest()
        object.__setattr__(self, "_fingerprint", digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Survey) and self._fingerprint == other._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: two surveys with the same one are the same survey."""
        return self._fingerprint

    def question(self, name: str) -> Question:
        """The question of this name; KeyError when there is none."""
        return self.questions[self._positions[name]]

    def position(self, name: str) -> int | None:
        """Where in the form the question stands, counted from 0."""
        return self._positions.get(name)

    def may_skip(self, question: Question) -> bool:
        """A young person may leave out any question, whatever the form says."""
        return self.settings.is_youth or not question.required

    def free_text(self) -> tuple[Question, ...]:
        """The questions answered in a person's own words."""
        return tuple(question for question in self.questions if question.kind is Kind.TEXT)

    def text(self, texts: Texts, language: str) -> str:
        """A text in this language, else in the survey's own."""
        return text_in(texts, language, self.settings.default_language)

    def to_json(self) -> str:
        """The canonical JSON: equal surveys give equal text. A list is written once."""
        return json.dumps(
            {
                "format": 2,
                "languages": list(self.languages),
                "lists": {name: _value(choices) for name, choices in self.lists.items()},
                "pictures": {name: _plain(picture) for name, picture in self.pictures.items()},
                "questions": [self._row(question) for question in self.questions],
                "settings": _plain(self.settings),
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    def _row(self, question: Question) -> dict[str, Any]:
        if question.choices == self.lists.get(question.list_name):
            question = replace(question, choices=())
        return _plain(question)

    @classmethod
    def from_json(cls, text: str) -> "Survey":
        """The survey that `to_json` wrote."""
        data = json.loads(text)
        lists = {name: _choices(rows) for name, rows in data["lists"].items()}
        return cls(
            settings=_settings(data["settings"]),
            questions=tuple(_question(row, lists) for row in data["questions"]),
            languages=tuple(data["languages"]),
            lists=lists,
            pictures={name: Picture(**row) for name, row in data["pictures"].items()},
        )


def _plain(thing: Question | Settings | Choice | Picture | Scale) -> dict[str, Any]:
    """What differs from the default: a large form stays small."""
    row: dict[str, Any] = {}
    for name, described in thing.__dataclass_fields__.items():
        value = getattr(thing, name)
        if value != described.default and value != {}:
            row[name] = _value(value)
    return row


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Scale):
        return _plain(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _choices(rows: list[dict[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(**row) for row in rows)


def _question(row: dict[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Question:
    own = row.pop("choices", None)
    choices = lists.get(row.get("list_name", ""), ()) if own is None else _choices(own)
    scale = Scale(**row.pop("scale")) if "scale" in row else None
    return Question(**{**row, "kind": Kind(row["kind"]), "choices": choices, "scale": scale})


_READ_BACK: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("opens", "closes", "hear_back_by"), date.fromisoformat),
    "audience": Audience,
    "mode": Mode,
    "recurs": Recurrence,
}


def _settings(row: dict[str, Any]) -> Settings:
    return Settings(
        **{
            name: _READ_BACK[name](value) if name in _READ_BACK else value
            for name, value in row.items()
        }
    )
