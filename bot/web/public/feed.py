"""The Atom feed (RFC 4287) of what was published. Pure: the same publications, the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from bot.web.public.published import Published, last_change
from digests.render import render
from storage.voice import Readers
from surveys.definition import text_in
from surveys.printable import one_line

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class About:
    """The feed itself: its title, who writes it, its language, where it and its page are.

    `home` is the address of the pages, `path` that of the page it belongs to.
    """

    title: str
    author: str
    language: str
    home: str
    path: str
    readers: Readers = Readers.EVERYBODY

    @property
    def asked_in(self) -> str:
        """What the addresses of pages in this language and these words end with."""
        more = "" if self.readers is Readers.EVERYBODY else f"&for={self.readers.value}"
        return f"?lang={self.language}{more}"

    @property
    def page(self) -> str:
        return f"{self.home}{self.path}"

    @property
    def urn(self) -> str:
        """The same in every language, and wherever the pages move to."""
        return uuid5(NAMESPACE_URL, f"{self.author}{self.path}").urn


def atom(about: About, pages: Sequence[Published]) -> bytes:
    """The feed, the newest first."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set(f"{{{XML}}}lang", about.language)
    _add(root, "id", about.urn)
    _add(root, "title", about.title)
    _add(root, "updated", _instant(last_change(pages) or BEFORE_ANYTHING))
    _add(_add(root, "author"), "name", about.author)
    _link(root, "self", f"{about.page}.atom{about.asked_in}", "application/atom+xml")
    _link(root, "alternate", f"{about.page}{about.asked_in}", "text/html")
    for page in pages:
        _entry(root, about, page)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return made


def _entry(root: etree._Element, about: About, page: Published) -> None:
    entry = _add(root, "entry")
    at = _instant(page.at)
    _add(entry, "id", page.urn)
    _add(entry, "title", headline(page, about.language))
    _add(entry, "updated", at)
    _add(entry, "published", at)
    address = f"{about.home}/we-did/{page.slug}{about.asked_in}"
    _link(entry, "alternate", address, "text/html")
    content = _add(
        entry, "content", render(page.view, "text", about.language, readers=about.readers)
    )
    content.set("type", "text")


def headline(page: Published, language: str) -> str:
    """What the survey was called."""
    return one_line(text_in(page.view.titles, language, page.view.written_in)) or page.slug


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    if text:
        made.text = _NOT_XML.sub("", text)
    return made


def _link(parent: etree._Element, rel: str, href: str, media_type: str) -> None:
    link = _add(parent, "link")
    link.set("rel", rel)
    link.set("href", href)
    link.set("type", media_type)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
