"""What may be wrong with an action's row, in words: the problem and the remedy."""

from dataclasses import dataclass

from reminders.plan_leads import LeadBook
from storage.issues import Issue, Place, Severity


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with one cell's content, before it is known where the cell is."""

    code: str
    problem: str
    remedy: str
    severity: Severity = Severity.REVIEW

    def at(self, place: Place) -> Issue:
        """The finding at this place."""
        return Issue(place, self.code, self.problem, self.remedy, self.severity)


NO_TEXT = Doubt(
    "action-without-text",
    "The row has no action.",
    "Write what is to be done, or clear the whole row.",
    Severity.ERROR,
)
REF_IS_DATE = Doubt(
    "ref-is-a-date",
    "Excel has made a date of this ref.",
    "Format the column as text and type the ref again.",
)


def no_ref(made: str) -> Doubt:
    """An action without a ref, and the one made for it."""
    return Doubt(
        "ref-missing",
        f'The action has no ref; it is called "{made}" for now.',
        "Give it a ref of its own, so that it is known again at the next import.",
    )


def ref_twice(ref: str, first: Place) -> Doubt:
    """A ref that an earlier row has."""
    where = f"row {first.row}" + (f" of {first.sheet}" if first.sheet else "")
    return Doubt(
        "ref-twice",
        f'The ref "{ref[:40]}" stands already in {where}; this row was left out.',
        "Give each action its own ref. If 1.10 became 1.1, format the column as text and type it "
        "again.",
        Severity.ERROR,
    )


def lost_nought(ref: str) -> Doubt:
    """A ref that Excel keeps as a number, where 1.10 and 1.1 are the same."""
    return Doubt(
        "ref-may-have-lost-a-nought",
        f'The ref "{ref[:40]}" is kept as a number, and may have been typed as "{ref[:40]}0".',
        "Format the column as text and type the refs again.",
        Severity.ADVICE,
    )


def unknown_priority(text: str) -> Doubt:
    """A priority that the sheet of priorities does not have."""
    return Doubt(
        "priority-unknown",
        f'There is no priority "{text[:60]}" on the sheet "priorities".',
        "Write the ref of a priority as it stands there, or add it there.",
    )


def unknown_lead(names: tuple[str, ...], book: LeadBook) -> Doubt:
    """Leads that nobody knows."""
    shown = " and ".join(f'"{name[:80]}"' for name in names)
    near = next(filter(None, map(book.did_you_mean, names)), "")
    hint = f'Did you mean "{near}"? ' if near else ""
    return Doubt(
        "lead-unknown",
        f"Nobody is known as {shown}.",
        f"{hint}Write the name or id of a body or post of this partnership, or add it.",
    )


def new_lead(name: str, row: int | None) -> Doubt:
    """A lead that no sheet lists, taken as it is written."""
    where = f" (row {row})" if row else ""
    return Doubt(
        "lead-is-new",
        f'New lead: "{name[:80]}"{where}.',
        "Name its contact on a people sheet, or correct the spelling.",
        Severity.ADVICE,
    )


def follows_above(ref: str) -> Doubt:
    """An action that says "of above"."""
    return Doubt(
        "action-speaks-of-above",
        f'The action speaks of what stands above; its reminders will carry the text of "{ref}".',
        'If another is meant, write that one\'s ref in a column "follows".',
        Severity.ADVICE,
    )


def not_a_date(text: str) -> Doubt:
    """Text where a day belongs."""
    return Doubt(
        "not-a-date",
        f'"{text[:60]}" is not a date.',
        "Type a day that exists, such as 31/03/2024.",
    )
