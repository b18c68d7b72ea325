"""The column `parameters`: the ends of a scale, shuffled choices, the columns of a file."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from surveys.definition import Kind, Scale
from surveys.xlsform.formulas import REFERENCE
from surveys.xlsform.media import FileColumns
from surveys.xlsform.rows import Line
from surveys.xlsform.sheets import Findings

MOST_STEPS = 1_000

_PAIR = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)(?:[\s,;]+|$)")
_SELECT = ("randomize", "seed")
_FILE = ("value", "label")
_RANGE = ("start", "end", "step")
_TICKS = ("tick_interval", "placeholder", "tick_labelset")
_WITHOUT_EFFECT: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("rows",),
    Kind.RANGE: _TICKS,
}
_RANGE_DEFAULTS = {"start": "1", "end": "10", "step": "1"}
_COLUMN = re.compile(r"[^\W\d][\w.-]*")


def read_parameters(line: Line, findings: Findings) -> dict[str, str]:
    """The pairs of the cell; what this kind of question does not know is reported."""
    cell = line.get("parameters")
    pairs: dict[str, str] = {}
    place = 0
    while place < len(cell):
        match = _PAIR.match(cell, place)
        if match is None:
            _bad(line, findings, f"'{cell[place:]}' is not understood.", "Write 'key=value'.")
            return {}
        pairs[match[1].lower()] = match[2]
        place = match.end()
    known = _known(line)
    for name in [name for name in pairs if name not in known]:
        _unknown(line, name, known, findings)
        del pairs[name]
    return pairs


def _known(line: Line) -> tuple[str, ...]:
    if line.kind is Kind.RANGE:
        return _RANGE
    if line.kind.is_select:
        return (*_SELECT, *_FILE) if line.file else _SELECT
    return ()


def _unknown(line: Line, name: str, known: tuple[str, ...], findings: Findings) -> None:
    if name in _WITHOUT_EFFECT.get(line.kind, ()):
        findings.advise(
            line.row.at("parameters"),
            "parameter-not-read",
            f"'{name}' has no effect here.",
            "Say in the label or hint what the ends of the scale mean."
            if line.kind is Kind.RANGE
            else "It may stay for other readers of forms.",
        )
        return
    remedy = f"Use {', '.join(known)}." if known else "Clear the cell."
    _bad(line, findings, f"'{line.row.get('type')}' has no parameter '{name}'.", remedy)


def _bad(line: Line, findings: Findings, problem: str, remedy: str) -> None:
    findings.add(line.row.at("parameters"), "bad-parameter", problem, remedy)


def scale_of(line: Line, pairs: Mapping[str, str], findings: Findings) -> Scale | None:
    """The scale of a `range`, low end first; None where it cannot be one."""
    try:
        start, end, step = (_number(pairs.get(name, _RANGE_DEFAULTS[name])) for name in _RANGE)
    except InvalidOperation:
        _bad(line, findings, "start, end and step are numbers.", "Write 'start=0 end=10 step=1'.")
        return None
    width = abs(end - start)
    if step <= 0 or step > width or width / step > MOST_STEPS:
        _bad(
            line,
            findings,
            f"A scale from {start} to {end} cannot go in steps of {step}.",
            f"Write 'start=0 end=10 step=1', with at most {MOST_STEPS:,} steps.",
        )
        return None
    return Scale(*(_digits(number) for number in (min(start, end), max(start, end), step)))


def _number(text: str) -> Decimal:
    number = Decimal(text) if text.isascii() and "_" not in text else Decimal("nan")
    if not number.is_finite() or abs(number) > 10**9:
        raise InvalidOperation
    return number


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_shuffled(line: Line, pairs: Mapping[str, str], findings: Findings) -> bool:
    """Whether the choices come in an order of chance."""
    asked = pairs.get("randomize", "").lower()
    if asked not in ("", "true", "false"):
        _bad(line, findings, "randomize is true or false.", "Write 'randomize=true'.")
    if "seed" in pairs and "randomize" not in pairs:
        _bad(line, findings, "A seed without randomize=true does nothing.", "Add randomize=true.")
    return asked == "true"


def seed_of(line: Line, pairs: Mapping[str, str], findings: Findings) -> str | None:
    """The seed as an expression: a number, or the question that holds it."""
    seed = pairs.get("seed")
    if seed is None or REFERENCE.fullmatch(seed):
        return seed
    try:
        _number(seed)
    except InvalidOperation:
        _bad(line, findings, "The seed is a number or a ${question}.", "Write 'seed=42'.")
        return None
    return seed


def file_columns(line: Line, pairs: Mapping[str, str], findings: Findings) -> FileColumns:
    """Which columns of the file hold the value and the label."""
    found = FileColumns(pairs.get("value", "name"), pairs.get("label", "label"))
    for name in (found.value, found.label):
        if not _COLUMN.fullmatch(name):
            _bad(
                line,
                findings,
                f"'{name}' cannot be the name of a column.",
                "Use letters, digits and _ in the headings of the file.",
            )
    return found
