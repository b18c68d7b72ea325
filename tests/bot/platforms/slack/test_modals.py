"""Forms that open at once, are filled, corrected, sent twice, and come too late."""

import asyncio

import pytest

from bot.forms import Field, FieldKind, Form
from bot.messages import Ack, FieldErrors, NextPage, OpenForm, Pressed, Submitted
from storage.database import Database
from tests.bot.platforms.slack.stage import (
    FORM,
    NUDGE,
    SECOND,
    WAYS,
    Mailbox,
    ack,
    opened,
    run,
    sam_of,
)
from tests.platforms.fixtures import until
from tests.platforms.slack_limits import refused
from tests.platforms.slack_server import SlackServer


@pytest.mark.parametrize("mode", WAYS)
def test_a_form_opens_at_once_is_filled_corrected_and_goes_on_to_its_next_page(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, mode: str
) -> None:
    sam = sam_of(slack)
    mailbox.answers.extend(
        (
            ack(OpenForm(FORM)),
            ack(FieldErrors({"words": "Say it in more words."})),
            ack(NextPage(SECOND)),
            ack(None),
        )
    )

    async def work() -> str:
        async with opened(slack, sqlite_database, mailbox, mode=mode) as door:
            nudge = await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()
            assert sam.modal is not None
            assert sam.modal.labels == ["How is it going?", "What happened?", "By when?"]
            sam.fills({"How is it going?": "At risk", "What happened?": "ok"})
            await door.settled()
            assert sam.errors == {"What happened?": "Say it in more words."}
            sam.fills(
                {"How is it going?": "At risk", "What happened?": "late", "due": "2024-05-31"}
            )
            await door.settled()
            assert sam.modal.labels == ["Why is that?"]
            sam.fills({"why": "nobody was there"})
            await door.settled()
            return nudge

    nudge = run(work())
    assert mailbox.contents == [
        Pressed("update:7:on_track"),
        Submitted("update:7", {"status": "at_risk", "words": "ok", "due": ""}),
        Submitted("update:7", {"status": "at_risk", "words": "late", "due": "2024-05-31"}),
        Submitted("update:7", {"why": "nobody was there"}),
    ]
    assert {one.message_id for one in mailbox.taken} == {nudge}
    assert all(one.opens for one in mailbox.taken)
    assert sam.modal is None
    assert (slack.refusals, sam.troubles) == ([], [])


def test_the_empty_form_is_there_before_the_act_is_on_disk(
    slack: SlackServer, sqlite_database: Database
) -> None:
    sam, is_free = sam_of(slack), asyncio.Event()

    async def receive(_: object) -> Ack:
        await is_free.wait()
        return ack(OpenForm(FORM))

    async def work() -> None:
        async with opened(slack, sqlite_database, Mailbox(), receive=receive) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await until(lambda: sam.modal is not None, "a modal stands there")
            assert sam.modal is not None
            assert (sam.modal.title, sam.modal.labels, slack.pending) == ("One moment", [], 1)
            is_free.set()
            await door.settled()
            assert sam.modal.title == "How is 1.2 going?"

    run(work())
    assert sam.troubles == []


def test_an_act_that_needs_no_form_after_all_says_so_in_the_one_that_stands_there(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()
            assert sam.modal is not None
            assert (sam.modal.title, sam.modal.labels) == ("Done", [])

    run(work())


def test_a_form_that_slack_does_not_open_any_more_is_said_in_the_chat(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.extend((ack(OpenForm(FORM)), ack(OpenForm(FORM))))
    slack.fail("views.open", refused("expired_trigger_id"), times=2)

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()
            sam.commands("/loop update")
            await door.settled()

    run(work())
    said = "The form could not be opened in time. Please press the button again."
    assert sam.heard[1:] == [said, said]


def test_a_command_that_asks_for_a_form_opens_it_whole(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.append(ack(OpenForm(FORM)))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            sam.commands("/loop update")
            await door.settled()
            assert sam.modal is not None
            assert sam.modal.labels[0] == "How is it going?"
            assert len(slack.called("views.open")) == 1
            assert slack.called("views.update") == []

    run(work())


def test_a_press_that_could_not_be_stored_says_so_in_the_form(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    slack.deliveries.patience = 0.3
    mailbox.answers.append(RuntimeError("locked"))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.until(lambda: bool(sam.troubles), "Slack gave up waiting")
            await door.until(
                lambda: sam.modal is not None and "nothing was changed" in sam.modal.words,
                "the form says so",
            )

    run(work())
    assert sam.troubles == ["press: the app did not answer"]


def test_a_form_whose_answer_came_too_late_can_be_sent_again_and_counts_once(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.extend((ack(OpenForm(FORM)), ack(NextPage(SECOND))))
    values = {"How is it going?": "At risk"}

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()
            slack.deliveries.patience, mailbox.seconds = 0.05, 0.5
            sam.fills(values)
            await until(lambda: bool(sam.troubles), "Slack gave up waiting")
            await door.until(lambda: len(mailbox.taken) == 2, "it is on disk")
            slack.deliveries.patience, mailbox.seconds = 20.0, 0.0
            sam.fills(values)
            await door.settled()
            assert sam.modal is not None
            assert sam.modal.labels == ["Why is that?"]

    run(work())
    assert len(mailbox.taken) == 2
    assert mailbox.calls == 3


def test_a_form_that_was_stored_too_late_for_slack_is_closed_all_the_same(
    slack: SlackServer,
    sqlite_database: Database,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sam = sam_of(slack)
    mailbox.answers.append(ack(OpenForm(FORM)))
    monkeypatch.setattr("bot.platforms.slack.intake.LATE", 0.1)

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()
            slack.deliveries.patience, mailbox.seconds = 0.1, 0.4
            sam.fills({"How is it going?": "At risk"})
            await door.settled()
            await door.until(lambda: sam.modal is not None and sam.modal.title == "Done", "done")

    run(work())
    assert sam.troubles == ["form: the app did not answer"]
    assert len(mailbox.taken) == 2


LONG = Form(
    "long", "Long", tuple(Field(f"f{n}", FieldKind.WORDS, "Why?") for n in range(101)), "Send"
)


def test_a_form_that_cannot_be_shown_says_so(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.extend((ack(OpenForm(LONG)), ack(OpenForm(FORM))))
    shown: list[str] = []

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            for _ in range(2):
                sam.presses("On track")
                await door.settled()
                assert sam.modal is not None
                shown.append(sam.modal.words)
                sam.closes()
                slack.fail("views.update", refused("invalid_arguments"))

    run(work())
    assert shown == ["The form cannot be shown here. Please tell the business manager."] * 2


def test_a_form_that_was_closed_before_it_was_filled_is_left(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.append(ack(OpenForm(FORM)))
    slack.fail("views.update", refused("not_found"))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("On track")
            await door.settled()

    run(work())
    assert len(slack.called("views.update")) == 1
