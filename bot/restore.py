"""Bringing a database back, wired: settings, keys old and new, the copy, the list of deletions."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.keys import LEDGER, KeysFile, read_file, read_keys
from bot.presence import check_nobody_runs, database_file
from bot.settings import Settings
from storage import schema
from storage.bringing_back import Restored, Since, bring_back
from storage.database import Database
from storage.people import person_of
from storage.rekeying import encrypt_again
from storage.restoring import (
    RestoreRefused,
    check_copy,
    lay_out,
    open_copy,
    swap,
    what_happened_since,
)
from storage.tombstones import in_file
from storage.types import Keyring


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `keys`: the keys file of the time of the copy."""

    settings: Settings
    now: datetime
    as_: str = field(default="", repr=False)
    keys: Path | None = None
    with_retention: bool = True

    @property
    def keys_file(self) -> Path:
        return self.settings.database.keys_file

    @property
    def ledger(self) -> Path:
        return self.keys_file.with_name(LEDGER)


def bring_back_here(wish: Wish) -> Restored:
    """The same for a database that its own tools have put back: PostgreSQL after pg_restore."""
    keyring = _keyring(wish)
    with Database(wish.settings.database.url, keyring) as database:
        schema.upgrade(database)
        check_nobody_runs(database, wish.now)
        return _bring_back(database, wish, None)


def replace_with(wish: Wish, copy: Path) -> tuple[Restored, Path | None]:
    """Puts a copy in the place of an embedded database; what was done, and where the old one is."""
    present = database_file(wish.settings.database.url)
    if present is None:
        raise RestoreRefused(
            "the database is PostgreSQL: put it back with pg_restore, then run `data restore` "
            "without a file"
        )
    check_copy(copy, wish.now)
    known = _known(wish, present)
    place = present.with_name(present.name + ".restoring")
    lay_out(copy, place)
    with open_copy(place, _keyring(wish)) as database:
        done = _bring_back(database, wish, known)
    return done, swap(place, present, wish.now)


def _known(wish: Wish, present: Path) -> Since | None:
    if not present.exists():
        return None
    with Database(wish.settings.database.url, read_keys(wish.keys_file)) as database:
        return what_happened_since(database)


def _bring_back(database: Database, wish: Wish, known: Since | None) -> Restored:
    with database.reading() as session:
        by = person_of(session, wish.as_)
        by_id = by.id if by is not None else None
    done = bring_back(
        database,
        graves=in_file(wish.ledger),
        now=wish.now,
        rules=wish.settings.retention.rules(),
        known=known,
        by_id=by_id,
        with_retention=wish.with_retention,
    )
    if encrypt_again(database):
        database.fold_log()
    return done


def _keyring(wish: Wish) -> Keyring:
    """The keys of now, and those of then to read what is older."""
    now = read_file(wish.keys_file)
    if now.next_lookup is not None:
        read_keys(wish.keys_file)  # says what to do
    then = read_file(wish.keys) if wish.keys is not None else None
    if then is not None and then.codes != now.codes:
        raise RestoreRefused(
            f"{wish.keys} is the keys file of another house: with it, no code that people hold "
            "would work any more"
        )
    return _together(now, then, wish.ledger)


def _together(now: KeysFile, then: KeysFile | None, ledger: Path) -> Keyring:
    keys = dict(now.keys)
    for name, key in (then.keys if then is not None else {}).items():
        if keys.setdefault(name, key) != key:
            raise RestoreRefused(f"the key {name} is another one in the keys file of that time")
    former = now.former
    if then is not None and then.lookup not in (now.lookup, *former):
        former = (*former, then.lookup)
    return Keyring(keys, now.lookup, now.codes, former, ledger=ledger)
