"""The first sheet of the plan workbook: what is in it and how to use it, in plain words."""

from dataclasses import dataclass

from reminders.plan_rows import PlanRows
from reminders.plan_sheets import SHEETS


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a name on the left, text beside it. Level 1 is the title, 2 a heading."""

    name: str = ""
    text: str = ""
    level: int = 0


def read_me(rows: PlanRows) -> tuple[Line, ...]:
    """The lines of the sheet, true for these rows."""
    return (
        Line(rows.name or "An action plan", level=1),
        Line("", _title(rows)),
        Line(),
        Line("The sheets", level=2),
        Line(
            "plan", "Whose plan it is, its period, and notes on how it was copied from its source."
        ),
        *(
            Line(sheet.name, _with_count(sheet.says, len(getattr(rows, sheet.name))))
            for sheet in SHEETS
        ),
        Line(),
        *_HOW_TO,
        *_to_watch(rows),
    )


def _title(rows: PlanRows) -> str:
    shown = not rows.period_label or rows.period_label in rows.title
    return rows.title if shown else f"{rows.title}, {rows.period_label}"


def _with_count(says: str, count: int) -> str:
    return f"{says} ({count} here.)" if count else f"{says} (None yet.)"


_HOW_TO = (
    Line("How to use it", level=2),
    Line("1. Change it here", "Add rows anywhere below the headings, and keep the headings."),
    Line(
        "2. Keep the refs",
        "An action is known by its ref. Keep the ref and the action is updated; change it, and "
        "the old action is retired and a new one begins.",
    ),
    Line(
        "3. Several in a cell",
        "Where a cell holds several leads or reasons, put each on its own line (Alt+Enter).",
    ),
    Line("4. Check it", "listening-loop plan check FILE says what is wrong, and in which cell."),
    Line(
        "5. See what changes",
        "listening-loop plan diff FILE shows what would be added, changed and retired.",
    ),
    Line(
        "6. Bring it in",
        "listening-loop plan import FILE. Nothing is deleted: an action that is no longer in the "
        "plan is retired with its history.",
    ),
    Line(),
    Line("What the colours mean", level=2),
    Line(
        "Pale yellow row",
        "Needs review; the reason stands beside it. It reminds nobody until a person has settled "
        "it and cleared 'needs review'.",
    ),
    Line(
        "Pale orange cells",
        "The source disagrees with itself: what it prints and what its own numbers give are both "
        "shown.",
    ),
    Line("Grey text", "What the source prints, kept beside what was read from it."),
)


def _to_watch(rows: PlanRows) -> tuple[Line, ...]:
    """What a reader of this very plan should know before trusting it."""
    doubtful = sum(action.review for action in rows.actions)
    leaderless = sum(not action.leads for action in rows.actions)
    leading = {lead for action in rows.actions for lead in action.leads}
    unreachable = [b.name for b in rows.bodies if b.id in leading and not b.contact]
    unreachable += [p.post for p in rows.people if p.id in leading and not p.email]
    invented = any(address.endswith(".example") for address in _addresses(rows))
    found = (
        (doubtful, "Doubtful actions", f"{doubtful} need review: look for the pale yellow rows."),
        (leaderless, "No lead", f"{leaderless} actions have no lead; nobody is reminded of them."),
        (
            unreachable,
            "Nobody to remind",
            "These lead actions but have no e-mail address yet; fill it in on 'bodies' or "
            f"'people': {'; '.join(unreachable)}.",
        ),
        (
            invented,
            "Invented addresses",
            "Posts and e-mail addresses that end in .example are invented, for trying things out. "
            "None belongs to anybody. Put your own in their place.",
        ),
        (
            rows.period_assumed,
            "Assumed period",
            "The source prints no exact days for the period; the sheet 'plan' says what was taken.",
        ),
    )
    lines = tuple(Line(name, text) for there, name, text in found if there)
    return (Line(), Line("To know about this plan", level=2), *lines) if lines else ()


def _addresses(rows: PlanRows) -> list[str]:
    of_bodies = [mail for body in rows.bodies for mail in (body.contact, body.deputy, body.chair)]
    return [*of_bodies, *(person.email for person in rows.people)]
