"""From the rows that storage found to a draft: values as they are, texts by number."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import JSON, Column, String

from storage.reach import CONCERN_TABLES, NOTHING_PERSONAL, Reached
from storage.schema import metadata
from storage.types import Encrypted

CHILD_ABUSE_DATA = "child-abuse-data"
REASONS: Mapping[str, str] = {
    "third-party": "about somebody else",
    CHILD_ABUSE_DATA: "child-abuse data, where giving it is not in the child's best interests",
    "serious-harm": "giving it could do somebody serious harm",
    "legal-privilege": "legal advice",
    "crime": "giving it could hinder the prevention or detection of crime",
    "confidence": "given in confidence by somebody else",
    "other": "another exemption, noted by the officer",
}
"""Why something may be withheld, by the code that an officer writes."""

ANSWER_TABLES = (
    "answer",
    "survey_session",
    "theme_coding",
    "coded_answer",
    "kept_message",
    *CONCERN_TABLES,
)
"""What young people and practitioners said: for a reviewer's eyes alone."""

_NOT_TEXTS = {"pseudonym", "slug", "platform", "language"}


@dataclass(frozen=True, slots=True)
class Text:
    """One free text of the draft. `withheld`: the reason why it is withheld unless released."""

    id: str
    where: str
    words: str = field(repr=False)
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """All parts; in their rows a text is `{"text": number}`. `left_out`: tables, and why."""

    about: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]]
    texts: Sequence[Text] = field(repr=False)
    looked_through: Mapping[str, Mapping[str, Any]]
    mentions: Sequence[Sequence[str]] = ()
    left_out: Sequence[str] = ()


@cache
def explanations() -> Mapping[str, Mapping[str, str]]:
    """Heading and explanation of each table."""
    return tomllib.loads(files("bot.person_file").joinpath("parts.toml").read_text("utf-8"))


def gather(
    reached: Reached,
    about: Mapping[str, Any],
    *,
    with_answers: bool,
    mentions: Sequence[Sequence[str]] = (),
) -> Draft:
    """The draft; without answers it is left to a reviewer to export those."""
    texts = _Texts(reached)
    parts, left_out = [], []
    for part in reached.parts:
        if part.table in ANSWER_TABLES and not with_answers:
            left_out.append(part.table)
            continue
        words = explanations()[part.table]
        parts.append(
            {
                "table": part.table,
                "title": words["title"],
                "explained": words["explained"],
                "rows": [texts.row(part.table, row) for row in part.about],
                "did": [_plain(row) for row in part.did],
            }
        )
    return Draft(
        about, parts, texts.all, _looked_through(reached), [list(one) for one in mentions], left_out
    )


def _looked_through(reached: Reached) -> dict[str, dict[str, Any]]:
    found = {}
    for table, rows in reached.looked_through.items():
        part = reached.part(table)
        entry: dict[str, Any] = {"rows": rows, "about": len(part.about), "did": len(part.did)}
        if table in NOTHING_PERSONAL:
            entry["why nothing"] = NOTHING_PERSONAL[table]
        found[table] = entry
    return found


class _Texts:
    """Numbers the texts, and says which are withheld unless an officer releases them."""

    def __init__(self, reached: Reached) -> None:
        self.all: list[Text] = []
        items = reached.part("review_item").about
        flagged = [item for item in items if item["tier"] != "none"]
        self._flagged = {(item["pseudonym"], item["question"]) for item in flagged}
        self._authors = {item["pseudonym"] for item in flagged if item["pseudonym"]}

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        if table in CONCERN_TABLES:
            return {"record": self._add(_place(table, row), _record(row), CHILD_ABUSE_DATA)}
        columns = metadata().tables[table].c
        return {name: self._value(table, columns[name], row, value) for name, value in row.items()}

    def _value(self, table: str, column: Column[Any], row: Mapping[str, Any], value: Any) -> Any:
        if value in (None, "", [], {}) or not is_free_text(column):
            return _one(value)
        words = readable(value)
        why = CHILD_ABUSE_DATA if self._is_flagged(table, row) else ""
        return self._add(f"{_place(table, row)}, {column.name}", words, why)

    def _is_flagged(self, table: str, row: Mapping[str, Any]) -> bool:
        if table == "answer":
            return (row["pseudonym"], row["question"]) in self._flagged
        if table == "survey_session":
            return row["pseudonym"] in self._authors
        return table == "kept_message" and bool(self._authors)

    def _add(self, where: str, words: str, withheld: str) -> dict[str, str]:
        number = f"t{len(self.all) + 1:04}"
        self.all.append(Text(number, where, words, withheld))
        return {"text": number}


def is_free_text(column: Column[Any]) -> bool:
    """Whether a column holds words that somebody wrote, or may hold somebody's name."""
    if column.name in _NOT_TEXTS or column.name.endswith("_hash"):
        return False
    if isinstance(column.type, (Encrypted, JSON)):
        return True
    return isinstance(column.type, String) and column.type.length is None


def _place(table: str, row: Mapping[str, Any]) -> str:
    keys = [column.name for column in metadata().tables[table].primary_key]
    if table == "answer":
        return f"Answers: question {row['question']}"
    if table == "review_item":
        return f"{explanations()[table]['title']}: {row['ref']}"
    shown = "/".join(str(row[name]) for name in keys if name != "pseudonym")
    return f"{explanations()[table]['title']}: {shown}"


def _record(row: Mapping[str, Any]) -> str:
    """A row of the review queue as one text: all of it is withheld, or read through, together."""
    return "\n".join(_lines("", {name: _one(value) for name, value in row.items() if value}))


def readable(value: Any) -> str:
    """Data as lines of names and values, so that words stand in it as they were written."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _read_out(json.loads(value))
        except (ValueError, RecursionError):
            return str(value)
    return _read_out(value)


def _read_out(value: Any) -> str:
    return "\n".join(_lines("", value)) if isinstance(value, (dict, list)) else str(value)


def _lines(name: str, value: Any) -> Iterable[str]:
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, one in pairs:
            yield from _lines(f"{name}.{key}" if name else str(key), one)
    else:
        yield f"{name}: {value}"


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _one(value) for name, value in row.items()}


def _one(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    return str(value)


def filled(value: Any, texts: Mapping[str, str]) -> Any:
    """The same with the texts in the places of their numbers."""
    if isinstance(value, dict):
        if set(value) == {"text"}:
            return texts[value["text"]]
        return {name: filled(one, texts) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, texts) for one in value]
    return value


def strings_in(value: Any) -> Iterable[str]:
    """Every text and value, to search them."""
    if isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)
    elif value is not None:
        yield str(value)
