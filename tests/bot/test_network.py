"""The way out: through a proxy, and with the certificates that the operating system trusts."""

import asyncio
import logging
import sys
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.network import ask_telegram, proxy_of, ssl_context
from bot.settings import NetworkSettings, Settings, TelegramSettings
from tests.bot.loopback import Authority, BotApi, Proxy, authority, bot_api, proxy

TOKEN = "123456:a-token-of-the-tests"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere the system's store is not OpenSSL's"
)


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_PROXIES, "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(files: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files.own))


@pytest.fixture
def api(files: Authority) -> Iterator[BotApi]:
    with bot_api(files) as found:
        found.says("getMe", {"id": 123456, "is_bot": True, "username": "loop_bot"})
        found.says("getWebhookInfo", {"url": ""})
        yield found


@pytest.fixture
def way_out() -> Iterator[Proxy]:
    with proxy() as found:
        yield found


def _settings(api: BotApi, *, proxy: str = "") -> Settings:
    telegram = TelegramSettings(token=SecretStr(TOKEN), api=api.address)
    return Settings(telegram=telegram, network=NetworkSettings(proxy=proxy))


def _asked_by_the_sdk(settings: Settings) -> bytes:
    """What python-telegram-bot's own request gets, made as the sender makes it."""

    async def ask() -> bytes:
        request = HTTPXRequest(
            proxy=proxy_of(settings), httpx_kwargs={"verify": ssl_context()}, read_timeout=5
        )
        await request.initialize()
        try:
            url = f"{settings.telegram.api}/bot{TOKEN}/getMe"
            return (await request.do_request(url, "POST"))[1]
        finally:
            await request.shutdown()

    return asyncio.run(ask())


@pytest.mark.usefixtures("trusted")
def test_the_sdk_reaches_telegram_through_the_proxy_of_the_settings(
    api: BotApi, way_out: Proxy
) -> None:
    settings = _settings(api, proxy=way_out.address)
    assert b"loop_bot" in _asked_by_the_sdk(settings)
    assert way_out.asked == [api.address.removeprefix("https://")]


@pytest.mark.usefixtures("trusted")
def test_without_a_setting_the_proxy_of_the_environment_is_taken(
    api: BotApi, way_out: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", way_out.address)
    assert b"loop_bot" in _asked_by_the_sdk(_settings(api))
    assert ask_telegram(_settings(api)).name == "loop_bot"
    through = len(way_out.asked)
    assert through >= 2
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert ask_telegram(_settings(api)).name == "loop_bot"
    assert len(way_out.asked) == through


def test_a_server_whose_authority_the_system_does_not_trust_is_refused(
    api: BotApi, way_out: Proxy
) -> None:
    settings = _settings(api, proxy=way_out.address)
    with pytest.raises(NetworkError, match="CERTIFICATE_VERIFY_FAILED"):
        _asked_by_the_sdk(settings)
    answer = ask_telegram(settings)
    assert "not trusted" in answer.trouble
    assert "SSL_CERT_FILE" in answer.remedy
    assert api.asked == []


@pytest.mark.usefixtures("trusted")
def test_who_the_bot_is_and_who_is_called_comes_from_telegram(api: BotApi) -> None:
    api.says("getWebhookInfo", {"url": "https://x.example/", "last_error_message": "Timeout"})
    answer = ask_telegram(_settings(api))
    assert (answer.name, answer.webhook, answer.webhook_error, answer.trouble) == (
        "loop_bot",
        "https://x.example/",
        "Timeout",
        "",
    )


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("status", "content", "named", "is_final"),
    [
        (401, {"ok": False}, "does not know the bot's token", True),
        (404, {"ok": False}, "does not know the bot's token", True),
        (502, {"ok": False}, "it answered 502", False),
        (302, {}, "it answered 302", False),
        (200, b"<html>Please log in</html>", "not Telegram's Bot API", False),
        (200, {"ok": True, "result": []}, "not Telegram's Bot API", False),
        (200, [], "not Telegram's Bot API", False),
    ],
)
def test_what_else_answers_is_said_plainly(
    api: BotApi, status: int, content: object, named: str, *, is_final: bool
) -> None:
    api.replies["getMe"] = (status, content)
    answer = ask_telegram(_settings(api))
    assert named in answer.trouble
    assert answer.remedy
    assert answer.is_final is is_final


@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_refuses_is_named(api: BotApi, way_out: Proxy) -> None:
    way_out.refuses = True
    assert "the proxy refused" in ask_telegram(_settings(api, proxy=way_out.address)).trouble


def test_a_server_that_is_not_there_is_said_to_be_unreached() -> None:
    gone = BotApi(address="https://127.0.0.1:1")
    assert "cannot be reached (ConnectError)" in ask_telegram(_settings(gone)).trouble


def test_a_proxy_of_a_kind_that_is_not_understood_is_named(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:70")
    assert "of a kind" in ask_telegram(_settings(api)).trouble


def test_nothing_of_the_token_is_in_a_log_or_in_what_is_said(
    api: BotApi, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, files: Authority
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    answers = [ask_telegram(_settings(api))]
    monkeypatch.setenv("SSL_CERT_FILE", str(files.own))
    answers.append(ask_telegram(_settings(api)))
    assert answers[0].trouble
    assert answers[1].name
    assert "a-token" not in f"{answers} {caplog.text}"


def test_a_password_of_the_proxy_is_not_shown_with_the_settings() -> None:
    settings = _settings(
        BotApi("https://127.0.0.1:1"), proxy="http://loop:secret-word@127.0.0.1:3128"
    )
    assert "secret-word" not in repr(settings)
    assert "secret-word" in (proxy_of(settings) or "")
