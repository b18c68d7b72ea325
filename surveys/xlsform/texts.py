"""Texts that repeat an answer: `${name}` in a label, a hint or a message."""

from collections.abc import Collection, Mapping

from surveys.xlsform.formulas import REFERENCE
from surveys.xlsform.headings import texts
from surveys.xlsform.rows import Line
from surveys.xlsform.sheets import Findings, Row

COLUMNS = ("label", "hint", "guidance_hint", "required_message", "constraint_message")


def check_texts(
    rows: Collection[Row],
    columns: Collection[str],
    lines: Mapping[str, Line],
    private: Collection[str],
    findings: Findings,
) -> None:
    """Each `${name}` in these texts must be a row with a value, and none of the `private` ones."""
    for row in rows:
        for column in columns:
            for language, text in texts(row, column).items():
                if "${" in text:
                    _check(row, f"{column}::{language}", text, lines, private, findings)


def _check(
    row: Row,
    column: str,
    text: str,
    lines: Mapping[str, Line],
    private: Collection[str],
    findings: Findings,
) -> None:
    where = row.at(column)
    names = REFERENCE.findall(text)
    if text.count("${") != len(names) or "" in names:
        findings.add(
            where, "bad-reference", "A reference is not whole.", "Write it as ${name_of_question}."
        )
    for name in dict.fromkeys(filter(None, names)):
        if name not in lines:
            near = findings.nearest(name, lines)
            findings.add(
                where,
                "unknown-question",
                f"There is no question '{name}'.",
                f"Did you mean ${{{near}}}?" if near else "Check the name.",
            )
        elif lines[name].kind.is_said:
            findings.add(
                where,
                "note-has-no-answer",
                f"'{name}' is a note or a group, and has no answer.",
                "Refer to a question.",
            )
        elif name in private:
            findings.add(
                where,
                "words-in-text",
                f"'{name}' holds what a young person wrote; it is not shown again, because a"
                " screen may be shared.",
                "Say it without ${...}, as in 'what you told us'.",
            )
