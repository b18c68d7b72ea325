"""Whole forms, what is done to them, and how we answer; record.mjs asks ODK's engine the same.

`python -m tests.surveys.expressions.odk.whole.forms FOLDER` writes what record.mjs reads.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from pyxform.xls2xform import convert

from surveys.definition import Kind, Survey
from surveys.engine import Session, as_shown, effective, enter, hidden, start
from surveys.xlsform import read_xlsform
from tests.surveys.expressions.odk.forms import NOW

HERE = Path(__file__).parent
FORMS = HERE / "forms"
STEPS: dict[str, list[tuple[str, str]]] = {
    name: [(question, value) for question, value in done["steps"]]
    for name, done in tomllib.loads((HERE / "steps.toml").read_text("utf-8")).items()
}
State = dict[str, Any]


def states(name: str) -> list[State]:
    """The form as it stands before the first step and after each."""
    survey, issues = read_xlsform(FORMS / f"{name}.md")
    assert survey is not None, issues
    session = start(survey, now=NOW, seed=1, language="en").session
    found = [_state(survey, session)]
    for question, value in STEPS[name]:
        session = enter(survey, session, question, value)
        found.append(_state(survey, session))
    return found


def _state(survey: Survey, session: Session) -> State:
    gone, values = hidden(survey, session), effective(survey, session)
    rows = [question for question in survey.questions if question.name not in gone]
    return {
        "hidden": sorted(gone),
        "values": {row.name: _plain(row.kind, values[row.name]) for row in rows},
        "offered": {
            row.name: [choice.name for choice in as_shown(survey, session, row.name).choices]
            for row in rows
            if row.kind.is_select
        },
    }


def recorded(name: str, found: list[State]) -> list[State]:
    """What the engine gave, in our words: a decimal as text has no needless zero."""
    survey, _ = read_xlsform(FORMS / f"{name}.md")
    assert survey is not None
    kinds = {question.name: question.kind for question in survey.questions}
    return [
        {
            **state,
            "values": {row: _plain(kinds[row], text) for row, text in state["values"].items()},
        }
        for state in found
    ]


def _plain(kind: Kind, value: str) -> str:
    return f"{float(value):g}" if kind in (Kind.DECIMAL, Kind.RANGE) and value else value


def main(folder: Path) -> None:
    """Write the forms as XForms, with their steps."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in FORMS.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    cases = [
        {
            "key": name,
            "xform": convert(str(FORMS / f"{name}.md"), validate=False).xform,
            "steps": steps,
        }
        for name, steps in STEPS.items()
    ]
    content = json.dumps({"now": NOW.isoformat(), "cases": cases})
    (folder / "forms.json").write_text(content, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
