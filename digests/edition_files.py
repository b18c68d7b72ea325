"""Editions as files that go with a message: made once, and kept as they were sent.

Making one takes a fraction of a second, so it is done outside of every writing transaction.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sqlmodel import Session, col, select

from digests import paper_formats
from digests.editions import WEEKLY, edits_of, paper_of
from digests.paper import Paper
from digests.pdf import as_pdf
from digests.picture import Picture, digest_from, words_from
from digests.word import as_docx, own_for
from storage.database import insert_new
from storage.editions import Edition, EditionFile, EditionState

Kind = Literal["pdf", "docx"]

KINDS: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MOST = 8


@dataclass(frozen=True, slots=True)
class DigestFile:
    """A file with the name it is sent under; `problem`: why their own template was not used."""

    name: str
    kind: Kind
    content: bytes = field(repr=False)
    problem: str = ""

    @property
    def media_type(self) -> str:
        return KINDS[self.kind]


def made(picture: Picture, kind: Kind, template: Path | None = None) -> DigestFile:
    """The weekly digest as a file, made now. `template`: the partnership's own for Word."""
    name = f"weekly-digest-{picture.digest.period.end}.{kind}"
    if kind == "pdf":
        return DigestFile(name, kind, as_pdf(picture))
    word = as_docx(picture, own_for(template, WEEKLY))
    return DigestFile(name, kind, word.content, word.problem)


def made_of(paper: Paper, kind: Kind, template: Path | None = None) -> DigestFile:
    """A report as a file, made now. `template`: a file or folder of theirs for Word."""
    name = f"{paper.name}.{kind}"
    if kind == "pdf":
        return DigestFile(name, kind, paper_formats.as_pdf(paper))
    word = paper_formats.as_docx(paper, own_for(template, paper.kind))
    return DigestFile(name, kind, word.content, word.problem)


def file_of(db: Session, edition: Edition, kind: Kind, template: Path | None = None) -> DigestFile:
    """As it was kept or, where it was not yet, made now; nothing is stored. Raises Unreadable."""
    kept = db.exec(
        select(EditionFile.content).where(
            EditionFile.edition_id == edition.id, EditionFile.format == kind
        )
    ).first()
    if kept is None:
        return _made_once(edition, kind, template)
    return DigestFile(_name(edition, kind), kind, base64.b64decode(kept))


def _name(edition: Edition, kind: Kind) -> str:
    if edition.kind == WEEKLY:
        return f"weekly-digest-{edition.ends_on}.{kind}"
    parts = (edition.kind, edition.subject, str(edition.ends_on))
    return f"{'-'.join(filter(None, parts))}.{kind}"


def _made_once(edition: Edition, kind: Kind, template: Path | None) -> DigestFile:
    """Twenty people who get the same digest at once wait for one making of it."""
    if edition.kind != WEEKLY:
        return made_of(paper_of(edition), kind, template)
    return _made_of(edition.view, edition.words, edition.as_at, kind, template)


@lru_cache(maxsize=6)
def _made_of(
    view: str, words: str, as_at: datetime, kind: Kind, template: Path | None
) -> DigestFile:
    return made(Picture(digest_from(view), words_from(words), as_at), kind, template)


def without_files(db: Session) -> Sequence[Edition]:
    """Some editions whose files are not kept yet, the newest first."""
    have = select(EditionFile.edition_id).group_by(col(EditionFile.edition_id))
    return db.exec(
        select(Edition)
        .where(Edition.state != EditionState.DROPPED, col(Edition.id).not_in(have))
        .order_by(col(Edition.id).desc())
        .limit(_MOST)
    ).all()


def keep(db: Session, edition: Edition, files: Sequence[DigestFile]) -> None:
    """Stores them, unless somebody has put other words to the edition since they were made."""
    now_there = db.get(Edition, edition.id)
    if now_there is None or edits_of(now_there) != edits_of(edition):
        return
    rows = [
        {
            "edition_id": edition.id,
            "format": file.kind,
            "content": base64.b64encode(file.content).decode("ascii"),
        }
        for file in files
    ]
    insert_new(db, EditionFile, rows)
