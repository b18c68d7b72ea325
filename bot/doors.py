"""Which doors stand open with these settings, which need what, and what does not fit. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.settings import Settings, is_given, place


class DoorState(StrEnum):
    """How far a door is open, in the words in which it is said."""

    WORKS = "Works now"
    NEEDS_NAME = "Needs one HTTPS name"
    NEEDS_SETTINGS = "Needs settings"
    OFF = "Switched off"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in. `what` says what is missing, or where it is."""

    name: str
    state: DoorState
    what: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, and what to do about it."""

    problem: str
    remedy: str


def doors(settings: Settings) -> tuple[Door, ...]:
    """Every door there is."""
    return (
        Door("terminal", DoorState.WORKS),
        *_web(settings),
        _telegram(settings),
        _slack(settings),
        _teams(settings),
        *_email(settings),
        *_pager(settings),
    )


def by_state(found: Sequence[Door]) -> list[tuple[DoorState, tuple[Door, ...]]]:
    """The doors, those that work first; states without a door are left out."""
    states = ((state, tuple(door for door in found if door.state is state)) for state in DoorState)
    return [(state, some) for state, some in states if some]


def said(found: Sequence[Door]) -> list[str]:
    """The doors in a few lines."""
    return [
        f"{state.value}: {', '.join(map(_with_what, some))}." for state, some in by_state(found)
    ]


def _with_what(door: Door) -> str:
    return f"{door.name} ({door.what})" if door.what else door.name


def has_name(settings: Settings) -> bool:
    """Whether there is one HTTPS name under which phones elsewhere reach the pages."""
    return settings.links.web.startswith("https://")


def is_here_alone(address: str) -> bool:
    """Whether only this machine can reach a listener."""
    host, _ = place(address)
    return host == "localhost" or ip_address(host).is_loopback


def _web(settings: Settings) -> Iterator[Door]:
    here, away = "web on this machine", "web for phones elsewhere"
    if not settings.web.on:
        yield Door("web", DoorState.OFF, "`on` of [web] is false")
        return
    yield Door(here, DoorState.WORKS, f"http://{settings.web.public}")
    if has_name(settings):
        yield Door(away, DoorState.WORKS, settings.links.web)
    else:
        yield Door(away, DoorState.NEEDS_NAME, "`web` of [links]")


def _telegram(settings: Settings) -> Door:
    ours = settings.telegram
    missing = [
        *(["its token"] if not ours.has_token else []),
        *(["who decided it and when"] if not ours.is_decided else []),
    ]
    if missing:
        return Door("Telegram", DoorState.NEEDS_SETTINGS, ", and ".join(missing))
    if ours.mode == "webhook" and not (has_name(settings) and settings.web.on):
        return Door("Telegram", DoorState.NEEDS_NAME, 'or set `mode` of [telegram] to "polling"')
    name = settings.links.telegram
    return Door("Telegram", DoorState.WORKS, f"https://t.me/{name}" if name else "")


def _slack(settings: Settings) -> Door:
    ours = settings.slack
    if not ours.is_on:
        return Door("Slack", DoorState.NEEDS_SETTINGS, "the tokens of an app")
    missing = "app_token" if ours.mode == "socket" else "signing_secret"
    if any(not is_given(getattr(one, missing)) for one in ours.every):
        return Door("Slack", DoorState.NEEDS_SETTINGS, f"`{missing}` of every workspace")
    if ours.mode == "http" and not (has_name(settings) and settings.web.on):
        return Door("Slack", DoorState.NEEDS_NAME, 'or set `mode` of [slack] to "socket"')
    return Door("Slack", DoorState.WORKS)


def _teams(settings: Settings) -> Door:
    ours = settings.teams
    if ours.accept_unsigned_requests:
        state = DoorState.WORKS if _is_a_trial(settings) else DoorState.NEEDS_SETTINGS
        return Door("Teams", state, "for trying it out on this machine alone")
    missing = [
        *(["its app id"] if not ours.app_id else []),
        *(["its secret"] if not is_given(ours.app_secret) else []),
        *(["the tenants that may use it"] if not (ours.tenants or ours.app_tenant) else []),
    ]
    if missing:
        return Door("Teams", DoorState.NEEDS_SETTINGS, ", and ".join(missing))
    if not (has_name(settings) and settings.web.on):
        return Door("Teams", DoorState.NEEDS_NAME, "`web` of [links]")
    return Door("Teams", DoorState.WORKS)


def _is_a_trial(settings: Settings) -> bool:
    """Whether nobody but this machine can reach the pages, by any way."""
    is_alone = settings.web.on and is_here_alone(settings.web.public)
    return is_alone and not (has_name(settings) or settings.web.trusted_proxies)


def _email(settings: Settings) -> Iterator[Door]:
    ours = settings.email
    if not ours.is_on:
        yield Door("e-mail", DoorState.NEEDS_SETTINGS, "an address and an SMTP server")
        return
    yield Door("e-mail", DoorState.WORKS, ours.address)
    if not ours.imap.host:
        yield Door("answers by e-mail", DoorState.NEEDS_SETTINGS, "an IMAP server")
    name = "forms linked in e-mails"
    if has_name(settings) and settings.web.on:
        yield Door(name, DoorState.WORKS)
    else:
        yield Door(name, DoorState.NEEDS_NAME, "`web` of [links]")


def _pager(settings: Settings) -> Iterator[Door]:
    """Named only where somebody set one up."""
    ours = settings.concerns.pager
    if ours.is_on and _is_safe(ours.url):
        yield Door("pager", DoorState.WORKS, "alerts of concerns alone")
    elif ours.is_on:
        yield Door("pager", DoorState.NEEDS_SETTINGS, "an HTTPS address in [concerns.pager]")


def _is_safe(address: str) -> bool:
    return address.startswith("https://") or _names_this_machine(address)


def misfits(settings: Settings) -> Iterator[Problem]:
    """Settings that contradict one another, or that open more than was meant."""
    yield from _of_telegram(settings)
    yield from _of_teams(settings)
    yield from _of_email(settings)
    if settings.web.on:
        yield from _of_web(settings)


def _of_telegram(settings: Settings) -> Iterator[Problem]:
    ours = settings.telegram
    if ours.has_token and not ours.is_decided:
        yield Problem(
            "Telegram has a token, but nobody has decided that it may be used; it stays off.",
            "Once an officer has decided it, write `decided_by` and `decided_on` into [telegram].",
        )
    if ours.is_decided and not ours.has_token:
        yield Problem(
            "Telegram was decided on, but there is no token; it stays off.",
            "Get a token from @BotFather and give it as LOOP_TELEGRAM__TOKEN.",
        )
    if (bool(ours.decided_by.strip()), ours.decided_on is not None) in {
        (True, False),
        (False, True),
    }:
        yield Problem(
            "Only one of `decided_by` and `decided_on` stands in [telegram]; Telegram stays off.",
            "Write both: the officer's name and post, and the day.",
        )
    if ours.is_on and ours.mode == "webhook" and not (has_name(settings) and settings.web.on):
        yield Problem(
            'Telegram is to call us (`mode` is "webhook"), but there is no HTTPS address to call.',
            'Write one into `web` of [links] and leave [web] on, or set `mode` to "polling".',
        )
    if ours.is_on and not settings.links.telegram:
        yield Problem(
            "Telegram is on, but invitations and posters carry no link to the bot.",
            "Write the bot's name, without the @, into `telegram` of [links].",
        )


def _of_teams(settings: Settings) -> Iterator[Problem]:
    ours = settings.teams
    if not ours.accept_unsigned_requests:
        return
    if not is_here_alone(settings.web.public):
        yield Problem(
            "Teams is to be believed without a signature, and others can reach the pages "
            f"({settings.web.public}): Teams stays closed.",
            "Set `accept_unsigned_requests` of [teams] to false; it is for trying things out.",
        )
    elif has_name(settings) or settings.web.trusted_proxies:
        yield Problem(
            "Teams is to be believed without a signature, and a reverse proxy seems to lead here, "
            "so that whoever comes through it could write as anybody: Teams stays closed.",
            "Set `accept_unsigned_requests` of [teams] to false.",
        )


def _of_email(settings: Settings) -> Iterator[Problem]:
    ours = settings.email
    for name, access in (("smtp", ours.smtp), ("imap", ours.imap)):
        if access.host and access.security == "none" and not _names_a_loopback(access.host):
            yield Problem(
                f"The way to the mail server {access.host} is not encrypted, so e-mail stays "
                "closed.",
                f'Set `security` of [email.{name}] to "tls" or "starttls".',
            )
        if is_given(access.password) and ours.tokens.url:
            yield Problem(
                f"[email.{name}] has a password, and [email.tokens] says where to get tokens.",
                "Keep one of them: the token is used while both are there.",
            )


def _names_a_loopback(host: str) -> bool:
    return _names_this_machine(f"//{host}")


def _of_web(settings: Settings) -> Iterator[Problem]:
    web, address = settings.web, settings.links.web
    if address.startswith("http://") and not _names_this_machine(address):
        yield Problem(
            f"The address of the survey pages is not HTTPS ({address}): others on the way could "
            "read what people write.",
            "Put a reverse proxy with HTTPS before them; the web guide shows how.",
        )
    if not is_here_alone(web.public) and not has_name(settings):
        yield Problem(
            f"The survey pages can be reached from other machines ({web.public}) without HTTPS.",
            "Set `public` of [web] to 127.0.0.1:8080, put a reverse proxy with HTTPS before it, "
            "and write its address into `web` of [links].",
        )
    if not is_here_alone(web.inside) and not settings.links.board.startswith("https://"):
        yield Problem(
            f"The inside pages can be reached from other machines ({web.inside}) without HTTPS.",
            "Set `inside` of [web] to 127.0.0.1:8081, put a reverse proxy with HTTPS before it, "
            "and write its address into `board` of [links].",
        )
    yield from _of_board(settings)
    if _collide(web.public, web.inside):
        yield Problem(
            f"`public` and `inside` of [web] are the same address ({web.public}).",
            "Give each a port of its own.",
        )
    if has_name(settings) and not web.trusted_proxies and is_here_alone(web.public):
        yield Problem(
            "The survey pages are called through a reverse proxy that is not named, so everybody "
            "counts as one caller and soon has to wait.",
            'Name it in `trusted_proxies` of [web], such as ["127.0.0.1"].',
        )


def _of_board(settings: Settings) -> Iterator[Problem]:
    web, address = settings.web, settings.links.board
    if address.startswith("http://") and not _names_this_machine(address):
        yield Problem(
            f"The address of the pages inside is not HTTPS ({address}): others on the way could "
            "read what young people wrote.",
            "Put a reverse proxy with HTTPS before them; the web guide shows how.",
        )
    if address.startswith("https://") and not web.trusted_proxies and is_here_alone(web.inside):
        yield Problem(
            "The pages inside are called through a reverse proxy that is not named, so nobody can "
            "stay signed in to them safely, and all count as one caller.",
            'Name it in `trusted_proxies` of [web], such as ["127.0.0.1"].',
        )


def _names_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _collide(one: str, other: str) -> bool:
    return place(one) == place(other) and place(one)[1] != 0
