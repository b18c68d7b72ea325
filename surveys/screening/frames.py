"""Exact frames: who does what to whom, and what stands around it."""

from dataclasses import dataclass, replace

from surveys.screening.denial import Denials
from surveys.screening.lexicon import Lexicon
from surveys.screening.patterns import Frame
from surveys.screening.reading import Hit, Reading
from surveys.screening.tiers import ORDER, Note, Tier, lower

Around = dict[int, dict[Frame, None]]  # the contexts of each sentence
_OWN = frozenset({"i", "me", "my", "myself"})


@dataclass(frozen=True, slots=True)
class Met:
    """A frame that was met, the tier that its contexts left it, and why they did."""

    hit: Hit
    tier: Tier
    why: str

    @property
    def counts_alone(self) -> bool:
        """Whether it has a note of its own: it is firm, was lowered, or asks and is no worry."""
        frame = self.hit.pattern.frame
        return frame.firm or self.why != "" or frame.tier is Tier.NONE

    def note(self) -> Note:
        """Only a firm frame flags by itself; what was lowered is named."""
        frame = self.hit.pattern.frame
        rule = f"{frame.rule} (lowered by {self.why})" if self.why else frame.rule
        return self.tier if frame.firm else Tier.NONE, frame.category, rule


def met(reading: Reading, lexicon: Lexicon, audience: str, *, foreign: bool = False) -> list[Met]:
    """Each frame that was met, lowered by its contexts. Leaves the words of idioms out.

    Contexts are English: in a `foreign` text they would misread ("pe" is "on" in Romanian).
    """
    hits = _meant_for(audience, reading, reading.hits(lexicon.frames))
    contexts = [] if foreign else reading.hits(lexicon.contexts)
    denials = Denials(reading, lexicon)
    if idioms := [context for context in contexts if not context.pattern.frame.lowers]:
        reading.leave_out(idioms)
        still = _meant_for(audience, reading, reading.hits(lexicon.frames)) if hits else []
        kept = {hit.pattern.frame for hit in still}
        gone = [hit for hit in hits if hit.pattern.frame not in kept]
        hits = still + [replace(hit, idiom=not hit.pattern.frame.firm) for hit in gone]
    around: Around = {}
    for context in contexts:
        around.setdefault(reading.sentence[context.start], {})[context.pattern.frame] = None
    return [_judged(hit, around, denials, reading.sentence) for hit in hits]


def _meant_for(audience: str, reading: Reading, hits: list[Hit]) -> list[Hit]:
    """Of a practitioner's text what is for practitioners, and what they say of themselves."""
    if not audience:
        return [hit for hit in hits if not hit.pattern.frame.audience]
    return [
        hit
        for hit in hits
        if hit.pattern.frame.audience == audience
        or not _OWN.isdisjoint(reading.tokens[hit.start : hit.end])
    ]


def _judged(hit: Hit, around: Around, denials: Denials, sentence: list[int]) -> Met:
    """The hit with its tier, after the contexts in its own sentences and a "not" before it."""
    frame = hit.pattern.frame
    most = 1 if frame.firm else 2 if frame.tier is Tier.RED else len(ORDER)
    steps, why = (len(ORDER), "idiom") if hit.idiom else (0, "")
    for number in range(sentence[hit.start], sentence[hit.end - 1] + 1):
        for context in around.get(number, ()):
            by = context.lowers.get(frame.category, context.lowers.get("*", 0))
            if min(by, most) > steps:
                steps, why = min(by, most), context.rule
    if denials.take_back(hit):
        steps, why = max(steps, 2), why or "negation"
    return Met(hit, lower(frame.tier, steps), why)
