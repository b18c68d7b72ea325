"""What reviewers and managers read when the review queue was opened in an emergency."""

from bot.access import Right, who_is
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.break_glass import BreakGlass
from storage.people import Person


def _glass_broken(writing: Writing) -> Message | None:
    """Who, until when, and by which reference; never why."""
    row = writing.db.get(BreakGlass, writing.param("glass"))
    person = writing.db.get(Person, row.person_id) if row is not None else None
    if row is None or person is None:
        return None
    is_reviewer = _is_reviewer(writing)
    text = writing.say(
        "glass.broken",
        who=person.name,
        number=row.id,
        since=writing.hour(row.begins),
        until=writing.hour(row.ends),
        traces=row.traces,
        is_reviewer=is_reviewer,
        board=writing.around.settings.links.board,
    )
    seen = button(writing.say("glass.button_seen"), "glass", row.id)
    return writing.message(text, *([seen] if is_reviewer and row.seen_by_id is None else []))


def _is_reviewer(writing: Writing) -> bool:
    """By role: whoever broke a glass themselves confirms no other."""
    who = who_is(writing.db, writing.row.person_id)
    return who is not None and who.may(Right.REVIEW)


INTENTS: dict[str, Intent] = {"glass_broken": _glass_broken}
