"""What people do in Teams reaches an app with the SDK's own check of tokens in front of it."""

from typing import Any

import pytest

from tests.platforms.sdk_teams import App, Json, asking, block, card, execute, runs
from tests.platforms.teams_cards import CARD
from tests.platforms.teams_login import FLAWS
from tests.platforms.teams_people import Person
from tests.platforms.teams_server import TeamsServer
from tests.platforms.teams_state import Seen, Standing, new_activity_id

NOTE = "application/vnd.microsoft.activity.message"


@pytest.fixture
def app(teams_server: TeamsServer) -> App:
    return App(teams_server)


@pytest.fixture
def sam(teams_server: TeamsServer) -> Person:
    person = teams_server.person("Sam Taylor", "sam@police.example", locale="pl-PL")
    person.member.standing = Standing.INSTALLED
    return person


def shows(sam: Person, shown: Json) -> Seen:
    """The bot's card, as if it had been sent."""
    seen = Seen(new_activity_id(), True, card=shown)
    sam.conversation.messages[seen.id] = seen
    return seen


def test_words_arrive_as_teams_writes_them(app: App, sam: Person) -> None:
    async def act() -> None:
        sam.says("a < b")
        await app.settled()
        sam.on_mobile().says("actions")
        await app.settled()
        sam.edits("digest")

    runs(app, act)
    first, second, third = app.heard
    assert (first["text"], first["attachments"][0]["contentType"]) == ("a &lt; b", "text/html")
    assert "attachments" not in second
    assert first["conversation"]["conversationType"] == "personal"
    assert first["conversation"]["tenantId"] == sam.member.tenant.id
    assert (first["from"]["aadObjectId"], first["locale"]) == (sam.id, "pl-PL")
    assert (third["type"], third["channelData"]["eventType"]) == ("messageUpdate", "editMessage")
    assert (third["id"], third["text"]) == (second["id"], "digest")


def test_installing_is_told_twice_and_blocking_not_at_all(app: App, sam: Person) -> None:
    async def act() -> None:
        sam.installs()
        await app.settled()
        sam.blocks()
        sam.uninstalls()

    runs(app, act)
    assert sorted(one["type"] for one in app.heard[:2]) == [
        "conversationUpdate",
        "installationUpdate",
    ]
    assert app.heard[2]["action"] == "remove"
    with pytest.raises(AssertionError, match="has not installed"):
        sam.says("hello")


def test_words_in_a_team_mention_the_bot(app: App, sam: Person) -> None:
    async def act() -> None:
        sam.says_in(app.server.team(sam), "hello")

    runs(app, act)
    [told] = app.heard
    assert told["text"] == "<at>Listening Loop</at> hello"
    assert told["entities"][-1]["mentioned"]["id"] == app.server.bot_id
    assert told["conversation"]["isGroup"]


@pytest.mark.parametrize(
    ("answer", "notes", "words", "trouble"),
    [
        ({"statusCode": 200, "type": NOTE, "value": "Thank you"}, ["Thank you"], "Due\nNote", ""),
        ({"statusCode": 200, "type": CARD, "value": card(block("Done"))}, [], "Done", ""),
        ({"statusCode": 200, "type": CARD, "value": {"type": "x"}}, [], "Due\nNote", "unsupported"),
        ({"statusCode": 400, "type": "application/vnd.microsoft.error"}, [], "Due\nNote", "400"),
        ({"statusCode": 200, "type": "text", "value": "x"}, [], "Due\nNote", "no such answer"),
        ({}, [], "Due\nNote", "None"),
    ],
)
def test_a_press_is_answered_in_its_place(
    app: App, sam: Person, answer: Json, notes: list[str], words: str, trouble: str
) -> None:
    seen = shows(sam, card(block("Due"), asking(), actions=[execute(action="1.2")]))
    app.answer = answer

    async def act() -> None:
        sam.fills({"Note": "Trained 43 staff"}, "Send")

    runs(app, act)
    [told] = app.heard
    data = {"token": "t", "action": "1.2", "note": "Trained 43 staff"}
    assert (told["type"], told["name"], told["replyToId"]) == (
        "invoke",
        "adaptiveCard/action",
        seen.id,
    )
    assert told["value"]["action"]["data"] == data
    assert (sam.notes, seen.words) == (notes, words)
    assert bool(sam.troubles) == bool(trouble)
    assert trouble in "".join(sam.troubles)


def test_an_old_app_takes_the_fallback(app: App, sam: Person) -> None:
    seen = shows(sam, card(actions=[execute(action="1.2")]))
    sam.is_old = True

    async def act() -> None:
        sam.presses("Send")

    runs(app, act)
    [told] = app.heard
    assert (told["type"], told["replyToId"]) == ("message", seen.id)
    assert told["value"] == {"token": "t", "action": "1.2"}
    assert "text" not in told


def test_a_link_leads_away_and_tells_nobody(app: App, sam: Person) -> None:
    link = {"type": "Action.OpenUrl", "title": "The board", "url": "https://loop.example/board"}
    shows(sam, card(actions=[link]))
    assert sam.presses("The board") == "https://loop.example/board"
    with pytest.raises(AssertionError, match="no button 'Other'"):
        sam.presses("Other")


def test_a_card_that_is_looked_at_again_is_refreshed_for_whom_it_is_meant(
    app: App, sam: Person
) -> None:
    kim = app.server.person("Kim Lee")
    refresh = {"action": execute("Refresh"), "userIds": [sam.member.id]}
    seen = shows(sam, card(block("Due"), refresh=refresh))
    shows(kim, card(block("Due"), refresh=refresh))
    app.answer = {"statusCode": 200, "type": CARD, "value": card(block("Done"))}

    async def act() -> None:
        assert sam.looks()
        assert not kim.looks()

    runs(app, act)
    assert app.heard[0]["value"]["trigger"] == "automatic"
    assert (seen.words, seen.refreshed) == ("Done", 1)


CHOICES = [{"title": "Done", "value": "done"}, {"title": "At risk", "value": "risk"}]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (asking() | {"value": "as it was"}, None),
        (asking(isRequired=True), AssertionError("filled in")),
        (asking(), "x" * 41),
        (asking(), "two\nlines"),
        ({"type": "Input.Date", "id": "note", "label": "Note"}, "1 May"),
        ({"type": "Input.Date", "id": "note", "label": "Note", "min": "2024-01-02"}, "2024-01-01"),
        ({"type": "Input.Number", "id": "note", "label": "Note", "max": 5}, "6"),
        ({"type": "Input.ChoiceSet", "id": "note", "label": "Note", "choices": CHOICES}, "Other"),
    ],
)
def test_teams_own_checks_come_first(app: App, sam: Person, given: Json, value: Any) -> None:
    shows(sam, card(given, actions=[execute()]))
    if value is None:

        async def act() -> None:
            sam.presses("Send")

        runs(app, act)
        assert app.heard[0]["value"]["action"]["data"]["note"] == "as it was"
        return
    with pytest.raises(AssertionError):
        sam.fills({} if isinstance(value, AssertionError) else {"Note": value}, "Send")


def test_several_choices_go_with_commas_between(app: App, sam: Person) -> None:
    menu = {"type": "Input.ChoiceSet", "id": "note", "label": "Note", "choices": CHOICES}
    shows(sam, card(menu | {"isMultiSelect": True}, actions=[execute()]))

    async def act() -> None:
        sam.fills({"Note": ["Done", "risk"]}, "Send")

    runs(app, act)
    assert app.heard[0]["value"]["action"]["data"]["note"] == "done,risk"


# tokens and repeats


@pytest.mark.parametrize("flaw", [flaw for flaw in FLAWS if flaw != "other channel"])
def test_the_sdk_refuses_every_token_with_a_flaw(app: App, sam: Person, flaw: str) -> None:
    async def act() -> None:
        sam.says("forged", flaw=flaw)
        await app.settled()
        sam.says("true")

    runs(app, act)
    assert [one["text"] for one in app.heard] == ["true"]
    assert [one["text"] for one in app.server.http.lost] == ["forged"]


def test_keys_say_for_which_channel_they_speak(app: App, sam: Person) -> None:
    async def act() -> None:
        sam.says("signed by another channel's key", flaw="other channel")

    runs(app, act)
    assert len(app.heard) == 1, "the SDK itself does not look at endorsements: the app must"


@pytest.mark.parametrize(
    ("failing", "heard", "lost"), [([500, 503], 1, 0), ([500] * 4, 0, 1), ([400], 0, 1)]
)
def test_a_message_that_failed_comes_again(
    app: App, sam: Person, failing: list[int], heard: int, lost: int
) -> None:
    app.server.http.pauses = (0.0, 0.01, 0.01)
    app.failing = failing

    async def act() -> None:
        sam.says("once")

    runs(app, act)
    assert (len(app.heard), len(app.server.http.lost)) == (heard, lost)


def test_the_same_comes_again_to_the_letter_when_it_is_repeated(app: App, sam: Person) -> None:
    async def act() -> None:
        sam.says("once")
        await app.settled()
        app.server.repeats()

    runs(app, act)
    assert len(app.heard) == 2
    assert app.heard[0] == app.heard[1]


def test_a_press_that_failed_does_not_come_again(app: App, sam: Person) -> None:
    shows(sam, card(actions=[execute()]))
    app.failing = [503]

    async def act() -> None:
        sam.presses("Send")

    runs(app, act)
    assert (app.heard, sam.troubles) == ([], ["press: 503"])
