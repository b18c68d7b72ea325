"""The door on the loopback Teams: signed activities over sockets, cards in the replies, retries."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.messages import (
    DeliveryError,
    Edited,
    Elsewhere,
    Failure,
    FieldErrors,
    Left,
    Message,
    Met,
    NextPage,
    OpenForm,
    Part,
    Pressed,
    Replace,
    Said,
    Sent,
    Submitted,
)
from storage.database import Database
from tests.bot.platforms.teams.stage import (
    FORM,
    NUDGE,
    SECOND,
    Mailbox,
    Opened,
    door_for,
    installed,
    opened,
)
from tests.platforms.fixtures import until
from tests.platforms.teams_filling import Values
from tests.platforms.teams_limits import (
    BAD_GATEWAY,
    DROP_AFTER,
    PRECONDITION,
    TOO_MANY,
    UNAUTHORISED,
)
from tests.platforms.teams_login import FLAWS
from tests.platforms.teams_people import Person
from tests.platforms.teams_server import TeamsServer

Act = Callable[[Opened], Awaitable[None]]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def sam(teams_server: TeamsServer) -> Person:
    return teams_server.person("Sam Taylor", "sam@police.example", locale="pl-PL")


class Stage:
    """The door for as long as one act takes."""

    def __init__(self, teams: TeamsServer, database: Database, mailbox: Mailbox) -> None:
        self._given = (teams, database, mailbox)

    def run(self, act: Act, **more: Any) -> Opened:
        async def work() -> Opened:
            async with opened(*self._given, **more) as found:
                await act(found)
            return found

        return asyncio.run(asyncio.wait_for(work(), 60))


@pytest.fixture
def stage(teams_server: TeamsServer, sqlite_database: Database, mailbox: Mailbox) -> Stage:
    return Stage(teams_server, sqlite_database, mailbox)


def test_what_people_do_arrives_with_who_they_are(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        for one in (
            lambda: sam.says("done, trained 43 < 50 & more"),
            lambda: sam.edits("done, trained 44"),
            lambda: sam.edits("done, trained 45"),
            lambda: sam.on_mobile().says("actions"),
            lambda: sam.sends("plan.pdf", "the plan"),
            lambda: sam.says_in(teams_server.team(sam), "hello"),
            sam.uninstalls,
        ):
            await found.does(one)

    stage.run(act)
    assert mailbox.contents == [
        Met(),
        Said("done, trained 43 < 50 & more"),
        Edited("done, trained 44"),
        Edited("done, trained 45"),
        Said("actions"),
        Sent("file", "the plan"),
        Elsewhere("hello"),
        Left("left"),
    ]
    assert {(one.space, one.sender.id) for one in mailbox.taken} == {(sam.member.tenant.id, sam.id)}
    assert {one.email for one in mailbox.taken[:6]} == {"sam@police.example"}
    assert {one.language for one in mailbox.taken} == {"pl-PL"}
    assert len(teams_server.called("member")) <= 2, "an installation is told twice at once"
    assert teams_server.refusals == []


def test_nothing_of_a_person_or_token_is_written_into_a_log(
    stage: Stage, sam: Person, teams_server: TeamsServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)

    async def act(found: Opened) -> None:
        await installed(found, sam)
        await found.does(lambda: sam.says("my own words"))
        await found.does(lambda: sam.says("forged words", flaw="forged"))

    stage.run(act)
    secrets = (teams_server.secret, "/conversations/", "Bearer")
    theirs = ("own words", "forged words", "sam@police", "Sam Taylor", sam.id, sam.member.id)
    assert [one for one in (*secrets, *theirs) if one in caplog.text] == []


def test_a_guest_is_vouched_for_by_nobody(
    stage: Stage, mailbox: Mailbox, teams_server: TeamsServer
) -> None:
    kim = teams_server.guest("Kim Lee", "kim@charity.example")
    stage.run(lambda found: installed(found, kim))
    assert [one.email for one in mailbox.taken] == [""]


def test_people_of_two_tenants_are_reached_each_in_their_own_and_of_a_third_nobody(
    stage: Stage, mailbox: Mailbox, teams_server: TeamsServer
) -> None:
    people = [
        teams_server.person("Pat", f"pat@{name}.example", tenant=teams_server.tenant(name))
        for name in ("police", "nhs", "elsewhere")
    ]

    async def act(found: Opened) -> None:
        for person in people:
            await installed(found, person)
            if mailbox.taken and mailbox.who.id == person.id:
                await found.sends(Message(f"Hello {person.member.tenant.name}."))

    found = stage.run(act)
    assert [one.heard for one in people] == [["Hello police."], ["Hello nhs."], []]
    assert found.door.refused == {"tenant": 2}


def test_a_nudge_is_pressed_filled_in_corrected_and_put_again_in_its_place(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        sent = await found.sends(NUDGE)
        assert "Implement *all* of it" in sam.last.words
        assert sam.labels == ["On track", "Other", "Done", "Later"]
        mailbox.will(OpenForm(FORM), FieldErrors({"words": "Please say why."}), NextPage(SECOND))
        await found.does(lambda: sam.presses("Other"))
        assert "Update 1.2" in sam.last.words
        filled: Values = {"How is it going?": "At risk", "Who helps?": ["At risk", "Both"]}
        await found.does(lambda: sam.fills(filled, "Send"))
        assert "Please say why." in sam.last.words
        await found.does(lambda: sam.fills({"What happened?": "Ill"}, "Send"))
        assert sam.last.words.startswith("Why?")
        await found.does(lambda: sam.fills({"Why is that?": "flu"}, "Send"))
        assert sam.last.words == "Thank you. It is noted."
        await found.sends(Message("All is said."), replacing=sent)
        assert [one.message_id for one in mailbox.taken[1:]] == [sent] * 4

    stage.run(act)
    both = {"status": "at_risk", "who": "at_risk x,y"}
    assert mailbox.contents[1:] == [
        Pressed("up:7"),
        Submitted("update:7", {**both, "words": ""}),
        Submitted("update:7", {**both, "words": "Ill"}),
        Submitted("update:7", {"why": "flu"}),
    ]
    assert sam.heard == ["All is said."]
    assert (sam.troubles, teams_server.refusals) == ([], [])


def test_an_older_app_gets_by_with_the_fallback(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    sam.is_old = True

    async def act(found: Opened) -> None:
        await installed(found, sam)
        sent = await found.sends(NUDGE)
        mailbox.will(OpenForm(FORM), FieldErrors({"words": "Please say why."}))
        await found.does(lambda: sam.presses("Other"))
        assert [one.labels for one in sam.chat] == [
            ["On track", "Other", "Done", "Later"],
            ["Send"],
        ]
        await found.does(lambda: sam.fills({"How is it going?": "At risk"}, "Send"))
        assert "Please say why." in sam.last.words
        await found.does(lambda: sam.fills({"What happened?": "Ill"}, "Send"))
        assert sam.last.words == "Thank you. It is noted."
        assert [one.message_id for one in mailbox.taken[1:]] == [sent] * 3

    stage.run(act)
    assert len(sam.chat) == 2
    assert (sam.troubles, teams_server.refusals) == ([], [])


def test_words_ask_for_a_form_too_and_a_press_may_replace_its_message(
    stage: Stage, mailbox: Mailbox, sam: Person
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        mailbox.will(OpenForm(FORM), None, Replace(Message("Done, and thank you.")))
        await found.does(lambda: sam.says("update 1.2"))
        await found.does(lambda: sam.fills({"How is it going?": "On track"}, "Send"))
        assert sam.heard == ["Thank you. It is noted."]
        await found.sends(NUDGE)
        await found.does(lambda: sam.presses("Done"))

    stage.run(act)
    assert sam.heard == ["Thank you. It is noted.", "Done, and thank you."]
    assert sam.last.edits == 1
    assert sam.troubles == []


def test_a_press_without_more_to_show_is_thanked_for(
    stage: Stage, mailbox: Mailbox, sam: Person
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        await found.sends(NUDGE)
        await found.does(lambda: sam.presses("On track"))

    stage.run(act)
    assert (sam.notes, sam.troubles) == (["Thank you."], [])


def test_where_others_read_along_it_says_only_where_it_talks(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    team = teams_server.team(sam)
    stage.run(lambda found: found.does(lambda: sam.says_in(team, "actions")))
    assert mailbox.who.reference == ""
    (said,) = team.messages.values()
    assert said.words.startswith("I only talk one to one")


def test_what_is_forged_stale_or_meant_for_others_is_refused_and_counted(
    stage: Stage, mailbox: Mailbox, sam: Person
) -> None:
    counts: list[int] = []

    async def act(found: Opened) -> None:
        await installed(found, sam)
        for flaw in FLAWS:
            sam.says("let me in", flaw=flaw)
            await found.settled()
            counts.append(sum(found.door.refused.values()))

    stage.run(act)
    assert mailbox.contents == [Met()]
    assert counts == list(range(1, len(FLAWS) + 1))


def test_what_is_brought_again_is_taken_once(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        await found.sends(NUDGE)
        await found.does(lambda: sam.presses("Done"))
        await found.does(teams_server.repeats)
        await found.does(lambda: sam.says("hello"))
        await found.does(teams_server.repeats)

    stage.run(act)
    assert mailbox.contents == [Met(), Pressed("done:8"), Said("hello")]


def test_words_that_could_not_be_stored_come_again_and_a_press_says_so(
    stage: Stage, mailbox: Mailbox, sam: Person, teams_server: TeamsServer
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        await found.sends(NUDGE)
        mailbox.answers += [RuntimeError("full"), RuntimeError("full")]
        await found.does(lambda: sam.says("hello"))
        mailbox.answers.append(RuntimeError("full"))
        await found.does(lambda: sam.presses("Done"))

    stage.run(act)
    assert mailbox.contents == [Met(), Said("hello")]
    assert teams_server.http.retries == 2
    assert sam.troubles == ["press: 503 error"]


def test_somebody_who_blocked_or_removed_us_or_left_is_gone(stage: Stage, sam: Person) -> None:
    async def act(found: Opened) -> None:
        for happens in (sam.blocks, sam.uninstalls, sam.leaves):
            await installed(found, sam)
            await found.does(happens)
            with pytest.raises(DeliveryError) as caught:
                await found.sends(NUDGE)
            assert caught.value.failure is Failure.RECIPIENT_GONE

    stage.run(act)


def test_what_passes_is_tried_later(stage: Stage, sam: Person, teams_server: TeamsServer) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        for fault in (TOO_MANY, PRECONDITION, BAD_GATEWAY, DROP_AFTER):
            teams_server.fail("send", fault)
            with pytest.raises(DeliveryError) as caught:
                await found.sends(NUDGE)
            assert caught.value.failure is Failure.TRY_LATER

    stage.run(act)


def test_a_token_that_is_refused_is_fetched_anew_at_once(
    stage: Stage, sam: Person, teams_server: TeamsServer
) -> None:
    async def act(found: Opened) -> None:
        await installed(found, sam)
        teams_server.fail("send", UNAUTHORISED)
        await found.sends(NUDGE)

    stage.run(act)
    assert len(sam.heard) == 1


def test_a_long_message_keeps_to_the_pace_and_the_size_that_teams_allows(
    stage: Stage, sam: Person, teams_server: TeamsServer
) -> None:
    parts = tuple(Part(f"{number}: " + "x" * 2400) for number in range(12))

    async def act(found: Opened) -> None:
        await installed(found, sam)
        await found.sends(Message("Twelve.", parts=parts))

    stage.run(act)
    assert [words.split("\n")[-1] for words in sam.heard] == ["(1/2)", "(2/2)"]
    assert teams_server.refusals == []


def test_it_says_where_it_is_open_and_a_wrong_secret_shuts_it(
    stage: Stage, mailbox: Mailbox, sam: Person
) -> None:
    async def nothing(found: Opened) -> None:
        await asyncio.sleep(0)

    found = stage.run(nothing)
    assert found.told == ["Teams: https://loop.rochdale.example/teams/messages"]
    found = stage.run(lambda one: installed(one, sam), app_secret="wrong")
    (line,) = found.told
    assert line.startswith("Teams: closed. The login refused the app's id or secret;")
    assert mailbox.taken == []
    assert found.door.refused == {"the door is shut": 2}


def test_a_microsoft_that_is_away_is_waited_for(
    teams_server: TeamsServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    async def waiting() -> None:
        away = {"metadata": "http://127.0.0.1:9/openidconfiguration"}
        told: list[str] = []
        door, stopped = door_for(teams_server, sqlite_database, mailbox, told, **away)
        task = asyncio.create_task(door.work(stopped))
        await until(lambda: bool(told), "it says that it waits")
        assert told == ["Teams: waiting. Microsoft cannot be reached (ConnectError)."]
        assert not door.opened.is_set()
        stopped.set()
        await task
        await door.close()

    asyncio.run(asyncio.wait_for(waiting(), 30))
