"""The two codes of a respondent: one deletes their answers without a name, one goes on elsewhere.

Both are derived with the keyring's look-up key, so neither need be stored to be shown again; what
is stored is a hash by which the session is found.
"""

import re

from storage.types import Keyring

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_COME_BACK = re.compile(rf"[{_CODE_LETTERS}]{{4}}[- ]?[{_CODE_LETTERS}]{{4}}")
_RECEIPT = re.compile(r"(?=\D*\d)[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}", re.ASCII)


def receipt_code(keyring: Keyring, session_id: str) -> str:
    """The code that deletes this session's answers without a name: four, four and four letters."""
    return _written(keyring.fingerprint("receipt code", session_id), 3)


def receipt_hash(keyring: Keyring, code: str) -> str:
    """What is stored of a receipt code; case, spaces and hyphens do not matter."""
    return keyring.fingerprint("receipt", _plain(code))


def come_back_code(keyring: Keyring, session_id: str) -> str:
    """The code that opens this session's next question in another place: four and four letters."""
    return _written(keyring.fingerprint("come-back code", session_id), 2)


def come_back_hash(keyring: Keyring, code: str) -> str:
    """What is stored of a come-back code; case, spaces and hyphens do not matter."""
    return keyring.fingerprint("come-back", _plain(code))


def is_like_a_come_back_code(text: str) -> bool:
    """Whether somebody may have typed one: eight letters of ours, in two halves or in one."""
    return _COME_BACK.fullmatch(text.strip().upper()) is not None


def is_like_a_receipt(text: str) -> bool:
    """Whether somebody has typed one, right or not: three times four, and a figure among them.

    Without a figure it may be words.
    """
    return _RECEIPT.fullmatch(text.strip()) is not None


def _written(digest: str, groups: int) -> str:
    number = int(digest, 16)
    letters = []
    for _ in range(4 * groups):
        number, place = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[place])
    text = "".join(letters)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in _CODE_LETTERS)
