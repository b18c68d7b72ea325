"""Who may bring us something: Microsoft, for the tenants in the settings, and nobody else.

Unsigned requests are taken on this machine alone, and only from programs on it that are not pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from bot.doors import has_name, is_here_alone
from bot.platforms.teams.keys import Keys
from bot.platforms.teams.reading import tenant_of
from bot.platforms.teams.reference import is_loopback
from bot.platforms.teams.sdk import PUBLIC, JwtValidationOptions, TokenValidator
from bot.settings import Settings, TeamsSettings, is_given

_NOT_ALONE = (
    "`accept_unsigned_requests` of [teams] lets anybody write as anybody, so it works only while "
    "`public` of [web] is on this machine, such as 127.0.0.1:8080, [web] trusts no proxies, and "
    "[links] has no https address; change one of them"
)
CHANNEL = "msteams"
_BEARER = "bearer "
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@dataclass
class Refused(Exception):
    """What is not taken in. `kind` is counted and logged; it names nobody."""

    status: int
    kind: str


def hindrance(settings: Settings) -> str:
    """Why the door stays shut with these settings; empty where it may be opened."""
    teams, public = settings.teams, settings.web.public
    if not settings.web.on:
        return "Teams calls us, and [web] is switched off; set `on` of [web] to true"
    if teams.accept_unsigned_requests:
        is_behind_a_proxy = has_name(settings) or bool(settings.web.trusted_proxies)
        return _NOT_ALONE if is_behind_a_proxy or not is_here_alone(public) else ""
    if not teams.app_id:
        return "there is no id of the app; write it into `app_id` of [teams]"
    if not is_given(teams.app_secret):
        return "there is no secret of the app; give it as LOOP_TEAMS__APP_SECRET"
    if not tenants_of(teams):
        return "nobody may use it; name the organisations in `tenants` of [teams], by id"
    return ""


def tenants_of(teams: TeamsSettings) -> frozenset[str]:
    """The organisations whose people may use it: those named, else the app's own."""
    own = (teams.app_tenant,) if teams.app_tenant else ()
    return frozenset(one.strip().lower() for one in teams.tenants or own)


class Checked(TokenValidator):
    """The SDK's check of signature, audience, issuer, expiry and service URL, with keys of ours.

    Only the Bot Framework's own tokens are taken. The SDK would take those of Microsoft's agent
    platform as well, fetching the keys of whichever tenant they name.
    """

    def __init__(self, app_id: str, keys: Keys) -> None:
        super().__init__(
            JwtValidationOptions(
                valid_issuers=[PUBLIC.token_issuer], valid_audiences=[app_id], jwks_uri=keys.uri
            )
        )
        self._jwks_client = keys


class Gate:
    """Lets in or raises `Refused`. Reads the settings once."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._teams = settings.teams
        self._tenants = tenants_of(settings.teams)
        self._keys = keys
        self._validator = Checked(settings.teams.app_id, keys)

    @property
    def is_ready(self) -> bool:
        """Whether anything can be checked yet."""
        return self._teams.accept_unsigned_requests or self._keys.are_here

    async def admit(
        self, headers: Mapping[str, str], caller: str, activity: Mapping[str, Any]
    ) -> None:
        """The whole check of one request."""
        if self._teams.accept_unsigned_requests:
            _only_here(headers, caller)
        else:
            await self._check(headers.get("authorization", ""), activity)
        self._check_tenant(activity)

    async def _check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        token = authorization[len(_BEARER) :].strip()
        if not authorization.lower().startswith(_BEARER) or not token:
            raise Refused(401, "no token")
        service_url = activity.get("serviceUrl")
        if not isinstance(service_url, str) or not service_url:
            raise Refused(403, "no service URL")
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            await self._keys.meet(kid)
            await self._validator.validate_token(token, service_url)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise Refused(401, f"token ({type(error).__name__})") from None
        # Whoever writes over other channels of the same bot, such as a web chat, says themselves
        # who they are; Teams alone says it for its people.
        if activity.get("channelId") != CHANNEL or not self._keys.endorses(kid, CHANNEL):
            raise Refused(403, "channel")

    def _check_tenant(self, activity: Mapping[str, Any]) -> None:
        """In a trial without tenants in the settings, everybody is let in."""
        if not self._tenants and self._teams.accept_unsigned_requests:
            return
        if tenant_of(activity).lower() not in self._tenants:
            raise Refused(403, "tenant")


def _only_here(headers: Mapping[str, str], caller: str) -> None:
    """A page in somebody's browser, or a proxy before us, could else bring in anything."""
    is_far = not is_loopback(caller) or any(name in headers for name in _FORWARDED)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_far or "origin" in headers or kind != "application/json":
        raise Refused(403, "unsigned from elsewhere")
