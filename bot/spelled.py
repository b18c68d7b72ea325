"""A name as it may stand in a text: in any case, spaced anyhow, in either way of writing an accent,

with letters between that nobody sees. Pure.
"""

import re
import unicodedata

_UNSEEN = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*"
_GAP = r"[\s\u200b]+"
_NEVER = r"(?!)"


def spelled(words: str) -> str:
    """The pattern of these words, to be read without regard to case; part of a word stays."""
    seen = re.sub(_UNSEEN, "", words)
    if not seen.strip():
        return _NEVER
    forms = dict.fromkeys(unicodedata.normalize(form, seen) for form in ("NFC", "NFD"))
    each = "|".join(_GAP.join(map(_word, form.split())) for form in forms)
    return rf"(?<!\w)(?:{each})(?!\w)"


def _word(word: str) -> str:
    return _UNSEEN.join(map(re.escape, word))
