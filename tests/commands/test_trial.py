"""`survey try` as a process: a survey in a browser and on a phone, and nothing left of it."""

import signal
import socket
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.commands.survey_try import bot_for_a_trial
from bot.settings import Settings, TelegramSettings
from tests.commands.process import WORDS, Running, answered, running, until_heard
from tests.commands.terminal import EXAMPLES, Terminal
from tests.platforms.telegram_server import TOKEN, USERNAME, serving

_LINK = r"(http://127\.0\.0\.1:\d+/[st]/[0-9a-f]{24})"
TODAY = date(2023, 12, 1)
_FORM = EXAMPLES / "surveys" / "what_matters_12_15.xlsx"


def _trial(terminal: Terminal, *words: str | Path, **more: str) -> AbstractContextManager[Running]:
    there = {"TMPDIR": str(terminal.folder), **more}
    return running(terminal.folder, "survey", "try", *map(str, words), **there)


def test_one_command_opens_a_survey_and_leaves_nothing_behind(bare: Terminal) -> None:
    with _trial(bare) as it:
        browser = it.says(f"In a browser .* {_LINK}")[1]
        tablet = it.says(f"As on a tablet .* {_LINK}")[1]
        it.says("Reminders")
        assert [path.name[:15] for path in bare.folder.iterdir()] == ["listening-loop-"]
        assert len(answered(browser)) > 5
        it.says(r"^1 finished, words for the reviewer: [12]$")
        assert len(answered(tablet)) > 5
        it.says(r"^2 finished, words for the reviewer: [234]$")
        assert it.stop(signal.SIGINT) == 0
    assert it.said[-1] == "The trial is over. Everything that was answered in it is deleted."
    assert WORDS not in "".join(it.said)
    assert list(bare.folder.iterdir()) == []


def test_a_trial_keeps_away_from_the_database_of_the_settings(ready: Terminal) -> None:
    before = (ready.folder / "data" / "loop.db").read_bytes()
    url = f"sqlite:///{ready.folder / 'data' / 'loop.db'}"
    with _trial(ready, _FORM, LOOP_DATABASE__URL=url) as it:
        answered(it.says(f"In a browser .* {_LINK}")[1])
        it.says("^1 finished")
        assert it.stop() == 0
    assert (ready.folder / "data" / "loop.db").read_bytes() == before


def test_with_a_token_it_is_on_telegram_too(bare: Terminal) -> None:
    with serving() as telegram:
        named = {"LOOP_TELEGRAM__TOKEN": TOKEN, "LOOP_TELEGRAM__API": telegram.url}
        with _trial(bare, **named) as it:
            link = it.says(rf"https://t\.me/{USERNAME}\?start=([0-9a-f]+)")[1]
            it.says("not for young people")
            it.says(f"Telegram: https://t.me/{USERNAME}")
            robin = telegram.person(7)
            robin.arrives(link)
            until_heard(robin)
            assert it.stop() == 0
        assert TOKEN not in "".join(it.said)


_DECIDED: dict[str, Any] = {"decided_by": "Jo Example", "decided_on": TODAY}


@pytest.mark.parametrize(
    ("more", "webhook", "named"),
    [
        (_DECIDED, "", "this bot is in use"),
        ({"token": SecretStr("123456:not-this-bot")}, "", "does not know the bot's token"),
        ({}, "https://elsewhere.example/hook", "Another program uses this bot"),
    ],
)
def test_a_bot_that_is_in_use_or_unknown_is_left_alone(
    more: dict[str, Any], webhook: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as telegram:
        telegram.webhook.updates.url = webhook
        given: dict[str, Any] = {"token": SecretStr(TOKEN), "api": telegram.url} | more
        settings = Settings(telegram=TelegramSettings(**given))
        found, name = bot_for_a_trial(settings, TODAY)
        assert telegram.called("deleteWebhook", "setWebhook", "getUpdates") == []
        assert telegram.webhook.updates.url == webhook
    assert (found.is_on, name) == (False, "")
    said = capsys.readouterr().out
    assert said.startswith("Telegram: left out.")
    assert named in said


def test_a_port_that_is_taken_is_named(bare: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = bare.run("survey", "try", "--port", str(port))
    assert ran.code == 1
    assert f"--port = 127.0.0.1:{port}: another program listens there" in ran.err


def test_a_form_that_cannot_be_used_is_refused_by_cell(bare: Terminal) -> None:
    (bare.folder / "broken.md").write_text(
        "| survey | | | |\n| | type | name | label |\n| | text | a b | What? |\n", "utf-8"
    )
    ran = bare.run("survey", "try", "broken.md")
    assert ran.code == 1
    assert "cannot be used yet" in ran.out
