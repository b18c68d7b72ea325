"""What safeguarding reviewers read in chat: references and clocks, never words."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.intents.lead_parts import titled
from bot.messages import Alert, Button, Message
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.calendar import LONDON
from storage.concerns import ReviewItem, ReviewState
from storage.people import Person
from surveys import concerns

_MOST_LISTED = 20


def _concern_alert(writing: Writing) -> Message | None:
    """Lapses once somebody has it. For a pager the same stands beside the words."""
    item = _item(writing)
    if item is None or item.state != ReviewState.WAITING:
        return None
    link = _link(writing, item.ref)
    is_again = (writing.param("round") or 1) > 1
    text = writing.say(
        "reviewer.alert",
        ref=item.ref,
        tier=item.tier,
        due=writing.hour(item.due_at) if item.due_at > writing.around.now else "",
        link=link,
        again=is_again,
    )
    taking = button(writing.say("reviewer.button_ack"), "ack", item.ref)
    message = titled(writing, writing.message(text, taking), "reviewer.title")
    return replace(message, alert=Alert(item.ref, item.tier, item.due_at, link, is_again))


def _item(writing: Writing) -> ReviewItem | None:
    return concerns.find(writing.db, writing.param("ref") or "")


def _link(writing: Writing, ref: str) -> str:
    """The page of a text, which asks who comes; empty where there are no pages inside."""
    board = writing.around.settings.links.board.rstrip("/")
    return f"{board}/concerns/{ref}" if board else ""


def _concern_taken(writing: Writing) -> Message | None:
    """In place of an alert: who has it now, and for them a way to give it back."""
    item = _item(writing)
    if item is None or item.acknowledged_by_id is None or item.acknowledged_at is None:
        return None
    text = writing.say(
        "reviewer.taken",
        ref=item.ref,
        is_yours=writing.row.person_id == item.acknowledged_by_id,
        who=_name(writing, item.acknowledged_by_id),
        since=_hour(item.acknowledged_at),
        link=_link(writing, item.ref),
    )
    return titled(
        writing, writing.message(text, *_giving_back(writing, item)), "reviewer.title_taken"
    )


def _giving_back(writing: Writing, item: ReviewItem) -> tuple[Button, ...]:
    is_theirs = writing.row.person_id == item.acknowledged_by_id
    if not is_theirs or item.state != ReviewState.ACKNOWLEDGED:
        return ()
    return (button(writing.say("reviewer.button_give_back"), "giveback", item.ref),)


def _name(writing: Writing, person_id: int | None) -> str:
    person = writing.db.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else ""


def _concern_unheard(writing: Writing) -> Message | None:
    """For managers: that nobody has it, and for how long; no reference."""
    rows = concerns.unheard(writing.db)
    if not rows:
        return None
    waited = writing.around.now - min(item.received_at for item in rows)
    text = writing.say("reviewer.unheard", count=len(rows), minutes=_minutes(waited))
    return titled(writing, writing.message(text), "reviewer.title_unheard")


def _minutes(span: timedelta) -> int:
    return max(1, int(span.total_seconds() // 60))


def _concern_second(writing: Writing) -> Message | None:
    item = _item(writing)
    if item is None or item.state != ReviewState.PROPOSED:
        return None
    text = writing.say(
        "reviewer.second",
        ref=item.ref,
        who=_name(writing, item.decided_by_id),
        link=_link(writing, item.ref),
    )
    return titled(writing, writing.message(text), "reviewer.title")


def _concern_disagreed(writing: Writing) -> Message | None:
    item = _item(writing)
    if item is None or item.state != ReviewState.ACKNOWLEDGED:
        return None
    text = writing.say("reviewer.disagreed", ref=item.ref, link=_link(writing, item.ref))
    return titled(writing, writing.message(text), "reviewer.title")


def _concern_list(writing: Writing) -> Message:
    """Red first, then by the clock; the rest by number."""
    now = writing.around.now
    rows = concerns.waiting(writing.db)
    lines = [
        {
            "ref": row.ref,
            "tier": row.tier,
            "due": writing.hour(row.due_at),
            "overdue": row.state == ReviewState.WAITING and row.due_at < now,
            "who": _name(writing, row.acknowledged_by_id),
            "second": row.state == ReviewState.PROPOSED,
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


def _hand_over_offer(writing: Writing) -> Message | None:
    """Shortly before the close: what is unread, and one button."""
    around, person_id = writing.around, writing.row.person_id
    if person_id is None:
        return None
    what = concerns.hand_over_of(
        writing.db,
        person_id,
        around.now,
        calendar=around.calendar,
        clocks=around.settings.concerns.clocks(),
    )
    if not (what.red_waiting or what.unread):
        return None
    pressed = button(writing.say("reviewer.button_hand_over"), "handover")
    text = writing.say("reviewer.hand_over", what=what, at=_hour(what.at))
    message = writing.message(text, *([pressed] if what.to_id is not None else []))
    return titled(writing, message, "reviewer.title_hand_over")


def _handed_over(writing: Writing) -> Message:
    """For the on-call: how many are theirs now."""
    text = writing.say(
        "reviewer.handed_over",
        red=writing.param("red"),
        unread=writing.param("unread"),
        who=_name(writing, writing.param("by")),
    )
    return titled(writing, writing.message(text), "reviewer.title")


def _hour(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%H:%M}"


INTENTS: dict[str, Intent] = {
    "concern_alert": _concern_alert,
    "concern_taken": _concern_taken,
    "concern_unheard": _concern_unheard,
    "concern_second": _concern_second,
    "concern_disagreed": _concern_disagreed,
    "concern_list": _concern_list,
    "concerns_overdue": _concerns_overdue,
    "hand_over_offer": _hand_over_offer,
    "handed_over": _handed_over,
}
