"""Files that pages need: served by ourselves, under names that change with what is in them."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}
_FONTS = {
    "nunito.ttf": ("fontpkg_nunito", "Nunito[wght].ttf"),
    "plex-arabic.ttf": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Regular.ttf"),
    "plex-arabic-bold.ttf": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Bold.ttf"),
}
_OF_REPORTS = ("results.css", "drawing.css")
"""Style sheets of documents, for where they are shown on a page of ours."""
_OURS = (
    "page.js",
    "mark.svg",
    "page.css",
    "public.css",
    "desk.css",
    "board.css",
    "themes.css",
    "themes.js",
)
_FOR_GOOD = "public, max-age=31536000, immutable"
_FILE = re.compile(rb"url\(\"([a-z.-]+)\"\)")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served, also packed."""

    name: str
    content: bytes
    packed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, by the name under which they are served."""

    by_name: dict[str, Asset]
    address_of: dict[str, str]

    def serve(self, request: Request) -> Response:
        """/static/{name}; a name that is not there any more is not found."""
        found = self.by_name.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        takes_packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
        if takes_packed:
            headers["Content-Encoding"] = "gzip"
        content = found.packed if takes_packed else found.content
        return Response(content, headers=headers, media_type=found.media_type)


@cache
def assets() -> Assets:
    """Read once; the style sheets last, because they name the fonts."""
    made: dict[str, Asset] = {}
    address_of: dict[str, str] = {}
    for plain in (*_FONTS, *_OURS, *_OF_REPORTS):
        asset = _asset(plain, address_of)
        made[asset.name] = asset
        address_of[plain] = f"/static/{asset.name}"
    return Assets(made, address_of)


def _asset(plain: str, address_of: dict[str, str]) -> Asset:
    if plain in _FONTS:
        package, name = _FONTS[plain]
        content = (files(package) / "files" / name).read_bytes()
    elif plain in _OF_REPORTS:
        content = (files("digests") / "templates" / plain).read_bytes()
    else:
        content = (files("bot.web") / "static" / plain).read_bytes()
    content = _FILE.sub(lambda found: _named(found[1].decode(), address_of), content)
    stem, _, ending = plain.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    packed = gzip.compress(content, mtime=0)
    return Asset(f"{stem}.{digest}.{ending}", content, packed, _TYPES[ending])


def _named(plain: str, address_of: dict[str, str]) -> bytes:
    return f'url("{address_of[plain]}")'.encode()
