"""How a row that was claimed ended, or when it may be tried again."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Address, DeliveryError, Failure, Message, Receipt
from bot.numbered import Menu, flat
from bot.outgoing.outbox import Claimed, Ticket

MOST_ATTEMPTS = 40  # more than a day, with pauses that grow to an hour
_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`menu`: what a typed number means from now on; None leaves it as it is.

    It is not shown where the conversation has moved since `seen_at`: then it was answered before
    we could note it. `moved_to`: where the contact is reached from now on.
    """

    row: Ticket
    outcome: str
    detail: str = ""
    external_id: str = ""
    retry_at: datetime | None = None
    menu: Menu | None = None
    seen_at: datetime | None = None
    language: str = ""
    moved_to: Address | None = None


def sent(ticket: Ticket, row: Claimed, message: Message, receipt: Receipt) -> Outcome:
    """It has left; a question's menu is the engine's, any other message brings its own."""
    menu = menu_of(message) if row.intent != "ask" else Menu()
    return Outcome(
        ticket,
        "sent",
        external_id=receipt.external_id,
        menu=menu if menu.tokens or row.has_menu else None,
        seen_at=row.moved_at,
        language=row.language,
        moved_to=receipt.moved_to,
    )


def later(ticket: Ticket, seconds: float, detail: str, now: datetime) -> Outcome:
    """To be tried again after so many seconds."""
    return Outcome(ticket, "later", detail, retry_at=now + timedelta(seconds=seconds))


def failed(ticket: Ticket, error: DeliveryError, now: datetime) -> Outcome:
    """What becomes of a row whose send failed so."""
    if error.failure is Failure.RECIPIENT_GONE:
        return Outcome(ticket, "gone", error.detail)
    if error.failure is Failure.OUR_FAULT:
        return Outcome(ticket, "fault", error.detail)
    if ticket.attempts >= MOST_ATTEMPTS and not error.refuses_us:
        return Outcome(ticket, "gave_up", error.detail)
    return later(ticket, _pause(ticket.attempts, error.retry_after), error.detail, now)


def menu_of(message: Message) -> Menu:
    """What a typed number would choose: the buttons that are shown with a number."""
    shown = flat(message).buttons
    return Menu(tuple(one.token for one in shown if not (one.command or one.tap_only or one.link)))


def _pause(attempts: int, retry_after: float | None) -> float:
    """Growing pauses, or what the platform asked for; spread, so that not all come back at once."""
    if retry_after is not None:
        return max(0.0, retry_after) * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret
    return min(_LONGEST_PAUSE, 2.0**attempts) * random.uniform(0.8, 1.2)  # noqa: S311
