"""XLSForm in: a survey, or everything that is wrong with the file, each at its cell.

We read the cells ourselves, so that every finding has its place, and then let pyxform, the
standard's own reader, judge the same file.
"""

import re
from pathlib import Path

from storage.issues import Issue, Severity, has_errors
from surveys.definition import Question, Settings, Survey
from surveys.xlsform_headings import languages_of, tidy
from surveys.xlsform_rows import read_choices, read_questions
from surveys.xlsform_settings import default_language, read_settings
from surveys.xlsform_sheets import Findings, Sheet, read_bytes, read_sheets

SUFFIXES = (".xlsx", ".csv", ".md")

_ROW = re.compile(r"\[row ?: ?(\d+)\]\s*")
_NOWHERE = (None, None, None)


def read_xlsform(path: Path) -> tuple[Survey | None, list[Issue]]:
    """Read a form. Any file whatever gives findings, never an exception; an error, no survey."""
    findings = Findings(path.name)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        findings.add(
            _NOWHERE,
            "wrong-extension",
            f"A survey cannot be read from a file called '{path.suffix or path.name}'.",
            "Save it as an Excel workbook (.xlsx), or as .csv or .md.",
        )
        return None, findings.issues
    data = read_bytes(path, findings)
    if data is None:
        return None, findings.issues
    survey = _survey(read_sheets(data, suffix, findings), path.stem, findings)
    if survey is not None:
        _second_opinion(data, suffix, path.stem, findings)
    return (None if has_errors(findings.issues) else survey), findings.issues


def _survey(sheets: dict[str, Sheet], stem: str, findings: Findings) -> Survey | None:
    printed = sheets.get("survey")
    if printed is None:
        if not findings.issues:
            findings.add(
                _NOWHERE,
                "no-survey-sheet",
                "There is no filled sheet 'survey'.",
                "Call the sheet of questions 'survey'; its first row holds type, name and label.",
            )
        return None
    settings_sheet = sheets.get("settings")
    default = default_language(settings_sheet) or _only_language(printed) or "en"
    sheet = tidy(printed, "survey", default, findings)
    choices = sheets.get("choices")
    listed = tidy(choices, "choices", default, findings) if choices else None
    settings = read_settings(settings_sheet, stem, default, findings)
    questions = read_questions(sheet, read_choices(listed, findings), findings)
    _check_any(questions, sheet, findings)
    return _put_together(settings, questions, sheet, listed)


def _only_language(sheet: Sheet) -> str | None:
    """Without a default language it is the first label's, unless that has none."""
    quiet = Findings("")
    named = languages_of(tidy(sheet, "survey", "", quiet))
    return None if not named or "" in named else named[0]


def _check_any(questions: tuple[Question, ...], sheet: Sheet, findings: Findings) -> None:
    if not any(question.kind.is_asked for question in questions) and not has_errors(
        findings.issues
    ):
        findings.add(
            (sheet.name, sheet.row, None), "no-question", "Nothing is asked.", "Add a question."
        )


def _put_together(
    settings: Settings, questions: tuple[Question, ...], sheet: Sheet, listed: Sheet | None
) -> Survey:
    default = settings.default_language
    found = languages_of(sheet, listed) if listed else languages_of(sheet)
    languages = (default, *(code for code in found if code != default))
    return Survey(settings, questions, languages)


def _second_opinion(data: bytes, suffix: str, stem: str, findings: Findings) -> None:
    """What pyxform objects to, unless the same row has been reported already."""
    from pyxform.errors import PyXFormError  # heavy, and only needed to import a form
    from pyxform.xls2xform import convert

    plain = data.removeprefix(b"\xef\xbb\xbf") if suffix != ".xlsx" else data
    try:
        convert(plain, validate=False, file_type=suffix, form_name=_safe(stem))
    except PyXFormError as error:
        _add_pyxform(str(error), suffix, findings)
    except Exception as error:  # noqa: BLE001 - it meets some odd workbooks with bare errors
        _add_pyxform(f"it stopped with {type(error).__name__}", suffix, findings)


def _safe(stem: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", f"f_{stem}")


def _add_pyxform(message: str, suffix: str, findings: Findings) -> None:
    match = _ROW.search(message)
    row = int(match[1]) if match and suffix == ".xlsx" else None
    errors = [issue for issue in findings.issues if issue.severity is Severity.ERROR]
    if errors and (row is None or any(issue.place.row == row for issue in errors)):
        return
    said = " ".join(_ROW.sub("", message).split())
    findings.add(
        ("survey" if row else None, row, None),
        "xlsform-standard",
        f"The XLSForm standard's own reader objects: {said}",
        "Change the row as it says.",
    )
