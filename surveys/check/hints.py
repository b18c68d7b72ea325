"""What `survey check` says about a survey, and where: a hint names the row, `Places` the cell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from storage.issues import Issue, Place, Severity
from surveys.definition import Question, Survey


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell in the form's own words: a question's name, or `list/choice`, and a heading."""

    sheet: str = "survey"
    row: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of advice."""

    code: str
    problem: str
    remedy: str
    spot: Spot
    severity: Severity = Severity.ADVICE


Hints = Iterator[Hint]


@dataclass(frozen=True, slots=True)
class Places:
    """The file of a form with the number of each row and the letter of each column."""

    file: str
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def at(self, spot: Spot) -> Place:
        """The cell, or as much of its place as is known."""
        return Place(
            self.file,
            spot.sheet,
            self.rows.get((spot.sheet, spot.row)),
            self.columns.get((spot.sheet, spot.column)),
        )

    def issue(self, hint: Hint) -> Issue:
        """The hint as a finding of the file."""
        return Issue(self.at(hint.spot), hint.code, hint.problem, hint.remedy, hint.severity)


def setting(name: str) -> Spot:
    """A cell of the sheet `settings`."""
    return Spot("settings", "", name)


def at(question: Question, column: str = "", language: str = "") -> Spot:
    """A cell of the sheet `survey`."""
    return Spot("survey", question.name, f"{column}::{language}" if language else column)


@dataclass(frozen=True, slots=True)
class Said:
    """What one asked question says in one language."""

    question: Question
    language: str
    label: str
    hint: str

    @property
    def spot(self) -> Spot:
        return at(self.question, "label", self.language)


def asked(survey: Survey) -> tuple[Question, ...]:
    """The questions to which somebody replies."""
    return tuple(question for question in survey.questions if question.kind.is_asked)


def said(survey: Survey, language: str) -> Iterator[Said]:
    """The asked questions that have a label in this language."""
    for question in asked(survey):
        if label := question.labels.get(language, ""):
            hint = question.hints.get(language, "")
            yield Said(question, language, plain(label), plain(hint))


_REFERENCE = re.compile(r"\$\{[^}]*\}")
_MARKUP = re.compile(r"<[^>]{1,80}>|[*_#`]{1,3}(?=\S)|(?<=\S)[*`]{1,3}")


def plain(text: str) -> str:
    """A text as it is read: without markup, an answer that is filled in standing as one word."""
    return " ".join(_MARKUP.sub("", _REFERENCE.sub("it", text)).replace("’", "'").split())


def listed(names: list[str], most: int = 8) -> str:
    """'a, b and c'; a long list ends with how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
