"""The keys file: read, written safely, and read again when it has changed.

Whoever writes it puts a whole new file in its place, so that no reader ever sees half of one.
"""

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.disk import sync
from storage.types import Keyring

LEDGER = "deleted.txt"


class NotSetUp(RuntimeError):
    """There are no keys that can be used: the message says what to run."""


@dataclass(frozen=True, slots=True)
class KeysFile:
    """What stands in the file. `next_lookup`: a look-up key whose hashes are being made.

    `switched_at`: when the first key became the first.
    """

    keys: dict[str, bytes] = field(repr=False)
    lookup: bytes = field(repr=False)
    codes: bytes = field(repr=False)
    former: tuple[bytes, ...] = field(default=(), repr=False)
    next_lookup: bytes | None = field(default=None, repr=False)
    switched_at: datetime | None = None

    @property
    def current(self) -> str:
        """The name of the key that encrypts."""
        return next(iter(self.keys))

    def keyring(
        self, reload: Callable[[], Keyring | None] | None = None, ledger: Path | None = None
    ) -> Keyring:
        return Keyring(
            self.keys, self.lookup, self.codes, self.former, reload=reload, ledger=ledger
        )


def read_keys(path: Path) -> Keyring:
    """The keyring of `init`, which follows the file when it changes. Raises NotSetUp."""
    found = read_file(path)
    if found.next_lookup is not None:
        raise NotSetUp(
            f"{path}: a change of the look-up key was interrupted; "
            "run `listening-loop data rekey --lookup` once more, which finishes it"
        )
    return found.keyring(_Watched(path), path.with_name(LEDGER))


class _Watched:
    """Reads the file again once it is another than before; None while it is the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._state()

    def __call__(self) -> Keyring | None:
        state = self._state()
        if state == self._seen or state is None:
            return None
        self._seen = state
        try:
            return read_file(self._path).keyring()
        except NotSetUp:
            return None  # spoilt by hand: what runs goes on with what it has, `doctor` tells

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def read_file(path: Path) -> KeysFile:
    """What stands in the file. Raises NotSetUp where there is none, or none that can be read."""
    if not path.exists():
        raise NotSetUp(f"there is no keys file at {path}: run `listening-loop init` first")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        lookup = bytes.fromhex(found["lookup"])
        coming, switched = found.get("next_lookup"), found.get("switched_at")
        made = KeysFile(
            keys={name: bytes.fromhex(key) for name, key in found["keys"].items()},
            lookup=lookup,
            codes=bytes.fromhex(found["codes"]) if "codes" in found else lookup,
            former=tuple(bytes.fromhex(key) for key in found.get("former_lookups", ())),
            next_lookup=None if coming is None else bytes.fromhex(coming),
            switched_at=None if switched is None else datetime.fromisoformat(switched),
        )
        made.keyring()  # half a key would fail only when it is used
    except (KeyError, ValueError, TypeError, AttributeError):
        # Not `from`: what was read must not get into an error.
        raise NotSetUp(
            f"{path} is not a whole keys file any more: put your copy of it in its place"
        ) from None
    return made


def write_keys(path: Path, keyring: Keyring) -> None:
    """A first keys file, readable by the owner alone; never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    put(
        path,
        KeysFile(dict(keyring.keys), keyring.lookup_key, keyring.code_key, keyring.former_lookups),
    )


def put(path: Path, content: KeysFile) -> None:
    """The whole file at once, on the disk when this returns."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_written(content))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)


def _written(content: KeysFile) -> str:
    former = ", ".join(f'"{key.hex()}"' for key in content.former)
    coming, switched = content.next_lookup, content.switched_at
    lines = [
        "# The keys to everything that is encrypted at rest. Keep a copy apart from the backups:",
        "# without it nothing can be read, and with it everything can. Never edit it by hand:",
        "# `listening-loop data rekey` does.",
        f'lookup = "{content.lookup.hex()}"',
        f'codes = "{content.codes.hex()}"',
        *([f"former_lookups = [{former}]"] if former else []),
        *([f'next_lookup = "{coming.hex()}"'] if coming is not None else []),
        *([f'switched_at = "{switched.isoformat()}"'] if switched is not None else []),
        "",
        "[keys]",
        *(f'{name} = "{key.hex()}"' for name, key in content.keys.items()),
    ]
    return "\n".join(lines) + "\n"


def kept_beside(path: Path) -> Path:
    """Where the file as it was is kept while keys are changed."""
    return path.with_name(path.name + ".before")


def prepare(path: Path) -> KeysFile:
    """Adds a new key below the first: everybody who has the file can read it from then on.

    A key that was added before and never became the first is taken, not another one.
    """
    content = read_file(path)
    if coming_key(content) is not None:
        return content
    before = kept_beside(path)
    if not before.exists():
        put(before, content)
    numbers = [int(name[1:]) for name in content.keys if name[1:].isdecimal()]
    name = f"k{max(numbers, default=0) + 1}"
    added = replace(content, keys={**content.keys, name: AESGCM.generate_key(256)})
    put(path, added)
    return added


def coming_key(content: KeysFile) -> str | None:
    """The name of a key that was added and is not the first yet."""
    places = {name: int(name[1:]) for name in content.keys if name[1:].isdecimal()}
    newest = max(places, key=lambda name: places[name], default=None)
    return None if newest == content.current else newest


def switch(path: Path, now: datetime) -> KeysFile:
    """Makes the key that was added the first, which encrypts from now on."""
    content = read_file(path)
    name = coming_key(content)
    if name is None:
        return content
    keys = {name: content.keys[name], **content.keys}
    switched = replace(content, keys=keys, switched_at=now.astimezone(UTC))
    put(path, switched)
    return switched


def drop_old(path: Path) -> tuple[str, ...]:
    """Takes every key but the first out of the file; their names. The copy beside it goes too."""
    content = read_file(path)
    old = tuple(name for name in content.keys if name != content.current)
    if old or content.switched_at is not None:
        put(
            path,
            replace(
                content, keys={content.current: content.keys[content.current]}, switched_at=None
            ),
        )
    kept_beside(path).unlink(missing_ok=True)
    sync(path.parent)
    return old


def begin_lookup(path: Path) -> KeysFile:
    """Notes the look-up key that is to come, once."""
    content = read_file(path)
    if content.next_lookup is not None:
        return content
    put(kept_beside(path), content)
    begun = replace(content, next_lookup=os.urandom(32))
    put(path, begun)
    return begun


def finish_lookup(path: Path) -> None:
    """The look-up key that was to come is the look-up key; the former is kept for old links."""
    content = read_file(path)
    assert content.next_lookup is not None
    former = (*content.former, content.lookup)
    put(path, replace(content, lookup=content.next_lookup, next_lookup=None, former=former))
    kept_beside(path).unlink(missing_ok=True)
