"""What somebody wrote themselves, whatever their program put around it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.email.quotes import own_words
from tests.bot.platforms.email.mails import BOTTOM_POSTED, KEPT_WHOLE, TOP_POSTED, WORDS
from tests.platforms.mail_store import OURS


@pytest.mark.parametrize("program", TOP_POSTED)
def test_what_stands_above_the_answered_mail_is_theirs(program: str) -> None:
    assert own_words(TOP_POSTED[program].replace("\r\n", "\n"), OURS) == WORDS


@pytest.mark.parametrize("program", BOTTOM_POSTED)
def test_what_stands_below_or_between_quotes_is_theirs_too(program: str) -> None:
    words = own_words(BOTTOM_POSTED[program], OURS)
    assert words.split() == WORDS.split()


@pytest.mark.parametrize("text", KEPT_WHOLE)
def test_words_that_only_look_like_a_mail_programs_stay(text: str) -> None:
    assert own_words(text, OURS) == text


@given(st.text(max_size=300))
def test_nothing_is_added_to_what_came(text: str) -> None:
    plain = text.translate({0x200B: None, 0xFEFF: None, 0xA0: " "})
    came = {line.strip() for line in plain.split("\n")}
    assert {line for line in own_words(text, OURS).split("\n") if line} <= came


@pytest.mark.parametrize(
    "text",
    [
        "On " * 40_000,
        "On 1 Dec 2023 " + "a " * 60_000 + ":",
        ">" * 100_000,
        "From: a\n" * 20_000,
        "-" * 100_000,
        "Thanks\n" * 20_000,
        "this email " * 20_000,
        "\n" * 100_000,
    ],
)
def test_no_mail_keeps_it_busy(text: str) -> None:
    began = time.process_time()
    own_words(text, OURS)
    assert time.process_time() - began < 2.0
