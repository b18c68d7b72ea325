"""Column types: instants that are always UTC, text that is encrypted at rest, words of a list.

Also the names of constraints, which the migrations need to find them again on every database.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
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


LOOKED_UP = ("address", "email")
"""Kinds of fingerprints that are made again from what is stored, when the look-up key changes."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a keyring holds at one moment."""

    keys: Mapping[str, bytes]
    lookup: bytes
    codes: bytes
    former: tuple[bytes, ...]
    ciphers: Mapping[bytes, AESGCM]
    current: bytes


class Keyring:
    """Encryption keys by id (the first encrypts, all decrypt) and the keys of keyed hashes.

    Values are AES-256-GCM: key id (4 bytes), nonce (12), ciphertext with tag. `lookup_key` is for
    what is found by what is stored beside it (an address, an e-mail) and can be changed;
    `code_key` is for what people hold (codes, tokens, links) and stays. `reload` gives the keyring
    of a keys file that has changed since, so that a running program notices a new key. A
    representation never shows a key, so that none gets into a log.
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        lookup_key: bytes,
        code_key: bytes = b"",
        former_lookups: Sequence[bytes] = (),
        *,
        reload: "Callable[[], Keyring | None] | None" = None,
        ledger: Path | None = None,
    ) -> None:
        if not keys or not lookup_key:
            raise ValueError("a keyring needs at least one key, and a look-up key")
        ciphers = {_key_id(name): AESGCM(key) for name, key in keys.items()}
        self._kept = _Kept(
            dict(keys),
            lookup_key,
            code_key or lookup_key,
            tuple(former_lookups),
            ciphers,
            next(iter(ciphers)),
        )
        self._reload = reload
        self.ledger = ledger
        """The file beside the keys in which deletions are listed; None: the table alone."""

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._kept.keys)})"

    @classmethod
    def generate(cls) -> "Keyring":
        """A fresh keyring of one random key."""
        return cls({"k1": AESGCM.generate_key(256)}, os.urandom(32), os.urandom(32))

    @property
    def keys(self) -> Mapping[str, bytes]:
        return self._kept.keys

    @property
    def lookup_key(self) -> bytes:
        return self._kept.lookup

    @property
    def code_key(self) -> bytes:
        return self._kept.codes

    @property
    def former_lookups(self) -> tuple[bytes, ...]:
        return self._kept.former

    @property
    def current_id(self) -> bytes:
        """What every value begins with that is encrypted from now on."""
        return self._kept.current

    @property
    def key_ids(self) -> Mapping[bytes, str]:
        """The names of the keys, by what the values begin with that they opened."""
        return {_key_id(name): name for name in self._kept.keys}

    def refresh(self) -> bool:
        """Takes in what has changed in the keys file; whether anything had."""
        found = self._reload() if self._reload is not None else None
        if found is not None:
            self._kept = found._kept
        return found is not None

    def encrypt(self, text: str) -> bytes:
        # Platforms send halves of broken emoji (lone surrogates); even those are kept as they came.
        plain = text.encode("utf-8", "surrogatepass")
        nonce, kept = os.urandom(_NONCE), self._kept
        return kept.current + nonce + kept.ciphers[kept.current].encrypt(nonce, plain, None)

    def decrypt(self, sealed: bytes) -> str:
        if len(sealed) < EMPTY_SEALED:
            raise Tampered
        cipher = self._cipher(sealed[:_KEY_ID])
        nonce, rest = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return cipher.decrypt(nonce, rest, None).decode("utf-8", "surrogatepass")
        except InvalidTag as error:
            raise Tampered from error

    def _cipher(self, key_id: bytes) -> AESGCM:
        """The key of a value; a key that is not known yet may have come into the file just now."""
        cipher = self._kept.ciphers.get(key_id)
        if cipher is None and self.refresh():
            cipher = self._kept.ciphers.get(key_id)
        if cipher is None:
            raise KeyMissing
        return cipher

    def fingerprint(self, *parts: str) -> str:
        """The keyed hash by which an address, a token or a code is found; 32 hex digits.

        The first part says of what kind: `LOOKED_UP` are made with the look-up key.
        """
        kept = self._kept
        return _hashed(kept.lookup if parts[0] in LOOKED_UP else kept.codes, parts)

    def former_fingerprints(self, *parts: str) -> tuple[str, ...]:
        """What `fingerprint` gave under the look-up keys of the past: links still hold it."""
        return tuple(_hashed(key, parts) for key in self._kept.former)


def _hashed(key: bytes, parts: tuple[str, ...]) -> str:
    message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256").hex()[:32]


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
