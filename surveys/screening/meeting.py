"""Cues: small signs that say little alone; where enough of them meet, somebody should look.

A frame that is not firm is a cue among others, worth more than most. Cues and groups were written
by hand; their points were set by hand and adjusted by counts over made-up texts, never over those
of real young people. `surveys/lexicon/about.toml` tells more, with an example.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from surveys.screening.denial import Denials
from surveys.screening.frames import Met
from surveys.screening.lexicon import Lexicon
from surveys.screening.patterns import Frame
from surveys.screening.reading import Reading
from surveys.screening.tiers import Note, Tier

_SHORT_TEXT = 4  # sentences that are taken as one

Cues = dict[Frame, None]


def met(reading: Reading, framed: Sequence[Met], lexicon: Lexicon) -> list[Note]:
    """A note for each stretch of the text in which enough cues meet."""
    windows = _windows(cues_by_sentence(reading, framed, lexicon))
    return list(dict.fromkeys(note for cues in windows for note in _judged(cues, lexicon)))


def cues_by_sentence(reading: Reading, framed: Sequence[Met], lexicon: Lexicon) -> dict[int, Cues]:
    """The cues of each sentence, and that a "not" takes some back."""
    found: dict[int, Cues] = {}
    denials, taken_back = Denials(reading, lexicon), set[Frame]()
    counted = [one.hit for one in framed if not one.why or one.tier is one.hit.pattern.frame.tier]
    for hit in counted + reading.hits(lexicon.cues):
        cue = hit.pattern.frame
        if cue.category != "" and denials.take_back(hit):
            taken_back.add(cue)
            cue = lexicon.taken_back[min(len(taken_back), len(lexicon.taken_back)) - 1]
        found.setdefault(reading.sentence[hit.start], {})[cue] = None
    return found


def _windows(by_sentence: dict[int, Cues]) -> Iterator[Cues]:
    """Each sentence, and two neighbours, or all of a short text."""
    yield from by_sentence.values()
    if 1 < len(by_sentence) <= _SHORT_TEXT:
        yield {cue: None for cues in by_sentence.values() for cue in cues}
    elif by_sentence:
        for one, other in pairwise(sorted(by_sentence)):
            yield by_sentence[one] | by_sentence[other]


def _judged(cues: Cues, lexicon: Lexicon) -> Iterator[Note]:
    urgent = sum(cue.urgent for cue in cues)
    enough = lexicon.enough if urgent < lexicon.very_urgent else lexicon.enough_if_very_urgent
    if sum(cue.points for cue in cues) < enough:
        return
    said = [cue for cue in cues if cue.points > 0]
    named = "meet: " + " + ".join(sorted(cue.rule for cue in said))
    is_urgent = urgent >= lexicon.enough_for_red
    strongest = max(said, key=lambda cue: (cue.category != "", cue.points), default=None)
    category = (strongest.category if strongest else "") or "worry"
    yield (Tier.RED if is_urgent else Tier.AMBER), category, named
