"""What a fuzzing target is: bytes in; a value, or the parser's own clear error, and never more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One parser at the rim.

    `run` returns for whatever it is given; anything it raises is a fault that was found. `samples`
    are real ones to begin from. `reads` names the modules whose reading it drives, `words` what
    its format gives a meaning.
    """

    name: str
    run: Callable[[bytes], None]
    samples: Callable[[], Sequence[bytes]]
    reads: tuple[str, ...]
    words: tuple[str, ...] = ()


def text_of(data: bytes) -> str:
    """Bytes as words, halves of broken emoji (lone surrogates) included: some platforms send them.

    A backslash and u are read as JSON does, so that any letter at all can come of plain ASCII.
    """
    plain = data.decode("utf-8", "surrogateescape").replace("\\ud83d", "\ud83d")
    return plain.replace("\\u0000", "\x00")
