"""Words as Slack writes them and as it takes them: links and mentions in brackets. Pure."""

import re

from surveys.matching import clean

MOST_LETTERS = 4000
_MARK = re.compile(r"<([^<>\n]+)>")
_LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"»”’]")
_FORMATS = re.compile(r"[*_~`]")
_NOTHING_WIDE = "\u200b"


def words_of(text: str) -> str:
    """What somebody wrote, without Slack's marks, cut to a length that can be kept."""
    plain = _MARK.sub(lambda found: _unmarked(found[1]), text)
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(escape, sign)
    return clean(plain)[:MOST_LETTERS]


def _unmarked(inner: str) -> str:
    target, _, label = inner.partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return label
    if kind == "#":
        return f"#{label}" if label else ""
    if kind == "!":
        return label or f"@{rest.partition('^')[0]}"
    address = target.partition(":")[2] if target.startswith(("mailto:", "tel:")) else target
    return address if not label or label in target else f"{label} ({address})"


def escaped(text: str) -> str:
    """Words as data in a text that Slack reads: no link, mention or command comes of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def has_link(text: str) -> bool:
    """Whether there is an address in it, which is to be pressed."""
    return _LINK.search(text) is not None


def linked(text: str) -> str:
    """As Slack's markup: addresses are links, everything else stands as it was written."""
    pieces, end = [], 0
    for found in _LINK.finditer(text):
        pieces += [_inert(text[end : found.start()]), f"<{escaped(found[0])}>"]
        end = found.end()
    return "".join((*pieces, _inert(text[end:])))


def _inert(text: str) -> str:
    """Signs that would make words bold or grey do nothing with something of no width behind."""
    return _FORMATS.sub(lambda found: f"{found[0]}{_NOTHING_WIDE}", escaped(text))
