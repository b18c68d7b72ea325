"""Long texts in pieces: none is too long, and no word and no letter is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pieces import cut, split, turned, units

TEXTS = st.lists(
    st.sampled_from(["a", "ž", "🙂", "سلام", " ", "\n", "\n\n", "word"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    max_size=60,
).map("".join)


def _counted(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_text_is_broken_between_paragraphs_before_lines_and_words() -> None:
    text = f"{'a' * 60}\n\n{'b' * 20}\n{'c' * 10} {'d' * 20}"
    assert split(text, 100) == (text[:60], text[62:])
    assert split("one two three", 8) == ("one two", "three")
    assert split("abcdefgh", 3) == ("abc", "def", "gh")


def test_a_letter_of_two_units_is_never_torn() -> None:
    pieces = split("🙂" * 5000, 4096)
    assert "".join(pieces) == "🙂" * 5000
    assert [_counted(piece) for piece in pieces] == [4096, 4096, 2 * 5000 - 2 * 4096]


@given(TEXTS)
@settings(deadline=None)
def test_pieces_are_short_enough_and_together_the_whole(text: str) -> None:
    pieces = split(text, 30)
    assert all(0 < _counted(piece) <= 30 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(TEXTS, st.integers(min_value=1, max_value=40))
@settings(deadline=None)
def test_what_is_cut_fits_and_says_that_there_is_more(text: str, most: int) -> None:
    found = cut(text, most)
    assert units(found) == _counted(found) <= most
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


def test_every_line_with_words_is_turned_in_right_to_left_text_alone() -> None:
    assert turned("1) سلام\n\nNHS", rtl=True) == "\u200f1) سلام\n\n\u200fNHS"
    assert turned("1) one\n\nNHS", rtl=False) == "1) one\n\nNHS"
