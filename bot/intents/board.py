"""The message that carries a link to the pages inside."""

from bot.access import who_acts
from bot.board_links import address_of, is_good, may_enter
from bot.messages import Message
from bot.wording import Intent, Writing
from storage.board import SignInLink


def _board_link(writing: Writing) -> Message | None:
    link = writing.db.get(SignInLink, writing.param("link"))
    if link is None or not is_good(link, writing.around.now):
        return None
    if not may_enter(who_acts(writing.db, link.person_id, writing.around)):
        return None
    address = address_of(link, writing.around)
    if not address:
        return writing.message(writing.say("board.no_address"))
    key = "board.link_queue" if link.opens_queue else "board.link"
    return writing.message(writing.say(key, address=address, until=writing.hour(link.ends_at)))


INTENTS: dict[str, Intent] = {"board_link": _board_link}
