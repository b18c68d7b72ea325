"""The settings keep to themselves what is secret, and say what is wrong with them."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsWrong, load_settings

SECRETS = ("pa55word", "AAsecret", "pr0xy")


def test_no_secret_of_the_settings_is_shown_with_them() -> None:
    settings = Settings.model_validate(
        {
            "database": {"url": f"postgresql+psycopg://loop:{SECRETS[0]}@db.example/loop"},
            "telegram": {"token": f"123456:{SECRETS[1]}"},
            "network": {"proxy": f"http://loop:{SECRETS[2]}@proxy.example:3128"},
        }
    )
    parts = (settings, settings.database, settings.telegram, settings.network)
    for shown in (*map(repr, parts), *map(str, parts)):
        assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("value", ['{"token": "123456:AAsecret"', "123456:AAsecret", "[]"])
def test_a_variable_that_cannot_be_read_is_named_without_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("LOOP_TELEGRAM", value)
    with pytest.raises(SettingsWrong) as found:
        load_settings(tmp_path / "config.toml")
    assert "telegram" in str(found.value)
    assert "AAsecret" not in str(found.value)
    assert found.value.__suppress_context__ or "AAsecret" not in str(found.value.__cause__)
