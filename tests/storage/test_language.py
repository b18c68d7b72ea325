"""Words by language: what is said, what stands in when a text is missing, and what is data."""

import timeit
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.catalogue_check import check_catalogue, problems
from storage.language import (
    BadText,
    Catalogue,
    UnknownText,
    direction,
    fallbacks,
    long_date,
    plural,
    steadied,
)

CATALOGUE = Catalogue(
    "sample",
    {
        "en": {
            "hello": "Hello",
            "greet": "Hello {{ name }}",
            "due": "Due {{ day|date }}.",
            "left.one": "{{ n }} question left",
            "left.other": "{{ n }} questions left",
            "home": "Only in English",
            "list": "Yours:\n{% for one in them %}\n- {{ one }}\n{% endfor %}",
        },
        "pl": {
            "hello": "Cześć",
            "greet": "Cześć {{ name }}",
            "due": "Do {{ day|date }}.",
            "left.one": "zostało {{ n }} pytanie",
            "left.few": "zostały {{ n }} pytania",
            "left.many": "zostało {{ n }} pytań",
            "left.other": "zostało {{ n }} pytania",
        },
        "pl-PL": {"hello": "Cześć!"},
    },
)


@pytest.mark.parametrize(
    ("key", "language", "said"),
    [
        ("hello", "en", "Hello"),
        ("hello", "pl", "Cześć"),
        ("hello", "pl-PL", "Cześć!"),
        ("hello", "pl-DE", "Cześć"),
        ("hello", "ur", "Hello"),
        ("home", "pl-PL", "Only in English"),
    ],
)
def test_a_text_comes_in_the_nearest_language_that_has_it(
    key: str, language: str, said: str
) -> None:
    assert CATALOGUE.say(key, language) == said


def test_the_fallbacks_of_a_language_end_in_english() -> None:
    assert fallbacks("pl-PL") == ("pl-PL", "pl", "en")
    assert fallbacks("en-GB") == ("en-GB", "en")
    assert fallbacks("en") == ("en",)


@pytest.mark.parametrize(
    ("n", "language", "said"),
    [
        (0, "en", "0 questions left"),
        (1, "en", "1 question left"),
        (2, "en", "2 questions left"),
        (1, "pl", "zostało 1 pytanie"),
        (3, "pl", "zostały 3 pytania"),
        (5, "pl", "zostało 5 pytań"),
        (13, "pl", "zostało 13 pytań"),
        (22, "pl", "zostały 22 pytania"),
        (21, "pl", "zostało 21 pytań"),
        (1.5, "pl", "zostało 1.5 pytania"),
        (2, "ur", "2 questions left"),
    ],
)
def test_a_number_chooses_the_plural_form_of_its_language(
    n: float, language: str, said: str
) -> None:
    assert CATALOGUE.say("left", language, n=n) == said


def test_a_form_that_a_language_does_not_have_falls_back_to_other() -> None:
    spare = Catalogue("spare", {"en": {"a.other": "{{ n }} left"}})
    assert spare.say("a", "en", n=1) == "1 left"
    assert plural(1, "en") == "one"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ur", {"one": (1,), "other": (0, 2, 5, 21)}),
        ("ro", {"one": (1,), "few": (0, 2, 19, 101, 119), "other": (20, 21, 100, 120)}),
        (
            "ar",
            {"one": (1,), "two": (2,), "few": (3, 10, 103), "many": (11, 99), "other": (0, 100)},
        ),
    ],
)
def test_the_languages_of_the_library_count_as_their_grammar_does(
    language: str, forms: dict[str, tuple[int, ...]]
) -> None:
    numbers = {number: form for form, some in forms.items() for number in some}
    assert {number: plural(number, language) for number in numbers} == numbers


def test_dates_are_written_as_people_write_them() -> None:
    day = date(2023, 12, 31)
    assert CATALOGUE.say("due", "en", day=day) == "Due 31 December 2023."
    assert CATALOGUE.say("due", "pl-PL", day=day) == "Do 31 grudnia 2023."
    assert long_date(date(2024, 3, 1), "es") == "1 March 2024"
    assert [long_date(date(2024, month, 1), "pl") for month in (2, 5, 9, 10)] == [
        "1 lutego 2024",
        "1 maja 2024",
        "1 września 2024",
        "1 października 2024",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ro-RO", ["2 ianuarie 2024", "2 iunie 2024", "2 decembrie 2024"]),
        ("ur", ["2 جنوری 2024", "2 جون 2024", "2 دسمبر 2024"]),
        ("ar", ["2 يناير 2024", "2 يونيو 2024", "2 ديسمبر 2024"]),
    ],
)
def test_the_languages_of_the_library_have_their_own_months(language: str, said: list[str]) -> None:
    assert [long_date(date(2024, month, 2), language) for month in (1, 6, 12)] == said
    assert len({long_date(date(2024, month, 2), language) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    "name",
    ["{{ 7 * 7 }}", "{% for x in y %}", "{# gone #}", "<b>& 'quotes'</b>", "{{ self }}", "${x}"],
)
def test_what_people_wrote_comes_out_as_they_wrote_it(name: str) -> None:
    assert CATALOGUE.say("greet", "en", name=name) == f"Hello {name}"


@given(st.text())
def test_any_text_is_data(name: str) -> None:
    assert CATALOGUE.say("greet", "pl", name=name) == f"Cześć {name}"


def test_lists_are_laid_out_without_stray_blank_lines() -> None:
    assert CATALOGUE.say("list", "en", them=["one", "two"]) == "Yours:\n- one\n- two\n"


def test_an_unknown_key_is_a_clear_error() -> None:
    with pytest.raises(UnknownText, match=r"package sample has no text bye"):
        CATALOGUE.say("bye", "pl")


@pytest.mark.parametrize(
    ("key", "params", "says"),
    [
        ("greet", {}, r"sample: greet \(en\) cannot be filled in: 'name' is undefined"),
        ("greet", {"name": None}, "a parameter is empty"),
        ("left", {}, "needs the number `n`"),
        ("due", {"day": "soon"}, "sample: due"),
    ],
)
def test_a_missing_or_empty_parameter_is_an_error_and_not_a_gap(
    key: str, params: dict[str, object], says: str
) -> None:
    with pytest.raises(BadText, match=says):
        CATALOGUE.say(key, "en", **params)


@pytest.mark.parametrize("text", ["{{ name.__class__.__mro__ }}", "{{ ''.__class__ }}"])
def test_a_template_cannot_reach_into_python(text: str) -> None:
    with pytest.raises(BadText):
        Catalogue("bad", {"en": {"a": text}}).say("a", "en", name="x")


def test_a_broken_template_says_where_it_is() -> None:
    with pytest.raises(BadText, match=r"bad: a \(en\) is not a template"):
        Catalogue("bad", {"en": {"a": "{% if %}"}}).say("a", "en")


def test_a_plain_text_costs_next_to_nothing() -> None:
    CATALOGUE.say("hello", "pl-PL")
    best = min(timeit.repeat(lambda: CATALOGUE.say("hello", "pl-PL"), number=1_000, repeat=20))
    assert best / 1_000 < 5e-6


@pytest.mark.parametrize(
    ("code", "way"),
    [
        *((code, "rtl") for code in ("ur", "ar", "fa-IR", "pa-Arab", "UR")),
        *((code, "ltr") for code in ("en", "pl", "pa", "bn", "ku-Latn")),
    ],
)
def test_languages_know_their_direction(code: str, way: str) -> None:
    assert direction(code) == way


@pytest.fixture
def package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The wording folder of a package of this test's own."""
    home = tmp_path / str(request.node.name)
    (home / "wording").mkdir(parents=True)
    (home / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return home / "wording"


def test_a_package_keeps_its_words_in_tables_by_language(package: Path) -> None:
    (package / "en.toml").write_text('[ask]\nname = "Name?"\n[ask.deep]\nlong = """\nA\nB\n"""\n')
    (package / "pl.toml").write_text('ask.name = "Imię?"\nask.deep.long = "A"\n', "utf-8")
    (package / "lexicon.toml").write_text("other = 1\n")
    name = package.parent.name
    catalogue = Catalogue.load(name)
    assert catalogue.languages == ("en", "pl")
    assert catalogue.say("ask.deep.long", "en") == "A\nB"
    assert catalogue.say("ask.name", "pl") == "Imię?"
    assert Catalogue.load(name) is catalogue
    assert check_catalogue(name) == []


def test_a_package_without_english_and_a_text_that_is_none_are_refused(package: Path) -> None:
    with pytest.raises(UnknownText, match=r"has no wording/en\.toml"):
        Catalogue.load(package.parent.name)
    (package / "en.toml").write_text("[a]\nb = 3\n")
    with pytest.raises(BadText, match=r"/wording/en\.toml: a\.b is not a text"):
        Catalogue.load(package.parent.name)


def test_a_language_may_leave_a_whole_part_to_english() -> None:
    texts = {code: dict(CATALOGUE.texts[code]) for code in ("en", "pl")}
    assert problems(Catalogue("sample", texts)) == []


def test_a_language_may_not_leave_half_a_part_to_english() -> None:
    texts = {"en": {"ask.a": "A", "ask.b": "B", "other": "O"}, "pl": {"ask.a": "A"}}
    assert problems(Catalogue("s", texts)) == ["s/pl: ask.b is missing"]


@pytest.mark.parametrize(
    ("polish", "found"),
    [
        ({"a": "x {{ name }}"}, []),
        ({}, []),
        ({"a": "x {{ name }}", "b": "y"}, ["s/pl: b is not in English"]),
        ({"a": "x {{ imię }}"}, ["s/pl: a wants imię, and in English name"]),
        ({"a": "x"}, ["s/pl: a wants nothing, and in English name"]),
        ({"a": ""}, ["s/pl: a is empty"]),
        ({"a": "{{ name|shout }}"}, ["s/pl: a is not a template: No filter named 'shout'."]),
    ],
)
def test_catalogues_are_held_against_english(polish: dict[str, str], found: list[str]) -> None:
    assert problems(Catalogue("s", {"en": {"a": "{{ name }}"}, "pl": polish})) == found


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("اتصل 0800 1111 الآن", "اتصل \u20660800 1111\u2069 الآن"),
        ("أرسل /stop هنا", "أرسل \u2066/stop\u2069 هنا"),
        ("\u2066116 123\u2069", "\u2066116 123\u2069"),
        ("2 1 3", "2 1 3"),
        ("14:30", "14:30"),
    ],
)
def test_telephone_numbers_and_commands_keep_their_order_in_right_to_left_text(
    text: str, steady: str
) -> None:
    assert steadied(text, "ar") == steady
    assert steadied(text, "en") == text
