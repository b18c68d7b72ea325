"""Authors' patterns, bounded in what they may cost."""

import time

import regex

from surveys.expressions.parts import Call, Gives, Part
from surveys.expressions.values import Context, ExpressionError, to_text

PATTERN_SECONDS = 0.05
MOST_PATTERNS = 5
MOST_REPEATED = 20_000

_PIECE = regex.compile(
    r"\\.|\[\]?(?:\\.|[^\]\\])*\]|\{(?P<times>[0-9]*,?[0-9]+|[0-9]+,)\}"
    r"|(?P<open>\()|(?P<close>\))|(?P<other>[?*+])|.",
    regex.DOTALL,
)


def pattern(source: str, position: int = 0) -> "regex.Pattern[str]":
    """Compile an author's pattern; `\\w` and `\\d` are ASCII as in ODK."""
    if unrolled(source) > MOST_REPEATED:
        raise ExpressionError(
            position,
            "The pattern of regex() repeats too much.",
            f"Its counted repeats may come to {MOST_REPEATED:,} signs at most.",
        )
    try:
        return regex.compile(source, regex.ASCII | regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError) as error:
        raise ExpressionError(
            position, "The pattern of regex() cannot be read.", "Check its brackets and escapes."
        ) from error


def unrolled(source: str) -> int:
    """How many signs the pattern has with its counted repeats written out.

    The bound in time holds for matching only; compiling `((a{1000}){1000}){1000}` has none.
    """
    sizes, last = [0], 0
    for match in _PIECE.finditer(source):
        if match["open"]:
            sizes.append(0)
            last = 0
        elif match["times"]:
            again = last * (_most_times(match["times"]) - 1)
            sizes[-1] += again
            last += again
        elif match["close"] and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif not match["other"]:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def _most_times(bounds: str) -> int:
    digits = [part.lstrip("0") for part in bounds.split(",")]
    huge = any(len(part) > 6 for part in digits)
    return MOST_REPEATED + 1 if huge else max(1, *(int(part or "0") for part in digits), 1)


def fits(compiled: "regex.Pattern[str]", text: str, c: Context) -> bool:
    """Whether the whole text matches, within the time a pattern may take.

    Along a path a pattern may run for every place; all of them share one bound.
    """
    if c.meter is None:
        return _matches(compiled, text, PATTERN_SECONDS)
    began = time.perf_counter()
    try:
        return _matches(compiled, text, min(PATTERN_SECONDS, max(c.meter.seconds, 0.001)))
    finally:
        c.meter.seconds -= time.perf_counter() - began
        if c.meter.seconds < 0:
            raise _too_long()


def _matches(compiled: "regex.Pattern[str]", text: str, seconds: float) -> bool:
    try:
        return compiled.fullmatch(text, timeout=seconds) is not None
    except TimeoutError as error:
        raise _too_long() from error


def _too_long() -> ExpressionError:
    return ExpressionError(
        0, "The pattern of regex() takes too long.", "Avoid repeats inside repeats."
    )


def regex_call(call: Call) -> Part:
    """`regex(text, pattern)`: a pattern that is written out is read while compiling."""
    setting = call.setting
    setting.patterns += 1
    if setting.patterns > MOST_PATTERNS:
        raise call.fail(
            f"There are more than {MOST_PATTERNS} patterns.", "Join them with | in one."
        )
    text, source = call.run(0), call.parts[1].literal
    if source is None:
        read = call.run(1)
        return Part(
            lambda c: fits(pattern(to_text(read(c))), to_text(text(c)), c),
            call.position,
            Gives.BOOLEAN,
        )
    if not (source.startswith("^") and source.endswith("$")):
        setting.warn("regex() matches the whole answer; write '^...$' to make that plain.")
    compiled = pattern(source, call.parts[1].position)
    return Part(lambda c: fits(compiled, to_text(text(c)), c), call.position, Gives.BOOLEAN)
