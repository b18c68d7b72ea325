"""The column `default`: a ready value, or an expression, as the standard tells them apart."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from surveys.definition import Choice, Kind, Scale
from surveys.xlsform.rows import Line
from surveys.xlsform.sheets import Findings

MOST_LETTERS = 4_000

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_CALLS = re.compile(r"\$\{|[\w.-]\(")


def is_dynamic(line: Line) -> bool:
    """Whether the cell is an expression: pyxform decides, as in every other reader of forms."""
    from pyxform.utils import default_is_dynamic  # heavy, and only needed to import a form

    printed = line.get("default")
    return bool(printed) and bool(default_is_dynamic(printed, line.row.get("type")))


def warn_of_operators(line: Line, findings: Findings) -> None:
    """Plain words with a sign between them are worked out, which few authors mean."""
    printed = line.get("default")
    if not _CALLS.search(printed):
        findings.advise(
            line.row.at("default"),
            "default-is-expression",
            f"'{printed}' has a sign such as - or *, so it is worked out like a sum.",
            f"If you mean the words themselves, write concat('{printed}').",
        )


def static_default(
    line: Line, choices: tuple[Choice, ...], scale: Scale | None, findings: Findings
) -> str:
    """The value as it is stored; one that the question could not take is a finding."""
    printed = line.get("default")
    if not printed:
        return ""
    if line.kind not in _READERS and not line.kind.is_select:
        findings.advise(
            line.row.at("default"),
            "default-not-read",
            "A default has no effect in this row.",
            "Clear the cell.",
        )
        return ""
    value = _chosen(line.kind, printed, choices) if line.kind.is_select else _typed(line, printed)
    if value is not None and scale is not None and not _is_on(scale, value):
        value = None
    if value is None:
        findings.add(
            line.row.at("default"),
            "bad-default",
            f"'{printed}' cannot be the answer to this question.",
            _remedy(line.kind, choices, scale),
        )
    return value or ""


def _typed(line: Line, printed: str) -> str | None:
    try:
        return _READERS[line.kind](printed)
    except (ValueError, ArithmeticError):
        return None


def _text(printed: str) -> str | None:
    return printed if len(printed) <= MOST_LETTERS else None


def _integer(printed: str) -> str | None:
    return str(int(printed)) if _INTEGER.fullmatch(printed) else None


def _decimal(printed: str) -> str | None:
    if not _DECIMAL.fullmatch(printed):
        return None
    text = f"{Decimal(printed):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(printed: str) -> str:
    return date.fromisoformat(printed[:10]).isoformat() if len(printed) in (10, 19) else _no()


def _time(printed: str) -> str:
    return time.fromisoformat(printed).replace(microsecond=0, tzinfo=None).isoformat()


def _date_time(printed: str) -> str:
    found = datetime.fromisoformat(printed)
    return found.replace(microsecond=0, tzinfo=None).isoformat()


def _acknowledged(printed: str) -> str | None:
    return "OK" if printed.upper() == "OK" else None


def _no() -> str:
    raise ValueError


_READERS: Mapping[Kind, Callable[[str], str | None]] = {
    Kind.TEXT: _text,
    Kind.HIDDEN: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.RANGE: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATE_TIME: _date_time,
    Kind.ACKNOWLEDGE: _acknowledged,
}


def _chosen(kind: Kind, printed: str, choices: tuple[Choice, ...]) -> str | None:
    on_offer = [choice.name for choice in choices]
    names = printed.split() if kind.takes_many else [printed]
    if len(set(names)) != len(names) or not set(names).issubset(on_offer):
        return None
    if kind is Kind.RANK:
        return " ".join(names) if len(names) == len(on_offer) else None
    return " ".join(names)


def _is_on(scale: Scale, value: str) -> bool:
    number, low, step = Decimal(value), Decimal(scale.low), Decimal(scale.step)
    return low <= number <= Decimal(scale.high) and (number - low) % step == 0


def _remedy(kind: Kind, choices: tuple[Choice, ...], scale: Scale | None) -> str:
    if kind is Kind.RANK:
        return "Name every choice of the list once, in order, or clear the cell."
    if kind.is_select:
        names = ", ".join(choice.name for choice in choices[:8])
        return f"Use the name of a choice ({names}), or clear the cell."
    if scale is not None:
        return f"Use a value from {scale.low} to {scale.high} in steps of {scale.step}."
    return _FORMS.get(kind, "Clear the cell.")


_FORMS = {
    Kind.INTEGER: "Use a whole number in plain digits.",
    Kind.DECIMAL: "Use a number such as 2.5.",
    Kind.DATE: "Write it as in 2024-01-31.",
    Kind.TIME: "Write it as in 14:30:00.",
    Kind.DATE_TIME: "Write it as in 2024-01-31T14:30:00.",
    Kind.ACKNOWLEDGE: "Use OK, or clear the cell.",
}
