"""The other side of the answers benchmark: python-telegram-bot, used the way its docs advise.

`ConversationHandler` with `PicklePersistence`, and the file written after every update, because an
answer that is acknowledged must not be lost. Everything that would slow it down without need is
off: one dump for each update (`on_flush`), one file, no stores but the answers and the states, no
reply sent, no `answer_callback_query`, no sync to disk (PTB has none, so a power cut may lose the
file), no screening, no encryption, no review queue, no outbox, no second look at duplicates.
"""

import json
import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from warnings import catch_warnings, simplefilter

from telegram import Update as PtbUpdate
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest, RequestData

from benchmarks.updates import Respondent, Update

App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[PtbUpdate, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, str | int]]

_ME = {"id": 1, "is_bot": True, "first_name": "Loop", "username": "loop_bot"}
_CHOICES = {
    "age_band": ("11_13", "14_15", "16_17", "not_said"),
    "where_from": ("school", "youth_group", "online", "elsewhere"),
    "noticing": ("never", "not_often", "sometimes", "often", "always", "dont_know"),
    "know_help": ("yes", "not_sure", "no"),
}
_SEVERAL = {
    "listen_better": ("time", "quiet_place", "believe", "what_next", "same_person", "else"),
    "who_to_tell": ("teacher", "youth_worker", "family", "friend", "helpline", "doctor", "police"),
}
_NEXT = {
    "age_band": "where_from",
    "where_from": "noticing",
    "noticing": "listening",
    "listen_better": "who_to_tell",
    "who_to_tell": "know_help",
    "know_help": "change",
}


class Offline(BaseRequest):
    """A connection to nowhere: it answers `getMe`, and whatever else is asked is an error."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - PTB's signature
        request_data: RequestData | None = None,  # noqa: ARG002
        *_timeouts: object,
        **_more: object,
    ) -> tuple[int, bytes]:
        assert url.endswith("/getMe"), "the benchmark sends nothing"
        return 200, json.dumps({"ok": True, "result": _ME}).encode()


def _tapped(name: str) -> Handle:
    async def handle(update: PtbUpdate, context: ContextTypes.DEFAULT_TYPE) -> str:
        assert update.callback_query is not None
        assert context.user_data is not None
        place = int((update.callback_query.data or "").rpartition(":")[2])
        context.user_data[name] = _CHOICES[name][place]
        return _NEXT[name]

    return handle


async def _listening(update: PtbUpdate, context: ContextTypes.DEFAULT_TYPE) -> str:
    text = _text(update)
    if not (text.isdigit() and 0 <= int(text) <= 10):
        return "listening"
    assert context.user_data is not None
    context.user_data["listening"] = text
    return "listen_better" if int(text) <= 5 else "who_to_tell"


def _several(name: str) -> Handle:
    async def handle(update: PtbUpdate, context: ContextTypes.DEFAULT_TYPE) -> str:
        parts = _text(update).replace(",", " ").split()
        if not all(part.isdigit() and 0 < int(part) <= len(_SEVERAL[name]) for part in parts):
            return name
        assert context.user_data is not None
        context.user_data[name] = " ".join(_SEVERAL[name][int(part) - 1] for part in parts)
        return _NEXT[name]

    return handle


async def _change(update: PtbUpdate, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert context.user_data is not None
    context.user_data["change"] = _text(update)
    return ConversationHandler.END


async def _begin(_update: PtbUpdate, _context: ContextTypes.DEFAULT_TYPE) -> str:
    return "age_band"


def _text(update: PtbUpdate) -> str:
    assert update.message is not None
    return update.message.text or ""


def _conversation() -> ConversationHandler[Any]:
    words = filters.TEXT & ~filters.COMMAND
    states: dict[object, list[Any]] = {
        name: [CallbackQueryHandler(_tapped(name), pattern="^s:")] for name in _CHOICES
    }
    states |= {name: [MessageHandler(words, _several(name))] for name in _SEVERAL}
    states |= {
        "listening": [MessageHandler(words, _listening)],
        "change": [MessageHandler(words, _change)],
    }
    with catch_warnings():
        simplefilter("ignore")  # it warns that taps on old messages count too; as they do for us
        return ConversationHandler(
            entry_points=[CommandHandler("start", _begin)],
            states=states,
            fallbacks=[CommandHandler("stop", _begin)],
            name="survey",
            persistent=True,
        )


async def survey_bot(path: Path) -> App:
    """The survey as a `ConversationHandler`, kept in a pickle file."""
    kept = PersistenceInput(bot_data=False, chat_data=False, callback_data=False)
    persistence = PicklePersistence(path, store_data=kept, on_flush=True)
    app: App = _builder().persistence(persistence).build()
    app.add_handler(_conversation())
    await app.initialize()
    return app


async def idle_bot() -> App:
    """An application whose one handler does nothing."""

    async def nothing(_update: object, _context: ContextTypes.DEFAULT_TYPE) -> None:
        return

    app: App = _builder().build()
    app.add_handler(TypeHandler(object, nothing))
    await app.initialize()
    return app


def _builder() -> Any:
    return (
        ApplicationBuilder()
        .token("1:benchmark")
        .request(Offline())
        .get_updates_request(Offline())
        .updater(None)
        .job_queue(None)
    )


async def begin(app: App, people: Sequence[Respondent]) -> None:
    """Everybody has sent /start; written once at the end."""
    for respondent in people:
        person = {"id": respondent.chat, "is_bot": False, "first_name": "Robin"}
        where = {"id": respondent.chat, "type": "private", "first_name": "Robin"}
        command = [{"type": "bot_command", "offset": 0, "length": 6}]
        message = {"message_id": 1, "date": 1, "chat": where, "from": person, "text": "/start"}
        raw = {"update_id": respondent.chat, "message": message | {"entities": command}}
        await app.process_update(PtbUpdate.de_json(raw, app.bot))
    await _write(app)


async def take(app: App, updates: Sequence[Update], *, sync: bool = False) -> list[float]:
    """Each update parsed, handled and written before the next; how long each took, in seconds.

    `sync` also waits for the disk after each, which python-telegram-bot by itself never does.
    """
    waits = []
    for update in updates:
        begun = perf_counter()
        await app.process_update(PtbUpdate.de_json(update, app.bot))
        await _write(app)
        if sync:
            _wait_for_disk(app)
        waits.append(perf_counter() - begun)
    return waits


async def take_idle(app: App, updates: Sequence[Update]) -> float:
    """Each update parsed and handed to the handler that does nothing; nothing is kept."""
    begun = perf_counter()
    for update in updates:
        await app.process_update(PtbUpdate.de_json(update, app.bot))
    return perf_counter() - begun


async def _write(app: App) -> None:
    await app.update_persistence()
    await _persistence(app).flush()


def _wait_for_disk(app: App) -> None:
    with _persistence(app).filepath.open("rb") as file:
        os.fsync(file.fileno())


def _persistence(app: App) -> PicklePersistence[Any, Any, Any]:
    assert isinstance(app.persistence, PicklePersistence)
    return app.persistence


def answers_kept(app: App) -> int:
    """How many answers the bot holds: a benchmark that lost some would be none."""
    return sum(len(answers) for answers in app.user_data.values())
