"""Advice on a survey that can be read: what people will find hard, what is still unnamed.

Each subject has a file of its own; every hint has a code, its cell and a remedy.
"""

from storage.calendar import Calendar
from storage.issues import Issue
from surveys.check import languages, length, privacy, reading, shape, wording
from surveys.check.hints import Places
from surveys.check.privacy import cover_missing
from surveys.definition import Survey

__all__ = ["advise", "cover_missing"]


def advise(
    survey: Survey, places: Places | None = None, calendar: Calendar | None = None
) -> list[Issue]:
    """Hints for the author, those on promises first; none of them keeps the survey out.

    Without `places` a finding names the sheet and the question only. The calendar is the area's.
    """
    known = places or Places(survey.settings.form_id)
    found = (
        *privacy.hints(survey),
        *length.hints(survey),
        *shape.hints(survey, calendar or Calendar()),
        *wording.hints(survey),
        *reading.hints(survey),
        *languages.hints(survey),
    )
    return [known.issue(hint) for hint in found]
