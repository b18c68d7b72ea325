"""An expression cut into its words and signs."""

import re
from dataclasses import dataclass
from typing import NoReturn

from surveys.expressions.values import ExpressionError

_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<text>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)
      | \$\{\s*(?P<name>[^}\s]*)\s*\}
      | (?P<word>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<sign>!=|<=|>=|\.\.|//|::|[=<>+\-*(),./|\[\]@])""",
    re.VERBOSE,
)
_SPACES = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign; `position` is where it stands in the source."""

    kind: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        """As its author wrote it."""
        return "${" + self.text + "}" if self.kind == "name" else self.text


def tokens_of(source: str) -> list[Token]:
    """All words and signs; ExpressionError at what is neither."""
    tokens: list[Token] = []
    place = _after_spaces(source, 0)
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            raise _unreadable(source, place)
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match[kind], place))
        place = _after_spaces(source, match.end())
    return tokens


def _after_spaces(source: str, place: int) -> int:
    match = _SPACES.match(source, place)
    return match.end() if match else place


_INSTEAD = {
    ";": "Write a comma.",
    "{": "Write a question as ${name}.",
    "–": "Write a minus: -.",
    "—": "Write a minus: -.",
    "≤": "Write <=.",
    "≥": "Write >=.",
    "≠": "Write !=.",
}


def _unreadable(source: str, place: int) -> ExpressionError:
    sign = source[place]
    if sign in "\"'“‘":
        return ExpressionError(place, "A text is not closed.", f"End it with {sign} as it began.")
    if sign == "$":
        return ExpressionError(place, "A reference is not whole.", "Write it as ${name}.")
    if sign in "&!":
        return ExpressionError(place, f"{sign} is not known here.", "Write and, or, not(...), !=.")
    remedy = _INSTEAD.get(sign, "Remove it.")
    return ExpressionError(place, f"{sign!r} cannot stand here.", remedy)


class Cursor:
    """Goes along the words and signs; `offset` is where the source stands in a larger one."""

    def __init__(self, source: str, offset: int = 0) -> None:
        self.tokens = tokens_of(source)
        self.offset = offset
        self.at = 0
        self.end = len(source) + offset

    def next(self) -> Token:
        """Take whatever comes; ExpressionError at the end."""
        if self.at == len(self.tokens):
            raise ExpressionError(
                self.end, "The expression breaks off.", "Complete it; check the brackets."
            )
        self.at += 1
        return self.tokens[self.at - 1]

    def place(self, token: Token) -> int:
        """Where a word or sign stands in the whole source."""
        return token.position + self.offset

    def peek(self) -> str | None:
        """The word or sign that comes next; None for texts, numbers, names and the end."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.text if token and token.kind in ("sign", "word") else None

    def take(self, wanted: tuple[str, ...]) -> str | None:
        """Take the next word or sign if it is one of these."""
        found = self.peek()
        if found is None or found not in wanted:
            return None
        self.at += 1
        return found

    def expect(self, sign: str) -> None:
        """Take this sign; ExpressionError if something else comes."""
        if self.take((sign,)) is not None:
            return
        if self.at < len(self.tokens):
            self.fail("does not belong here", f"Here {sign} is expected.")
        raise ExpressionError(self.end, "A bracket is not closed.", f"Add {sign} here.")

    def step_back(self) -> None:
        """The word or sign just taken comes again."""
        self.at -= 1

    def fail(self, problem: str, remedy: str) -> NoReturn:
        """An error at the word or sign that comes next."""
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        raise ExpressionError(self.place(token), f"{token.shown} {problem}.", remedy)
