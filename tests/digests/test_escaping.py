import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from digests.escaping import markdown, one_line, shortened
from surveys.printable import FSI, PDI

AWKWARD = st.text(st.sampled_from("ab *_[]()|<>&`~#+-=!\\.:/@$^{}1 )\n"), min_size=1, max_size=40)


def read_back(text: str) -> str:
    """What a reader of Markdown sees, and nothing if it was anything but plain text."""
    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    if [block.type for block in blocks] != ["paragraph_open", "inline", "paragraph_close"]:
        return ""
    pieces = blocks[1].children or []
    if any(piece.type not in ("text", "text_special") for piece in pieces):
        return ""
    return "".join(piece.content for piece in pieces)


@given(AWKWARD | st.text(min_size=1, max_size=40))
def test_markdown_shows_any_text_literally(text: str) -> None:
    line = one_line(text)
    if line:
        assert read_back(markdown(line)) == line


@pytest.mark.parametrize(
    "text", ["# No", "- No", "1. No", "2) No", "---", "+ No", "| a | b |", "<b>x</b>", "[a](b)"]
)
def test_no_text_becomes_a_heading_a_list_a_table_or_a_link(text: str) -> None:
    assert read_back(markdown(text)) == text


def test_an_address_is_not_turned_into_a_link_by_github() -> None:
    for text in ("https://example.org", "www.example.org", "a@example.org"):
        assert "\\" in markdown(text)


@given(st.text(max_size=60))
def test_a_cell_never_breaks_its_row(text: str) -> None:
    cell = markdown(one_line(text))
    tokens = (
        MarkdownIt("commonmark")
        .enable("table")
        .parse(f"| a | b |\n| --- | --- |\n| {cell} | end |\n")
    )
    assert sum(token.type == "td_open" for token in tokens) == 2


def test_signs_that_turn_text_round_are_dropped_and_right_to_left_text_is_set_apart() -> None:
    assert one_line("admin\u202egnp.exe") == "admingnp.exe"
    assert one_line("سارہ") == f"{FSI}سارہ{PDI}"
    assert one_line("Zoë 🏳️‍🌈") == "Zoë 🏳️‍🌈"


def test_a_text_is_cut_between_characters_as_people_see_them() -> None:
    assert shortened("👩‍👩‍👧‍👦" * 5, 3) == "👩‍👩‍👧‍👦" * 2 + "…"
    assert shortened("one two three", 9) == "one two…"
    assert shortened("short", 9) == "short"
