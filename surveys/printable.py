"""People's texts made safe to print beside text that runs the other way."""

import re
import unicodedata

from storage.language import direction

FSI, PDI = "\u2068", "\u2069"
_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_JOINERS = "\u200c\u200d"
_NO_BREAK = "\u00a0"


def plain(text: str) -> str:
    """Without the signs that turn text round: for titles of files and what is only spoken."""
    return _STEERING.sub("", text)


def one_line(text: str) -> str:
    """Without line breaks, control characters, and signs that turn the text after them round.

    The joiners stay: Urdu and Persian are written with them.
    """
    spaced = re.sub(r"\s+", " ", plain(text))
    kept = (char for char in spaced if char in _JOINERS or unicodedata.category(char)[0] != "C")
    return re.sub(r" +", " ", "".join(kept)).strip()


def apart(text: str, language: str) -> str:
    """Set apart where some of it runs against the language: its neighbours stay in their place."""
    against = ("L", "EN") if direction(language) == "rtl" else ("R", "AL", "AN")
    runs = any(unicodedata.bidirectional(char) in against for char in text)
    return f"{FSI}{text}{PDI}" if runs else text


def unbroken(number: str) -> str:
    """A telephone number in one piece: at a space, right-to-left text would turn it round."""
    return number.replace(" ", _NO_BREAK).replace("-", "\u2011")
