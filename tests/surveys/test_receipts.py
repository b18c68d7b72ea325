"""The two codes of a respondent: how they are written, found again, and told from words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.types import Keyring
from surveys.receipts import (
    come_back_code,
    come_back_hash,
    is_like_a_come_back_code,
    is_like_a_receipt,
    receipt_code,
    receipt_hash,
)

KEYRING = Keyring({"k1": b"1" * 32}, b"2" * 32)
_SESSIONS = st.text("0123456789abcdef", min_size=24, max_size=24)


@given(_SESSIONS)
def test_a_code_has_no_letter_that_is_mistaken_for_another(session_id: str) -> None:
    receipt, come_back = receipt_code(KEYRING, session_id), come_back_code(KEYRING, session_id)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", receipt)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", come_back)
    assert not set("ILOU01") & set(receipt + come_back)
    assert is_like_a_come_back_code(come_back)
    assert not is_like_a_come_back_code(receipt)


@given(_SESSIONS)
def test_neither_code_can_be_worked_out_from_the_other(session_id: str) -> None:
    assert not receipt_code(KEYRING, session_id).startswith(come_back_code(KEYRING, session_id))


@pytest.mark.parametrize("change", [str.lower, str.strip, lambda code: code.replace("-", "")])
def test_a_code_is_found_however_it_is_typed(change: object) -> None:
    assert callable(change)
    for made, hashed in ((receipt_code, receipt_hash), (come_back_code, come_back_hash)):
        code = made(KEYRING, "s1")
        assert hashed(KEYRING, change(f"{code}")) == hashed(KEYRING, code)
        assert hashed(KEYRING, code) != hashed(KEYRING, made(KEYRING, "s2"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABCD-EFGH", True),
        (" abcd efgh ", True),
        ("abcdefgh", True),
        ("sentence", True),
        ("ABCD-EFG", False),
        ("ABCD-EFGH-JKMN", False),
        ("HELLO-ME", False),
        ("help me!", False),
        ("", False),
    ],
)
def test_a_come_back_code_is_known_by_its_look(text: str, expected: bool) -> None:
    assert is_like_a_come_back_code(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABC2-EFGH-JKMN", True),
        ("abc2efghjkmn", True),
        ("ABCD-EFGH-JKMN", False),
        ("help-they-hurt", False),
        ("ABC2 EFGH JKMN", False),
        ("ABC2-EFGH", False),
    ],
)
def test_words_are_never_taken_for_a_receipt(text: str, expected: bool) -> None:
    assert is_like_a_receipt(text) is expected
