"""The settings: config.toml, then the environment (LOOP_...), then the defaults of the field."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from storage.calendar import LONDON, Calendar
from surveys.campaigns.pace import Pace, SendingHours
from surveys.links import Links


class SettingsWrong(ValueError):
    """config.toml cannot be used as it is; the message names the field and what to write."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartnershipSettings(_Part):
    name: str = "Rochdale Borough Safeguarding Children Partnership"


class DatabaseSettings(_Part):
    url: str = "sqlite:///data/loop.db"
    keys_file: Path = Path("data/keys.toml")


class HelpLine(_Part):
    """A number people may call. `opens` and `closes` are local; without them it is always open."""

    name: str
    number: str
    note: str = ""
    opens: time | None = None
    closes: time | None = None
    last_checked: date | None = None

    def is_open(self, now: datetime) -> bool:
        if self.opens is None or self.closes is None:
            return True
        local = now.astimezone(LONDON).time()
        if self.opens <= self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes


DEFAULT_HELP_LINES = (
    HelpLine(name="Emergency", number="999", note="if you or someone is in danger now"),
    HelpLine(name="Childline", number="0800 1111", note="free, for under 19s"),
    HelpLine(name="Shout", number="85258", note="text SHOUT, free"),
    HelpLine(name="Samaritans", number="116 123", note="free, any age"),
)


class YoungPeopleSettings(_Part):
    """Local decisions about surveys for young people."""

    session_days: int = Field(default=14, ge=1, le=90)


class ReminderSettings(_Part):
    hour: time = time(9, 0)
    days_before: tuple[int, ...] = (30, 14, 3)
    closed_days: tuple[date, ...] = ()


class DigestSettings(_Part):
    weekday: str = "friday"
    hour: time = time(8, 0)


class LinkSettings(_Part):
    """Where people come in: the address of the survey pages, the name of the Telegram bot."""

    web: str = Field(default="", pattern=r"^(https?://[^\s/]+(/[^\s?#]*)?)?$")
    telegram: str = Field(default="", pattern=r"^([A-Za-z0-9_]{5,32})?$")

    def made(self) -> Links:
        return Links(self.web, self.telegram)


class InvitationSettings(_Part):
    """How campaigns are sent: the hours of a working day, how many an hour, when to remind."""

    from_hour: time = time(9, 0)
    until_hour: time = time(17, 0)
    per_hour: int = Field(default=500, ge=1, le=100_000)
    remind_after: int = Field(default=5, ge=0, le=60)

    @model_validator(mode="after")
    def _in_order(self) -> "InvitationSettings":
        if self.from_hour >= self.until_hour:
            raise ValueError("until_hour must be later than from_hour")
        return self

    def pace(self, *, per_hour: int | None = None, remind_after: int | None = None) -> Pace:
        """What campaigns go by, where a command does not say otherwise."""
        return Pace(
            cap_per_hour=per_hour or self.per_hour,
            remind_after=self.remind_after if remind_after is None else remind_after,
            hours=SendingHours(self.from_hour, self.until_hour),
        )


class Settings(BaseSettings):
    """Everything that can be set. An unknown name is an error, so no typo goes unnoticed."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="LOOP_", env_nested_delimiter="__"
    )

    partnership: PartnershipSettings = PartnershipSettings()
    database: DatabaseSettings = DatabaseSettings()
    help_lines: tuple[HelpLine, ...] = DEFAULT_HELP_LINES
    young_people: YoungPeopleSettings = YoungPeopleSettings()
    reminders: ReminderSettings = ReminderSettings()
    digests: DigestSettings = DigestSettings()
    links: LinkSettings = LinkSettings()
    invitations: InvitationSettings = InvitationSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The environment wins over the file, so that a container can override what it was given.
        return env_settings, init_settings

    def calendar(self) -> Calendar:
        return Calendar(closed_days=frozenset(self.reminders.closed_days))


def load_settings(path: Path) -> Settings:
    """Reads config.toml; a file that is not there means the defaults."""
    try:
        values = _read(path)
        return Settings(**values)
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong(f"{path.name} is not valid TOML: {error}.") from error
    except UnicodeDecodeError as error:
        raise SettingsWrong(f"{path.name} is not a text file in UTF-8; save it so.") from error
    except ValidationError as error:
        raise SettingsWrong(_explain(path.name, error)) from error


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _explain(name: str, error: ValidationError) -> str:
    lines = [f"{name} has {error.error_count()} problem(s):"]
    for number, found in enumerate(error.errors(include_input=False), 1):
        where = ".".join(str(part) for part in found["loc"])
        what = (
            "is not a setting; see config.example.toml for the names"
            if found["type"] == "extra_forbidden"
            else found["msg"]
        )
        lines.append(f"  {number}. {where}: {what}")
    return "\n".join(lines)
