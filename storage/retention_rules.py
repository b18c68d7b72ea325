"""For how long things are kept: pure, so that the settings can be made of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from storage.calendar import add_months


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """For how long. What a legal hold keeps (storage/holds.py) stays longer."""

    inbox_days: int = 14
    chat_hours: int = 48
    outbox_days: int = 30
    link_days: int = 30
    tell_months: int = 12
    youth_words_months: int = 12
    practitioner_months: int = 24
    campaign_months: int = 12
    course_months: int = 12
    edition_months: int = 24
    audit_months: int = 72

    def words_months(self, *, youth: bool) -> int:
        """How long what somebody wrote is kept."""
        return self.youth_words_months if youth else self.practitioner_months


def back(now: datetime, months: int) -> datetime:
    """The beginning of the day so many months ago."""
    day = add_months(now.astimezone(UTC).date(), -months)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
