"""Scripted respondents: the same answers as Telegram would deliver them, for us and for the peers.

Choices are tapped, a number and a choice of several are typed, and the last answer is written in
own words. One respondent in fifty writes something that a person must read at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from bot.messages import Address, Incoming, Pressed, Said
from bot.tokens import of_form

Update = dict[str, Any]

WORDS = (
    "more people to talk to at school",
    "teachers could ask how we are and really listen, not just when something happened",
    "i dont know",
    "A quiet room where you can go at lunch. And the same person every time!",
    "explain what happens next, nobody told me and i was worried for weeks",
    "nothing really its ok",
    "Posters in the toilets with the number, so nobody sees you looking at it",
    "let us text instead of ringing, ringing is scary when people are at home",
)
WORRYING = "my step dad hits me and i am scared to go home"
WORRIES_EVERY = 50
_LOW, _HIGH = 4, 8


@dataclass(frozen=True, slots=True)
class Tap:
    """A choice by its place in the list, at the question with this name."""

    question: str
    place: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """Words written at the question with this name."""

    question: str
    text: str


Given = Tap | Typing

_AGES = ("11 to 13", "14 or 15", "16 or 17", "I'd rather not say")
_WHERE = ("School or college", "A youth group", "Online", "Somewhere else")
_NOTICING = ("Never", "Not often", "Sometimes", "Often", "Always", "I don't know")
_HELP = ("Yes", "Not sure", "No")


def script(number: int) -> list[Given]:
    """What the respondent of this number answers; about every second is asked one question more."""
    listening = _LOW if number % 2 else _HIGH
    worried = number % WORRIES_EVERY == WORRIES_EVERY - 1
    answers: list[Given] = [
        Tap("age_band", number % len(_AGES), _AGES),
        Tap("where_from", number % len(_WHERE), _WHERE),
        Tap("noticing", number % len(_NOTICING), _NOTICING),
        Typing("listening", str(listening)),
    ]
    if listening == _LOW:
        answers.append(Typing("listen_better", "1 3"))
    answers.append(Typing("who_to_tell", "1, 4"))
    answers.append(Tap("know_help", number % len(_HELP), _HELP))
    answers.append(Typing("change", WORRYING if worried else WORDS[number % len(WORDS)]))
    return answers


def update_of(given: Given, *, update_id: int, chat: int, token: str, sent_at: int) -> Update:
    """The update that Telegram sends for it, decoded from JSON."""
    person = {"id": chat, "is_bot": False, "first_name": "Robin", "language_code": "en"}
    where = {"id": chat, "type": "private", "first_name": "Robin"}
    if isinstance(given, Typing):
        message = {"message_id": update_id, "date": sent_at, "chat": where, "from": person}
        return {"update_id": update_id, "message": message | {"text": given.text}}
    # With a tap comes the whole message that was tapped, its buttons included.
    bot = {"id": 1, "is_bot": True, "first_name": "Loop", "username": "loop_bot"}
    buttons = [
        [{"text": label, "callback_data": f"{token}:{place}"}]
        for place, label in enumerate(given.labels)
    ]
    asked = {
        "message_id": update_id,
        "date": sent_at,
        "chat": where,
        "from": bot,
        "text": "How often do adults notice when things are hard at home?",
        "reply_markup": {"inline_keyboard": buttons},
    }
    query = {"id": str(update_id), "from": person, "chat_instance": "1", "message": asked}
    return {
        "update_id": update_id,
        "callback_query": query | {"data": f"{token}:{given.place}"},
    }


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who has agreed to answer, and the updates they are about to send, in order."""

    chat: int
    updates: tuple[Update, ...]


def respondent(
    number: int, *, chat: int, session: str, given: Sequence[Given] | None = None
) -> Respondent:
    """The respondent of this number in a chat; `session` is their open form, at its first step."""
    updates = (
        update_of(
            one,
            update_id=chat * 100 + step,
            chat=chat,
            token=of_form(session, step, "").removesuffix(":"),
            sent_at=1_701_700_000 + step,
        )
        for step, one in enumerate(script(number) if given is None else given, 1)
    )
    return Respondent(chat, tuple(updates))


def in_turn(people: Sequence[Respondent]) -> list[Update]:
    """Everybody's first answer, then everybody's second: as many people at once send them."""
    waves = zip_longest(*(one.updates for one in people))
    return [update for wave in waves for update in wave if update is not None]


def read(update: Update) -> Incoming:
    """The update as the mailroom takes it: what the rim will do to it, and no more."""
    query = update.get("callback_query")
    message = query["message"] if query else update["message"]
    sender = Address("telegram", "loop_bot", str(message["chat"]["id"]))
    content = Pressed(query["data"]) if query else Said(message["text"])
    return Incoming(
        platform="telegram",
        space="loop_bot",
        event_id=str(update["update_id"]),
        sender=sender,
        content=content,
        received_at=datetime.fromtimestamp(message["date"], UTC),
    )
