"""What goes back to those who said it."""

from bot.messages import Message
from bot.wording import Intent, Writing


def _told(writing: Writing) -> Message | None:
    from digests.you_said_we_did import published_text

    text = published_text(writing.db, writing.param("publication"), writing.row.language)
    return writing.message(writing.say("young.told", text=text)) if text else None


INTENTS: dict[str, Intent] = {
    "told": _told,
}
