"""A survey as its author wrote it: frozen, comparable, stored as JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]
"""One text in several languages, keyed by code: `{"en": "Yes", "pl": "Tak"}`."""

NO_TEXTS: Texts = {}


def text_in(texts: Texts, language: str, default: str = "en") -> str:
    """The text in this language, else in its parent (`pl-PL`, `pl`), else the default, else any."""
    for code in (language, language.partition("-")[0], default):
        if text := texts.get(code):
            return text
    return next((text for text in texts.values() if text), "")


class Kind(StrEnum):
    """What a question takes. A note takes nothing, a calculation is worked out and never shown."""

    NOTE = "note"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    CALCULATE = "calculate"

    @property
    def is_asked(self) -> bool:
        """Whether a person replies to it."""
        return self not in (Kind.NOTE, Kind.CALCULATE)

    @property
    def is_select(self) -> bool:
        """Whether the reply is chosen from a list."""
        return self in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE)


class Audience(StrEnum):
    """Who is asked; young people have the strictest rules."""

    YOUTH = "youth"
    PRACTITIONERS = "practitioners"
    LEADS = "leads"


class Mode(StrEnum):
    """Confidential answers hang on a pseudonym; anonymous ones on nothing once finished."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer; `name` is what is stored, `labels` is what is read."""

    name: str
    labels: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the form. A group's relevance is already part of `relevant`."""

    name: str
    kind: Kind
    labels: Texts = field(default_factory=dict)
    hints: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    required: bool = False
    required_messages: Texts = field(default_factory=dict)
    relevant: str | None = None
    constraint: str | None = None
    constraint_messages: Texts = field(default_factory=dict)
    calculation: str | None = None
    appearance: str = ""
    sensitive: bool = False

    def choice(self, name: str) -> Choice | None:
        """The choice of this name, if it is on the list."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings sheet: the standard's own columns, and ours that start with `loop_`."""

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

    @property
    def title(self) -> str:
        """The title in the survey's own language, or its id."""
        return text_in(self.titles, self.default_language) or self.form_id


@dataclass(frozen=True, slots=True)
class Survey:
    """A form and its settings; the first language is the default."""

    settings: Settings
    questions: tuple[Question, ...]
    languages: tuple[str, ...] = ("en",)
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
        return self.settings.audience is Audience.YOUTH or not question.required

    def free_text(self) -> tuple[Question, ...]:
        """The questions answered in a person's own words."""
        return tuple(question for question in self.questions if question.kind is Kind.TEXT)

    def text(self, texts: Texts, language: str) -> str:
        """A text in this language, else in the survey's own."""
        return text_in(texts, language, self.settings.default_language)

    def to_json(self) -> str:
        """The canonical JSON: equal surveys give equal text."""
        return json.dumps(
            {
                "format": 1,
                "languages": list(self.languages),
                "questions": [_plain(question) for question in self.questions],
                "settings": _plain(self.settings),
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> "Survey":
        """The survey that `to_json` wrote."""
        data = json.loads(text)
        return cls(
            settings=_settings(data["settings"]),
            questions=tuple(_question(row) for row in data["questions"]),
            languages=tuple(data["languages"]),
        )


def _plain(thing: Question | Settings | Choice) -> dict[str, Any]:
    return {name: _value(getattr(thing, name)) for name in thing.__dataclass_fields__}


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _question(row: dict[str, Any]) -> Question:
    choices = tuple(Choice(**choice) for choice in row["choices"])
    return Question(**{**row, "kind": Kind(row["kind"]), "choices": choices})


def _settings(row: dict[str, Any]) -> Settings:
    days = {
        name: date.fromisoformat(row[name]) if row[name] else None
        for name in ("opens", "closes", "hear_back_by")
    }
    kinds = {"audience": Audience(row["audience"]), "mode": Mode(row["mode"])}
    return Settings(**{**row, **days, **kinds})
