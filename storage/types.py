"""Column types: instants that are always UTC, text that is encrypted at rest, words of a list.

Also the names of constraints, which the migrations need to find them again on every database.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

_NONCE = 12
_KEY_ID = 4
_TAG = 16
EMPTY_SEALED = _KEY_ID + _NONCE + _TAG
"""How long an empty text is when it is encrypted."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive datetimes, gives back UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("an instant needs a time zone; this one has none")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class OneOf(TypeDecorator[StrEnum]):
    """A word of a fixed list, stored as its value.

    A database's own enumeration would store the Python name and need a migration for each word.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int = 16) -> None:
        super().__init__(length)
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.words(value)


class KeyMissing(RuntimeError):
    """The key that encrypted a value is not in the keyring."""

    def __init__(self) -> None:
        super().__init__(
            "a stored value was encrypted with a key that is not in the keys file; "
            "put the old key back, below the new one"
        )


class Tampered(RuntimeError):
    """An encrypted value does not match its key."""

    def __init__(self) -> None:
        super().__init__(
            "an encrypted value does not match its key: the database or the keys file "
            "was changed outside the program; compare both with the last backup"
        )


@dataclass(frozen=True)
class Keyring:
    """Encryption keys by id (the first encrypts, all decrypt) and the key of the look-up hash.

    Values are AES-256-GCM: key id (4 bytes), nonce (12), ciphertext with tag. A representation
    never shows a key, so that none gets into a log.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)
    _ciphers: dict[bytes, AESGCM] = field(init=False, repr=False, compare=False)
    _current: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys or not self.lookup_key:
            raise ValueError("a keyring needs at least one key, and a look-up key")
        ciphers = {_key_id(name): AESGCM(key) for name, key in self.keys.items()}
        object.__setattr__(self, "_ciphers", ciphers)
        object.__setattr__(self, "_current", next(iter(ciphers)))

    @classmethod
    def generate(cls) -> "Keyring":
        """A fresh keyring of one random key."""
        return cls({"k1": AESGCM.generate_key(256)}, os.urandom(32))

    def encrypt(self, text: str) -> bytes:
        # Platforms send halves of broken emoji (lone surrogates); even those are kept as they came.
        plain = text.encode("utf-8", "surrogatepass")
        nonce = os.urandom(_NONCE)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, None)

    def decrypt(self, sealed: bytes) -> str:
        if len(sealed) < EMPTY_SEALED:
            raise Tampered
        cipher = self._ciphers.get(sealed[:_KEY_ID])
        if cipher is None:
            raise KeyMissing
        nonce, rest = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return cipher.decrypt(nonce, rest, None).decode("utf-8", "surrogatepass")
        except InvalidTag as error:
            raise Tampered from error

    def fingerprint(self, *parts: str) -> str:
        """The keyed hash by which an address, a token or a code is found; 32 hex digits."""
        message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self.lookup_key, message, "sha256").hex()[:32]


def _key_id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:_KEY_ID]


class Encrypted(TypeDecorator[str]):
    """Text that rests encrypted. The keyring hangs on the engine's dialect (see database.py)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring_of(dialect).encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).decrypt(bytes(value))


def keyring_of(dialect: Dialect) -> Keyring:
    """The keyring that `Database` hung on this engine's dialect."""
    keyring: Keyring = dialect.keyring  # type: ignore[attr-defined]
    return keyring
