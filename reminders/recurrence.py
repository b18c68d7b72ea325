"""How often something comes round, from the words of a plan: 'quarterly', 'twice a year'. Pure."""

import re
from enum import StrEnum


class Recurrence(StrEnum):
    """How often something comes round; `REGULARLY` where the plan does not say."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    TWO_MONTHLY = "two_monthly"
    QUARTERLY = "quarterly"
    TERMLY = "termly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    REGULARLY = "regularly"


_RECURRING: tuple[tuple[Recurrence, re.Pattern[str]], ...] = tuple(
    (recurrence, re.compile(rf"\b(?:{words})\b"))
    for recurrence, words in (
        (Recurrence.FORTNIGHTLY, r"fortnightly|every (?:two|2) weeks|bi-?weekly"),
        (Recurrence.WEEKLY, r"weekly|every week|each week|daily|every day"),
        (Recurrence.TWO_MONTHLY, r"bi-?monthly|two-monthly|every (?:two|2|other) months?"),
        (
            Recurrence.QUARTERLY,
            r"quarterly|(?:each|every|per) quarter|(?:four|4) times a year|"
            r"every (?:three|3) months|(?:three|3)-? ?monthly",
        ),
        (
            Recurrence.HALF_YEARLY,
            r"(?:six|6)-? ?monthly|half-? ?yearly|bi-?annual(?:ly)?|twice (?:a|per) year|"
            r"twice yearly|every (?:six|6) months",
        ),
        (Recurrence.MONTHLY, r"monthly|(?:each|every|per) month"),
        (Recurrence.TERMLY, r"termly|(?:each|every|per) (?:school )?term"),
        (Recurrence.YEARLY, r"annual(?:ly)?|yearly|(?:each|every|once a|per) year"),
        (Recurrence.REGULARLY, r"regular(?:ly)?|recurring|repeated(?:ly)?|periodic(?:ally)?"),
    )
)


def recurrence_in(text: str) -> Recurrence | None:
    """The first recurrence that a text in lower case names, in the order of the table."""
    return next((name for name, pattern in _RECURRING if pattern.search(text)), None)
