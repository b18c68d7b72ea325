"""How hard a text reads, to be shown beside it: advice, never a refusal.

English has a reading age: the lower of the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and
Chissom, Naval Technical Training Command, Research Branch Report 8-75, 1975) and the Coleman-Liau
index (Journal of Applied Psychology 60, 1975), plus five years; `surveys.reading_age` counts both.
For other languages no formula of that kind is agreed, so only lengths are given: words in a
sentence, letters in a word.
"""

import re
from dataclasses import dataclass

import regex

from storage.voice import Readers
from surveys.reading_age import MEASURED, read

AIM = {
    Readers.EVERYBODY: 11,
    Readers.AGE_8_11: 9,
    Readers.AGE_12_15: 11,
    Readers.AGE_16_UP: 11,
    Readers.EASY_READ: 9,
    Readers.PRACTITIONERS: 16,
}
"""The oldest reading age that each kind of reader should need. A judgement of the field: 9 to 11

for young people; the youngest and easy read at its lower end.
"""

LONG_SENTENCE = 15
"""Words in a sentence, in any language, above which a child loses the thread."""

_ALLOWED = 1.0
_SENTENCE = re.compile(r"[.!?…؟۔]+(?:\s+|$)|\n+")


@dataclass(frozen=True, slots=True)
class Measure:
    """`age` is None where the language has no formula here, or the text is too short to say."""

    words: int
    sentences: int
    words_in_sentence: float
    letters_in_word: float
    age: float | None
    is_measured: bool

    def is_hard(self, readers: Readers) -> bool:
        """Whether it should be made plainer for these readers."""
        if self.age is not None:
            return self.age > AIM[readers] + _ALLOWED
        is_for_young = readers is not Readers.PRACTITIONERS
        return is_for_young and self.words_in_sentence > LONG_SENTENCE


def measure(*texts: str, language: str) -> Measure:
    """The measure of these texts together, each a passage of its own."""
    whole = "\n".join(text.strip() for text in texts if text.strip())
    is_measured = language.partition("-")[0] in MEASURED
    sentences = [words for part in _SENTENCE.split(whole) if (words := _words(part))]
    words = [word for sentence in sentences for word in sentence]
    found = read(whole) if is_measured else None
    return Measure(
        words=len(words),
        sentences=len(sentences),
        words_in_sentence=round(len(words) / len(sentences), 1) if sentences else 0.0,
        letters_in_word=round(sum(map(len, words)) / len(words), 1) if words else 0.0,
        age=found.age if found else None,
        is_measured=is_measured,
    )


def _words(sentence: str) -> list[str]:
    return regex.findall(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*", sentence)
