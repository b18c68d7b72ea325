"""What goes back: in the reply where it can, else beside it, and never before it is on disk."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.forms import Field, FieldKind, Form
from bot.messages import (
    DeliveryError,
    Failure,
    FieldErrors,
    Message,
    NextPage,
    Now,
    OpenForm,
    Pressed,
    Replace,
    Submitted,
)
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.errands import Errands
from bot.platforms.teams.members import Members
from bot.platforms.teams.packing import packed
from bot.platforms.teams.receiving import Receiver
from bot.platforms.teams.sender import TeamsSender
from storage.types import Keyring
from tests.bot.platforms.teams.card_checks import buttons, inputs, problems, words
from tests.bot.platforms.teams.conftest import (
    Connector,
    Mailbox,
    hall_for,
    listening,
    run,
    settings_for,
)
from tests.bot.platforms.teams.payloads import executed, in_a_team, said, submitted

FORM = Form("update:7", "Update 1.2", (Field("words", FieldKind.TEXT, "In one line"),), "Send")
PAGE = Form("update:7", "And when?", (Field("when", FieldKind.DATE, "When"),), "Send")
TOO_BIG = Form(
    "f", "T", tuple(Field(f"a{n}", FieldKind.WORDS, "é" * 3000) for n in range(900)), "Send"
)
PRESS = {"loop": {"t": "tok"}}
CARD = "application/vnd.microsoft.card.adaptive"
LINE = "application/vnd.microsoft.activity.message"
Taken = tuple[int, Any, list[tuple[str, str, Any]]]


def sent(form: Form = FORM, opened_by: str = "", **values: str) -> dict[str, Any]:
    ours = {"f": form.id, "p": packed(form), **({"m": opened_by} if opened_by else {})}
    return {"loop": ours, **{f"q.{name}": value for name, value in values.items()}}


class Counter:
    """One counter to hand things in at; what was called beside stands in `calls`."""

    def __init__(self, mailbox: Mailbox, keyring: Keyring, place: Path) -> None:
        self._given = (mailbox, keyring, place)
        self.mailbox = mailbox

    def take(self, activity: dict[str, Any], now: Now | None = None) -> Taken:
        self.mailbox.now = now
        return run(self._taken(activity))  # type: ignore[no-any-return]

    async def _taken(self, activity: dict[str, Any]) -> Taken:
        async with listening() as connector:
            connector.member = {"id": "29:1abcDEF", "email": "jo@police.example"}
            status, body = await self._with(connector, activity)
        calls = [call for call in connector.calls if call[0] != "GET"]
        return status, body, calls

    async def _with(self, connector: Connector, activity: dict[str, Any]) -> tuple[int, Any]:
        settings = settings_for(login=connector.url)
        connection, errands = Connection(settings), Errands()
        sender, members = TeamsSender(connection), Members(connection)
        receiver = Receiver(hall_for(settings, *self._given), sender, members, errands)
        found = {**activity, "serviceUrl": connector.url}
        try:
            return await receiver.take(found, receiver.read(found))
        finally:
            await errands.settled()
            await connection.close()


@pytest.fixture
def counter(mailbox: Mailbox, keyring: Keyring, tmp_path: Path) -> Counter:
    return Counter(mailbox, keyring, tmp_path)


def card_in(body: Any) -> dict[str, Any]:
    assert (body["statusCode"], body["type"]) == (200, CARD)
    assert problems(body["value"]) == []
    found: dict[str, Any] = body["value"]
    return found


def card_sent(call: tuple[str, str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = call[2]["attachments"][0]["content"]
    assert problems(found) == []
    return found


def test_who_writes_is_vouched_for_by_their_organisation(counter: Counter) -> None:
    assert counter.take(said("hello")) == (200, None, [])
    assert [one.email for one in counter.mailbox.taken] == ["jo@police.example"]


def test_a_press_is_thanked_for_in_a_line(counter: Counter) -> None:
    status, body, calls = counter.take(executed(PRESS))
    assert (status, body["type"], body["value"], calls) == (200, LINE, "Thank you.", [])
    assert [one.content for one in counter.mailbox.taken] == [Pressed("tok")]


def test_a_press_that_asks_for_a_form_gets_it_in_the_reply(counter: Counter) -> None:
    _, body, calls = counter.take(executed(PRESS), OpenForm(FORM))
    card = card_in(body)
    assert list(inputs(card)) == ["q.words"]
    assert buttons(card)["Send"]["data"]["loop"]["m"] == "1705311000000"
    assert calls == []


def test_an_older_app_gets_the_form_as_a_message(counter: Counter) -> None:
    status, body, ((method, _, _),) = counter.take(submitted(PRESS), OpenForm(FORM))
    assert (status, body, method) == (200, None, "POST")


def test_a_form_asked_for_in_words_comes_as_a_message_that_no_button_opened(
    counter: Counter,
) -> None:
    status, body, (call,) = counter.take(said("update"), OpenForm(FORM))
    assert (status, body, call[0]) == (200, None, "POST")
    assert "m" not in buttons(card_sent(call))["Send"]["data"]["loop"]


def test_a_form_that_was_sent_is_thanked_for_in_its_place(counter: Counter) -> None:
    _, body, calls = counter.take(executed(sent(opened_by="1705311000000", words="ok")))
    assert words(card_in(body)) == "Thank you. It is noted."
    assert calls == []
    (incoming,) = counter.mailbox.taken
    assert incoming.content == Submitted("update:7", {"words": "ok"})
    assert (incoming.message_id, incoming.opens) == ("1705311000000", True)


@pytest.mark.parametrize("make", [executed, submitted])
def test_a_form_that_stood_alone_is_put_aside_for_good(counter: Counter, make: Any) -> None:
    _, _, (call,) = counter.take(make(sent(words="ok")))
    assert call[:2] == ("PUT", "/v3/conversations/a:1pL6i0oY3C0K8oAj8/activities/1705311000000")
    assert words(card_sent(call)) == "Thank you. It is noted."


def test_errors_come_with_the_same_form_and_what_was_written(counter: Counter) -> None:
    errors = FieldErrors({"words": "Please say when."})
    _, body, calls = counter.take(executed(sent(opened_by="1", words="soon")), errors)
    card = card_in(body)
    assert "⚠ Please say when." in words(card)
    assert inputs(card)["q.words"]["value"] == "soon"
    assert buttons(card)["Send"]["data"]["loop"]["m"] == "1"
    assert calls == []


def test_errors_of_a_form_in_an_older_app_are_put_into_its_message(counter: Counter) -> None:
    errors = FieldErrors({"words": "Please say when."})
    _, body, (call,) = counter.take(submitted(sent(words="soon")), errors)
    assert (body, call[0]) == (None, "PUT")
    assert "⚠ Please say when." in words(card_sent(call))


def test_errors_of_a_form_that_is_not_there_any_more_are_said(counter: Counter) -> None:
    data = {"loop": {"f": "update:7", "p": "nonsense"}}
    _, body, _ = counter.take(executed(data), FieldErrors({"words": "Please say when."}))
    assert (body["type"], "Please say when." in body["value"]) == (LINE, True)


def test_the_next_page_takes_the_place_of_the_last(counter: Counter) -> None:
    _, body, calls = counter.take(executed(sent(opened_by="1", words="ok")), NextPage(PAGE))
    card = card_in(body)
    assert list(inputs(card)) == ["q.when"]
    assert buttons(card)["Send"]["data"]["loop"]["m"] == "1"
    assert calls == []


def test_a_replacement_is_in_the_reply_and_stays_in_the_chat(counter: Counter) -> None:
    _, body, (call,) = counter.take(executed(PRESS), Replace(Message("As it stands now.")))
    assert words(card_in(body)) == words(card_sent(call)) == "As it stands now."
    assert call[:2] == ("PUT", "/v3/conversations/a:1pL6i0oY3C0K8oAj8/activities/1705311000000")


def test_a_page_too_long_for_teams_says_so(counter: Counter) -> None:
    _, body, _ = counter.take(executed(PRESS), OpenForm(TOO_BIG))
    assert words(card_in(body)).startswith("This page is too long for Teams.")


def test_what_was_not_stored_is_never_thanked_for(counter: Counter) -> None:
    counter.mailbox.failure = RuntimeError("the disk is full")
    status, body, calls = counter.take(said("hello"))
    assert (status, body, calls) == (503, None, [])
    status, body, calls = counter.take(executed(PRESS))
    assert (status, body["statusCode"], body["type"], calls) == (
        200,
        503,
        "application/vnd.microsoft.error",
        [],
    )


def test_what_comes_again_is_answered_and_nothing_new_is_done(counter: Counter) -> None:
    counter.take(executed(PRESS))
    status, body, calls = counter.take(executed(PRESS), Replace(Message("x")))
    assert (status, body["type"], calls) == (200, LINE, [])
    assert len(counter.mailbox.taken) == 1


def test_a_button_of_another_app_is_answered_and_not_taken(counter: Counter) -> None:
    status, body, _ = counter.take(executed({"other": 1}))
    assert (status, body["type"], counter.mailbox.taken) == (200, LINE, [])


def test_in_a_team_it_says_only_that_it_talks_one_to_one(counter: Counter) -> None:
    status, body, (call,) = counter.take(in_a_team("actions"))
    assert (status, body) == (200, None)
    assert call[:2] == ("POST", "/v3/conversations/19:x@y/activities")
    assert words(card_sent(call)).startswith("I only talk one to one")
    assert [one.sender.reference for one in counter.mailbox.taken] == [""]


def test_things_beside_are_tried_again_and_never_fail_the_answer() -> None:
    tries: list[int] = []

    async def errand() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DeliveryError(Failure.TRY_LATER, "429", 0.001)
        raise DeliveryError(Failure.OUR_FAULT, "400")

    async def work() -> None:
        errands = Errands()
        errands.run(errand)
        await errands.settled()
        await asyncio.sleep(0)

    run(work())
    assert len(tries) == 3
