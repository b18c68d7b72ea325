"""The code that a respondent keeps: it deletes their answers without a name."""

from storage.types import Keyring

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def receipt_code(keyring: Keyring, session_id: str) -> str:
    """The code that deletes this session's answers without a name: four, four and four letters.

    It is derived with the keyring's look-up key, so it need not be stored to be shown again.
    """
    number = int(keyring.fingerprint("receipt code", session_id), 16)
    letters = []
    for _ in range(12):
        number, place = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[place])
    text = "".join(letters)
    return "-".join((text[:4], text[4:8], text[8:]))


def receipt_hash(keyring: Keyring, code: str) -> str:
    """What is stored of a receipt code; case, spaces and hyphens do not matter."""
    plain = "".join(letter for letter in code.upper() if letter in _CODE_LETTERS)
    return keyring.fingerprint("receipt", plain)
