"""Who may bring us something: each way to get in that is none, and how it is counted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.messages import Said
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.errands import Errands
from bot.platforms.teams.gate import Gate, hindrance
from bot.platforms.teams.keys import Keys
from bot.platforms.teams.members import Members
from bot.platforms.teams.receiving import Receiver
from bot.platforms.teams.sender import TeamsSender
from bot.platforms.teams.webhook import MOST_BYTES, PATH, Desk
from bot.settings import LinkSettings, Settings, WebSettings
from storage.types import Keyring
from tests.bot.platforms.teams.conftest import Mailbox, hall_for, run, settings_for
from tests.bot.platforms.teams.payloads import SERVICE, activity, said
from tests.bot.platforms.teams.tokens import KEYS, METADATA, key_set, real_now, token, unsigned

HOUR = timedelta(hours=1)


class Microsoft:
    """What it publishes; how often it was asked."""

    def __init__(self, *names: str, **more: Any) -> None:
        self.keys = key_set(*(names or ("one",)), **more)
        self.asked = 0
        self.is_away = False

    async def fetch(self, url: str) -> Any:
        self.asked += 1
        if self.is_away:
            raise ValueError("away")
        return {METADATA: {"jwks_uri": KEYS}, KEYS: self.keys}[url]


class Place:
    """The page that Microsoft calls, in a program that is at work."""

    def __init__(self, settings: Settings, mailbox: Mailbox, keyring: Keyring, where: Path) -> None:
        self.microsoft = Microsoft()
        self.keys = Keys(METADATA, lambda url: self.microsoft.fetch(url))
        hall = hall_for(settings, mailbox, keyring, where)
        self.connection = Connection(settings)
        receiver = Receiver(hall, TeamsSender(self.connection), Members(self.connection), Errands())
        self.told: list[str] = []
        self.desk = Desk(Gate(settings, self.keys), receiver, self.told.append)

    async def post(
        self, body: Any, *, caller: str = "127.0.0.1", is_ready: bool = True, **headers: str
    ) -> httpx.Response:
        if is_ready and not self.keys.are_here:
            await self.keys.refresh()
        app = Starlette(routes=[self.desk.route()])
        way = httpx.ASGITransport(app, client=(caller, 1234))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(transport=way, base_url="http://l.example") as client:
            if isinstance(body, bytes):
                return await client.post(PATH, content=body, headers=named)
            return await client.post(PATH, json=body, headers=named)


@pytest.fixture
def place(mailbox: Mailbox, keyring: Keyring, tmp_path: Path) -> Place:
    return Place(settings_for(), mailbox, keyring, tmp_path)


@pytest.fixture
def trial(mailbox: Mailbox, keyring: Keyring, tmp_path: Path) -> Place:
    return Place(
        settings_for(accept_unsigned_requests=True, tenants=(), app_id="", app_secret=""),
        mailbox,
        keyring,
        tmp_path,
    )


def _bearer(found: str) -> str:
    return f"Bearer {found}"


# A conversation without an address asks nobody who its members are.
WORDS = said("hello")
ELSEWHERE = {**WORDS, "serviceUrl": "https://smba.trafficmanager.net/amer/"}


def test_what_microsoft_signed_for_us_is_taken(place: Place, mailbox: Mailbox) -> None:
    words = activity("typing")
    reply = run(place.post(words, authorization=_bearer(token())))
    assert reply.status_code == 200
    assert place.desk.refused == {}


def _tokens() -> list[tuple[str, str, int, str]]:
    now = real_now()
    return [
        ("none", "", 401, "no token"),
        ("empty", "Bearer ", 401, "no token"),
        ("another scheme", "Basic am86cw==", 401, "no token"),
        ("nonsense", "Bearer a.b.c", 401, "token (DecodeError)"),
        ("forged", _bearer(token("two", kid="one")), 401, "token (InvalidSignatureError)"),
        ("unknown key", _bearer(token("two", kid="two")), 401, "token (PyJWKClientError)"),
        ("no signature", _bearer(unsigned()), 401, "token (InvalidAlgorithmError)"),
        (
            "stale",
            _bearer(token(exp=now - HOUR)),
            401,
            "token (ExpiredSignatureError)",
        ),
        (
            "not yet good",
            _bearer(token(nbf=now + HOUR)),
            401,
            "token (ImmatureSignatureError)",
        ),
        ("for another app", _bearer(token(aud="other")), 401, "token (InvalidAudienceError)"),
        (
            "for nobody",
            _bearer(token(aud=None)),
            401,
            "token (MissingRequiredClaimError)",
        ),
        (
            "from elsewhere",
            _bearer(token(iss="https://sts.windows.net/x/")),
            401,
            "token (InvalidIssuerError)",
        ),
        (
            "for another place",
            _bearer(token(serviceurl="https://evil.example/")),
            401,
            "token (InvalidTokenError)",
        ),
        ("for no place", _bearer(token(serviceurl=None)), 401, "token (InvalidTokenError)"),
    ]


@pytest.mark.parametrize(
    ("header", "status", "kind"),
    [found[1:] for found in _tokens()],
    ids=[found[0] for found in _tokens()],
)
def test_a_request_without_a_good_token_is_refused_and_counted(
    place: Place, mailbox: Mailbox, header: str, status: int, kind: str
) -> None:
    headers: dict[str, Any] = {"authorization": header} if header else {}
    reply = run(place.post(WORDS, **headers))
    assert (reply.status_code, reply.content) == (status, b"")
    assert place.desk.refused == {kind: 1}
    assert mailbox.taken == []


def test_a_place_to_write_to_that_the_token_does_not_name_is_refused(place: Place) -> None:
    assert run(place.post(ELSEWHERE, authorization=_bearer(token()))).status_code == 401
    gone = {name: value for name, value in WORDS.items() if name != "serviceUrl"}
    assert run(place.post(gone, authorization=_bearer(token()))).status_code == 403
    assert place.desk.refused["no service URL"] == 1


@pytest.mark.parametrize("tenant", ["99999999-aaaa-bbbb-cccc-000000000009", ""])
def test_people_of_other_organisations_are_refused(place: Place, tenant: str) -> None:
    found = {**WORDS, "channelData": {"tenant": {"id": tenant}}, "conversation": {"id": "a"}}
    assert run(place.post(found, authorization=_bearer(token()))).status_code == 403
    assert place.desk.refused == {"tenant": 1}


@pytest.mark.parametrize("channel", ["webchat", "directline", "", None])
def test_other_channels_of_the_bot_say_who_somebody_is_and_are_not_believed(
    place: Place, channel: str | None
) -> None:
    found = {**WORDS, "channelId": channel}
    assert run(place.post(found, authorization=_bearer(token()))).status_code == 403
    assert place.desk.refused == {"channel": 1}


def test_what_is_refused_is_told_the_first_time_and_as_it_grows(place: Place) -> None:
    for _ in range(12):
        run(place.post(WORDS))
    assert place.told == [
        "Teams: a request was refused: no token.",
        "Teams: a request was refused: no token (10 so far).",
    ]


def test_a_key_that_may_not_speak_for_the_channel_is_refused(place: Place) -> None:
    place.microsoft = Microsoft("one", endorsements=("webchat",))
    assert run(place.post(WORDS, authorization=_bearer(token()))).status_code == 403
    assert place.desk.refused == {"channel": 1}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"x" * (MOST_BYTES + 1), 413, "too big"),
        (b"not json", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"[]", 400, "not an activity"),
    ],
)
def test_what_is_too_big_or_no_activity_is_refused_before_it_is_looked_at(
    place: Place, body: bytes, status: int, kind: str
) -> None:
    assert run(place.post(body, authorization=_bearer(token()))).status_code == status
    assert place.desk.refused == {kind: 1}


def test_an_activity_that_is_malformed_is_refused(place: Place) -> None:
    reply = run(place.post({**WORDS, "from": None}, authorization=_bearer(token())))
    assert reply.status_code == 400
    assert place.desk.refused == {"malformed (AttributeError)": 1}


def test_before_the_keys_are_here_everybody_is_asked_to_wait(place: Place) -> None:
    reply = run(place.post(WORDS, is_ready=False, authorization=_bearer(token())))
    assert reply.status_code == 503
    assert place.desk.refused == {"no keys yet": 1}


def test_a_new_key_is_fetched_once_and_made_up_ones_do_not_make_us_ask_again(place: Place) -> None:
    async def work() -> list[int]:
        typing = activity("typing")
        found = []
        await place.keys.refresh()
        place.microsoft.keys = key_set("one", "two")
        place.keys._asked_at = -1e9
        for signed_by in ("two", "two", "three", "three"):
            header = _bearer(token(signed_by, kid=signed_by))
            reply = await place.post(typing, authorization=header)
            found.append(reply.status_code)
        return found

    assert run(work()) == [200, 200, 401, 401]
    assert place.microsoft.asked == 4


def test_keys_that_cannot_be_fetched_again_serve_on(place: Place) -> None:
    async def work() -> int:
        await place.keys.refresh()
        place.microsoft.is_away = True
        place.keys._asked_at = -1e9
        await place.post(activity("typing"), authorization=_bearer(token("two", kid="two")))
        reply = await place.post(activity("typing"), authorization=_bearer(token()))
        return reply.status_code

    assert run(work()) == 200


@pytest.mark.parametrize(
    ("where", "is_trusted"),
    [
        ("https://login.example/keys", True),
        ("http://login.example/keys", False),
        ("http://127.0.0.1/keys", False),
        ("", False),
    ],
)
def test_keys_come_over_https(where: str, is_trusted: bool) -> None:
    async def fetch(url: str) -> Any:
        return {"jwks_uri": where} if url == METADATA else key_set("one")

    keys = Keys(METADATA, fetch)
    if is_trusted:
        run(keys.refresh())
    else:
        with pytest.raises(ValueError, match="https"):
            run(keys.refresh())
    assert keys.are_here == is_trusted


# a trial on this machine


def test_in_a_trial_what_comes_from_this_machine_is_taken(trial: Place, mailbox: Mailbox) -> None:
    found = {**WORDS, "serviceUrl": ""}
    assert run(trial.post(found, is_ready=False)).status_code == 200
    assert [one.content for one in mailbox.taken] == [Said("hello")]


@pytest.mark.parametrize(
    ("caller", "headers"),
    [
        ("10.0.0.7", {}),
        ("127.0.0.1", {"x_forwarded_for": "10.0.0.7"}),
        ("127.0.0.1", {"forwarded": "for=10.0.0.7"}),
        ("127.0.0.1", {"origin": "https://evil.example"}),
        ("127.0.0.1", {"content_type": "text/plain"}),
    ],
)
def test_in_a_trial_nothing_is_taken_from_elsewhere_or_from_a_page(
    trial: Place, mailbox: Mailbox, caller: str, headers: dict[str, str]
) -> None:
    reply = run(trial.post(WORDS, caller=caller, is_ready=False, **headers))
    assert reply.status_code == 403
    assert trial.desk.refused == {"unsigned from elsewhere": 1}
    assert mailbox.taken == []


def _with(web: dict[str, Any], links: str = "", **teams: Any) -> Settings:
    made = settings_for(**teams)
    return made.model_copy(
        update={"web": WebSettings.model_validate(web), "links": LinkSettings(web=links)}
    )


TRIAL: dict[str, Any] = {"accept_unsigned_requests": True}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (_with({}, "https://l.example"), ""),
        (_with({}, **TRIAL), ""),
        (_with({"public": "0.0.0.0:8080"}, **TRIAL), "anybody write as anybody"),
        (_with({"public": "192.168.0.5:8080"}, **TRIAL), "anybody write as anybody"),
        (_with({}, "https://l.example", **TRIAL), "anybody write as anybody"),
        (_with({"trusted_proxies": ["127.0.0.1"]}, **TRIAL), "anybody write as anybody"),
        (_with({"on": False}), "switched off"),
        (_with({}, app_id=""), "app_id"),
        (_with({}, app_secret=""), "LOOP_TEAMS__APP_SECRET"),
        (_with({}, tenants=()), "tenants"),
        (_with({}, tenants=(), app_tenant="t"), ""),
    ],
)
def test_with_settings_that_open_too_much_or_too_little_the_door_stays_shut(
    settings: Settings, why: str
) -> None:
    found = hindrance(settings)
    assert bool(found) == bool(why)
    assert why in found


def test_a_shut_door_refuses_all(trial: Place) -> None:
    trial.desk.hindrance = "because"
    assert run(trial.post(WORDS)).status_code == 403
    assert trial.desk.refused == {"the door is shut": 1}


def test_the_address_in_the_tests_is_the_one_in_the_tokens() -> None:
    assert WORDS["serviceUrl"] == SERVICE
