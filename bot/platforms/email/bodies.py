"""The words of a mail, out of whatever its program wrapped them in. Pure.

Text where there is text, else the words of the HTML; a mail is data, nothing of it is ever shown
as a page or fetched.
"""

import re
from email.message import Message
from html.parser import HTMLParser

MOST_PARTS = 50
MOST_HTML = 300_000
_DEEPEST = 200
_LEFT_OUT = frozenset({"head", "style", "script", "title", "svg", "object", "template", "noscript"})
_BREAKS = frozenset({"p", "div", "br", "li", "tr", "ul", "ol", "table", "hr", "pre", "h1", "h2"})
_FOR_NAMES_ALONE = frozenset({"idna", "punycode"})
"""Ways to write a domain, which take very long to read a whole mail."""
_NO_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_SECTION = re.compile(r"<!\[[^<>]*>")
_SPACES = re.compile(r"[\s\xa0]+")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "wbr"})
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "divrplyfwdmsg")
_CUT_FROM = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container")
"""What follows these in the mails of Outlook is the mail that was answered."""


def words_of(mail: Message) -> str:
    """The text of a mail, its quotes still in it; empty where there is none."""
    plain, html = _bodies(mail)
    if plain is not None and (text := _unwrapped(plain)).strip():
        return text
    return "" if html is None else text_of_html(_decoded(html))


def has_files(mail: Message) -> bool:
    """Whether something hangs on the mail that is no text."""
    return any(
        part.get_content_disposition() == "attachment" or part.get_content_maintype() == "image"
        for part in _parts(mail)
    )


def _parts(mail: Message) -> list[Message]:
    """The first parts, also of a mail that nests them without end."""
    found: list[Message] = []
    for part in mail.walk():
        found.append(part)
        if len(found) >= MOST_PARTS:
            break
    return found


def _bodies(mail: Message) -> tuple[Message | None, Message | None]:
    plain = html = None
    for part in _parts(mail):
        if part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and plain is None:
            plain = part
        elif kind == "text/html" and html is None:
            html = part
        elif kind == "message/rfc822":
            break
    return plain, html


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    named = str(part.get_content_charset() or "")
    for charset in (_ALSO.get(named, named), "utf-8"):
        if charset.casefold() in _FOR_NAMES_ALONE:
            continue
        try:
            return payload.decode(charset)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return payload.decode("windows-1252", "replace")


_ALSO = {
    "iso-8859-1": "windows-1252",
    "us-ascii": "utf-8",
    "": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
"""What programs write who mean another."""


def _unwrapped(part: Message) -> str:
    """Lines as they were typed: "flowed" ones are joined again (RFC 3676)."""
    text = _decoded(part).replace("\r\n", "\n").replace("\r", "\n")
    if str(part.get_param("format", "")).casefold() != "flowed":
        return text
    is_tight = str(part.get_param("delsp", "")).casefold() == "yes"
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        quotes, rest = _depth(line)
        if open_depth == quotes and rest != "-- ":
            lines[-1] = (lines[-1][:-1] if is_tight else lines[-1]) + rest
        else:
            lines.append(("> " if quotes else "") + rest)
        is_soft = rest.endswith(" ") and rest != "-- "
        open_depth = quotes if is_soft else None
    return "\n".join(lines)


def _depth(line: str) -> tuple[int, str]:
    rest = line.lstrip(">")
    quotes = len(line) - len(rest)
    return quotes, rest.removeprefix(" ")


def text_of_html(html: str) -> str:
    """The words of a page of HTML, with quotes marked by ">" as in text."""
    reader = _Reader()
    try:
        reader.feed(tame(html[:MOST_HTML]))
        reader.close()
    except (AssertionError, ValueError):
        return ""  # markup that the standard parser gives up on never was any
    return reader.text()


def tame(html: str) -> str:
    """Without what keeps the standard parser looking for an end again and again to the last letter:

    comments and sections, and each "<" that no ">" follows before the next.
    """
    kept, place = [], 0
    while (start := html.find("<!--", place)) >= 0:
        kept.append(html[place:start])
        end = html.find("-->", start + 4)
        place = len(html) if end < 0 else end + 3
    kept.append(html[place:])
    return _SECTION.sub("", _NO_TAG.sub("&lt;", " ".join(kept)))


class _Reader(HTMLParser):
    """Gathers words; what is in a quote gets a mark before each line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether it hides, whether it quotes
        self._hiding = self._quoting = 0
        self._is_cut = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join((value or "") for name, value in attrs if name in ("class", "id"))
        marks = marks.casefold()
        self._is_cut = self._is_cut or any(mark in marks for mark in _CUT_FROM)
        hides = tag in _LEFT_OUT
        quotes = tag == "blockquote" or any(mark in marks for mark in _QUOTES)
        if tag in _BREAKS or quotes:
            self._lines.append("")
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append((tag, hides, quotes))
            self._hiding += hides
            self._quoting += quotes

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _, _ in self._open):
            self._close(tag)
        if tag in _BREAKS and tag != "br":
            self._lines.append("")

    def _close(self, tag: str) -> None:
        """With all that was opened inside and never closed."""
        while self._open:
            name, hides, quotes = self._open.pop()
            self._hiding -= hides
            self._quoting -= quotes
            if quotes:
                self._lines.append("")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._is_cut or self._hiding:
            return
        if self._quoting and data.strip() and not self._lines[-1]:
            self._lines[-1] = "> "
        self._lines[-1] += _SPACES.sub(" ", data.replace("\u200b", ""))

    def text(self) -> str:
        """Its lines without the empty ones."""
        return "\n".join(line for line in map(str.strip, self._lines) if line)
