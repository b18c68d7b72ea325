"""`texts.txt`: every text of a draft, for an officer to go through and mark what is withheld. Pure.

    === t0001 | Answers: question why | keep
    | my teacher [[third-party: Mr Lowe]] helps me

The word at the end of a heading is `keep`, `release`, or `withhold: REASON` for the whole text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.person_file.gathering import REASONS, Text
from bot.spelled import spelled

_HEADING = re.compile(r"=== (t\d{4,}) \| .* \| (keep|release|withhold: *([a-z-]+))\s*")
# A bracket of the text itself may stand right before a mark, or behind it.
_TOKEN = re.compile(r"\\(?:\\|\[\[|\]\])|\[\[(?!\[)|\]\]")
_INSIDE = re.compile(r"\s*([a-z-]+) *: ?(.*)", re.DOTALL)
_BLACK = "█████"
_EVERYWHERE = frozenset(
    {"he", "she", "her", "him", "his", "it", "its", "we", "us", "our", "my", "me", "you"}
    | {"mum", "dad", "nan", "mam", "gp", "dr", "mr", "mrs", "ms", "and", "the", "but", "so"}
    | {"no", "yes", "on", "in", "at", "to"}
)

_HOW = """\
# Every text about this person. Go through all of it before anything is handed over.
#
# To withhold some words, put them into double brackets with a reason:
#     | my teacher [[third-party: Mr Lowe]] helps me
# To withhold a whole text, write `withhold: REASON` at the end of its heading, in place of `keep`.
# What says `withhold` already is given only where you write `release` in its place.
# Change nothing else: what was said stays as it was said.
#
# Reasons:
"""


class MarksWrong(ValueError):
    """The file cannot be used; each line says where, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Some words that are withheld, and why."""

    text_id: str
    reason: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """All texts as they may be handed over, what was withheld, and which texts were released."""

    texts: Mapping[str, str] = field(repr=False)
    gone: Sequence[Gone] = field(repr=False)
    released: Sequence[str] = ()


def written(texts: Iterable[Text]) -> str:
    """The file for the officer."""
    lines = [_HOW + "".join(f"#     {code}: {why}\n" for code, why in REASONS.items())]
    for text in texts:
        state = f"withhold: {text.withheld}" if text.withheld else "keep"
        lines.append(f"=== {text.id} | {_flat(text.where)} | {state}")
        lines += [f"| {line}" for line in _escaped(text.words).split("\n")]
        lines.append("")
    return "\n".join(lines)


def read(file: str, originals: Mapping[str, str]) -> Marked:
    """What an officer decided. Raises MarksWrong, with every mistake in it."""
    blocks, problems = _blocks(file)
    problems += [
        f"{missing}: the text is missing; put it back from the draft"
        for missing in sorted(set(originals) - set(blocks))
    ]
    texts: dict[str, str] = {}
    gone: list[Gone] = []
    for number, block in blocks.items():
        try:
            texts[number], withheld = _decided(number, block, originals)
            gone += withheld
        except ValueError as error:
            problems.append(f"{number}, line {block.line}: {error}")
    if problems:
        raise MarksWrong("\n".join(problems))
    released = [number for number, block in blocks.items() if block.state == "release"]
    return Marked(texts, gone, released)


@dataclass(slots=True)
class _Block:
    line: int
    state: str
    lines: list[str] = field(default_factory=list, repr=False)


def _blocks(file: str) -> tuple[dict[str, _Block], list[str]]:
    found: dict[str, _Block] = {}
    problems: list[str] = []
    block: _Block | None = None
    for place, line in enumerate(file.split("\n"), 1):
        if line.startswith("==="):
            block = _begun(place, line, found, problems)
        elif line.startswith("|") and block is not None:
            block.lines.append(line.removeprefix("|").removeprefix(" "))
        elif line.strip() and not line.startswith("#"):
            problems.append(f"line {place}: begin it with `| `, or take it out")
    return found, problems


def _begun(place: int, line: str, found: dict[str, _Block], problems: list[str]) -> _Block | None:
    heading = _HEADING.fullmatch(line)
    if heading is None or (heading[3] and heading[3] not in REASONS):
        problems.append(
            f"line {place}: end it with keep, release, or withhold: and one of {', '.join(REASONS)}"
        )
        return None
    found[heading[1]] = _Block(place, f"withhold:{heading[3]}" if heading[3] else heading[2])
    return found[heading[1]]


def _decided(number: str, block: _Block, originals: Mapping[str, str]) -> tuple[str, list[Gone]]:
    if number not in originals:
        raise ValueError("it is no text of this draft; take it out")
    pieces = _pieces("\n".join(block.lines))
    if _same("".join(words for _, words in pieces)) != _same(originals[number]):
        raise ValueError("the text is not as in the draft any more; only add [[REASON: words]]")
    if block.state.startswith("withhold:"):
        reason = block.state.partition(":")[2]
        return black(reason), [Gone(number, reason, originals[number])]
    shown = "".join(black(reason) if reason else words for reason, words in pieces)
    return shown, [Gone(number, reason, words) for reason, words in pieces if reason]


def _same(text: str) -> str:
    """Editors change the ends of lines, and nothing else."""
    return "\n".join(line.rstrip() for line in text.replace("\r", "").split("\n"))


def _pieces(body: str) -> list[tuple[str, str]]:
    """The text in pieces: a reason and the words it covers, or none and words that stay."""
    pieces: list[tuple[str, str]] = []
    inside, here, done = False, "", 0
    for token in _TOKEN.finditer(body):
        here += body[done : token.start()]
        done = token.end()
        if token[0].startswith("\\"):
            here += token[0][1:]
        elif (token[0] == "[[") is inside:
            raise ValueError("brackets are not closed, or stand within one another")
        else:
            pieces.append(_piece(here) if inside else ("", here))
            inside, here = not inside, ""
    if inside:
        raise ValueError("brackets are not closed, or stand within one another")
    return [*pieces, ("", here + body[done:])]


def _piece(marked: str) -> tuple[str, str]:
    found = _INSIDE.fullmatch(marked)
    if found is None or found[1] not in REASONS or not found[2].strip():
        raise ValueError(f"write [[REASON: words]], the reason one of {', '.join(REASONS)}")
    return found[1], found[2]


def black(reason: str) -> str:
    """What stands in the place of withheld words: always as long, and why."""
    return f"{_BLACK} [{reason}]"


def standing_elsewhere(gone: Iterable[Gone], strings: Mapping[str, str]) -> list[str]:
    """Where withheld words still stand, by the number of the text, or the name of the place.

    Of words of two or three letters only names are looked for: "he" stands everywhere.
    """
    found = set()
    for pattern in _patterns(gone):
        found |= {place for place, text in strings.items() if pattern.search(text)}
    return sorted(found)


def cover_everywhere(gone: Iterable[Gone], text: str) -> str:
    """The same words covered in another text, too."""
    for one, pattern in zip(_looked_for(gone), _patterns(gone), strict=True):
        text = pattern.sub(black(one.reason), text)
    return text


def _looked_for(gone: Iterable[Gone]) -> list[Gone]:
    # Longer ones first, so that no part of one is left over.
    wanted = [one for one in gone if _is_telling(one.words.strip())]
    return sorted(wanted, key=lambda one: len(one.words), reverse=True)


def _is_telling(words: str) -> bool:
    """Ali, Jo and Sam are; "he", "mum" and "GP" are not."""
    is_name = len(words) > 1 and words[:1].isupper() and words.casefold() not in _EVERYWHERE
    return len(words) > 3 or is_name


def _patterns(gone: Iterable[Gone]) -> list[re.Pattern[str]]:
    return [_pattern(one.words) for one in _looked_for(gone)]


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(spelled(words), re.IGNORECASE)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[[", "\\[[").replace("]]", "\\]]")


def _flat(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
