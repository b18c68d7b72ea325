"""What safeguarding reviewers read in chat: references and clocks, never words."""

from sqlmodel import col, select

from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.concerns import ReviewItem, ReviewState


def _concern_alert(writing: Writing) -> Message | None:
    item = writing.db.exec(select(ReviewItem).where(ReviewItem.ref == writing.param("ref"))).first()
    if item is None or item.state != ReviewState.WAITING:
        return None
    text = writing.say(
        "reviewer.alert", ref=item.ref, tier=item.tier, due=writing.hour(item.due_at)
    )
    return writing.message(text, button(writing.say("reviewer.button_ack"), "ack", item.ref))


def _concern_list(writing: Writing) -> Message:
    rows = writing.db.exec(
        select(ReviewItem)
        .where(ReviewItem.state == ReviewState.WAITING)
        .order_by(col(ReviewItem.due_at))
    ).all()
    now = writing.around.now
    lines = [
        {
            "ref": row.ref,
            "tier": row.tier,
            "due": writing.hour(row.due_at),
            "overdue": row.due_at < now,
        }
        for row in rows
    ]
    return writing.message(writing.say("reviewer.list", rows=lines))


INTENTS: dict[str, Intent] = {
    "concern_alert": _concern_alert,
    "concern_list": _concern_list,
}
