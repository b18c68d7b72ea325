"""What goes out: posts, replacements, threads, homes and files, on the loopback Slack."""

from collections.abc import Awaitable, Callable

import pytest

from bot.messages import (
    SLACK,
    Address,
    Attachment,
    Button,
    DeliveryError,
    Failure,
    Message,
    Part,
    Pressed,
)
from bot.platforms.slack.sender import HOME_ID
from storage.database import Database
from tests.bot.platforms.slack.stage import Mailbox, Opened, installed, opened, run
from tests.platforms.slack_limits import (
    DROP,
    HANG,
    SERVER_ERROR,
    TOO_MANY,
    UNAVAILABLE,
    RateLimits,
    refused,
)
from tests.platforms.slack_people import Person
from tests.platforms.slack_server import SlackServer

LONG = Message("\n\n".join(f"Paragraph {n}. {'word ' * 300}" for n in range(14)))
REPORT = Attachment("digest.pdf", "application/pdf", b"%PDF-1.7", "https://loop.example/d/1")
Work = Callable[[Opened], Awaitable[None]]


@pytest.fixture
def sam(slack: SlackServer) -> Person:
    installed(slack)
    return slack.person("Sam Taylor", "sam@rochdale.example")


@pytest.fixture
def with_door(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, sam: Person
) -> Callable[[Work], None]:
    """Runs some work with a door that is open; nothing drawn is refused."""

    def with_it(work: Work) -> None:
        async def inside() -> None:
            async with opened(slack, sqlite_database, mailbox, sam.workspace) as door:
                await work(door)

        run(inside())

    return with_it


def test_a_message_is_sent_and_named_by_its_channel_and_time(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    async def work(door: Opened) -> None:
        message_id = await door.send(sam, Message("Hello", title="A word"))
        assert message_id == f"{sam.channel.id}:{sam.last.ts}"

    with_door(work)
    assert (sam.heard, sam.last.text) == (["A word\nHello"], "A word")
    assert slack.refusals == []


def test_a_message_is_replaced_and_where_it_is_gone_another_takes_its_place(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    async def work(door: Opened) -> None:
        first = await door.send(sam, Message("One", (Button("Go", "go"),)))
        assert await door.send(sam, Message("Two"), first) == first
        assert sam.heard == ["Two"]
        for code in ("message_not_found", "cant_update_message", "edit_window_closed"):
            slack.fail("chat.update", refused(code))
            assert await door.send(sam, Message(code), first) != first
        assert await door.send(sam, Message("Five"), "no id of ours")

    with_door(work)
    assert [*sam.heard] == [
        "Two",
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "Five",
    ]


def test_what_follows_stands_in_the_thread_of_the_first_message(
    with_door: Callable[[Work], None], sam: Person, mailbox: Mailbox, slack: SlackServer
) -> None:
    async def work(door: Opened) -> None:
        first = await door.send(sam, Message("Due", (Button("Done", "d"),)))
        noted = Message("Noted.", (Button("Correct", "c"),), follows=first)
        second = await door.send(sam, noted)
        await door.send(sam, Message("Corrected.", follows=second))
        await door.send(sam, Message("Elsewhere.", follows="nothing:of:ours"))

    with_door(work)
    due = next(one for one in sam.dm if one.words == "Due\nDone")
    assert [one.words for one in sam.thread(due)] == ["Noted.\nCorrect", "Corrected."]
    assert "Elsewhere." in sam.heard


def test_a_press_after_a_restart_says_again_where_the_thread_begins(
    with_door: Callable[[Work], None], sam: Person, mailbox: Mailbox
) -> None:
    async def before(door: Opened) -> None:
        first = await door.send(sam, Message("Due"))
        await door.send(sam, Message("Noted.", (Button("Correct", "c"),), follows=first))

    async def after(door: Opened) -> None:
        sam.presses("Correct")
        await door.settled()
        assert mailbox.contents == [Pressed("c")]
        await door.send(sam, Message("Corrected.", follows=mailbox.taken[0].message_id))

    with_door(before)
    with_door(after)
    assert [one.words for one in sam.thread(sam.dm[0])] == ["Noted.\nCorrect", "Corrected."]


def test_a_thread_that_is_gone_is_left(with_door: Callable[[Work], None], sam: Person) -> None:
    async def work(door: Opened) -> None:
        await door.send(sam, Message("Noted.", follows=f"{sam.channel.id}:1600000000.000001"))

    with_door(work)
    assert [(one.words, one.thread_ts) for one in sam.dm] == [("Noted.", "")]


def test_the_home_is_published_and_no_message_is_sent(
    with_door: Callable[[Work], None], sam: Person
) -> None:
    async def work(door: Opened) -> None:
        home = Message("Yours:", (Button("Settings", "s"),), home=True, parts=(Part("1.2"),))
        assert await door.send(sam, home) == HOME_ID

    with_door(work)
    assert sam.home is not None
    assert sam.home.words == "Yours:\n1.2\nSettings"
    assert sam.dm == []


def test_a_long_message_goes_in_several_posts_and_the_last_is_the_one_with_the_buttons(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    message = Message(LONG.text, (Button("Done", "d"),))

    async def work(door: Opened) -> None:
        message_id = await door.send(sam, message)
        assert message_id.endswith(sam.last.ts)

    with_door(work)
    assert len(sam.dm) == 3
    assert [one.labels for one in sam.dm] == [[], [], ["Done"]]
    assert "".join("".join(sam.heard).split()).removesuffix("Done") == "".join(LONG.text.split())
    assert slack.refusals == []


def test_slack_may_ask_for_a_pause_between_two_posts_and_neither_goes_twice(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    real = slack.limits = RateLimits(messages_per_second=0.5)
    longer = Message(f"{LONG.text}\n\n{LONG.text}")

    async def work(door: Opened) -> None:
        await door.send(sam, longer)

    with_door(work)
    assert real.refused >= 1
    assert "".join("".join(sam.heard).split()) == "".join(longer.text.split())


def test_a_file_comes_after_its_message_in_its_thread(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    async def work(door: Opened) -> None:
        first = await door.send(sam, Message("The digest.", attachments=(REPORT,)))
        await door.send(sam, Message("Again.", follows=first, attachments=(REPORT,)))

    with_door(work)
    shown = [
        (one.text or one.words, [f["name"] for f in one.files], bool(one.thread_ts))
        for one in sam.dm
    ]
    assert [names for _, names, _ in shown] == [[], ["digest.pdf"], [], ["digest.pdf"]]
    assert [in_thread for _, _, in_thread in shown] == [False, False, True, True]
    assert slack.refusals == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_file_that_slack_does_not_take_is_said_with_where_it_is(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer, method: str
) -> None:
    slack.fail(method, refused("missing_scope"))

    async def work(door: Opened) -> None:
        await door.send(sam, Message("The digest.", attachments=(REPORT,)))

    with_door(work)
    said = "\n".join(sam.heard)
    assert said.startswith("The digest.")
    assert "on this page: <https://loop.example/d/1>" in said
    assert said.count("The digest.") == 1


def test_a_file_that_cannot_be_brought_just_now_keeps_its_message_back(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    slack.fail("files.getUploadURLExternal", UNAVAILABLE)

    async def work(door: Opened) -> None:
        with pytest.raises(DeliveryError) as raised:
            await door.send(sam, Message("The digest.", attachments=(REPORT,)))
        assert raised.value.failure is Failure.TRY_LATER

    with_door(work)
    assert sam.dm == []


def test_a_file_that_is_not_shown_at_once_is_shown_a_moment_later(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    slack.fail("files.completeUploadExternal", SERVER_ERROR)

    async def work(door: Opened) -> None:
        await door.send(sam, Message("The digest.", attachments=(REPORT,)))

    with_door(work)
    assert [[file["name"] for file in one.files] for one in sam.dm] == [[], ["digest.pdf"]]


@pytest.mark.parametrize(
    ("fault", "failure", "detail", "after"),
    [
        (TOO_MANY, Failure.TRY_LATER, "ratelimited", 1.0),
        (SERVER_ERROR, Failure.TRY_LATER, "internal_error", None),
        (DROP, Failure.TRY_LATER, "ServerDisconnectedError", None),
        (refused("no_permission"), Failure.OUR_FAULT, "no_permission", None),
        (refused("invalid_blocks"), Failure.OUR_FAULT, "invalid_blocks", None),
        (refused("user_disabled"), Failure.RECIPIENT_GONE, "user_disabled", None),
    ],
)
def test_each_failure_is_told_apart(
    with_door: Callable[[Work], None],
    sam: Person,
    slack: SlackServer,
    fault: object,
    failure: Failure,
    detail: str,
    after: float | None,
) -> None:
    slack.fail("chat.postMessage", fault)  # type: ignore[arg-type]

    async def work(door: Opened) -> None:
        with pytest.raises(DeliveryError) as raised:
            await door.send(sam, Message("Hello"))
        assert raised.value == DeliveryError(failure, detail, after)

    with_door(work)
    assert sam.dm == []


def test_somebody_who_left_the_workspace_is_gone(
    with_door: Callable[[Work], None], sam: Person
) -> None:
    sam.user.deleted = True

    async def work(door: Opened) -> None:
        with pytest.raises(DeliveryError) as raised:
            await door.send(sam, Message("Hello"))
        assert raised.value.failure is Failure.RECIPIENT_GONE

    with_door(work)


def test_a_workspace_that_is_not_open_is_tried_later_and_holds_up_nobody(
    with_door: Callable[[Work], None],
) -> None:
    async def work(door: Opened) -> None:
        with pytest.raises(DeliveryError) as raised:
            await door.door.sender.send(Address(SLACK, "T0OTHER", "U1"), Message("Hello"), None)
        assert raised.value == DeliveryError(Failure.TRY_LATER, "workspace not open")

    with_door(work)


def test_the_sdk_does_not_send_again_by_itself(
    with_door: Callable[[Work], None], sam: Person, slack: SlackServer
) -> None:
    slack.fail("chat.postMessage", DROP, HANG)

    async def work(door: Opened) -> None:
        with pytest.raises(DeliveryError):
            await door.send(sam, Message("Hello"))

    with_door(work)
    assert slack.faults.left == 1
