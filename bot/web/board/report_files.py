"""An edition in each format, for a download."""

import json
from pathlib import Path

from digests import editions
from digests.edition_files import KINDS, file_of
from digests.paper_formats import draw
from digests.render import render
from storage.database import Database
from storage.editions import Edition
from storage.plain import plain

FORMATS = {
    "pdf": "PDF",
    "docx": "Word",
    "html": "Web page",
    "md": "Markdown",
    "json": "Data (JSON)",
}
_TEXTS = {"html": "text/html", "md": "text/markdown", "json": "application/json"}


def file_response(
    database: Database, edition: Edition, wanted: str, template: Path | None
) -> tuple[str, str, bytes]:
    """Name, media type and content. Raises Unreadable, CannotTypeset."""
    kind = next((kind for kind in KINDS if kind == wanted), None)
    if kind is not None:
        with database.reading() as db:
            file = file_of(db, edition, kind, template)
        return file.name, file.media_type, file.content
    return _name(edition, wanted), f"{_TEXTS[wanted]}; charset=utf-8", _text(edition, wanted)


def _name(edition: Edition, wanted: str) -> str:
    parts = (edition.kind, edition.subject, str(edition.ends_on))
    return f"{'-'.join(filter(None, parts))}.{wanted}"


def _text(edition: Edition, wanted: str) -> bytes:
    if edition.kind == editions.WEEKLY:
        picture = editions.picture_of(edition)
        name = next(one for one in ("html", "md", "json") if one == wanted)
        return render(picture, name).encode()
    if wanted == "json":
        view = plain(editions.view_of(edition))
        return (json.dumps(view, ensure_ascii=False, indent=2) + "\n").encode()
    return draw(editions.paper_of(edition), "html" if wanted == "html" else "md").encode()
