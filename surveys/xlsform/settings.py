"""The settings sheet: the standard's columns, and those of ours that start with `loop_`."""

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from surveys.definition import Audience, Mode, Recurrence, Settings
from surveys.matching import read_date
from surveys.xlsform.headings import snake
from surveys.xlsform.languages import language_code
from surveys.xlsform.rows import is_yes
from surveys.xlsform.setting_names import STANDARD, known_columns, text_language
from surveys.xlsform.sheets import Findings, Row, Sheet, Where

_FORM_ID = re.compile(r"[A-Za-z_][\w.-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST_LETTERS = 1_000
_DAY_0 = date(1899, 12, 30)

Word = TypeVar("Word", bound=StrEnum)


def default_language(sheet: Sheet | None) -> str | None:
    """The default language's code, read before everything else because labels hang on it."""
    printed = setting(sheet, "default_language")
    return language_code(printed) if printed else None


def setting(sheet: Sheet | None, name: str) -> str:
    """A setting of the standard as it is printed, "" when it is blank."""
    for row in sheet.rows[:1] if sheet else []:
        for heading, text in row.cells.items():
            if STANDARD.get(snake(heading)) == name:
                return text
    return ""


def read_settings(sheet: Sheet | None, stem: str, language: str, findings: Findings) -> Settings:
    """The settings, with every value that cannot be used reported at its cell."""
    if sheet is None or not sheet.rows:
        findings.advise(
            (sheet.name if sheet else None, None, None),
            "no-settings",
            "There is no settings row, so the form is treated as one for young people.",
            "Add a sheet 'settings' with form_id, form_title and loop_audience.",
        )
        return Settings(form_id=_as_id(stem), default_language=language)
    if len(sheet.rows) > 1:
        findings.advise(
            (sheet.name, sheet.rows[1].number, None),
            "second-settings-row",
            "Only the first row of settings is read.",
            "Remove the others.",
        )
    return _Reader(known_columns(sheet, findings), findings).settings(stem, language)


def check_languages(
    sheet: Sheet | None,
    settings: Settings,
    languages: Collection[str],
    labelled: Collection[str],
    spelled: Iterable[tuple[str, str, Where]],
    findings: Findings,
) -> None:
    """Whether the settings and the headings speak of the same languages."""
    if sheet is None or not sheet.rows:
        return
    row = known_columns(sheet, Findings(""))
    printed = row.get("default_language")
    if labelled and settings.default_language not in labelled:
        findings.add(
            row.at("default_language"),
            "default-language-missing",
            f"No label is in the default language '{settings.default_language}'.",
            "Add a column such as 'label::English (en)', or name another default_language.",
        )
    for name in row.cells:
        code = text_language(name)
        if code and code not in languages:
            findings.advise(
                row.at(name),
                "language-without-labels",
                f"'{name}' is in a language that no label is in.",
                "Add labels in it, or clear the cell.",
            )
    _check_spelling(printed, settings.default_language, spelled, findings)


def _check_spelling(
    printed: str, default: str, spelled: Iterable[tuple[str, str, Where]], findings: Findings
) -> None:
    """Here `en` and `English (en)` are one language; to KoboToolbox and ODK they are two."""
    first: dict[str, str] = {default: printed} if printed else {}
    for code, words, where in spelled:
        if first.setdefault(code, words) != words:
            findings.advise(
                where,
                "language-spelling",
                f"'{words}' and '{first[code]}' are one language here, and two elsewhere.",
                f"Write '{first[code]}' in all headings and in default_language.",
            )


def _as_id(stem: str) -> str:
    """A file's name as a form_id."""
    plain = re.sub(r"[^\w.-]+", "_", stem, flags=re.ASCII).strip("_.-")
    return plain if _FORM_ID.fullmatch(plain) else f"form_{plain}"


def _as_date(printed: str) -> str:
    """The day that Excel keeps as this number, where a cell lost the format of a date."""
    is_serial = re.fullmatch(r"[3-7][0-9]{4}", printed) is not None
    return str(_DAY_0 + timedelta(days=int(printed))) if is_serial else "2023-12-04"


class _Reader:
    """One row of settings; what cannot be used is reported and left at its default."""

    def __init__(self, row: Row, findings: Findings) -> None:
        self.row = row
        self.findings = findings

    def settings(self, stem: str, language: str) -> Settings:
        opens, closes, hear_back = (
            self.day(name) for name in ("loop_opens", "loop_closes", "loop_hear_back_by")
        )
        self.in_order("loop_closes", opens, closes, "opens on {0} and closes on {1}")
        self.in_order("loop_hear_back_by", closes, hear_back, "closes on {0}, news come on {1}")
        titles = {language: title} if (title := self.row.get("form_title")) else {}
        follow_up_of, follow_up_months = self.follow_up()
        self.yes_no("allow_choice_duplicates", default=False)
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
            ages=self.ages(),
            recurs=self.one_of("loop_recurs", Recurrence),
            follow_up_of=follow_up_of,
            follow_up_months=follow_up_months,
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
        return found or _as_id(stem)

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
            self.findings.advise(
                self.row.at("loop_audience"),
                "no-audience",
                "Nothing says who is asked, so the form is treated as one for young people.",
                "Add a column 'loop_audience' with youth, practitioners or leads.",
            )
        return self.one_of("loop_audience", Audience) or Audience.YOUTH

    def one_of(self, name: str, words: type[Word]) -> Word | None:
        printed = snake(self.row.get(name).replace("-", " "))
        if not printed:
            return None
        try:
            return words(printed)
        except ValueError:
            known = ", ".join(words)
            self.bad(name, f"'{printed}' is not known here.", f"Use one of: {known}.")
            return None

    def texts(self, name: str, language: str) -> dict[str, str]:
        found = {language: self.row.get(name)}
        for heading, text in self.row.cells.items():
            code = text_language(heading)
            if code and heading.startswith(f"{name}_"):
                found[code] = text
        for code, text in found.items():
            if len(text) > _MOST_LETTERS:
                column = name if code == language else f"{name}_{code}"
                self.bad(column, f"The text has over {_MOST_LETTERS:,} letters.", "Shorten it.")
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
        found = read_date(printed.removesuffix(" 00:00:00")) if printed else None
        if printed and found is None:
            self.bad(name, f"'{printed}' is not a date.", f"Write it as in {_as_date(printed)}.")
        return found

    def in_order(self, name: str, first: date | None, then: date | None, problem: str) -> None:
        if first and then and then < first:
            said = f"The survey {problem.format(first, then)}."
            self.bad(name, said, "Check the two dates; write them as in 2023-12-04.")

    def yes_no(self, name: str, *, default: bool) -> bool:
        printed = self.row.get(name)
        said = is_yes(printed)
        if said is None:
            self.bad(name, f"'{printed}' is neither yes nor no.", "Use yes or no.")
        return default if said is None or not printed else said

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

    def ages(self) -> str:
        found = self.row.get("loop_ages")
        if len(found) > 40:
            self.bad("loop_ages", "This is more than an age band.", "Write it as in '11-13'.")
        return found

    def follow_up(self) -> tuple[str, int | None]:
        of, months = self.row.get("loop_follow_up_of"), self.number("loop_follow_up_months", 11)
        if of and not _FORM_ID.fullmatch(of):
            self.bad("loop_follow_up_of", f"'{of}' is no form_id.", "Use the other form's form_id.")
        elif of and of == self.row.get("form_id"):
            self.bad(
                "loop_follow_up_of", "A form cannot follow itself.", "Name the survey before it."
            )
        if of and not self.row.get("loop_follow_up_months"):
            self.bad(
                "loop_follow_up_of",
                "Nothing says how long after that survey this one goes out.",
                "Fill in loop_follow_up_months, for example 6.",
            )
        if months and not of:
            self.bad(
                "loop_follow_up_months",
                "Nothing says which survey this one follows.",
                "Fill in loop_follow_up_of with that survey's form_id.",
            )
        return of, months
