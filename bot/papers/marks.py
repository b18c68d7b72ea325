"""What the program cannot know: marked in the same way everywhere, numbered, and listed."""

from dataclasses import dataclass, field

MARK = "▢ DECIDE LOCALLY"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something that a person must decide before the paper holds."""

    number: int
    who: str
    what: str


@dataclass(slots=True)
class OpenPoints:
    """Those of one paper, in the order in which they are met; the same one counts once."""

    found: list[OpenPoint] = field(default_factory=list)

    def decide(self, who: str, what: str) -> str:
        """The mark, as it stands in the text."""
        point = next((one for one in self.found if (one.who, one.what) == (who, what)), None)
        if point is None:
            point = OpenPoint(len(self.found) + 1, who, what)
            self.found.append(point)
        return f"**{MARK} {point.number}** ({who}): {what}"

    def given(self, answer: str, who: str, what: str) -> str:
        """The answer where there is one, else the mark."""
        return answer or self.decide(who, what)

    def stated(self, answer: str, who: str, what: str) -> str:
        """The same as a sentence of its own."""
        return self.given(answer and f"{answer.rstrip('.')}.", who, what)
