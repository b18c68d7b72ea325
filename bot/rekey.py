"""A new key while the program runs: added, made the first, everything encrypted again, old dropped.

A running program takes the changed keys file in before it writes (storage/database.py), and when
it meets a value that it cannot read; so nothing has to be stopped. An embedded database has one
writer at a time: once the new key is first, nothing more comes under the old one, and it can be
dropped at the end. On a server other nodes have files of their own: they are given the new key
first (`prepare`), and the old one is dropped later (`finish`).
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot import keys
from storage.audit import record
from storage.database import Database
from storage.marks import LOOKUP, mark_of_key, marked
from storage.rekeying import encrypt_again, key_counts, leftovers, rebuild_lookups
from storage.types import Keyring

SETTLES = timedelta(minutes=10)
"""No transaction lives as long as this: what was begun under the old key is over by then."""

Said = Callable[[int, int], None]


class RekeyRefused(ValueError):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What was done. `dropped`: the old keys' names; `waits`: they are to be dropped later."""

    key: str
    rows: int = 0
    dropped: tuple[str, ...] = ()
    waits: bool = False


def prepare(path: Path) -> str:
    """Adds the key that is to come; its name. Nothing is encrypted with it yet."""
    return keys.coming_key(keys.prepare(path)) or ""


def rekey(
    database: Database,
    path: Path,
    *,
    now: datetime,
    said: Said | None = None,
    old_to: Path | None = None,
) -> Rekeyed:
    """Makes the new key the first and encrypts everything with it; goes on where it was cut off."""
    content = keys.read_file(path)
    if content.switched_at is None:
        if not database.is_embedded and keys.coming_key(content) is None:
            raise RekeyRefused(
                "the database is on a server, and every node has a keys file: first run "
                "`data rekey --prepare`, copy the keys file to every node, then run this again"
            )
        keys.prepare(path)
        content = keys.switch(path, now)
    database.keyring.refresh()
    done = encrypt_again(database, said)
    if not database.is_embedded:
        return Rekeyed(content.current, done, waits=True)
    return _drop(database, path, now, done, old_to)


def finish(database: Database, path: Path, *, now: datetime, old_to: Path | None = None) -> Rekeyed:
    """Drops the old keys, once nothing is encrypted with them any more."""
    content = keys.read_file(path)
    if content.switched_at is None:
        raise RekeyRefused("there is nothing to finish: run `data rekey` first")
    if now - content.switched_at < SETTLES:
        raise RekeyRefused(
            "wait ten minutes after `data rekey`, so that nothing is under way with the old key"
        )
    database.keyring.refresh()
    return _drop(database, path, now, encrypt_again(database), old_to)


def _drop(database: Database, path: Path, now: datetime, done: int, old_to: Path | None) -> Rekeyed:
    with database.writing() as session:
        done += leftovers(session)
        left = set(key_counts(session)) - {database.keyring.current_id}
        record(session, at=now, act="data.rekey", actor="command line")
    if left:
        raise RekeyRefused(
            "something is still encrypted with an old key, so it was not dropped: run `data rekey` "
            "once more"
        )
    database.fold_log()
    _keep_old(path, old_to)
    dropped = keys.drop_old(path)
    database.keyring.refresh()
    return Rekeyed(keys.read_file(path).current, done, dropped)


def _keep_old(path: Path, old_to: Path | None) -> None:
    """The keys file as it was, for the copies that were made under it."""
    before = keys.kept_beside(path)
    if old_to is not None and before.exists():
        if old_to.exists():
            raise RekeyRefused(f"{old_to} exists already: choose another name for the old keys")
        shutil.copyfile(before, old_to)
        old_to.chmod(0o600)


def new_lookup(database: Callable[[Keyring], Database], path: Path, *, now: datetime) -> int:
    """A new look-up key: every hash of an address and of an e-mail is made again; how many.

    The program must not run. Cut off anywhere, it is finished by calling this once more.
    """
    content = keys.begin_lookup(path)
    assert content.next_lookup is not None
    coming = Keyring(
        content.keys, content.next_lookup, content.codes, (*content.former, content.lookup)
    )
    with database(coming) as opened:
        with opened.writing() as session:
            # A run that was cut off may have got as far as this.
            is_done = marked(session, LOOKUP) == mark_of_key(content.next_lookup)
            count = 0 if is_done else rebuild_lookups(session, coming)
            if not is_done:
                record(session, at=now, act="data.rekey_lookup", actor="command line")
        opened.fold_log()
    keys.finish_lookup(path)
    return count


def by_name(counts: Mapping[bytes, int], keyring: Keyring) -> dict[str, int]:
    """How many stored values each key opens."""
    names = keyring.key_ids
    return {names.get(key_id, "missing"): count for key_id, count in counts.items()}
