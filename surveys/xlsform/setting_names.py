"""Which settings there are: the standard's, ours, and those that have no effect here."""

import difflib
from collections.abc import Mapping

from surveys.xlsform.headings import snake
from surveys.xlsform.languages import language_code
from surveys.xlsform.sheets import Findings, Row, Sheet

STANDARD: Mapping[str, str] = {
    "form_id": "form_id",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "form_title": "form_title",
    "set_form_title": "form_title",
    "title": "form_title",
    "version": "version",
    "default_language": "default_language",
    "allow_choice_duplicates": "allow_choice_duplicates",
}
TEXTS = ("loop_asked_by", "loop_why", "loop_title")
OWN = (
    *TEXTS,
    "loop_audience",
    "loop_mode",
    "loop_minutes",
    "loop_ages",
    "loop_reviewer",
    "loop_deputy",
    "loop_opens",
    "loop_closes",
    "loop_threshold",
    "loop_tell_back",
    "loop_hear_back_by",
    "loop_recurs",
    "loop_follow_up_of",
    "loop_follow_up_months",
    "loop_translation_note",
)
_MAY_STAY = "It may stay: KoboToolbox and ODK go on using it."
_SENDING = ("Answers are not sent to another server.", _MAY_STAY)
_WITHOUT_EFFECT: Mapping[str, tuple[str, str]] = {
    "style": ("How the form looks is decided by the place where it is answered.", _MAY_STAY),
    "instance_name": ("Answers are not named.", _MAY_STAY),
    "public_key": (
        "Answers are not encrypted with this key; they are encrypted with the partnership's own.",
        _MAY_STAY,
    ),
    **dict.fromkeys(("submission_url", "auto_send", "auto_delete", "client_editable"), _SENDING),
    **dict.fromkeys(
        (
            "name",
            "clean_text_values",
            "namespaces",
            "prefix",
            "delimiter",
            "sms_keyword",
            "sms_separator",
            "omit_instanceid",
            "instance_id",
            "instance_xmlns",
            "flat",
            "add_none_option",
        ),
        ("It has no effect here.", _MAY_STAY),
    ),
}


def text_language(name: str) -> str | None:
    """The language of a column such as `loop_why_pl`, or none."""
    for text in TEXTS:
        if name.startswith(f"{text}_"):
            return language_code(name.removeprefix(f"{text}_"))
    return None


def known_columns(sheet: Sheet, findings: Findings) -> Row:
    """The first row, by our names of its columns; what they are not is reported."""
    columns: dict[str, str] = {}
    cells: dict[str, str] = {}
    for printed, letter in sheet.columns.items():
        name = STANDARD.get(snake(printed), snake(printed))
        if name in columns:
            findings.add(
                sheet.at(printed),
                "heading-twice",
                f"The setting '{printed}' means the same as another one.",
                "Keep one of the two.",
            )
            continue
        _check_name(sheet, printed, name, findings)
        columns[name] = letter
        if text := sheet.rows[0].get(printed):
            cells[name] = text
    return Row(Sheet(sheet.name, sheet.row, columns, []), sheet.rows[0].number, cells)


def _check_name(sheet: Sheet, printed: str, name: str, findings: Findings) -> None:
    if name.startswith("loop_") and ":" in name:
        findings.add(
            sheet.at(printed),
            "colon-in-loop-column",
            f"'{printed}' has a colon: other readers of forms would take it for one of theirs.",
            "Write a language with an underscore, as in 'loop_why_pl'.",
        )
    elif name.startswith("loop") and name not in OWN and text_language(name) is None:
        near = difflib.get_close_matches(name, OWN, n=1)
        findings.add(
            sheet.at(printed),
            "unknown-setting",
            f"There is no setting '{printed}'.",
            f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(OWN)}.",
        )
    elif not name.startswith("loop") and name not in STANDARD.values():
        _not_read(sheet, printed, name, findings)


def _not_read(sheet: Sheet, printed: str, name: str, findings: Findings) -> None:
    near = difflib.get_close_matches(name, STANDARD, n=1, cutoff=0.8)
    why, remedy = _WITHOUT_EFFECT.get(
        name, ("Nothing of this name is known.", "Check its spelling.")
    )
    if near and name not in _WITHOUT_EFFECT:
        remedy = f"Did you mean '{near[0]}'?"
    findings.advise(
        sheet.at(printed), "setting-not-read", f"The setting '{printed}' is not read. {why}", remedy
    )
