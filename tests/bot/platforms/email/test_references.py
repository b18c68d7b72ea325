"""The ids of our mails: made for one address, and known again for it alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.email.references import DAYS, References, handle_of
from storage.types import Keyring
from tests.bot.platforms.email.conftest import NOW, ROBIN
from tests.platforms.mail_store import OURS

MADE = References(Keyring({"test": b"k" * 32}, b"l" * 32), OURS)


def test_an_id_is_known_again_for_its_address_in_any_case() -> None:
    message_id = MADE.made(ROBIN, NOW)
    assert message_id.endswith("@rochdale.example>")
    for address in (ROBIN, ROBIN.upper()):
        assert MADE.fitting(f"<x@y> {message_id}", address, NOW) == message_id


def test_two_mails_to_one_person_have_two_ids_that_fit_the_column() -> None:
    far = References(Keyring({"test": b"k" * 32}, b"l" * 32), "loop@" + "long." * 40 + "example")
    ids = {MADE.made(ROBIN, NOW), MADE.made(ROBIN, NOW), far.made(ROBIN, NOW)}
    assert len(ids) == 3
    assert all(len(one) <= 128 and one.isascii() for one in ids)


def test_it_is_known_without_its_domain_as_subjects_carry_it() -> None:
    message_id = MADE.made(ROBIN, NOW)
    assert MADE.fitting(f"stop {handle_of(message_id)}", ROBIN, NOW) == message_id


def test_it_is_nobody_elses_and_no_other_keys() -> None:
    message_id = MADE.made(ROBIN, NOW)
    assert MADE.fitting(message_id, "sam@council.example", NOW) == ""
    others = References(Keyring({"test": b"k" * 32}, b"m" * 32), OURS)
    assert others.fitting(message_id, ROBIN, NOW) == ""


@pytest.mark.parametrize(
    ("days", "is_known"), [(-2, False), (-1, True), (0, True), (DAYS, True), (DAYS + 1, False)]
)
def test_it_is_over_after_two_months(days: int, is_known: bool) -> None:
    message_id = MADE.made(ROBIN, NOW)
    assert bool(MADE.fitting(message_id, ROBIN, NOW + timedelta(days=days))) is is_known


@given(st.integers(0, 60), st.sampled_from("0123456789abcdefxyz-@<>. "))
def test_whoever_changes_a_letter_has_no_id_of_ours(place: int, letter: str) -> None:
    message_id = MADE.made(ROBIN, NOW)
    changed = message_id[:place] + letter + message_id[place + 1 :]
    signed = handle_of(message_id)
    found = MADE.fitting(changed, ROBIN, NOW)
    assert bool(found) is (signed in changed)


@given(st.text(max_size=100))
def test_no_text_is_an_id_of_ours_by_chance(text: str) -> None:
    assert MADE.fitting(text, ROBIN, NOW) == ""
    assert MADE.fitting(f"ll-{'0' * 12}-9999999-{'0' * 24}{text}", ROBIN, NOW) == ""
