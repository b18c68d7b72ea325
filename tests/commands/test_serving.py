"""`run` as a process: it opens its doors, takes answers, stops in order, and loses nothing."""

import signal
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from lxml import html
from sqlmodel import col, select

from bot.listeners import bind
from storage.concerns import ReviewItem
from storage.mail import Outbox
from storage.surveys import SessionState, SurveySession
from tests.commands.database import opened
from tests.commands.process import WORDS, Running, answered, running, until_heard
from tests.commands.terminal import YOUTH, Terminal
from tests.platforms.telegram_limits import BAD_GATEWAY
from tests.platforms.telegram_server import TOKEN, USERNAME, TelegramServer, serving

PAGES = {"LOOP_WEB__PUBLIC": "127.0.0.1:0", "LOOP_WEB__INSIDE": "127.0.0.1:0"}
_SINCE = r"(http://127\.0\.0\.1:\d+)"


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with serving() as server:
        yield server


def _with(telegram: TelegramServer, **more: str) -> dict[str, str]:
    return {
        **PAGES,
        "LOOP_TELEGRAM__TOKEN": TOKEN,
        "LOOP_TELEGRAM__API": telegram.url,
        "LOOP_TELEGRAM__DECIDED_BY": "Jo Example",
        "LOOP_TELEGRAM__DECIDED_ON": "2023-11-01",
        "LOOP_TELEGRAM__MINIMUM_AGE": "0",
        **more,
    }


def _run(terminal: Terminal, **environment: str) -> AbstractContextManager[Running]:
    return running(terminal.folder, "--clock", terminal.clock, "run", **environment)


def _token(terminal: Terminal) -> str:
    return str(terminal.json("survey", "invite", YOUTH)["token"])


def test_both_doors_take_answers_and_a_signal_ends_it_in_order(
    survey_open: Terminal, telegram: TelegramServer
) -> None:
    token, robin = _token(survey_open), telegram.person(7)
    with _run(survey_open, **_with(telegram)) as it:
        web = it.says(f"Survey pages: {_SINCE}")[1]
        inside = it.says(f"Inside pages: {_SINCE}")[1]
        it.says(f"Telegram: https://t.me/{USERNAME}")
        it.says("Reminders, digests")
        assert httpx.get(f"{web}/health", trust_env=False, timeout=20).json() == {"status": "ok"}
        assert httpx.get(f"{inside}/health", trust_env=False, timeout=20).json() == {"status": "ok"}
        asked = httpx.get(f"{inside}/", trust_env=False, timeout=20, follow_redirects=True)
        assert "Sign in" in asked.text
        assert httpx.get(f"{inside}/q", trust_env=False, timeout=20).status_code == 404
        robin.arrives(token)
        titles = answered(f"{web}/s/{token}")
        until_heard(robin)
        assert it.stop() == 0
    assert len(titles) > 6
    assert WORDS not in "".join(it.said)
    assert token not in "".join(it.said)
    with opened(survey_open) as database, database.reading() as db:
        states = db.exec(select(SurveySession.state)).all()
        words = [item.words for item in db.exec(select(ReviewItem))]
        waiting = db.exec(select(Outbox).where(col(Outbox.settled_at).is_(None))).all()
    assert states == [SessionState.COMPLETE]
    assert WORDS in words
    assert waiting == []
    assert telegram.pending == 0


def test_behind_a_reverse_proxy_it_speaks_as_its_https_name(survey_open: Terminal) -> None:
    name, token = "https://loop.example.org", _token(survey_open)
    named = {"LOOP_LINKS__WEB": name, "LOOP_WEB__TRUSTED_PROXIES": '["127.0.0.1"]'}
    by_the_proxy = {
        "Host": "loop.example.org",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "Origin": name,
    }
    with _run(survey_open, **PAGES, **named) as it:
        web = it.says(rf"Survey pages: {_SINCE} \({name}\)$")[1]
        it.says("Reminders, digests")
        with httpx.Client(base_url=web, headers=by_the_proxy, trust_env=False, timeout=20) as proxy:
            welcome = html.fromstring(proxy.get(f"/s/{token}").text)
            started = proxy.post(f"/s/{token}", data=dict(welcome.forms[0].fields))
            cookie, _, kept = started.headers["set-cookie"].partition(";")
            page = proxy.get("/q", headers={"Cookie": cookie})
        assert it.stop() == 0
    assert started.status_code == 303
    assert started.headers["location"] in ("/q", f"{name}/q")
    assert cookie.startswith("__Host-")
    assert "secure" in kept.lower()
    assert "strict-transport-security" in page.headers
    assert "Question 1" in page.text


def test_a_token_that_is_refused_closes_that_door_alone(
    survey_open: Terminal, telegram: TelegramServer
) -> None:
    wrong = _with(telegram, LOOP_TELEGRAM__TOKEN="123456:not-the-token-of-this-bot")
    with _run(survey_open, **wrong) as it:
        web = it.says(f"Survey pages: {_SINCE}")[1]
        line = it.says("Telegram: ").string
        it.says("Reminders, digests")
        assert httpx.get(f"{web}/health", trust_env=False, timeout=20).status_code == 200
        assert it.stop(signal.SIGINT) == 0
    assert line.startswith("Telegram: closed. Telegram does not know the bot's token.")
    assert "not-the-token" not in "".join(it.said)


def test_a_port_that_is_taken_closes_that_door_alone(survey_open: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        with _run(survey_open, **(PAGES | {"LOOP_WEB__PUBLIC": taken})) as it:
            line = it.says("Survey pages: ").string
            inside = it.says(f"Inside pages: {_SINCE}")[1]
            it.says("Reminders, digests")
            assert httpx.get(f"{inside}/health", trust_env=False, timeout=20).status_code == 200
            assert it.stop() == 0
    assert f"`public` of [web] = {taken}: another program listens there" in line


def test_telegram_is_waited_for_until_it_can_be_reached(
    survey_open: Terminal, telegram: TelegramServer
) -> None:
    token, robin = _token(survey_open), telegram.person(7)
    telegram.fail("getMe", BAD_GATEWAY, times=3)
    robin.arrives(token)
    with _run(survey_open, **_with(telegram)) as it:
        assert it.says("Telegram: ").string.startswith("Telegram: not yet open.")
        it.says(f"Telegram: https://t.me/{USERNAME}")
        until_heard(robin)
        assert it.stop() == 0


def test_telegram_calls_us_where_the_settings_say_so(
    survey_open: Terminal, telegram: TelegramServer
) -> None:
    token, robin = _token(survey_open), telegram.person(7)
    bound = bind("a free port", "127.0.0.1:0")
    here = bound.host_and_port
    bound.socket.close()
    called = {
        "LOOP_WEB__PUBLIC": here,
        "LOOP_LINKS__WEB": f"http://{here}",
        "LOOP_TELEGRAM__MODE": "webhook",
    }
    with _run(survey_open, **_with(telegram, **called)) as it:
        it.says("Reminders, digests")
        assert (
            httpx.post(f"http://{here}/telegram", json={}, trust_env=False, timeout=20).status_code
            == 403
        )
        robin.arrives(token)
        until_heard(robin)
        assert it.stop() == 0
    assert telegram.called("getUpdates") == []
