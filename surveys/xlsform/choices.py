"""The sheet `choices`: lists by name, with their labels, pictures and further columns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from surveys.definition import Choice
from surveys.xlsform.headings import first_column, texts
from surveys.xlsform.media import Media
from surveys.xlsform.sheets import Findings, Row, Sheet

Lists = Mapping[str, tuple[Choice, ...]]

_OWN = ("list_name", "name")
OTHER = "other"
OTHER_LABELS = {
    "en": "Other",
    "pl": "Inne",
    "ur": "کچھ اور",
    "ar": "غير ذلك",
    "ro": "Altceva",
}
SPECIFY_LABELS = {
    "en": "What is it? Please write it here.",
    "pl": "Co to jest? Napisz tutaj.",
    "ur": "وہ کیا ہے؟ براہِ کرم یہاں لکھیں۔",
    "ar": "ما هو؟ يرجى الكتابة هنا.",
    "ro": "Ce anume? Scrie aici.",
}
"""In a language that is not here, the default language's text shows, or the English one."""


@dataclass(frozen=True, slots=True)
class ChoiceSheet:
    """What the sheet `choices` says; `rows` are where the choices stand, for findings."""

    lists: Lists = field(default_factory=dict)
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


def read_choices(
    sheet: Sheet | None,
    asked: Collection[str],
    media: Media,
    findings: Findings,
    *,
    may_repeat: bool,
) -> ChoiceSheet:
    """The lists in the order of the sheet; those that are `asked` need labels."""
    if sheet is None or not has_columns(sheet, _OWN, findings):
        return ChoiceSheet()
    lists: dict[str, list[Choice]] = {}
    rows: dict[str, list[Row]] = {}
    seen: set[tuple[str, str]] = set()
    for row in sheet.rows:
        if not row.get("list_name") and not row.get("name"):
            continue
        choice = _choice(row, media, findings)
        if choice is None:
            continue
        name = row.get("list_name")
        if not may_repeat and (name, choice.name) in seen:
            _twice(row, findings)
            continue
        seen.add((name, choice.name))
        _check_label(row, choice, name in asked, findings)
        lists.setdefault(name, []).append(choice)
        rows.setdefault(name, []).append(row)
    return ChoiceSheet(
        {name: tuple(choices) for name, choices in lists.items()},
        {name: tuple(found) for name, found in rows.items()},
        frozenset(_further(sheet)),
    )


def has_columns(sheet: Sheet, wanted: tuple[str, ...], findings: Findings) -> bool:
    """Whether the sheet has these columns; each that is missing is a finding."""
    missing = [name for name in wanted if name not in sheet.columns]
    for name in missing:
        findings.add(
            (sheet.name, sheet.row, None),
            "column-missing",
            f"There is no column '{name}'.",
            f"Write '{name}' over the column that holds it.",
        )
    return not missing


def _further(sheet: Sheet) -> list[str]:
    return [name for name in sheet.columns if name not in _OWN and "::" not in name]


def _choice(row: Row, media: Media, findings: Findings) -> Choice | None:
    name = row.get("name")
    for column in _OWN:
        if not row.get(column):
            findings.add(row.at(column), "cell-blank", f"The {column} is missing.", "Fill it in.")
            return None
    if " " in name:
        findings.add(
            row.at("name"),
            "name-with-space",
            f"The name '{name}' of a choice has a space.",
            f"Write '{name.replace(' ', '_')}'; what people read goes into the label.",
        )
    columns = {column: row.get(column) for column in _further(row.sheet) if row.get(column)}
    return Choice(name, texts(row, "label"), columns, media.of(row, findings))


def _twice(row: Row, findings: Findings) -> None:
    findings.add(
        row.at("name"),
        "name-twice",
        f"The choice '{row.get('name')}' is in its list twice.",
        "Rename or remove one of them; if both are meant (each for another choice_filter), set"
        " allow_choice_duplicates to yes on the sheet 'settings'.",
    )


def _check_label(row: Row, choice: Choice, is_asked: bool, findings: Findings) -> None:
    if is_asked and not choice.labels:
        findings.add(
            row.at(first_column(row.sheet, "label")),
            "no-label",
            "The choice has no label.",
            "Write what people read.",
        )


def with_other(choices: tuple[Choice, ...], languages: Collection[str]) -> tuple[Choice, ...]:
    """The list with `other` at its end, as `or_other` makes it, unless the author wrote one."""
    if any(choice.name == OTHER for choice in choices):
        return choices
    return (*choices, Choice(OTHER, known_texts(OTHER_LABELS, languages)))


def known_texts(words: Mapping[str, str], languages: Collection[str]) -> dict[str, str]:
    """Our words in the form's languages; the first language gets English where it has none."""
    first = next(iter(languages), "en")
    found = {
        code: words[code.partition("-")[0]] for code in languages if code.partition("-")[0] in words
    }
    return {first: words["en"], **found}
