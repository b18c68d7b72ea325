"""The way out to Slack: straight, or through the proxy that applies."""

import pytest

from bot.platforms.slack.connection import proxy_to
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "settings", "proxy"),
    [
        ({}, {}, None),
        ({"HTTPS_PROXY": "http://out:3128"}, {}, "http://out:3128"),
        ({"HTTP_PROXY": "http://out:3128"}, {}, None),
        ({"HTTPS_PROXY": "http://out:3128", "NO_PROXY": "slack.com"}, {}, None),
        (
            {"HTTPS_PROXY": "http://out:3128"},
            {"network": {"proxy": "http://ours:8080"}},
            "http://ours:8080",
        ),
        (
            {"HTTP_PROXY": "http://out:3128", "NO_PROXY": "127.0.0.1"},
            {"slack": {"api": "http://127.0.0.1:8090/api/"}},
            None,
        ),
    ],
)
def test_the_proxy_is_the_one_that_applies(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    settings: dict[str, object],
    proxy: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_to(Settings.model_validate(settings)) == proxy
