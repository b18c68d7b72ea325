"""An officer's marks: what was said stays as it was said, and what is withheld is nowhere."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.person_file.gathering import REASONS, Text, readable
from bot.person_file.marks import (
    Gone,
    MarksWrong,
    black,
    cover_everywhere,
    read,
    standing_elsewhere,
    written,
)

_LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60).map(
    lambda text: "\n".join(line.rstrip() for line in text.split("\n"))
)
_TEXTS = [
    Text("t0001", "Answers: question why", "my teacher Ms Grey helps\nand [[me]] \\ too"),
    Text("t0002", "A text | of the queue", "words that worry", withheld="child-abuse-data"),
]
_FILE = written(_TEXTS)
_WORDS = {text.id: text.words for text in _TEXTS}


@given(st.lists(_LINES, max_size=4))
def test_a_file_that_nobody_touched_gives_every_text_as_it_was(words: list[str]) -> None:
    texts = [Text(f"t{number:04}", "here", text) for number, text in enumerate(words)]
    originals = {text.id: text.words for text in texts}
    found = read(written(texts), originals)
    assert found.texts == originals
    assert found.gone == []


@example("[", "0", "]")
@given(_LINES, _LINES.filter(lambda text: text.strip() != ""), _LINES)
def test_whatever_is_marked_goes_and_all_else_stays(before: str, words: str, after: str) -> None:
    mark = "SECRET"
    text = Text("t0001", "here", f"{before}{mark}{words}{mark}{after}")
    file = written([text])
    inside = file[file.index(mark) : file.rindex(mark) + len(mark)]
    marked = file.replace(inside, f"[[third-party: {inside}]]")
    if "\n" in words or f"{before}{after}".count(mark):
        return
    found = read(marked, {"t0001": text.words})
    assert found.texts["t0001"] == f"{before}{black('third-party')}{after}"
    assert [one.words for one in found.gone] == [f"{mark}{words}{mark}"]


def test_what_is_withheld_by_default_is_given_only_when_it_is_released() -> None:
    assert read(_FILE, _WORDS).texts["t0002"] == black("child-abuse-data")
    released = read(_FILE.replace("withhold: child-abuse-data\n", "release\n"), _WORDS)
    assert released.texts["t0002"] == "words that worry"
    assert released.released == ["t0002"]


def test_a_file_saved_with_other_ends_of_lines_is_the_same() -> None:
    assert read(_FILE.replace("\n", "\r\n"), _WORDS).texts.keys() == _WORDS.keys()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Ms Grey", "[[Ms Grey]]", "REASON"),
        ("Ms Grey", "[[gossip: Ms Grey]]", "REASON"),
        ("Ms Grey", "[[third-party: ]]Ms Grey", "REASON"),
        ("Ms Grey", "[[third-party: Ms Grey", "not closed"),
        ("Ms Grey", "[[third-party: Ms [[other: Grey]]]]", "within one another"),
        ("Ms Grey", "Ms Black", "not as in the draft"),
        ("| keep", "| maybe", "end it with"),
        ("withhold: child-abuse-data\n", "withhold: gossip\n", "end it with"),
        ("=== t0001 ", "=== t9001 ", "no text of this draft"),
        ("=== t0001 ", "# t0001 ", "the text is missing"),
        ("| and", "and", "begin it with"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place_and_without_the_words(
    old: str, new: str, why: str
) -> None:
    with pytest.raises(MarksWrong, match=why) as caught:
        read(_FILE.replace(old, new, 1), _WORDS)
    assert "Grey" not in str(caught.value)
    assert "worry" not in str(caught.value)


def test_withheld_words_are_found_wherever_they_stand_however_they_are_spaced() -> None:
    gone = [Gone("t1", "third-party", "Ms Grey"), Gone("t1", "other", "he")]
    strings = {"a": "MS\n grey", "b": "Ms Greyson", "c": "he"}
    assert standing_elsewhere(gone, strings) == ["a"]
    assert cover_everywhere(gone, "ms  GREY, he") == f"{black('third-party')}, he"


def test_a_longer_name_is_covered_before_a_part_of_it() -> None:
    gone = [Gone("t1", "other", "Grey"), Gone("t1", "third-party", "Anna Grey")]
    assert cover_everywhere(gone, "Anna Grey and Grey") == (
        f"{black('third-party')} and {black('other')}"
    )


def test_data_are_shown_as_lines_so_that_words_stand_in_them_as_they_were_written() -> None:
    assert readable('{"why": "Zo\\u00eb\\nhelps", "n": [1]}') == "why: Zoë\nhelps\nn.1: 1"
    assert readable("{not json") == "{not json"


def test_every_reason_can_be_written() -> None:
    for reason in REASONS:
        found = read(_FILE.replace("Ms Grey", f"[[{reason}: Ms Grey]]"), _WORDS)
        assert [one.reason for one in found.gone] == [reason, "child-abuse-data"]


def test_short_names_are_looked_for_and_short_words_are_not() -> None:
    strings = {"a": "then ali came", "b": "A\u200bli again", "c": "he said", "d": "mum"}
    for words, places in (("Ali", ["a", "b"]), ("he", []), ("Mum", []), ("He", [])):
        assert standing_elsewhere([Gone("t0001", "third-party", words)], strings) == places
