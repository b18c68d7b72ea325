"""Teams as a platform to send to: into a conversation that the app was installed in."""

import asyncio

from bot.messages import Address, DeliveryError, Failure, Limits, Message, Receipt
from bot.platforms.teams.cards import Card
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.drawing import draw, summary_of
from bot.platforms.teams.reference import Reference, reference_of
from bot.platforms.teams.sdk import Attachment, MessageActivityInput

LIMITS = Limits(
    text=100_000,
    buttons=1000,
    label=4000,
    per_second=30.0,
    per_contact_seconds=0.5,
    parts=True,
)
"""In one conversation 7 a second, 60 in 30 seconds and 1,800 an hour: one each half second is the

slowest of these. For an app in a tenant 30 to 50 a second.
"""
_ATTEMPTS = 3
_PATIENCE = 4.0
CARD = "application/vnd.microsoft.card.adaptive"


class TeamsSender:
    """Writes first to whoever installed the app, and puts messages again in their place."""

    def __init__(self, connection: Connection) -> None:
        self.limits = LIMITS
        self._connection = connection

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
        where = reference_of(to.reference)
        if where is None:
            raise DeliveryError(Failure.RECIPIENT_GONE, "the app is not installed for them")
        cards, summary = draw(message), summary_of(message)
        old = replacing or message.replaces
        if old and await self.replaced(where, old, cards[0], summary):
            return Receipt(old)
        first = await self.post(where, cards[0], summary)
        for card in cards[1:]:
            # Each is a message of its own; the first is the one that is put again later.
            await self._after_the_first(where, card, summary)
        return Receipt(first)

    async def post(self, where: Reference, card: Card, summary: str) -> str:
        """A card as a new message; its id."""
        return await self._connection.post(where, _activity(card, summary))

    async def replaced(self, where: Reference, old: str, card: Card, summary: str) -> bool:
        """Puts a card in place of a message; False where that is not there any more."""
        try:
            await self._connection.put(where, old, _activity(card, summary))
        except DeliveryError as error:
            if error.failure is Failure.RECIPIENT_GONE and error.detail.startswith(("404", "410")):
                return False
            raise
        return True

    async def _after_the_first(self, where: Reference, card: Card, summary: str) -> None:
        """To begin anew would double what stands there already, so this waits where it can."""
        for attempt in range(_ATTEMPTS):
            await asyncio.sleep(LIMITS.per_contact_seconds * (1 + attempt))
            try:
                await self.post(where, card, summary)
            except DeliveryError as error:
                wait = error.retry_after or 0.0
                is_last = attempt == _ATTEMPTS - 1 or wait > _PATIENCE
                if error.failure is not Failure.TRY_LATER or is_last:
                    raise
                await asyncio.sleep(wait)
            else:
                return


def _activity(card: Card, summary: str) -> MessageActivityInput:
    found = MessageActivityInput(attachments=[Attachment(content_type=CARD, content=card)])
    # The SDK knows no `summary`, which is what Teams puts into a notification; it passes it on.
    return found.model_copy(update={"summary": summary})
