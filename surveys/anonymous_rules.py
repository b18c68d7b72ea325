"""What an anonymous survey cannot keep its promise with. Pure."""

from surveys import suppression
from surveys.definition import Audience, Mode, Survey
from surveys.form import form_of
from surveys.suppression import threshold_for


def why_not(form: Survey) -> str:
    """Why this survey cannot be anonymous, and what to do; "" where it can, or is not."""
    settings = form.settings
    if settings.mode is not Mode.ANONYMOUS:
        return ""
    if settings.audience is Audience.LEADS:
        return (
            "leads answer for their actions under their own names, so this form cannot be "
            "anonymous; set loop_mode to confidential"
        )
    if settings.follow_up_of or settings.follow_up_months:
        return (
            "a follow-up asks the same people again, and of an anonymous survey nobody may know "
            "who they were; leave out loop_follow_up_of and loop_follow_up_months, or set "
            "loop_mode to confidential"
        )
    if names := _notes_of_answers(form):
        return (
            f"the notes after the last question depend on answers ({', '.join(names)}), and when "
            "an anonymous survey ends its answers are out of reach at once; put these notes "
            "before the last question, or make them the same for everyone"
        )
    return ""


def least_to_move(form: Survey) -> int:
    """How many have to have finished before their answers are moved."""
    floor = threshold_for(suppression.Audience.PUBLIC)
    return max(floor, form.settings.threshold or 0)


def closing_notes(form: Survey) -> tuple[str, ...]:
    """The notes after the last question, by name; of an anonymous survey the same for everyone."""
    rows = form_of(form).rows
    last = max((place for place, row in enumerate(rows) if row.is_asked), default=-1)
    return tuple(row.name for row in rows[last + 1 :] if row.is_said)


def _notes_of_answers(form: Survey) -> list[str]:
    rows = form_of(form).by_name
    return [name for name in closing_notes(form) if rows[name].decided_by]
