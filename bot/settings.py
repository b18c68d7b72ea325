"""The settings: config.toml, then the environment (LOOP_...), then the defaults of the field."""

import tomllib
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from storage.calendar import LONDON, Calendar
from storage.retention_rules import RetentionRules
from surveys.campaigns.pace import Pace, SendingHours
from surveys.links import Links
from surveys.review_clock import Clocks


class SettingsWrong(ValueError):
    """config.toml cannot be used as it is; the message names the field and what to write."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _local(given: time) -> time:
    if given.tzinfo is not None:
        raise ValueError("write the hour as it is here, such as 08:30:00, without a zone behind it")
    return given


LocalTime = Annotated[time, AfterValidator(_local)]
"""An hour of the partnership's own day."""


class PartnershipSettings(_Part):
    """Who asks, who answers for the data, and where to ask or complain about it."""

    name: str = "Rochdale Borough Safeguarding Children Partnership"
    controllers: tuple[str, ...] = ()
    contact: str = ""
    complaints: str = ""


class DatabaseSettings(_Part):
    """Where everything is stored, and the keys without which it cannot be read."""

    """Where all is stored. The address may carry a password: not shown."""

    url: str = Field(default="sqlite:///data/loop.db", repr=False)
    keys_file: Path = Path("data/keys.toml")


class HelpLine(_Part):
    """A number people may call. `opens` and `closes` are local; without them it is always open.

    `local`: the partnership's own front door, or that of its out-of-hours team.
    """

    name: str
    number: str
    note: str = ""
    opens: LocalTime | None = None
    closes: LocalTime | None = None
    last_checked: date | None = None
    local: bool = False

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


class PagerSettings(_Part):
    """A service that rings people up: it is sent a reference and an address, never words.

    `url` takes a POST of JSON; the token may show neither in a log nor in an error.
    """

    url: str = Field(default="", pattern=r"^(https?://[^\s/]+(/\S*)?)?$", repr=False)
    token: SecretStr = SecretStr("")

    @property
    def is_on(self) -> bool:
        return bool(self.url)


class ConcernSettings(_Part):
    """By when texts are read, and who has them out of hours: agreed locally.

    `hand_over_minutes`: how long before the close the hand-over to the on-call is offered.
    `break_glass`: roles that may open the queue in an emergency, with a reason that all reviewers
    hear, for so many minutes.
    """

    opens: LocalTime = time(9, 0)
    closes: LocalTime = time(17, 0)
    red_minutes: int = Field(default=15, ge=1, le=60)
    amber_days: int = Field(default=0, ge=0, le=1)
    other_days: int = Field(default=1, ge=1, le=5)
    repeat_red_minutes: int = Field(default=15, ge=1, le=60)
    repeat_amber_minutes: int = Field(default=60, ge=5, le=480)
    hand_over_minutes: int = Field(default=30, ge=5, le=240)
    break_glass: tuple[Literal["manager", "executive", "admin"], ...] = ("manager",)
    break_glass_minutes: int = Field(default=60, ge=5, le=480)
    pager: PagerSettings = PagerSettings()

    @model_validator(mode="after")
    def _in_order(self) -> "ConcernSettings":
        if self.opens >= self.closes:
            raise ValueError("closes must be later than opens")
        return self

    def clocks(self) -> Clocks:
        """The same for the rooms below."""
        return Clocks(
            opens=self.opens,
            closes=self.closes,
            red=timedelta(minutes=self.red_minutes),
            amber_days=self.amber_days,
            other_days=self.other_days,
            repeat_red=timedelta(minutes=self.repeat_red_minutes),
            repeat_amber=timedelta(minutes=self.repeat_amber_minutes),
        )


class RetentionSettings(_Part):
    """How long things are kept (DOMAIN, Young people's data). A legal hold is set by command."""

    inbox_days: int = Field(default=14, ge=3, le=60)
    outbox_days: int = Field(default=30, ge=1, le=365)
    link_days: int = Field(default=30, ge=1, le=365)
    tell_months: int = Field(default=12, ge=1, le=36)
    youth_words_months: int = Field(default=12, ge=1, le=36)
    practitioner_months: int = Field(default=24, ge=1, le=84)
    campaign_months: int = Field(default=12, ge=1, le=36)
    course_months: int = Field(default=12, ge=1, le=36)
    edition_months: int = Field(default=24, ge=1, le=120)
    audit_months: int = Field(default=72, ge=12, le=240)

    def rules(self) -> RetentionRules:
        """The same for the room that deletes."""
        return RetentionRules(**self.model_dump())


class BoardSettings(_Part):
    """How long somebody stays signed in to the pages inside, and to the review queue in them."""

    link_minutes: int = Field(default=15, ge=5, le=60)
    session_hours: int = Field(default=8, ge=1, le=24)
    idle_minutes: int = Field(default=30, ge=5, le=240)
    review_minutes: int = Field(default=30, ge=5, le=120)


class ReminderSettings(_Part):
    """When leads are reminded, and on which days nobody is."""

    hour: LocalTime = time(9, 0)
    days_before: tuple[int, ...] = (30, 14, 3)
    closed_days: tuple[date, ...] = ()


class DigestSettings(_Part):
    """When the weekly digest is made. `template`: their own for Word, a file or a folder."""

    weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "friday"
    hour: LocalTime = time(8, 0)
    template: Path | None = None


class LinkSettings(_Part):
    """Where people come in: the survey pages, the pages inside, the name of the Telegram bot."""

    web: str = Field(default="", pattern=r"^(https?://[^\s/]+(/[^\s?#]*)?)?$")
    board: str = Field(default="", pattern=r"^(https?://[^\s/]+(/[^\s?#]*)?)?$")
    telegram: str = Field(default="", pattern=r"^([A-Za-z0-9_]{5,32})?$")

    def made(self) -> Links:
        return Links(self.web, self.telegram)


class TelegramSettings(_Part):
    """The bot on Telegram: off until somebody has decided it by name and date."""

    token: SecretStr = SecretStr("")
    decided_by: str = ""
    decided_on: date | None = None
    mode: Literal["polling", "webhook"] = "polling"
    api: str = Field(default="https://api.telegram.org", pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$")
    minimum_age: int = Field(default=16, ge=0, le=25)
    per_second: float = Field(default=30.0, gt=0, le=1000)
    privacy_url: str = Field(default="", pattern=r"^(https://\S+)?$")

    @field_validator("token")
    @classmethod
    def _looks_like_one(cls, token: SecretStr) -> SecretStr:
        number, colon, rest = token.get_secret_value().partition(":")
        if number and not (colon and number.isdecimal() and rest and rest.isprintable()):
            raise ValueError("is not a bot token; BotFather gives one like 123456:ABC-DEF")
        return token

    @property
    def has_token(self) -> bool:
        return bool(self.token.get_secret_value())

    @property
    def is_decided(self) -> bool:
        """Whether the deciding officer's name and the day stand in the settings."""
        return bool(self.decided_by.strip()) and self.decided_on is not None

    @property
    def is_on(self) -> bool:
        return self.has_token and self.is_decided


class SlackWorkspace(_Part):
    """One workspace in which the app is installed, with its own tokens."""

    name: str = ""
    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")


class SlackSettings(_Part):
    """The app in Slack: one workspace by its tokens here, several below `workspaces`.

    socket: we call out, and need the app token. http: Slack calls us, signed with its secret.
    """

    mode: Literal["socket", "http"] = "socket"
    api: str = Field(default="https://slack.com/api/", pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$")
    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    workspaces: tuple[SlackWorkspace, ...] = ()

    @property
    def every(self) -> tuple[SlackWorkspace, ...]:
        """All workspaces, the one without a name first."""
        own = SlackWorkspace(
            bot_token=self.bot_token, app_token=self.app_token, signing_secret=self.signing_secret
        )
        return (*([own] if is_given(self.bot_token) else []), *self.workspaces)

    @property
    def is_on(self) -> bool:
        return bool(self.every)


class TeamsSettings(_Part):
    """The app in Teams. `tenants`: those whose people may use it, by id; nobody from others.

    `accept_unsigned_requests` is for trying it out on this machine alone: whoever reaches the
    listener could then write as anybody, so it works on loopback only. `login` and `metadata`:
    where tokens come from and where Microsoft says with which keys it signs.
    """

    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    app_tenant: str = ""
    tenants: tuple[str, ...] = ()
    accept_unsigned_requests: bool = False
    login: str = Field(default="https://login.microsoftonline.com", pattern=r"^https?://\S+$")
    metadata: str = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        pattern=r"^https?://\S+$",
    )

    @property
    def is_on(self) -> bool:
        return bool(self.app_id) or self.accept_unsigned_requests


class MailAccess(_Part):
    """How we sign in to a mail server: a password, or a token that is fetched for each hour."""

    host: str = ""
    port: int = Field(default=0, ge=0, lt=65536)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: SecretStr = SecretStr("")


class MailTokens(_Part):
    """OAuth client credentials, where the mail servers take tokens instead of passwords."""

    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    scope: str = "https://outlook.office365.com/.default"


class EmailSettings(_Part):
    """E-mail, for those who have no chat with us."""

    address: str = Field(default="", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    name: str = "Listening Loop"
    smtp: MailAccess = MailAccess()
    imap: MailAccess = MailAccess()
    tokens: MailTokens = MailTokens()
    folder: str = "INBOX"
    poll_seconds: float = Field(default=30.0, ge=0.1, le=3600)
    per_minute: int = Field(default=30, ge=1, le=10_000)
    link_days: int = Field(default=30, ge=1, le=180)

    @property
    def is_on(self) -> bool:
        return bool(self.address and self.smtp.host)


def is_given(secret: SecretStr) -> bool:
    """Whether a secret is there at all."""
    return bool(secret.get_secret_value())


class WebSettings(_Part):
    """The two listeners: pages for everybody, and pages for those inside."""

    on: bool = True
    public: str = "127.0.0.1:8080"
    inside: str = "127.0.0.1:8081"
    exit_to: str = Field(default="https://www.bbc.co.uk/weather", pattern=r"^https://\S+$")
    idle_minutes: int = Field(default=30, ge=1, le=720)
    tablet_seconds: int = Field(default=60, ge=30, le=600)
    trusted_proxies: tuple[str, ...] = ()

    @field_validator("public", "inside")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        place(text)
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            ip_network(text)
        return texts


def place(address: str) -> tuple[str, int]:
    """Host and port of "127.0.0.1:8080" or "[::1]:8080"; ValueError where it is not one."""
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        ip_address(host)
    except ValueError:
        if host != "localhost":
            raise ValueError("write an IP address and a port, such as 127.0.0.1:8080") from None
    if not (port.isascii() and port.isdecimal() and int(port) < 65536):
        raise ValueError("the port after the colon is a number up to 65535")
    return host, int(port)


class NetworkSettings(_Part):
    """The way out, where it is not a straight one. The address may carry a password: not shown."""

    proxy: str = Field(default="", pattern=r"^(https?://[^\s/]+/?)?$", repr=False)


class GovernanceSettings(_Part):
    """Who answers for it, and what was decided: said in the papers (`listening-loop papers`).

    `hosting`: where the machine stands and who runs it. `backups`: where copies are kept, and for
    how long. `case_system`: where a concern goes once it was referred. `consulted`: which young
    people were asked about all this, when, and what changed.
    """

    dpo: str = ""
    senior_officer: str = ""
    caldicott_guardian: str = ""
    safeguarding_lead: str = ""
    ico_registration: str = ""
    hosting: str = ""
    backups: str = ""
    case_system: str = ""
    consulted: str = ""
    dpia_signed_by: str = ""
    dpia_signed_on: date | None = None
    equality_assessed_on: date | None = None
    transfer_assessed_on: date | None = None
    review_on: date | None = None

    @property
    def is_signed(self) -> bool:
        """Whether somebody answers for the impact assessment, by post and date."""
        return bool(self.dpia_signed_by.strip()) and self.dpia_signed_on is not None


class InvitationSettings(_Part):
    """How campaigns are sent: the hours of a working day, how many an hour, when to remind."""

    from_hour: LocalTime = time(9, 0)
    until_hour: LocalTime = time(17, 0)
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
    governance: GovernanceSettings = GovernanceSettings()
    database: DatabaseSettings = DatabaseSettings()
    help_lines: tuple[HelpLine, ...] = DEFAULT_HELP_LINES
    young_people: YoungPeopleSettings = YoungPeopleSettings()
    concerns: ConcernSettings = ConcernSettings()
    retention: RetentionSettings = RetentionSettings()
    board: BoardSettings = BoardSettings()
    reminders: ReminderSettings = ReminderSettings()
    digests: DigestSettings = DigestSettings()
    links: LinkSettings = LinkSettings()
    telegram: TelegramSettings = TelegramSettings()
    slack: SlackSettings = SlackSettings()
    teams: TeamsSettings = TeamsSettings()
    email: EmailSettings = EmailSettings()
    web: WebSettings = WebSettings()
    network: NetworkSettings = NetworkSettings()
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
    except SettingsError as error:
        raise SettingsWrong(
            f"A variable LOOP_... cannot be read: {error}. Give one setting a variable, such as "
            "LOOP_TELEGRAM__TOKEN."
        ) from None


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
