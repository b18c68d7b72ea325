"""A name that is taken out is found however it is written, and nothing else is."""

import re
import unicodedata

import pytest

from bot.spelled import spelled
from bot.web.board.redact import OUT, without

UNSEEN = ("\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e")


def _found(name: str, text: str) -> bool:
    return re.search(spelled(name), text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    "text",
    ["Mr Lowe", "mr  lowe", "MR\nLOWE", "mr\u00a0lowe", "Mr Lowe's", "(mr lowe)", "Mr\u200bLowe"],
)
def test_a_name_is_found_in_any_case_and_spacing(text: str) -> None:
    assert _found("Mr Lowe", f"it was {text}, again")


def test_letters_that_nobody_sees_hide_no_name() -> None:
    for unseen in UNSEEN:
        hidden = unseen.join("Zoë")
        assert without(f"my friend {hidden} knows", ("Zoë",)) == f"my friend {OUT} knows"
        assert _found(hidden, "my friend Zoë knows")


def test_an_accent_is_the_same_however_it_is_put_together() -> None:
    for form in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            name, text = unicodedata.normalize(form, "Zoë"), unicodedata.normalize(other, "Zoë")
            assert _found(name, f"{text} knows")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200b \u200d"])
def test_a_name_that_nobody_sees_takes_nothing_out(name: str) -> None:
    assert without("a text", (name,)) == "a text"


def test_part_of_a_word_stays() -> None:
    assert without("Alison and Ali met", ("Ali",)) == f"Alison and {OUT} met"


def test_a_long_run_of_unseen_letters_costs_no_time() -> None:
    assert without("\u200b" * 20_000, ("Ali",)) == "\u200b" * 20_000
