"""Which priority an action of a plain table stands under: a column, a title row, or a caption."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reminders.plan_grid import Grid
from reminders.plan_leads import body_key
from reminders.plan_rows import PriorityRow
from reminders.plan_table import Heading, joined
from storage.issues import Place

_WORD = r"(?:strategic\s+|key\s+)?(?:priority|theme|objective|aim|goal|workstream)(?:\s+area)?"
_TITLE = re.compile(
    rf"^(?P<word>{_WORD}\b)?\s*(?P<ref>[A-Z]{{0,2}}\d+(?:\.\d+)*)?\s*[:.)–—-]*\s*(?P<title>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_IMPORTANCE = {"high", "medium", "low", "h", "m", "l", "urgent", "very high", "critical"}


def is_importance(texts: Iterable[str]) -> bool:
    """Whether a column headed "Priority" says how urgent things are, not where they belong."""
    found = {text.casefold().strip() for text in texts if text.strip()}
    return bool(found) and found <= _IMPORTANCE


def is_title(text: str) -> bool:
    """Whether a text says of itself that it is a numbered priority: "Priority 1: Neglect"."""
    match = _TITLE.match(text)
    return bool(match and match["word"] and match["ref"])


def title_row(grid: Grid, row: int, heading: Heading) -> str:
    """The text of a row that is a title over the rows below, or `""`."""
    filled = [(at, cell) for at, cell in enumerate(grid.rows[row]) if cell.text]
    if len({cell.text for _, cell in filled}) != 1:
        return ""
    at, cell = filled[0]
    named = is_title(cell.text)
    text_columns = heading.columns.get("text", ())
    ahead = at not in text_columns and at < min(text_columns, default=0) and len(cell.text) > 3
    return cell.text if named or cell.span > 1 or len(filled) > 1 or ahead else ""


@dataclass(slots=True)
class Priorities:
    """The priorities of a plan: given by its own sheet, or found as the table is read."""

    given: tuple[PriorityRow, ...] = ()
    _found: dict[str, PriorityRow] = field(default_factory=dict)

    def rows(self) -> tuple[PriorityRow, ...]:
        """All of them, in the order of the plan."""
        return self.given or tuple(self._found.values())

    def known(self, text: str) -> str:
        """The ref of the given priority that a cell means, by ref or title, or `""`."""
        refs = {row.ref: row.ref for row in self.given}
        if text in refs:
            return text
        plain = {row.ref.removesuffix(".0"): row.ref for row in self.given}
        titles = {body_key(row.title): row.ref for row in self.given}
        match = _TITLE.match(text)
        number = (match["ref"] or "").removesuffix(".0") if match else ""
        return (
            plain.get(text.removesuffix(".0"))
            or titles.get(body_key(text))
            or plain.get(number, "")
        )

    def enter(self, text: str, place: Place) -> str:
        """The ref for a priority as a plain table names it; a new one is added."""
        match = _TITLE.match(text)
        ref, title = (match["ref"] or "", match["title"].strip()) if match else ("", text)
        if not ref:
            key = body_key(text)
            same = (row.ref for row in self._found.values() if body_key(row.title) == key)
            ref, title = next(same, "") or f"P{len(self._found) + 1}", text
        title = " ".join(title.split())
        known = self._found.get(ref)
        if known is None or (title and known.title == f"Priority {ref}"):
            self._found[ref] = PriorityRow(ref, title or f"Priority {ref}", place=place)
        return ref


def settle_columns(grid: Grid, heading: Heading) -> Heading:
    """Decide what the doubtful headings "Priority" and "Objective" mean in this table."""
    columns = heading.columns
    if "priority" in columns:
        below = range(heading.row + 1, len(grid.rows))
        if is_importance(joined(grid, row, columns["priority"]).text for row in below):
            heading = heading.without("priority")
    if "objective" not in heading.columns:
        return heading
    for field_name in ("text", "priority", "outcome"):
        if field_name not in heading.columns:
            return heading.renamed("objective", field_name)
    return heading.without("objective")
