"""What a "not" takes back: "nobody hits me", and not "I am not safe"."""

from surveys.screening.lexicon import Lexicon
from surveys.screening.reading import Hit, Reading

_REACH = 7  # words


class Denials:
    """Where a "not" stands in a text, and the words that it reaches."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        self._reading = reading
        voids = {i for start, end in reading.places(lexicon.voids) for i in range(start, end)}
        self._nots = sorted({start for start, _ in reading.places(lexicon.nots)} - voids)
        ends = {start for start, _ in reading.places(lexicon.scope_ends)} if self._nots else set()
        self._reached = {place: self._reach(place, ends) for place in self._nots}

    def take_back(self, hit: Hit) -> bool:
        """Whether a "not" that is no part of what was met reaches it, or stands in it."""
        return any(
            (hit.start < place < hit.end or place < hit.start < self._reached[place])
            and not self._says(hit, place)
            for place in self._nots
        )

    def _reach(self, place: int, ends: set[int]) -> int:
        tokens = self._reading.tokens
        last = min(place + _REACH + 1, len(tokens))
        return next((i for i in range(place + 1, last) if i in ends or tokens[i] == "."), last)

    def _says(self, hit: Hit, place: int) -> bool:
        """Whether the "not" is a word of the hit itself."""
        return any(
            start <= place < end
            for group, _, _ in hit.pattern.steps
            for start, end in self._reading.places(group)
        )
