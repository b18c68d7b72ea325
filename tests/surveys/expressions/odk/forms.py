"""The form in which the recorded expressions stand, for pyxform and for ourselves.

`python -m tests.surveys.expressions.odk.forms FOLDER` writes one XForm for every case into a
folder, for record.mjs to open.
"""

import csv
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyxform.xls2xform import convert

from surveys.definition import Choice
from surveys.outline import Branch, Outline

HERE = Path(__file__).parent
NOW = datetime(2023, 12, 4, 15, 30, 20, 250_000, tzinfo=UTC)
PROBE = "probe"

AS_STORED = {"half": "2.5", "ten": "10", "dt": "2023-12-04T10:00:00", "t": "14:30:00"}

# type, name, answer, relevant; of a calculate the last is its calculation
ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("integer", "age", "14", ""),
    ("decimal", "half", "2.50", ""),
    ("integer", "neg", "-3", ""),
    ("integer", "zero", "0", ""),
    ("decimal", "ten", "10.0", ""),
    ("text", "name", "Ann Lee", ""),
    ("text", "blank", "", ""),
    ("integer", "nothing", "", ""),
    ("text", "word", "false", ""),
    ("text", "spaced", "  a   b ", ""),
    ("text", "emoji", "a😀b", ""),
    ("text", "zoe", "Zoë", ""),
    ("text", "digits", "007", ""),
    ("text", "isoday", "2024-02-29", ""),
    ("select_multiple colours", "many", "red green", ""),
    ("select_multiple colours", "fewer", "", ""),
    ("rank colours", "order", "blue red green", ""),
    ("select_one towns", "town", "s", ""),
    ("select_one towns", "notown", "", ""),
    ("select_one_from_file schools.csv", "school", "k2", ""),
    ("date", "d", "2023-12-31", ""),
    ("date", "summer", "2024-07-01", ""),
    ("date", "noday", "", ""),
    ("dateTime", "dt", "2023-12-04T10:00:00.000+00:00", ""),
    ("time", "t", "14:30:00.000+00:00", ""),
    ("integer", "a-b", "7", ""),
    ("integer", "x.y", "5", ""),
    ("integer", "div", "3", ""),
    ("integer", "mod", "4", ""),
    ("integer", "if", "6", ""),
    ("text", "text", "words", ""),
    ("text", "gone", "x", "false()"),
    ("calculate", "flag", "true", "${age} > 10"),
    ("calculate", "low", "false", "${age} > 20"),
    ("begin_group", "g", "", ""),
    ("integer", "a", "1", ""),
    ("integer", "b", "2", ""),
    ("integer", "c", "", ""),
    ("begin_group", "h", "", ""),
    ("integer", "e", "4", ""),
    ("end_group", "h", "", ""),
    ("end_group", "g", "", ""),
    ("begin_group", "off", "", "false()"),
    ("integer", "inoff", "9", ""),
    ("end_group", "off", "", ""),
)

CHOICES: tuple[dict[str, str], ...] = (
    {"list_name": "colours", "name": "red", "label": "Red"},
    {"list_name": "colours", "name": "green", "label": "Green"},
    {"list_name": "colours", "name": "blue", "label": "Blue"},
    {"list_name": "towns", "name": "r", "label": "Rochdale", "region": "north", "pop": "223"},
    {"list_name": "towns", "name": "s", "label": "Salford", "region": "west", "pop": "270"},
    {"list_name": "towns", "name": "b", "label": "Bury", "region": "north"},
    {"list_name": "towns", "name": "o", "label": "Oldham", "region": "north", "pop": "242"},
    *({"list_name": "letters", "name": letter, "label": letter.upper()} for letter in "abcdefghij"),
)

SCHOOLS = """\
name,label,town,pupils
k1,Kingsway,r,900
k2,"Queen, Elizabeth's",s,1200
k3,Moorhead,,650
k4,Castlebrook,b,1100
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One expression: what it is put in for, where, and the answers that differ."""

    area: str
    use: str
    source: str
    group: str = ""
    answer: str = ""

    @property
    def key(self) -> str:
        """How the record names it."""
        extra = [part for part in (self.group, self.answer) if part]
        return " | ".join([self.use, self.source, *extra])


def cases() -> tuple[Case, ...]:
    """All cases of cases.toml."""
    found = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))
    return tuple(_cases(found["area"]))


def _cases(areas: list[dict[str, Any]]) -> Iterator[Case]:
    for area in areas:
        for source in area["expressions"]:
            yield Case(
                area["name"],
                area.get("use", "value"),
                source,
                area.get("group", ""),
                area.get("answer", ""),
            )


def _probe(case: Case) -> dict[str, str]:
    if case.use == "value":
        return {"type": "calculate", "name": PROBE, "calculation": case.source}
    if case.use == "truth":
        return {"type": "text", "name": PROBE, "label": "P", "relevant": case.source}
    if case.use == "constraint":
        return {"type": "text", "name": PROBE, "label": "P", "constraint": case.source}
    if case.use == "filter":
        row = {"type": "select_one towns", "name": PROBE, "label": "P"}
        return {**row, "choice_filter": case.source}
    parameters = f"randomize=true, seed={case.source}"
    return {"type": "select_one letters", "name": PROBE, "label": "P", "parameters": parameters}


def _survey(case: Case) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for kind, name, _, expression in ROWS:
        if kind == "end_group" and case.group == name:
            rows.append(_probe(case))
        row = {"type": kind, "name": name, "label": name}
        column = "calculation" if kind == "calculate" else "relevant"
        rows.append({**row, column: expression} if expression else row)
    return rows if case.group else [*rows, _probe(case)]


def xform(case: Case) -> str:
    """The XForm that pyxform makes of the case, with the answers filled in."""
    form = {
        "survey": _survey(case),
        "choices": list(CHOICES),
        "settings": [{"form_id": "odk", "form_title": "odk", "name": "data"}],
    }
    text: str = convert(xlsform=form, validate=False).xform
    for _, name, answer, _ in (*ROWS, ("", PROBE, case.answer, "")):
        if answer:
            text = re.sub(rf"<{re.escape(name)}/>", f"<{name}>{answer}</{name}>", text, count=1)
    return text


def outline(case: Case) -> Outline:
    """The same form as our expressions see it."""
    branches: list[Branch] = []
    groups: list[str] = []
    for kind, name, _, _ in ROWS:
        if kind == "end_group":
            if case.group == name:
                branches.append(_probe_branch(case, groups[-1]))
            groups.pop()
            continue
        around = groups[-1] if groups else ""
        word, _, list_name = kind.partition(" ")
        branches.append(
            Branch(
                name,
                around,
                is_group=kind == "begin_group",
                has_answer=kind != "begin_group",
                takes_many=word in ("select_multiple", "rank"),
                list_name=list_name.removesuffix(".csv"),
            )
        )
        if kind == "begin_group":
            groups.append(name)
    if not case.group:
        branches.append(_probe_branch(case, ""))
    return Outline(tuple(branches), lists())


def _probe_branch(case: Case, around: str) -> Branch:
    list_name = {"filter": "towns", "shuffle": "letters"}.get(case.use, "")
    return Branch(PROBE, around, list_name=list_name)


def lists() -> dict[str, tuple[Choice, ...]]:
    """The lists as the importer makes them: of the sheet without blank cells, of a file with."""
    found: dict[str, list[Choice]] = {}
    for row in CHOICES:
        own = ("list_name", "name", "label")
        columns = {name: cell for name, cell in row.items() if name not in own}
        choice = Choice(row["name"], {"en": row["label"]}, columns)
        found.setdefault(row["list_name"], []).append(choice)
    found["schools"] = [
        Choice(row["name"], {"en": row["label"]}, row)
        for row in csv.DictReader(io.StringIO(SCHOOLS))
    ]
    return {name: tuple(choices) for name, choices in found.items()}


def values(case: Case) -> dict[str, str]:
    """The answers as our engine would hand them in: blank where a row does not apply."""
    hidden = hidden_rows()
    found = {name: "" if name in hidden else answer for _, name, answer, _ in ROWS}
    return {**found, **AS_STORED, PROBE: case.answer}


def hidden_rows() -> frozenset[str]:
    """The rows that do not apply."""
    return frozenset(("gone", "off", "inoff"))


def main(folder: Path) -> None:
    """Write what record.mjs reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schools.csv").write_text(SCHOOLS, "utf-8")
    written = [
        {"key": case.key, "use": case.use, "probe": PROBE, "xform": xform(case)} for case in cases()
    ]
    content = {"now": NOW.isoformat(), "cases": written}
    (folder / "forms.json").write_text(json.dumps(content), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
