"""What a benchmark found, as a table that a person can read and as JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import fill

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison. Without an `aim` it stands there to be known, and cannot be missed."""

    what: str
    ours: str
    against: str
    theirs: str
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    aim: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        if self.met is None:
            return ""
        return "met" if self.met else "missed"


@dataclass(frozen=True, slots=True)
class Finding:
    """All that one benchmark found. `notes` say what was measured and where the time goes."""

    name: str
    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def table(findings: Sequence[Finding]) -> str:
    """Every comparison in a few short lines; no line is wider than a terminal."""
    return "\n\n".join(_section(finding) for finding in findings)


def _section(finding: Finding) -> str:
    parts = [finding.title, "=" * len(finding.title)]
    for line in finding.lines:
        parts += ["", line.what, f"    ours     {line.ours}", f"    against  {_theirs(line)}"]
        if line.ratio is not None:
            parts.append(f"    ratio    {_ratio(line)}")
        if line.aim:
            parts.append(f"    aim      {line.aim}: {line.verdict}")
    parts += ["", *(_note(note) for note in finding.notes)]
    return "\n".join(parts).rstrip()


def _theirs(line: Line) -> str:
    return f"{line.theirs}   ({line.against})"


def _ratio(line: Line) -> str:
    assert line.ratio is not None
    text = f"{line.ratio:.2f}"
    if line.spread is not None:
        text += f"   (rounds from {line.spread[0]:.2f} to {line.spread[1]:.2f})"
    return text


def _note(note: str) -> str:
    return fill(note, WIDTH, initial_indent="  * ", subsequent_indent="    ")


def write(findings: Sequence[Finding], machine: str, out: Path) -> None:
    """The same as JSON."""
    out.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "findings": [asdict(finding) for finding in findings]}
    out.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
