"""Which doors work, which need what, and which settings do not fit together."""

from datetime import date
from typing import Any

import pytest

from bot.doors import DoorState, doors, misfits, said
from bot.settings import Settings, place

TOKEN = "123456:a-token-of-the-tests"
ON = {"token": TOKEN, "decided_by": "Jo Example", "decided_on": date(2024, 1, 15)}
HTTPS = {"web": "https://loop.example.org", "telegram": "loop_bot"}


def _settings(**sections: Any) -> Settings:
    return Settings(**sections)


def _state(settings: Settings, name: str) -> DoorState:
    return next(door.state for door in doors(settings) if door.name == name)


def test_without_any_setting_the_terminal_and_the_pages_of_this_machine_work() -> None:
    assert said(doors(_settings()))[0] == (
        "Works now: terminal, web on this machine (http://127.0.0.1:8080)."
    )


@pytest.mark.parametrize(
    ("telegram", "links", "state"),
    [
        ({}, {}, DoorState.NEEDS_SETTINGS),
        ({"token": TOKEN}, {}, DoorState.NEEDS_SETTINGS),
        ({"token": TOKEN, "decided_by": "Jo Example"}, {}, DoorState.NEEDS_SETTINGS),
        ({"decided_by": "Jo", "decided_on": date(2024, 1, 15)}, {}, DoorState.NEEDS_SETTINGS),
        (ON, {}, DoorState.WORKS),
        ({**ON, "mode": "webhook"}, {}, DoorState.NEEDS_NAME),
        ({**ON, "mode": "webhook"}, {"web": "http://loop.example.org"}, DoorState.NEEDS_NAME),
        ({**ON, "mode": "webhook"}, HTTPS, DoorState.WORKS),
    ],
)
def test_telegram_works_once_it_is_decided_and_can_be_reached(
    telegram: dict[str, Any], links: dict[str, str], state: DoorState
) -> None:
    assert _state(_settings(telegram=telegram, links=links), "Telegram") is state


def test_phones_elsewhere_need_one_https_name() -> None:
    away = "web for phones elsewhere"
    assert _state(_settings(), away) is DoorState.NEEDS_NAME
    assert _state(_settings(links={"web": "http://10.0.0.1"}), away) is DoorState.NEEDS_NAME
    assert _state(_settings(links=HTTPS), away) is DoorState.WORKS


SLACK = {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "s"}
TEAMS = {"app_id": "a", "app_secret": "s", "tenants": ["t"]}
EMAIL = {"address": "loop@example.org", "smtp": {"host": "mail"}, "imap": {"host": "mail"}}


@pytest.mark.parametrize(
    ("name", "sections", "state"),
    [
        ("Slack", {}, DoorState.NEEDS_SETTINGS),
        ("Slack", {"slack": SLACK}, DoorState.WORKS),
        ("Slack", {"slack": SLACK | {"app_token": ""}}, DoorState.NEEDS_SETTINGS),
        ("Slack", {"slack": SLACK | {"mode": "http"}}, DoorState.NEEDS_NAME),
        ("Slack", {"slack": SLACK | {"mode": "http"}, "links": HTTPS}, DoorState.WORKS),
        ("Teams", {}, DoorState.NEEDS_SETTINGS),
        ("Teams", {"teams": TEAMS}, DoorState.NEEDS_NAME),
        ("Teams", {"teams": TEAMS, "links": HTTPS}, DoorState.WORKS),
        ("Teams", {"teams": TEAMS | {"tenants": []}, "links": HTTPS}, DoorState.NEEDS_SETTINGS),
        ("Teams", {"teams": {"accept_unsigned_requests": True}}, DoorState.WORKS),
        (
            "Teams",
            {"teams": {"accept_unsigned_requests": True}, "links": HTTPS},
            DoorState.NEEDS_SETTINGS,
        ),
        ("e-mail", {}, DoorState.NEEDS_SETTINGS),
        ("e-mail", {"email": EMAIL}, DoorState.WORKS),
        ("forms linked in e-mails", {"email": EMAIL}, DoorState.NEEDS_NAME),
        ("forms linked in e-mails", {"email": EMAIL, "links": HTTPS}, DoorState.WORKS),
    ],
)
def test_the_doors_of_those_who_work_here_say_what_they_need(
    name: str, sections: dict[str, Any], state: DoorState
) -> None:
    assert _state(_settings(**sections), name) is state


def test_who_reads_no_answers_is_told_so() -> None:
    settings = _settings(email=EMAIL | {"imap": {}})
    assert _state(settings, "answers by e-mail") is DoorState.NEEDS_SETTINGS


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ({"web": {"public": "0.0.0.0:8080"}}, "others can reach the pages"),
        ({"links": HTTPS}, "a reverse proxy seems to lead here"),
        ({"web": {"trusted_proxies": ["127.0.0.1"]}}, "a reverse proxy seems to lead here"),
    ],
)
def test_teams_without_signatures_is_a_problem_as_soon_as_others_can_come(
    sections: dict[str, Any], named: str
) -> None:
    settings = _settings(teams={"accept_unsigned_requests": True}, **sections)
    assert any(named in one.problem for one in misfits(settings))


def test_mail_that_is_not_encrypted_goes_to_this_machine_alone() -> None:
    here = _settings(email=EMAIL | {"smtp": {"host": "127.0.0.1", "security": "none"}})
    away = _settings(email=EMAIL | {"smtp": {"host": "mail.example", "security": "none"}})
    assert not any("encrypted" in one.problem for one in misfits(here))
    assert any("encrypted" in one.problem for one in misfits(away))


def test_pages_that_are_switched_off_are_said_to_be() -> None:
    settings = _settings(web={"on": False})
    assert _state(settings, "web") is DoorState.OFF
    assert [*misfits(settings)] == []


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ({"telegram": {"token": TOKEN}}, "nobody has decided"),
        ({"telegram": {"decided_by": "Jo", "decided_on": date(2024, 1, 15)}}, "no token"),
        ({"telegram": {"token": TOKEN, "decided_by": "Jo"}}, "Only one of"),
        ({"telegram": {"token": TOKEN, "decided_on": date(2024, 1, 15)}}, "Only one of"),
        ({"telegram": ON}, "no link to the bot"),
        ({"telegram": {**ON, "mode": "webhook"}}, "no HTTPS address"),
        (
            {
                "telegram": {**ON, "mode": "webhook"},
                "links": HTTPS,
                "web": {"on": False},
            },
            "no HTTPS address",
        ),
        ({"links": {"web": "http://loop.example.org"}}, "is not HTTPS"),
        ({"web": {"public": "0.0.0.0:8080"}}, "without HTTPS"),
        ({"web": {"public": "[::]:8080"}}, "without HTTPS"),
        ({"web": {"inside": "0.0.0.0:8081"}}, "without HTTPS"),
        ({"web": {"inside": "127.0.0.1:8080"}}, "the same address"),
        ({"links": HTTPS}, "is not named"),
    ],
)
def test_settings_that_do_not_fit_are_named_with_a_remedy(
    sections: dict[str, Any], named: str
) -> None:
    found = [*misfits(_settings(**sections))]
    assert any(named in one.problem for one in found), found
    assert all(one.remedy for one in found)


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"links": {"web": "http://127.0.0.1:8080"}},
        {"links": {"web": "http://localhost:8080"}},
        {"links": HTTPS, "web": {"trusted_proxies": ["127.0.0.1"]}, "telegram": ON},
        {"links": HTTPS, "web": {"public": "0.0.0.0:8080", "trusted_proxies": ["10.0.0.0/24"]}},
    ],
)
def test_settings_that_fit_are_left_alone(sections: dict[str, Any]) -> None:
    assert [*misfits(_settings(**sections))] == []


def test_no_problem_and_no_door_repeats_the_token() -> None:
    for telegram in ({"token": TOKEN}, ON, {**ON, "mode": "webhook"}):
        settings = _settings(telegram=telegram)
        told = [str(doors(settings)), str([*misfits(settings)]), repr(settings), str(settings)]
        assert not any(TOKEN in text for text in told)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:8080", ("::1", 8080)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, found: tuple[str, int]) -> None:
    assert place(text) == found


@pytest.mark.parametrize(
    "text", ["8080", "127.0.0.1", "example.org:80", "127.0.0.1:x", "127.0.0.1:70000", ":8080"]
)
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"8080|65535"):
        place(text)
