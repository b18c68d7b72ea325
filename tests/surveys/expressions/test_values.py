import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.expressions import Context, ExpressionError, compile_expression

NOW = datetime(2023, 12, 4, 15, 30, tzinfo=UTC)
VALUES = {
    "age": "14",
    "blank": "",
    "day": "2023-12-31",
    "many": "red green",
    "word": "false",
    "a-b": "7",
    "div": "3",
}


def text_of(source: str, dot: str = "") -> str:
    return compile_expression(source).text(Context(VALUES, NOW, dot))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("7 div 2", "3.5"),
        ("7 mod 3", "1"),
        ("-7 mod 3", "-1"),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", ""),
        ("- -3", "3"),
        ("1.10", "1.1"),
        ("0.0000001", "1e-7"),
        ("0.000012", "0.000012"),
        ("2 > 1 and 1 > 2 or 1 = 1", "true"),
        ("1 < 2 = true()", "true"),
        ("3 > 2 > 1", "false"),
        ("${age} > 13", "true"),
        ("${age}-1", "13"),
        ("${a-b} + ${div}", "10"),
        ("${age} = '14'", "true"),
        ("${age} = '14.0'", "false"),
        ("${blank} > 1", "false"),
        ("${blank} < 1", "false"),
        ("${blank} != 1", "true"),
        ("not(${blank})", "true"),
        ("${unknown} = ''", "true"),
        ("boolean(${word})", "true"),
        ("${blank} or ${age}", "true"),
        ('"it\'s"', "it's"),
        ("“smart” = ‘smart’", "true"),
        ("number('1_000')", ""),
        ("number('nan')", ""),
        ("number('٣')", ""),
    ],
)
def test_operators_and_values_behave_as_in_odk(source: str, expected: str) -> None:
    assert text_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("selected(${many}, 'red')", "true"),
        ("selected(${many}, 're')", "false"),
        ("selected('', '')", "true"),
        ("count-selected(${many})", "2"),
        ("count-selected('')", "0"),
        ("selected-at(${many}, 1)", "green"),
        ("selected-at(${many}, 2)", ""),
        ("selected-at(${many}, -1)", ""),
        ("if(${age} > 15, 'old', 'young')", "young"),
        ("coalesce(${blank}, ${age})", "14"),
        ("string-length('a😀')", "3"),
        ("contains(${many}, 'gre')", "true"),
        ("starts-with(${many}, 'red')", "true"),
        ("ends-with(${many}, 'red')", "false"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("normalize-space('  a   b ')", "a b"),
        ("concat('a', 1, true())", "a1true"),
        ("int(-2.7)", "-2"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("abs(-3)", "3"),
        ("floor(-2.5)", "-3"),
        ("ceiling(2.1)", "3"),
        ("max(1, ${blank}, 3)", "3"),
        ("min(${blank}, 2, 1)", "1"),
        ("max(${blank}, ${blank})", ""),
    ],
)
def test_functions_behave_as_in_odk(source: str, expected: str) -> None:
    assert text_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("today()", "2023-12-04"),
        ("${day} > today()", "true"),
        ("${day} = date('2023-12-31')", "true"),
        ("${day} > '2023-12-30'", "true"),
        ("${day} - today()", "27"),
        ("today() + 7", "19702"),
        ("date(today() + 7)", "2023-12-11"),
        ("date('2026-02-30')", ""),
        ("date('nonsense')", ""),
        ("now() > today()", "true"),
        ("'2023-12-04T15:29:00Z' < now()", "true"),
        ("'2023-12-04T17:29:00+02:00' < now()", "true"),
    ],
)
def test_dates_count_as_days(source: str, expected: str) -> None:
    assert text_of(source) == expected


def test_today_is_the_local_day_and_not_that_of_the_world_clock() -> None:
    just_after_midnight = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)
    assert compile_expression("today()").text(Context({}, just_after_midnight)) == "2024-07-01"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^[0-9]{3}$", "123", "true"),
        ("[0-9]+", "12a", "false"),
        ("^\\d+$", "٣", "false"),
        ("^a$", "a\n", "false"),
        ("a|ab", "ab", "true"),
        ("^(?=.*x).{2}$", "ax", "true"),
    ],
)
def test_patterns_match_the_whole_answer(pattern: str, text: str, expected: str) -> None:
    assert text_of(f"regex(., '{pattern}')", dot=text) == expected


def test_a_pattern_that_runs_away_is_stopped() -> None:
    runaway = compile_expression("regex(., '^(a|aa)+$')")
    began = time.thread_time()
    with pytest.raises(ExpressionError, match="too long"):
        runaway.evaluate(Context({}, NOW, "a" * 80 + "!"))
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    "pattern",
    [
        "(((a{1000}){1000}){1000})",
        "a{30000}",
        "a{00099999999}",
        "(?:[a-z]{200,}){1,200}",
        "a{1000}{1000}",
        "((\\({200})+){200}",
    ],
)
def test_a_pattern_that_would_take_for_ever_to_compile_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match="repeats too much"):
        compile_expression(f"regex(., '{pattern}')")


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{4}-[0-9]{4}$", "^.{0,4000}$", "^(ab{2}){3,}$", "^a{}$"]
)
def test_a_pattern_with_sensible_repeats_is_accepted(pattern: str) -> None:
    assert compile_expression(f"regex(., '{pattern}')").names == frozenset()


def test_an_unanchored_pattern_is_pointed_out() -> None:
    assert compile_expression("regex(., '[0-9]+')").warnings
    assert not compile_expression("regex(., '^[0-9]+$')").warnings


def test_the_names_of_the_questions_are_known() -> None:
    expression = compile_expression("${age} > 3 and selected(${many}, .)")
    assert expression.names == {"age", "many"}
    assert expression.uses_dot
    assert not expression.uses_own
    assert not expression.is_random


@pytest.mark.parametrize(
    ("source", "gives"),
    [
        ("1 + 1", "number"),
        ("today() + 7", "number"),
        ("date(today() + 7)", "date"),
        ("if(${age} > 1, 'a', 'b')", "text"),
        ("if(${age} > 1, 'a', 2)", "any"),
        ("coalesce(${age}, 3)", "any"),
        ("${age}", "any"),
        ("${age} = 3 or false()", "boolean"),
        ("concat(${age}, '!')", "text"),
        ("-${age}", "number"),
        ("max(${day}, today())", "number"),
    ],
)
def test_the_kind_of_value_is_known_where_it_can_be(source: str, gives: str) -> None:
    assert compile_expression(source).gives == gives


def test_texts_that_a_question_is_compared_with_are_known() -> None:
    source = "${a} = 'x' or 'y' != ${b} or selected(${c}, ' z ') or ${a} = 3 or ${d} > 'q'"
    compared = compile_expression(source).compared
    assert compared == {("a", "x"), ("b", "y"), ("c", "z"), ("d", "q")}


def test_what_is_worked_out_once_is_kept() -> None:
    expression = compile_expression("once(${age} + 1)")
    assert expression.uses_own
    assert expression.text(Context(VALUES, NOW)) == "15"
    assert expression.text(Context(VALUES, NOW, own="3")) == "3"


def test_random_comes_out_the_same_for_the_same_session_and_row() -> None:
    expression = compile_expression("random()")
    assert expression.is_random
    first = Context({}, NOW, seed=7, key="a")
    again, other_row, other = (
        Context({}, NOW, seed=seed, key=key) for seed, key in ((7, "a"), (7, "b"), (8, "a"))
    )
    assert expression.text(first) == expression.text(again)
    assert len({expression.text(c) for c in (first, other_row, other)}) == 3


def test_two_random_numbers_of_one_expression_are_not_the_same() -> None:
    assert compile_expression("random() = random()").text(Context({}, NOW)) == "false"


def test_random_numbers_are_spread_from_zero_to_one() -> None:
    expression = compile_expression("random()")
    drawn = [float(expression.text(Context({}, NOW, seed=seed))) for seed in range(500)]
    assert all(0 <= number < 1 for number in drawn)
    assert 0.45 < sum(drawn) / len(drawn) < 0.55


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("regex(., '[0-9]+')", "whole answer"),
        ("${c} = 'true'", "boolean-from-string"),
        ("substring(${a}, 1)", "substr"),
        ("floor(${a})", "int()"),
        ("date('2026-02-30')", "no date of the calendar"),
        ("format-date(${d}, '%Q')", "%Q is not known"),
        ("concat('Dear ${name}', '!')", "in quotes"),
    ],
)
def test_what_may_surprise_is_pointed_out(source: str, said: str) -> None:
    assert any(said in warning for warning in compile_expression(source).warnings)


@pytest.mark.parametrize(
    "source", ["regex(., '^[0-9]+$')", "${c} = 'yes'", "date('2024-02-29')", "substr('a', 0)"]
)
def test_what_is_plain_is_not_remarked_on(source: str) -> None:
    assert compile_expression(source).warnings == ()


@pytest.mark.parametrize(
    ("source", "position", "said"),
    [
        ("", 0, "empty"),
        ("1 +", 3, "breaks off"),
        ("(1 + 2", 6, "not closed"),
        ("1 2", 2, "does not belong"),
        ("'open", 0, "not closed"),
        ("${age", 0, "not whole"),
        ("${} = 1", 0, "names no question"),
        ("yes", 0, "neither a text nor a question"),
        ("nosuch(1)", 0, "no function"),
        ("selcted(${age}, 'x')", 0, "no function"),
        ("uuid()", 0, "not supported"),
        ("count('a b')", 6, "single value"),
        ("${last-saved#age}", 0, "not read"),
        ("position(..)", 9, "path"),
        ("position()", 0, "outside of square brackets"),
        ("instance('towns')/root", 0, "needs a form"),
        ("'a' | 'b'", 6, "no question or path"),
        ("'a'[1]", 3, "does not belong"),
        ("selected(${age})", 0, "has 1 values"),
        ("/data/age > 1", 0, "path"),
        ("../age > 1", 0, "path"),
        ("${age} && ${day}", 7, "not known"),
        ("1 = #", 4, "cannot stand"),
        ("regex(., '(')", 9, "pattern"),
        ("(" * 100 + "1" + ")" * 100, 60, "too deep"),
        ("1" * 8_001, 8_000, "more than 8,000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_a_remedy(
    source: str, position: int, said: str
) -> None:
    with pytest.raises(ExpressionError, match=said) as caught:
        compile_expression(source)
    assert caught.value.position == position
    assert caught.value.remedy


def test_a_misspelt_function_gets_a_suggestion() -> None:
    with pytest.raises(ExpressionError, match=r"selected\(\)\?"):
        compile_expression("selcted(${age}, 'x')")


def test_long_chains_cost_no_stack() -> None:
    assert text_of(" + ".join(["1"] * 1_900)) == "1900"
    assert text_of(" or ".join(["0"] * 1_500)) == "false"


def test_a_text_cannot_grow_without_end() -> None:
    grows = "concat(" + ", ".join(["${big}"] * 90) + ")"
    with pytest.raises(ExpressionError, match="too long"):
        compile_expression(grows).evaluate(Context({"big": "x" * 4_000}, NOW))


signs = ["!=", "<=", " and ", " or ", " div ", "${age}", "${blank}", "1", "'x'", "7.5"]
calls = ["selected(", "if(", "regex(", "concat(", "not(", "today()", "date(", "round("]
pieces = st.sampled_from([*"()+-*=<>,.'\" ", *signs, *calls])


def outcome(source: str, dot: str) -> str | ExpressionError:
    try:
        return compile_expression(source).text(Context(VALUES, NOW, dot))
    except ExpressionError as error:
        return error


@given(st.lists(pieces, max_size=30).map("".join), st.text(max_size=20))
def test_any_source_is_either_refused_or_gives_a_text(source: str, dot: str) -> None:
    found = outcome(source, dot)
    assert isinstance(found, str) or found.problem


@given(st.text(max_size=60))
def test_junk_is_refused_at_a_place_in_it(source: str) -> None:
    found = outcome(source, "")
    assert isinstance(found, str) or 0 <= found.position <= len(source)
