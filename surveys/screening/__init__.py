"""What a text may be telling us, so that the most urgent is read first.

A person reads every text whatever comes out here: a tier is an order, not a verdict. The words
live in `surveys/lexicon/`, which a safeguarding lead can read and amend; this package only knows
how to compare. Two layers: exact frames (who does what to whom), and cues that say little alone
but something where they meet. Pure, local, the same answer for the same text, and bounded in time:
of a text longer than `LONGEST` the two ends are compared, and it is never below *unsure*.
"""

from surveys.screening import frames, meeting
from surveys.screening.languages import is_foreign, is_known, is_readable
from surveys.screening.lexicon import Lexicon, the_lexicon
from surveys.screening.reading import Reading
from surveys.screening.tiers import Note, Screening, Tier, summed_up

__all__ = ["LONGEST", "Screening", "Tier", "screen"]

LONGEST = 12_000  # three of the longest chat messages
SHORT = 3  # words


def screen(
    text: str,
    language: str | None = None,
    *,
    after_sensitive: bool = False,
    practitioner: bool = False,
) -> Screening:
    """Compare a text with the lexicon.

    `language` is that of the survey, if known; all languages of the lexicon are tried whatever it
    says. `after_sensitive` makes a very short answer *unsure*: after "do you feel safe at home?"
    "no" is a cry, and so may be "yes". Of a `practitioner`, who writes about harm all day, only
    what they say of themselves, of a named child or of a worker counts.
    """
    lexicon = the_lexicon()
    plain = lexicon.spelling.plain(text[:LONGEST])
    notes = _notes(plain, lexicon, practitioner)
    if len(text) > LONGEST:
        notes += _notes(lexicon.spelling.plain(text[-LONGEST:]), lexicon, practitioner)
        notes.append((Tier.UNSURE, "too_long", "longer-than-is-compared"))
    if after_sensitive and 0 < len(plain.split()) <= SHORT:
        notes.append((Tier.UNSURE, "short_answer", "short-after-a-sensitive-question"))
    if not any(tier in (Tier.RED, Tier.AMBER) for tier, _, _ in notes):
        notes += _language_note(plain, language, lexicon)
    return summed_up(notes, lexicon.version)


def _notes(plain: str, lexicon: Lexicon, practitioner: bool) -> list[Note]:
    reading = Reading(lexicon.spelling.tokens(plain), lexicon.groups)
    foreign = is_foreign(plain, lexicon.languages)
    audience = "practitioner" if practitioner else ""
    framed = frames.met(reading, lexicon, audience, foreign=foreign)
    if practitioner:
        return [one.note() for one in framed]
    notes = [one.note() for one in framed if one.counts_alone]
    if foreign:
        return notes
    return notes + meeting.met(reading, framed, lexicon)


def _language_note(plain: str, language: str | None, lexicon: Lexicon) -> list[Note]:
    if not any(map(str.isalpha, plain)):
        return []
    if is_known(language, lexicon.languages["known"]) and is_readable(plain, lexicon.languages):
        return []
    return [(Tier.UNSURE, "language", "language-not-known")]
