"""Where the navigation of the pages inside leads; what each page needs stands in `board_pages`."""

from dataclasses import dataclass

from bot.access import Who
from bot.board_pages import NEEDS


@dataclass(frozen=True, slots=True)
class Place:
    """Where the navigation leads: a page, its name, and in a sentence what it is for."""

    path: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together."""

    name: str
    places: tuple[Place, ...]

    def is_here(self, path: str) -> bool:
        """Whether a page is one of these, or below one."""
        return any(path == one.path or path.startswith(one.path + "/") for one in self.places)


GROUPS: tuple[Group, ...] = (
    Group(
        "Plan",
        (
            Place("/plan", "Plan", "Every action: who leads it, how it stands, its history."),
            Place("/plan/timeline", "Timeline", "When each action is due, as a picture."),
            Place("/decisions", "Decisions", "Dates, completions and calls for help that wait."),
            Place("/indicators", "Indicators", "What is measured, and which way it should go."),
            Place("/plan/import", "Import", "A plan from Excel or Word, looked at beforehand."),
            Place("/calendar", "Calendar", "Deadlines in Outlook, Google or Apple calendars."),
        ),
    ),
    Group(
        "Voices",
        (
            Place("/surveys", "Surveys", "Which there are, how many answered, and what."),
            Place("/themes", "Themes", "What was said, in a few plain words each."),
            Place("/responses", "Replies", "What was done about each theme, and what is owed."),
            Place("/delivery", "Delivery", "Who was told what came of it, and who was not."),
        ),
    ),
    Group(
        "Reports",
        (
            Place("/reports", "Reports", "Digests, highlight reports, scorecards, the year."),
            Place("/meetings", "Meetings", "Close-the-loop meetings: the pack, and the minutes."),
        ),
    ),
    Group(
        "Safeguarding",
        (
            Place(
                "/concerns",
                "Review queue",
                "What young people wrote, worries first, each with its clock.",
            ),
            Place(
                "/concerns/hand-over",
                "Hand over",
                "At the close of hours: what is unread passes to the on-call.",
            ),
            Place(
                "/concerns/figures",
                "Figures",
                "How many texts came, and whether they were read in time.",
            ),
            Place("/rota", "Rota", "Who is on call, and when nobody is."),
            Place("/break-glass", "Emergency", "The queue when no reviewer can be reached."),
        ),
    ),
    Group(
        "Office",
        (
            Place("/settings", "Settings", "What may be changed without the administrator."),
            Place("/audit", "Audit log", "Who did what, by reference."),
            Place(
                "/state",
                "Which doors work",
                "Slack, Teams, Telegram, e-mail, web: open or not, and why.",
            ),
        ),
    ),
)
"""What the navigation leads to, in its order, for whoever may go there."""


def groups_of(who: Who) -> tuple[Group, ...]:
    """Where this person may go; no group of which they may see nothing."""
    seen = (
        Group(group.name, tuple(one for one in group.places if NEEDS[one.path].lets_in(who)))
        for group in GROUPS
    )
    return tuple(group for group in seen if group.places)
