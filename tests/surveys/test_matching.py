import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.definition import Choice, Kind, Question
from surveys.matching import choose, clean, is_scale, understand
from surveys.turns import Reason

COLOURS = (
    Choice("red", {"en": "Deep red", "pl": "Czerwony"}),
    Choice("green", {"en": "Green, or nearly", "pl": "Zielony"}),
    Choice("both", {"en": "Salt and pepper", "pl": "Sól i pieprz"}),
)
ONE = Question("one", Kind.SELECT_ONE, choices=COLOURS)
MANY = Question("many", Kind.SELECT_MULTIPLE, choices=COLOURS)
SCALE = Question(
    "scale",
    Kind.SELECT_ONE,
    choices=tuple(Choice(f"s{n}", {"en": str(n)}) for n in range(11)),
)
WORDY_SCALE = Question(
    "wordy",
    Kind.SELECT_ONE,
    choices=(Choice("low", {"en": "0 - never"}), Choice("high", {"en": "1 - always"})),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Deep red", "red"),
        ("  deep   RED ", "red"),
        ("czerwony", Reason.NOT_A_CHOICE),
        ("1", "red"),
        ("2)", "green"),
        ("(3)", "both"),
        ("#2", "green"),
        ("٢", "green"),
        ("red", "red"),
        ("Green, or nearly", "green"),
        ("Salt and pepper", "both"),
        ("4", Reason.NOT_A_CHOICE),
        ("0", Reason.NOT_A_CHOICE),
        ("purple", Reason.NOT_A_CHOICE),
        ("1 and 2", Reason.ONE_ONLY),
        ("1, 1", "red"),
        ("   ", Reason.EMPTY),
    ],
)
def test_one_choice_is_known_by_its_label_its_number_or_its_name(typed: str, expected: str) -> None:
    assert understand(ONE, typed, "en") == expected


def test_labels_are_those_of_the_sessions_language() -> None:
    assert understand(ONE, "CZERWONY", "pl") == "red"
    assert understand(MANY, "Czerwony i zielony", "pl") == "red green"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1 3", "red both"),
        ("3,1", "red both"),
        ("1 and 3", "red both"),
        ("1, 2 and 3", "red green both"),
        ("deep red; salt and pepper", "red both"),
        ("Green, or nearly", "green"),
        ("deep red\nsalt and pepper", "red both"),
        ("2 2 2", "green"),
        ("1 and nonsense", Reason.NOT_A_CHOICE),
        (",,,", Reason.NOT_A_CHOICE),
    ],
)
def test_several_choices_are_split_as_little_as_possible(typed: str, expected: str) -> None:
    assert understand(MANY, typed, "en") == expected


@pytest.mark.parametrize(("typed", "expected"), [("0", "s0"), ("1", "s1"), ("10", "s10")])
def test_on_a_scale_the_number_is_the_label_and_not_the_place(typed: str, expected: str) -> None:
    assert understand(SCALE, typed, "en") == expected
    assert is_scale(SCALE, "en")


def test_a_scale_may_have_words_beside_its_numbers() -> None:
    assert understand(WORDY_SCALE, "1", "en") == "high"
    assert understand(WORDY_SCALE, "0 - NEVER", "en") == "low"
    assert understand(WORDY_SCALE, "2", "en") is Reason.NOT_A_CHOICE
    assert not is_scale(ONE, "en")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("red",), "red"),
        (("both", "red"), "red both"),
        (("red", "red"), "red"),
        (("blue",), Reason.NOT_A_CHOICE),
        ((), Reason.NOT_A_CHOICE),
    ],
)
def test_ticked_choices_come_in_the_order_of_the_form(
    names: tuple[str, ...], expected: str
) -> None:
    assert choose(MANY, names) == expected


def test_two_buttons_for_one_choice_are_one_too_many() -> None:
    assert choose(ONE, ("red", "both")) is Reason.ONE_ONLY
    assert choose(Question("t", Kind.TEXT), ("red",)) is Reason.NOT_A_CHOICE


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("12", "12"),
        (" 007 ", "7"),
        ("-3", "-3"),
        ("+3", "3"),
        ("٣", "3"),
        ("1_000", Reason.NOT_A_NUMBER),
        ("1,000", Reason.NOT_A_NUMBER),
        ("3.5", Reason.NOT_A_NUMBER),
        ("twelve", Reason.NOT_A_NUMBER),
        ("²", Reason.NOT_A_NUMBER),
        ("1" * 16, Reason.NOT_A_NUMBER),
    ],
)
def test_a_whole_number_is_written_in_plain_digits(typed: str, expected: str) -> None:
    assert understand(Question("n", Kind.INTEGER), typed, "en") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3.50", "3.5"),
        ("3,5", "3.5"),
        (".5", "0.5"),
        ("-0.0", "0"),
        ("-0.25", "-0.25"),
        ("10", "10"),
        ("1e5", Reason.NOT_A_NUMBER),
        ("nan", Reason.NOT_A_NUMBER),
        (".", Reason.NOT_A_NUMBER),
    ],
)
def test_a_decimal_may_have_a_point_or_a_comma(typed: str, expected: str) -> None:
    assert understand(Question("n", Kind.DECIMAL), typed, "en") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2023-12-31", "2023-12-31"),
        ("31/12/2023", "2023-12-31"),
        ("31.12.2023", "2023-12-31"),
        ("1-2-2024", "2024-02-01"),
        ("31 December 2023", "2023-12-31"),
        ("31st of december, 2023", "2023-12-31"),
        ("1 Sept 2023", "2023-09-01"),
        ("December 31, 2023", "2023-12-31"),
        ("29 Feb 2024", "2024-02-29"),
        ("31 Feb 2023", Reason.NOT_A_DATE),
        ("12/31/2023", Reason.NOT_A_DATE),
        ("31 Dezember 2023", Reason.NOT_A_DATE),
        ("31/12/23", Reason.NOT_A_DATE),
        ("next week", Reason.NOT_A_DATE),
        ("0000-01-01", Reason.NOT_A_DATE),
    ],
)
def test_a_date_is_read_day_first(typed: str, expected: str) -> None:
    assert understand(Question("d", Kind.DATE), typed, "en") == expected


def test_words_are_kept_as_written_but_for_what_cannot_be_stored() -> None:
    question = Question("t", Kind.TEXT)
    assert understand(question, "  It's\n hard \x00", "en") == "It's\n hard"
    assert understand(question, "x" * 4_000, "en") == "x" * 4_000
    assert understand(question, "x" * 4_001, "en") is Reason.TOO_LONG
    assert understand(question, "\x00 ", "en") is Reason.EMPTY
    assert clean("a\ud800b") == "ab"


everything = st.sampled_from([ONE, MANY, SCALE, *(Question("q", kind) for kind in Kind)])


@given(everything, st.text(alphabet=st.characters(exclude_categories=[]), max_size=30))
def test_whatever_is_typed_is_a_value_or_a_reason(question: Question, typed: str) -> None:
    if question.kind.is_asked:
        read = understand(question, typed, "en")
        assert isinstance(read, Reason) or read.encode()
