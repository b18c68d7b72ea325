"""Lives of the real `run` that are killed again and again; see test_kill_serving.py.

Run as a module: FOLDER API. It takes the place of the pages once, says where it is, and begets a
life for each number that it reads: a fork, so that it starts at once. It says who was born, and
when nothing more comes in it ends.
"""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from sqlmodel import Session as Db

from bot.app import assemble, clock_from
from bot.listeners import Bound, bind
from bot.messages import Message
from bot.outgoing.outbox import Claimed
from bot.platforms.telegram import sender
from bot.serving import serve
from bot.settings import Settings
from bot.wording import Wording
from storage.database import Database
from tests.bot.kill_run import KEYRING, Life
from tests.bot.moment import MONDAY
from tests.platforms.telegram_server import TOKEN

MARK = "row "


@dataclass(frozen=True, slots=True)
class Marked:
    """Every message begins with the number of its row, so that it is known again where it came."""

    wording: Wording

    def render(self, db: Db, row: Claimed) -> Message | None:
        message = self.wording.render(db, row)
        marked = f"{MARK}{row.id}\n"
        return None if message is None else replace(message, text=f"{marked}{message.text}")


def live(life: Life, api: str, pages: Bound) -> None:
    """What `run` does, until a signal ends it."""
    settings = Settings.model_validate(
        {
            "web": {"inside": "127.0.0.1:0"},
            "telegram": {
                "token": TOKEN,
                "api": api,
                "decided_by": "the head of service",
                "decided_on": MONDAY.date(),
                "minimum_age": 0,
                "per_second": 1000.0,
            },
        }
    )
    # Each life begins later than the claims and the lease of the one before it run out.
    start = clock_from(MONDAY + timedelta(minutes=2 * life.number))
    with Database(life.url, KEYRING) as database:
        app = assemble(database, settings, start)
        app.wording = Marked(app.wording)  # type: ignore[assignment]
        asyncio.run(serve(app, lambda line: print(line, file=sys.stderr), pages=pages))
        app.close()


def _born(life: Life, api: str, pages: Bound) -> int:
    child = os.fork()
    if child:
        return child
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer of ours
    code = 1
    try:
        live(life, api, pages)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def main(folder: Path, api: str) -> None:
    # At the pace that people are written to with here, they would be at it for minutes.
    sender.LIMITS = replace(sender.LIMITS, per_contact_seconds=0.0)
    for late in ("bot.schedule", "bot.web.app", "bot.web.inside", "apscheduler.schedulers.asyncio"):
        import_module(late)  # once, and not in every life
    pages = bind("`public` of [web]", "127.0.0.1:0")
    print(pages.address, flush=True)
    for line in sys.stdin:
        child = _born(Life(folder, int(line)), api, pages)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        print(ended, flush=True)
        if ended not in (0, -signal.SIGKILL):
            return


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]), sys.argv[2])
