"""Files that a link leads to: a digest as it was sent. Downloading one changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from starlette.responses import Response

from bot.access import Right
from bot.circumstances import Circumstances
from bot.reports_seen import may_read
from bot.tokens import read_act
from bot.web.desk.guest import Guest
from digests.edition_files import KINDS, DigestFile, Kind, file_of
from digests.picture import Unreadable
from storage.editions import Edition
from surveys.typesetting import CannotTypeset


@dataclass(frozen=True, slots=True)
class EditionShown:
    """A digest to download: in what form, and as it stood when."""

    kind: Kind
    as_at: datetime


def is_file(token: str) -> bool:
    """Whether a link leads to a file."""
    return read_act(token)[0] == "file"


def edition_of(db: Db, guest: Guest) -> EditionShown | None:
    """What this link leads to; None where it is gone, or not for this person (any more)."""
    found = _edition(db, guest)
    return EditionShown(found[1], found[0].as_at) if found is not None else None


def file_for(db: Db, guest: Guest, around: Circumstances) -> DigestFile | None:
    """The file itself, as it was kept when it was sent; None where there is none for them."""
    found = _edition(db, guest)
    if found is None:
        return None
    try:
        return file_of(db, *found, around.settings.digests.template)
    except (Unreadable, CannotTypeset):
        return None


def _edition(db: Db, guest: Guest) -> tuple[Edition, Kind] | None:
    _, args = read_act(guest.token)
    kind = next((kind for kind in KINDS if args[1:] == [kind]), None)
    if kind is None or not args[0].isdecimal() or not guest.who.may(Right.DIGEST):
        return None
    edition = db.get(Edition, int(args[0]))
    if edition is None or not may_read(db, guest.who, edition):
        return None
    return edition, kind


def download(name: str, media_type: str, content: bytes) -> Response:
    """To be kept, never to be shown within our pages. The names are our own, in plain letters."""
    plain = "".join(letter for letter in name if letter.isascii() and letter not in '"\\\r\n')
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{plain or "file"}"',
    }
    return Response(content, headers=headers, media_type=media_type)
