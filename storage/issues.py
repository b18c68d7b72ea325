"""What an importer has to say about a file: where, what is wrong, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`ERROR` keeps the row out; `REVIEW` lets it in for a person to settle; `ADVICE` is a hint."""

    ERROR = "error"
    REVIEW = "review"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file as its author sees it: rows count from 1, columns are letters."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        cell = f"{self.column or ''}{self.row or ''}"
        return " ".join(
            part for part in (self.file, self.sheet and f"[{self.sheet}]", cell) if part
        )


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `code` is stable, in kebab-case, for tests and for `--json`."""

    place: Place
    code: str
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.remedy}"


def has_errors(issues: "list[Issue] | tuple[Issue, ...]") -> bool:
    """Whether any finding keeps something out."""
    return any(issue.severity is Severity.ERROR for issue in issues)
