"""`chat`: one person at a terminal, through the real mailroom and outbox."""

import asyncio
import secrets
import sys
from typing import TYPE_CHECKING

from bot.mailroom import MailroomClosed
from bot.messages import Address
from bot.people import find_person, link
from bot.platforms.console import PLATFORM, Console, read
from bot.standing import hash_of

if TYPE_CHECKING:
    from bot.app import App

_PROMPT = "> "
_HOW = "Write a line and press Enter; `help` says what you can write. Ctrl-D ends the chat.\n"


async def talk(app: "App", *, email: str, invite: str) -> bool:
    """Reads lines until the end of input. False where nobody has this e-mail."""
    who = email.strip().casefold() or f"respondent-{secrets.token_hex(4)}"
    if email and not _connect(app, email, who):
        return False
    # Only this person's messages: nobody reads another's at their own terminal.
    own = hash_of(app.around.keyring, Address(PLATFORM, "", who))
    delivery = app.delivery({PLATFORM: Console(_show)}, only=own)
    if sys.stdin.isatty():
        sys.stdout.write(_HOW)
    await delivery.run_until_idle()
    pending = [f"/start {invite}"] if invite else []
    while (line := pending.pop() if pending else await _next_line()) is not None:
        message = read(line, who=who, event_id=secrets.token_hex(12), at=app.around.now)
        if message is None:
            continue
        try:
            await app.mailroom.receive(message)
        except MailroomClosed as error:
            sys.stdout.write(f"{error} Please send it again.\n")
        await delivery.run_until_idle()
    return True


def _connect(app: "App", email: str, who: str) -> bool:
    with app.database.writing() as db:
        person = find_person(db, email)
        if person is None:
            return False
        link(db, person, Address(PLATFORM, "", who))
        return True


def _show(_who: str, text: str) -> None:
    sys.stdout.write(f"\n{text}\n\n")
    sys.stdout.flush()


async def _next_line() -> str | None:
    if sys.stdin.isatty():
        sys.stdout.write(_PROMPT)
        sys.stdout.flush()
    line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    return line or None
