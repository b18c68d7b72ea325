"""How old a reader of an English text should be, by two published formulas. Pure.

The Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, Research Branch Report 8-75, Naval
Technical Training Command, 1975) counts syllables; the Coleman-Liau index (Coleman and Liau,
Journal of Applied Psychology 60, 1975) counts letters. Both give a grade of American schools, whose
pupils are about five years older than its number. Both were made for passages of a hundred words
and more; in one question a single long word moves them by years. So the lower of the two counts,
names of people and places are left out, and whoever asks about a short text should allow for more
(see `surveys.check.reading`). Neither says anything about other languages: there is no number then.
"""

import re
from dataclasses import dataclass

MEASURED = ("en",)
YEARS_ABOVE_GRADE = 5
FEWEST_WORDS = 8

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|[0-9]+")
_SENTENCE = re.compile(r"[.!?:;]+(?:\s+|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(
    r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouyscxzg](?<!sh)(?<!ch)es|[aeiouy]le)$"
)
_SPLIT = re.compile(
    r"(?<![cstg])ia(?!ge)|(?<![cstgh])io(?!n(?!$))|(?<![cst])ie(?=[rt]|nc|nt)|iu|[aeouiy]ing|"
    r"eo(?=[s-v])|(?<![qg])ua|uou|oet?(?=r|m)|[a-z]ya|(?:^|[^aeiou])rea(?=ct)|crea(?=t)|eate|oa(?=p)|"
    r"(?:sm|thm|(?<=[ds])n't)$"
)
_JOINED = re.compile(
    r"(?<=[a-z])(?:some|ever|fore|time|base|fire|home|where|safe|score|frame|guide|stake|use|life|"
    r"gate)(?=[b-df-hj-np-tv-z])|(?<=[^aeiou])e(?:ly|ful|less|ment|ness)|ques"
)
_KNOWN = {
    "area": 3, "being": 2, "business": 2, "different": 3, "doing": 2, "every": 2, "everyone": 3,
    "everything": 3, "evening": 2, "experience": 4, "family": 3, "idea": 3, "interest": 2,
    "interested": 3, "interesting": 3, "people": 2, "science": 2, "several": 2, "social": 2,
    "something": 2, "someone": 2, "somebody": 3, "sometimes": 2, "somewhere": 2, "special": 2,
    "quiet": 2, "diet": 2, "trial": 2, "real": 1, "really": 2, "poem": 2, "violence": 3,
    "recognise": 3, "one": 1, "once": 1, "question": 2, "questions": 2, "hundred": 2, "anyone": 3,
    "safeguard": 2, "safeguards": 2, "safeguarding": 3, "centre": 2, "behaviour": 3, "maybe": 2,
    "can't": 1, "won't": 1, "suicide": 3, "video": 3, "answered": 2, "everybody": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted in a text, and the age for which it reads."""

    words: int
    sentences: int
    age: float


def read(text: str) -> Reading | None:
    """The measure of an English text; None where there are too few words to say anything."""
    sentences = [words for part in _SENTENCE.split(text) if (words := _plain_words(part))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    length = len(words) / len(sentences)
    grade = min(_flesch_kincaid(words, length), _coleman_liau(words, length))
    return Reading(len(words), len(sentences), round(grade + YEARS_ABOVE_GRADE, 1))


def syllables(word: str) -> int:
    """How many syllables an English word has, by its letters: right for nine words in ten."""
    plain = word.casefold().replace("’", "'")
    if plain in _KNOWN:
        return _KNOWN[plain]
    plain = plain.removesuffix("'s")
    base = plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "es")) else plain
    if base in _KNOWN:
        return _KNOWN[base]
    count = len(_VOWELS.findall(plain)) + len(_SPLIT.findall(plain))
    count -= len(_JOINED.findall(plain)) + bool(_SILENT_END.search(base))
    return max(count, 1)


def _plain_words(sentence: str) -> list[str]:
    """Its words without names: those with a capital inside the sentence."""
    words = _WORD.findall(sentence)
    return [
        word
        for place, word in enumerate(words)
        if place == 0 or word[:2].islower() or len(word) < 2
    ]


def _flesch_kincaid(words: list[str], length: float) -> float:
    return 0.39 * length + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def _coleman_liau(words: list[str], length: float) -> float:
    letters = 100 * sum(len(word) for word in words) / len(words)
    return 0.0588 * letters - 0.296 * (100 / length) - 15.8
