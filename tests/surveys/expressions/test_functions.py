"""The page on expressions says what the functions do: every example in it is worked out."""

import re
from pathlib import Path

import pytest

from surveys.expressions import Context, ExpressionError, compile_expression
from surveys.expressions.functions import FUNCTIONS, REFUSED
from tests.surveys.expressions.odk.forms import NOW, PROBE, Case, cases, outline, values

PAGE = (Path(__file__).parents[3] / "docs" / "expressions.md").read_text("utf-8")
ROW = re.compile(r"^\| `([a-z0-9:-]+)\([^|]*\| `(.+)` \| `(.*)` \|$", re.MULTILINE)
EXAMPLES = [(name, source.replace(r"\|", "|"), value) for name, source, value in ROW.findall(PAGE)]
CASE = Case("docs", "value", "")
NAMED_REFUSED = set(re.findall(r"`([a-z0-9:-]+)\(\)`", PAGE.partition("## Refused")[2]))


@pytest.mark.parametrize(("name", "source", "value"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_every_example_on_the_page_gives_what_it_says(name: str, source: str, value: str) -> None:
    assert f"{name}(" in source
    expression = compile_expression(source, outline(CASE), at=PROBE)
    assert expression.text(Context(values(CASE), NOW)) == value


def test_the_page_has_an_example_of_every_function() -> None:
    assert {name for name, _, _ in EXAMPLES} == set(FUNCTIONS)


def test_the_page_counts_the_expressions_that_were_compared() -> None:
    assert f" {len(cases())} expressions " in PAGE


def test_the_page_names_every_function_that_is_refused() -> None:
    assert set(REFUSED) - NAMED_REFUSED == set()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_function_says_what_to_do_instead(name: str) -> None:
    with pytest.raises(ExpressionError, match="not supported") as caught:
        compile_expression(f"{name}()")
    assert caught.value.remedy.endswith(".")


def test_no_function_is_both_known_and_refused() -> None:
    assert not set(FUNCTIONS) & set(REFUSED)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_too_many_arguments_are_refused_with_how_many_there_may_be(name: str) -> None:
    too_many = ", ".join(["1"] * (FUNCTIONS[name].most + 1))
    with pytest.raises(ExpressionError, match="values between its brackets") as caught:
        compile_expression(f"{name}({too_many})")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("pow(-2, 0.5)", ""),
        ("pow(10, 400)", "Infinity"),
        ("pow(-10, 401)", "-Infinity"),
        ("pow(0, -3)", "Infinity"),
        ("exp(1000)", "Infinity"),
        ("log(0)", "-Infinity"),
        ("asin(2)", ""),
        ("sin(1 div 0)", ""),
        ("int(1 div 0)", "Infinity"),
        ("round(1, 999)", "1"),
        ("round(12345, -999)", "12345"),
        ("round('x')", ""),
        ("sum('x')", ""),
        ("substr('abc', -99, 1 div 0)", "abc"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("translate('aab', 'aa', 'xy')", "xxb"),
        ("date(1 div 0)", ""),
        ("date(99999999999)", ""),
        ("date-time('2024-01-05')", "2024-01-05"),
        ("format-date('0001-01-01', '%Y %a')", "0001 Mon"),
        ("decimal-time('24:00')", ""),
        ("weighted-checklist(1, -1, 1, 5)", "true"),
    ],
)
def test_functions_at_their_edges_give_a_value_and_no_error(source: str, value: str) -> None:
    expression = compile_expression(source, outline(CASE), at=PROBE)
    assert expression.text(Context(values(CASE), NOW)) == value
