"""The settings sheet: the standard's columns, and those of ours that start with `loop_`."""

import difflib
import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from storage.issues import Severity
from surveys.definition import Audience, Mode, Settings
from surveys.matching import read_date
from surveys.xlsform_sheets import Findings, Row, Sheet, language_code

_STANDARD = {
    "form_id": "form_id",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "form_title": "form_title",
    "set_form_title": "form_title",
    "title": "form_title",
    "version": "version",
    "default_language": "default_language",
}
_TEXTS = ("loop_asked_by", "loop_why", "loop_title")
_OWN = (
    *_TEXTS,
    "loop_audience",
    "loop_mode",
    "loop_minutes",
    "loop_reviewer",
    "loop_deputy",
    "loop_opens",
    "loop_closes",
    "loop_threshold",
    "loop_tell_back",
    "loop_hear_back_by",
    "loop_translation_note",
)
_FORM_ID = re.compile(r"[A-Za-z_][\w.-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_YES_NO = {"yes": True, "true": True, "true()": True, "no": False, "false": False, "false()": False}


def default_language(sheet: Sheet | None) -> str | None:
    """The default language's code, read before everything else because labels hang on it."""
    for row in sheet.rows[:1] if sheet else []:
        for heading, text in row.cells.items():
            if _STANDARD.get(_snake(heading)) == "default_language":
                return language_code(text)
    return None


def read_settings(sheet: Sheet | None, stem: str, language: str, findings: Findings) -> Settings:
    """The settings, with every value that cannot be used reported at its cell."""
    if sheet is None or not sheet.rows:
        findings.add(
            (sheet.name if sheet else None, None, None),
            "no-settings",
            "There is no settings row, so the form is treated as one for young people.",
            "Add a sheet 'settings' with form_id, form_title and loop_audience.",
            Severity.ADVICE,
        )
        return Settings(form_id=stem, default_language=language)
    if len(sheet.rows) > 1:
        findings.add(
            (sheet.name, sheet.rows[1].number, None),
            "second-settings-row",
            "Only the first row of settings is read.",
            "Remove the others.",
            Severity.ADVICE,
        )
    return _Reader(_known_columns(sheet, findings), findings).settings(stem, language)


def _snake(text: str) -> str:
    return "_".join(text.split()).lower()


def _known_columns(sheet: Sheet, findings: Findings) -> Row:
    """The first row, by our names of its columns."""
    columns: dict[str, str] = {}
    cells: dict[str, str] = {}
    for printed, letter in sheet.columns.items():
        name = _STANDARD.get(_snake(printed), _snake(printed))
        if name.startswith("loop_") and not _is_own(name):
            near = difflib.get_close_matches(name, _OWN, n=1)
            findings.add(
                sheet.at(printed),
                "unknown-setting",
                f"There is no setting '{printed}'.",
                f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(_OWN)}.",
            )
        elif not name.startswith("loop_") and name not in _STANDARD:
            findings.add(
                sheet.at(printed),
                "setting-not-read",
                f"The setting '{printed}' is not read.",
                "Check its spelling.",
                Severity.ADVICE,
            )
        columns[name] = letter
        if text := sheet.rows[0].get(printed):
            cells[name] = text
    return Row(Sheet(sheet.name, sheet.row, columns, []), sheet.rows[0].number, cells)


def _is_own(name: str) -> bool:
    return name in _OWN or any(
        name.startswith(f"{text}_")
        and language_code(name.removeprefix(f"{text}_").replace("_", "-"))
        for text in _TEXTS
    )


class _Reader:
    """One row of settings; what cannot be used is reported and left at its default."""

    def __init__(self, row: Row, findings: Findings) -> None:
        self.row = row
        self.findings = findings

    def settings(self, stem: str, language: str) -> Settings:
        opens, closes, hear_back = (
            self.day(name) for name in ("loop_opens", "loop_closes", "loop_hear_back_by")
        )
        self.in_order("loop_closes", opens, closes, "closes before it opens")
        self.in_order("loop_hear_back_by", closes, hear_back, "promises news before it closes")
        titles = {language: title} if (title := self.row.get("form_title")) else {}
        return Settings(
            form_id=self.form_id(stem),
            titles={**titles, **self.texts("loop_title", language)},
            version=self.row.get("version"),
            default_language=self.language(language),
            audience=self.audience(),
            mode=self.one_of("loop_mode", Mode) or Mode.CONFIDENTIAL,
            asked_by=self.texts("loop_asked_by", language),
            why=self.texts("loop_why", language),
            minutes=self.number("loop_minutes", 60),
            reviewer=self.email("loop_reviewer"),
            deputy=self.deputy(),
            opens=opens,
            closes=closes,
            threshold=self.number("loop_threshold", 100),
            tell_back=self.yes_no("loop_tell_back", default=True),
            hear_back_by=hear_back,
            translation_note=self.row.get("loop_translation_note"),
        )

    def bad(self, name: str, problem: str, remedy: str) -> None:
        self.findings.add(self.row.at(name), "bad-setting", problem, remedy)

    def form_id(self, stem: str) -> str:
        found = self.row.get("form_id")
        if found and not _FORM_ID.fullmatch(found):
            self.bad(
                "form_id",
                f"The form_id '{found}' has signs that an id cannot have.",
                "Use letters, digits, _ and -, starting with a letter.",
            )
        return found or stem

    def language(self, language: str) -> str:
        printed = self.row.get("default_language")
        if printed and language_code(printed) is None:
            self.bad(
                "default_language",
                f"The language '{printed}' has no code.",
                "Write it as in 'English (en)'.",
            )
        return language

    def audience(self) -> Audience:
        if not self.row.get("loop_audience"):
            self.findings.add(
                self.row.at("loop_audience"),
                "no-audience",
                "Nothing says who is asked, so the form is treated as one for young people.",
                "Add a column 'loop_audience' with youth, practitioners or leads.",
                Severity.ADVICE,
            )
        return self.one_of("loop_audience", Audience) or Audience.YOUTH

    def one_of(self, name: str, kinds: Callable[[str], Any]) -> Any:
        printed = self.row.get(name).lower()
        try:
            return kinds(printed) if printed else None
        except ValueError:
            known: type[StrEnum] = Audience if name == "loop_audience" else Mode
            self.bad(name, f"'{printed}' is not known here.", f"Use one of: {', '.join(known)}.")
            return None

    def texts(self, name: str, language: str) -> dict[str, str]:
        found = {language: self.row.get(name)}
        for heading, text in self.row.cells.items():
            if heading.startswith(f"{name}_"):
                code = heading.removeprefix(f"{name}_").replace("_", "-")
                found[code] = text
        return {code: text for code, text in found.items() if text}

    def number(self, name: str, most: int) -> int | None:
        printed = self.row.get(name)
        if not printed:
            return None
        if not (printed.isascii() and printed.isdigit() and 1 <= int(printed[:6]) <= most):
            self.bad(name, f"'{printed}' cannot be used.", f"Use a whole number from 1 to {most}.")
            return None
        return int(printed)

    def day(self, name: str) -> date | None:
        printed = self.row.get(name)
        found = read_date(printed) if printed else None
        if printed and found is None:
            self.bad(name, f"'{printed}' is not a date.", "Write it as in 2023-12-04.")
        return found

    def in_order(self, name: str, first: date | None, then: date | None, problem: str) -> None:
        if first and then and then < first:
            self.bad(name, f"The survey {problem}.", "Check the two dates.")

    def yes_no(self, name: str, *, default: bool) -> bool:
        printed = self.row.get(name).lower()
        if printed and printed not in _YES_NO:
            self.bad(name, f"'{printed}' is neither yes nor no.", "Use yes or no.")
        return _YES_NO.get(printed, default)

    def email(self, name: str) -> str:
        printed = self.row.get(name)
        if printed and not _EMAIL.fullmatch(printed):
            self.bad(name, "This is not an e-mail address.", "Use the address of a role or person.")
            return ""
        return printed

    def deputy(self) -> str:
        found = self.email("loop_deputy")
        if found and found.casefold() == self.row.get("loop_reviewer").casefold():
            self.bad("loop_deputy", "Reviewer and deputy are the same.", "Name somebody else.")
        return found
