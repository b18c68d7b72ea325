"""What safeguarding reviewers read in chat: references and clocks, never words."""

from sqlmodel import select

from bot.intents.lead_parts import titled
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.concerns import ReviewItem, ReviewState
from surveys import concerns

_MOST_LISTED = 20


def _concern_alert(writing: Writing) -> Message | None:
    item = writing.db.exec(select(ReviewItem).where(ReviewItem.ref == writing.param("ref"))).first()
    if item is None or item.state != ReviewState.WAITING:
        return None
    text = writing.say(
        "reviewer.alert", ref=item.ref, tier=item.tier, due=writing.hour(item.due_at)
    )
    message = writing.message(text, button(writing.say("reviewer.button_ack"), "ack", item.ref))
    return titled(writing, message, "reviewer.title")


def _concern_list(writing: Writing) -> Message:
    """Red first, then by the clock; the rest by number."""
    now = writing.around.now
    rows = concerns.waiting(writing.db)
    lines = [
        {
            "ref": row.ref,
            "tier": row.tier,
            "due": writing.hour(row.due_at),
            "overdue": row.due_at < now,
        }
        for row in rows[:_MOST_LISTED]
    ]
    more = max(0, len(rows) - _MOST_LISTED)
    message = writing.message(writing.say("reviewer.list", rows=lines, more=more))
    return titled(writing, message, "reviewer.title_list")


def _concerns_overdue(writing: Writing) -> Message | None:
    count = concerns.overdue(writing.db, writing.around.now)
    if not count:
        return None
    message = writing.message(writing.say("reviewer.overdue", count=count))
    return titled(writing, message, "reviewer.title")


INTENTS: dict[str, Intent] = {
    "concern_alert": _concern_alert,
    "concern_list": _concern_list,
    "concerns_overdue": _concerns_overdue,
}
