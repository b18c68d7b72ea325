"""`doctor` about the doors: what Telegram says, who polls it, and what does not fit."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.doctor import POLL_LEASE
from bot.platforms.telegram import lease
from storage.leases import take_lease
from tests.commands.database import NOW, opened
from tests.commands.terminal import Terminal
from tests.platforms.telegram_server import TOKEN, USERNAME, TelegramServer, serving


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with serving() as server:
        yield server


@pytest.fixture
def on(ready: Terminal, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """With Telegram switched on, as a fresh database has it."""
    for name, value in (
        ("TELEGRAM__TOKEN", TOKEN),
        ("TELEGRAM__API", telegram.url),
        ("TELEGRAM__DECIDED_BY", "Jo Example"),
        ("TELEGRAM__DECIDED_ON", "2023-11-01"),
        ("LINKS__TELEGRAM", USERNAME),
    ):
        monkeypatch.setenv(f"LOOP_{name}", value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return ready


def _found(terminal: Terminal) -> dict[str, Any]:
    ran = terminal.run("--json", "doctor")
    assert TOKEN not in ran.out + ran.err
    found: dict[str, Any] = ran.data
    return found


def _said(terminal: Terminal) -> str:
    found = _found(terminal)
    return " ".join([*(item["problem"] for item in found["problems"]), *found["remarks"]])


def test_doctor_says_that_telegram_answers_and_that_nobody_polls_yet(on: Terminal) -> None:
    said = " ".join(on.run("doctor").out.split())
    assert f"Telegram (https://t.me/{USERNAME})" in said
    assert f"Telegram answers; the bot is @{USERNAME}." in said
    assert "Nobody asks Telegram for messages just now" in said


def test_doctor_says_which_help_line_was_not_looked_at_for_a_year(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, day in enumerate((NOW.date(), NOW.date() - timedelta(days=400))):
        line = {"name": f"Line {number}", "number": "0300", "last_checked": day.isoformat()}
        monkeypatch.setenv("LOOP_HELP_LINES", json.dumps([line]))
        asked = "The help line Line" in _said(ready)
        assert asked is bool(number)


def test_doctor_names_who_polls(on: Terminal) -> None:
    with opened(on) as database, database.writing() as db:
        take_lease(db, POLL_LEASE, "elsewhere:17:abc", NOW, timedelta(hours=1).total_seconds())
    assert "Telegram is asked for messages by elsewhere:17:abc." in _said(on)


def test_the_lease_that_doctor_looks_at_is_that_of_the_poller() -> None:
    assert POLL_LEASE == lease.NAME


def test_doctor_counts_what_waits_at_telegram(on: Terminal, telegram: TelegramServer) -> None:
    telegram.person(7).says("hello")
    assert "Messages that wait at Telegram to be fetched: 1." in _said(on)


def test_doctor_names_a_link_to_another_bot(on: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOP_LINKS__TELEGRAM", "another_bot")
    assert f"lead to the bot @another_bot, but the token is that of @{USERNAME}" in _said(on)


def test_doctor_names_another_program_that_takes_the_messages(
    on: Terminal, telegram: TelegramServer
) -> None:
    telegram.webhook.updates.url = "https://elsewhere.example/hook"
    said = _said(on)
    assert "to another address than ours" in said
    assert "elsewhere.example" not in said


def test_doctor_repeats_why_telegram_could_not_call_us(
    on: Terminal, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_TELEGRAM__MODE", "webhook")
    monkeypatch.setenv("LOOP_LINKS__WEB", "https://loop.example.org/")
    telegram.webhook.updates.url = "https://loop.example.org/telegram"
    telegram.webhook.last_error = "SSL error"
    assert "Telegram could not call us: SSL error." in _said(on)


def test_doctor_says_that_the_token_is_refused(
    on: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_TELEGRAM__TOKEN", "123456:not-this-bot")
    assert "Telegram does not know the bot's token." in _said(on)


def test_doctor_asks_nobody_while_telegram_is_off(
    on: Terminal, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_TELEGRAM__DECIDED_BY", "")
    assert "nobody has decided" in _said(on)
    assert telegram.calls == []
