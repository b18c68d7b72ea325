import time
from collections.abc import Collection
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import Choice
from surveys.expressions import Context, Expression, ExpressionError, compile_expression
from surveys.outline import Branch, Outline

NOW = datetime(2024, 1, 5, 14, 30, tzinfo=UTC)
TOWNS = (
    Choice("r", {"en": "Rochdale", "pl": "Roczdejl"}, {"region": "north", "pop": "3"}),
    Choice("s", {"en": "Salford"}, {"region": "west", "pop": "5"}),
    Choice("b", {"en": "Bury"}, {"region": "north"}),
)
SCHOOLS = (
    Choice("k1", {"en": "Kingsway"}, {"name": "k1", "label": "Kingsway", "town": "r"}),
    Choice("k2", {"en": "Moorhead"}, {"name": "k2", "label": "Moorhead", "town": ""}),
)
FORM = Outline(
    (
        Branch("age"),
        Branch("town", list_name="towns"),
        Branch("a-b.c"),
        Branch("g", is_group=True),
        Branch("a", "g"),
        Branch("b", "g"),
        Branch("said", "g", has_answer=False),
        Branch("h", "g", is_group=True),
        Branch("c", "h"),
        Branch("yes", list_name="flags"),
    ),
    {"towns": TOWNS, "schools.csv": SCHOOLS, "flags": (Choice("true", {"en": "Yes"}),)},
)
VALUES = {"age": "14", "town": "s", "a-b.c": "7", "a": "1", "b": "2", "c": "3"}
COLUMNS = ("region", "pop")


def compiled(source: str, at: str = "", columns: Collection[str] | None = None) -> Expression:
    return compile_expression(source, FORM, at=at, columns=columns)


def text_of(source: str, at: str = "") -> str:
    return compiled(source, at).text(Context(VALUES, NOW))


@pytest.mark.parametrize(
    ("source", "at", "expected", "names"),
    [
        ("/data/age", "", "14", {"age"}),
        ("/whatever-the-root-is-called/g/a", "", "1", {"a"}),
        ("/data/a-b.c - 1", "", "6", {"a-b.c"}),
        ("//c", "", "3", {"c"}),
        ("../b", "a", "2", {"b"}),
        ("../../age", "a", "14", {"age"}),
        ("../h/c", "b", "3", {"c"}),
        ("current()/../b", "a", "2", {"b"}),
        ("a + b", "g", "3", {"a", "b"}),
        ("ancestor::g/a", "c", "1", {"a"}),
        ("sum(../a | ../b)", "said", "3", {"a", "b"}),
        ("sum(/data/g/a | ${b} | //c)", "", "6", {"a", "b", "c"}),
        ("${g}/a", "", "1", {"a"}),
        ("//*[. = current()/../age]", "town", "14", None),
    ],
)
def test_a_path_reads_the_question_it_leads_to(
    source: str, at: str, expected: str, names: set[str] | None
) -> None:
    expression = compiled(source, at)
    assert expression.text(Context(VALUES, NOW)) == expected
    assert names is None or expression.names == names


def test_a_path_to_its_own_row_reads_the_answer_under_check() -> None:
    for source in ("../a", "${a}", "/data/g/a", ".", "current()/."):
        expression = compiled(f"{source} = 9", "a")
        assert expression.uses_dot
        assert expression.names == frozenset()
        assert expression.holds(Context(VALUES, NOW, dot="9"))


def test_a_sum_over_the_group_reads_all_of_its_questions() -> None:
    expression = compiled("sum(${g}/*)")
    assert {"a", "b", "c"} <= expression.names
    assert expression.text(Context(VALUES, NOW)) == "6"


def test_what_does_not_apply_is_not_counted() -> None:
    expression = compiled("count(${g}/*)")
    assert expression.text(Context(VALUES, NOW)) == "4"
    assert expression.text(Context(VALUES, NOW, hidden={"b", "h"})) == "2"


def test_a_list_is_read_in_the_language_of_the_respondent() -> None:
    source = "instance('towns')/root/item[name = 'r']/label"
    pull, name = "pulldata('towns', 'label', 'name', 'r')", "jr:choice-name('r', '${town}')"
    for expression in map(compiled, (source, pull, name)):
        assert expression.text(Context(VALUES, NOW, language="pl")) == "Roczdejl"
        assert expression.text(Context(VALUES, NOW, language="ro")) == "Rochdale"


@pytest.mark.parametrize("name", ["schools", "schools.csv"])
def test_a_file_is_named_with_or_without_its_ending(name: str) -> None:
    assert text_of(f"pulldata('{name}', 'town', 'name', 'k1')") == "r"
    assert text_of(f"count(instance('{name}')/root/item)") == "2"


@pytest.mark.parametrize("quoted", ["${town}", " /data/town ", "  /data/town", "../town"])
def test_a_choice_is_named_by_a_path_in_quotes(quoted: str) -> None:
    expression = compiled(f"jr:choice-name(${{town}}, '{quoted}')", "age")
    assert expression.text(Context(VALUES, NOW)) == "Salford"
    assert expression.warnings == ()


def test_choices_in_seeded_order_keep_it_along_the_path() -> None:
    joined = "join(' ', randomize(instance('towns')/root/item{}, 42){})"
    assert text_of(joined.format("/name", "")) == text_of(joined.format("", "/name"))
    assert sorted(text_of(joined.format("", "/name")).split()) == ["b", "r", "s"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(instance('towns')/root/item[name = 's'])/label = 'Salford'", "true"),
        ("(instance('towns')/root/item[region = 'north'])[2]/name = 'b'", "true"),
        ("randomize(instance('towns')/root/item[name = 'b'], 1)/label = 'Bury'", "true"),
        ("instance('towns')/root[item[name = 'b']]/item/name = 'r'", "true"),
        ("instance('towns')/root[item[name = 'q']]/item/name = 'r'", "false"),
        ("instance('towns')/root/item[name[. = 'b']]/label = 'Bury'", "true"),
        ("instance('towns')//item[name = 'b']/label = 'Bury'", "true"),
        ("instance('towns')/root/item[./name = 'b']/label", "Bury"),
        ("instance('towns')/root/item[../item[2]/name = name]/label", "Salford"),
        ("count(instance('towns')/root/item[pop = 3][region = 'north'])", "1"),
        ("instance('towns')/root/item/name[. = 's']/../label", "Salford"),
        ("instance('towns')/root/item[name = 'r']/following-sibling::item[1]/name", "s"),
        ("instance('towns')/root/item[name = 'b']/preceding-sibling::item[1]/name", "s"),
        ("join('', instance('towns')/root/item/*[. = 'r' or . = '5'])", "r5"),
    ],
)
def test_a_path_through_a_list_ends_where_xpath_ends(source: str, expected: str) -> None:
    assert text_of(source) == expected
    wanted = compiled(source, "age", COLUMNS)
    assert wanted.text(Context(VALUES, NOW, item=TOWNS[0])) == expected


# -- choice filters


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("region = 'north'", "r b"),
        ("region = 'north' and pop > 2", "r"),
        ("name != ${town}", "r b"),
        ("name = current()/../town", "s"),
        ("pop = ''", ""),
        ("not(pop)", "b"),
        ("label = 'Bury'", "b"),
        ("selected('r b', name)", "r b"),
        ("${age} > 99 or name = 'b'", "b"),
        ("region = instance('towns')/root/item[name = ${town}]/region", "s"),
        ("instance('towns')/root/item[region = 'west']/name = name", "s"),
    ],
)
def test_a_filter_looks_at_one_choice_after_the_other(source: str, expected: str) -> None:
    wanted = compiled(source, "age", COLUMNS)
    contexts = [(town, Context(VALUES, NOW, item=town)) for town in TOWNS]
    assert " ".join(town.name for town, c in contexts if wanted.holds(c)) == expected


def test_a_filter_does_not_take_columns_for_questions() -> None:
    wanted = compiled("region = 'north' and name = ${town}", "age", COLUMNS)
    assert wanted.names == {"town"}
    assert wanted.compared == frozenset()


def test_a_misspelt_column_gets_a_suggestion() -> None:
    with pytest.raises(ExpressionError, match=r"no column.*region"):
        compiled("regoin = 'north'", "age", COLUMNS)


# -- refused


@pytest.mark.parametrize(
    ("source", "at", "position", "said"),
    [
        ("/data/nobody", "", 6, "leads nowhere"),
        ("/data/g/age", "", 8, "leads nowhere"),
        ("//nobody", "", 2, "leads nowhere"),
        ("../a", "age", 3, "leads nowhere"),
        ("../../../age", "age", 6, "leads nowhere"),
        ("${agee}", "", 0, r"\$\{age\}"),
        ("${g}", "", 0, "group"),
        ("${g} = 3", "", 0, "group"),
        ("/data", "", 0, "group"),
        ("concat('x', ${said})", "", 12, "note"),
        ("instance('town')/root/item", "", 9, "towns"),
        ("instance(${town})/root/item", "", 9, "plain text"),
        ("instance('towns')/root/row", "", 23, "item"),
        ("instance('towns')/root/item/lable", "", 28, "label"),
        ("instance('towns')/root/item[nmae = 'r']/label", "", 28, "name"),
        ("concat(instance('towns')/root/item)", "", 7, "whole choices"),
        ("pulldata('towns', 'x', 'name', 'r')", "", 18, "no column 'x'"),
        ("pulldata('towns', 'label', 'key', 'r')", "", 27, "no column 'key'"),
        ("jr:choice-name('r', '${age}')", "", 20, "no list"),
        ("jr:choice-name('r', '/data/x')", "", 27, "leads nowhere"),
        ("/data/@id", "", 6, "cannot stand in a path"),
        ("/data/g/following::a", "", 8, "not supported"),
        ("/data/age/text()", "", 10, "not supported"),
        ("position(..)", "a", 0, "repeated groups"),
        ("indexed-repeat(${a}, ${g}, 1)", "", 0, "repeated groups"),
        ("current()/../a", "", 0, "needs a row"),
        ("yes", "", 0, "neither a text nor a question"),
        ("count(/data/age", "", 15, "not closed"),
        ("/data/age[1", "", 11, "not closed"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_at_its_place(
    source: str, at: str, position: int, said: str
) -> None:
    with pytest.raises(ExpressionError, match=said) as caught:
        compiled(source, at)
    assert caught.value.position == position
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/data/g/*[2]", r"\[number\]"),
        ("/data/g/*[last()]", "last"),
        ("instance('towns')/root/item[pop > 3]", "any"),
    ],
)
def test_a_path_that_may_surprise_is_pointed_out(source: str, said: str) -> None:
    (warning,) = compiled(source).warnings
    assert said.replace("\\", "") in warning


def test_true_as_a_text_is_not_remarked_on_where_it_is_a_choice() -> None:
    assert compiled("${yes} = 'true'").warnings == ()
    assert compiled("${age} = 'true'").warnings


# -- bounds


WIDE = Outline(
    tuple(Branch(f"q{number}") for number in range(500)),
    {"big": tuple(Choice(f"n{number}", {"en": "x"}, {"k": "1"}) for number in range(5_000))},
)


@pytest.mark.parametrize(
    "source",
    [
        "count(//*[count(//*[count(//*[. = 1]) > 0]) > 0])",
        "count(//*[//* = //*])",
        "//* = //*[//*[//*]]",
        "count(instance('big')/root/item[count(instance('big')/root/item[k = 2]) > 1])",
        "count(//*[preceding-sibling::*[preceding-sibling::*[. = 1]]])",
    ],
)
def test_an_expression_that_looks_at_too_much_is_ended(source: str) -> None:
    expression = compile_expression(source, WIDE)
    values = {f"q{number}": "0" for number in range(500)}
    began = time.thread_time()
    with pytest.raises(ExpressionError, match="too much"):
        expression.evaluate(Context(values, NOW))
    assert time.thread_time() - began < 10


def test_patterns_along_a_path_share_one_bound_in_time() -> None:
    expression = compile_expression("count(//*[regex(., '^(a|aa)+$')])", WIDE)
    values = {f"q{number}": "a" * 24 + "!" for number in range(500)}
    began = time.thread_time()
    with pytest.raises(ExpressionError, match="too long"):
        expression.evaluate(Context(values, NOW))
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("test", ["name = 'n4999'", "concat(name, '') = 'n4999'", "'n4999' = name"])
def test_a_search_in_a_large_list_is_not_too_much(test: str) -> None:
    expression = compile_expression(f"instance('big')/root/item[{test}]/k", WIDE)
    assert expression.text(Context({}, NOW)) == "1"


@pytest.mark.parametrize(
    "path",
    [
        "[region = {}]/name",
        "[region = {}][2]/name",
        "[region = {}][pop > 2]/name",
        "[{} = region]/../item[name = {}]/name",
        "[name = {}]/pop",
    ],
)
def test_looking_a_choice_up_finds_what_searching_finds(path: str) -> None:
    values = {**VALUES, "age": "north"}
    start, searched = (
        "join(' ', instance('towns')/root/item",
        path.replace("region", "string(region)"),
    )
    searched = searched.replace("[name", "[string(name)")
    for wanted in ("${age}", "'west'", "${town}", "'s'", "''"):
        found, expected = (
            compiled(f"{start}{form.replace('{}', wanted)})").text(Context(values, NOW))
            for form in (path, searched)
        )
        assert found == expected


def test_paths_that_never_end_are_refused_while_compiling() -> None:
    with pytest.raises(ExpressionError, match="too much"):
        compile_expression("/data/*" + "/../*" * 1_500, WIDE)


def test_groups_nested_without_end_are_refused() -> None:
    deep = Outline(
        tuple(Branch(f"g{n}", f"g{n - 1}" if n else "", is_group=True) for n in range(3_000))
    )
    with pytest.raises(ExpressionError, match="too deep"):
        compile_expression("count(//*) = 1", deep)


def test_a_stopped_working_out_does_not_shorten_the_next() -> None:
    context = Context({f"q{number}": "0" for number in range(500)}, NOW)
    with pytest.raises(ExpressionError):
        compile_expression("count(//*[//* = //*])", WIDE).evaluate(context)
    assert compile_expression("count(//*) = 501", WIDE).holds(context)
    assert compile_expression("regex('ab', '^ab$')", WIDE).holds(context)


signs = ["/", "//", "..", ".", "[", "]", "|", "*", "::", "=", ">", "(", ")", ",", " and ", " div "]
names = ["a", "age", "g", "name", "region", "root", "item", "${g}", "${a}", "child", "ancestor"]
calls = ["instance('towns')", "count(", "sum(", "join(' ',", "current()", "position()", "last()"]
more = ["1", "'r'", "not(", "regex(.,'^a$')", "randomize(", "string(", "jr:choice-name('r',"]
pieces = st.sampled_from([*signs, *names, *calls, *more])


def outcome(source: str, at: str, filters: bool) -> str | ExpressionError:
    try:
        expression = compiled(source, at, COLUMNS if filters else None)
        return expression.text(Context(VALUES, NOW, dot="1", item=TOWNS[0]))
    except ExpressionError as error:
        return error


@settings(max_examples=400, deadline=None)
@given(
    st.lists(pieces, max_size=25).map("".join),
    st.sampled_from(["", "a", "g", "town"]),
    st.booleans(),
)
def test_any_path_is_either_refused_or_gives_a_text(source: str, at: str, filters: bool) -> None:
    found = outcome(source, at, filters)
    assert isinstance(found, str) or 0 <= found.position <= len(source)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_either_refused_at_a_place_in_it_or_compiled(source: str) -> None:
    found = outcome(source, "a", filters=False)
    assert isinstance(found, str) or 0 <= found.position <= len(source)
