"""What `doctor` looks at in what is kept and what was erased: keys, the list of deletions."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlmodel import Session as Db

from bot.doors import Problem
from bot.keys import LEDGER, coming_key, read_file
from bot.settings import Settings
from storage import tombstones
from storage.retention import unconfirmed

_SHOWN = 5


def keys_file(path: Path) -> Iterator[Problem]:
    """A change of keys that was begun and not finished; the list of deletions beside the keys."""
    content = read_file(path)
    if content.switched_at is not None:
        yield Problem(
            "The keys were changed, and the old one is still in the keys file: the change was "
            "not finished.",
            "Run `listening-loop data rekey` once more; with several nodes on PostgreSQL "
            "`listening-loop data rekey --finish`, ten minutes after it or later.",
        )
    elif coming_key(content) is not None:
        yield Problem(
            "A new key was made and nothing is encrypted with it yet.",
            "Copy the keys file to every node, then run `listening-loop data rekey`.",
        )
    ledger = path.with_name(LEDGER)
    if not tombstones.is_writable(ledger):
        yield Problem(
            f"Deletions cannot be listed in {ledger}: an old copy could bring back what somebody "
            "asked to have deleted.",
            f"Let the user that runs the program write {ledger} and its folder, then run "
            "`listening-loop data purge`, which makes the list whole.",
        )


def left_beside(database: Path) -> Iterator[Problem]:
    """What `data restore` put aside; nobody deletes it but a person."""
    for path in sorted(database.parent.glob(f"{database.name}.before-*")):
        yield Problem(
            f"The database as it was before a copy was brought back still lies in {path}. It "
            "holds people's data, and no retention works there.",
            "Delete it once you are sure that nothing of it is needed.",
        )


def referred(db: Db, settings: Settings, now: datetime) -> Iterator[Problem]:
    """Words of concerns that were referred so long ago that the case system must have them."""
    found = unconfirmed(db, now=now, rules=settings.retention.rules())
    if not found:
        return
    refs = ", ".join(item.ref for item in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    yield Problem(
        f"Words that were referred are still here, and nobody said that the case system has them: "
        f"{refs}{more}.",
        "A reviewer looks at `concerns list --closed` and confirms each with `concerns purge REF "
        "--case-ref ...`.",
    )
