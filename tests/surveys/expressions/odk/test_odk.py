"""Our values beside those that the ODK project's own engine gave, expression by expression."""

import json
import tomllib

import pytest

from surveys.definition import Choice
from surveys.expressions import Context, Expression, ExpressionError, compile_expression
from surveys.expressions.lists import seed_of
from surveys.shuffle import shuffled
from tests.surveys.expressions.odk.forms import (
    HERE,
    NOW,
    PROBE,
    Case,
    cases,
    hidden_rows,
    outline,
    values,
)

REFUSED = "(refused)"
CASES = {case.key: case for case in cases()}
RECORDED: dict[str, str | None] = json.loads((HERE / "recorded.json").read_text("utf-8"))
DECIDED = {
    key: value
    for group in tomllib.loads((HERE / "differences.toml").read_text("utf-8"))["decided"]
    for key, value in group["values"].items()
}


def ours(case: Case) -> str:
    try:
        return _ours(case)
    except ExpressionError:
        return REFUSED


def _ours(case: Case) -> str:
    form = outline(case)
    if case.use == "filter":
        towns = form.lists["towns"]
        columns = {column for town in towns for column in town.columns}
        wanted = compile_expression(case.source, form, at=PROBE, columns=columns)
        return " ".join(town.name for town in towns if wanted.holds(_context(case, town)))
    expression = compile_expression(case.source, form, at=PROBE)
    return _value(case, expression)


def _value(case: Case, expression: Expression) -> str:
    context = _context(case)
    if case.use == "value":
        return expression.text(context)
    if case.use == "shuffle":
        letters = outline(case).lists["letters"]
        seed = seed_of(expression.evaluate(context))
        return " ".join(letter.name for letter in shuffled(letters, seed))
    return "true" if expression.holds(context) else "false"


def _context(case: Case, item: Choice | None = None) -> Context:
    dot = case.answer if case.use == "constraint" else ""
    return Context(values(case), NOW, dot, item=item, hidden=hidden_rows())


@pytest.mark.parametrize("key", [key for key in CASES if key not in DECIDED])
def test_an_expression_has_the_value_that_odk_gives_it(key: str) -> None:
    recorded = RECORDED[key]
    assert ours(CASES[key]) == (REFUSED if recorded is None else recorded)


@pytest.mark.parametrize("key", DECIDED)
def test_where_we_decide_otherwise_it_is_written_down(key: str) -> None:
    assert ours(CASES[key]) == DECIDED[key]
    assert RECORDED[key] != DECIDED[key]


def test_every_case_has_been_recorded() -> None:
    assert list(RECORDED) == list(CASES), "record again, as record.mjs says"
    assert len(CASES) == len(cases()) >= 700
