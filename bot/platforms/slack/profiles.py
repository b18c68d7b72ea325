"""Who somebody is by their profile: the work e-mail that a workspace vouches for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.messages import SLACK, Address
from bot.platforms.slack.failures import code_of
from bot.platforms.slack.workspace import Workspace, Workspaces

_FRESH = timedelta(hours=1)
_MOST = 10_000
_PATIENCE = 1.5  # of the three seconds that Slack waits for us


@dataclass(frozen=True, slots=True)
class Profile:
    """Empty where the workspace does not vouch for it."""

    email: str = ""
    language: str = ""


NOBODY = Profile()


def read_profile(user: Mapping[str, Any], team: str) -> Profile:
    """What a workspace says about one of its own people. Guests only with a confirmed address."""
    language = str(user.get("locale") or "")[:12]
    return Profile(_email_of(user) if _is_own(user, team) else "", language)


def _email_of(user: Mapping[str, Any]) -> str:
    is_guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    confirmed = user.get("is_email_confirmed")
    if confirmed is False or (is_guest and confirmed is not True):
        return ""
    return str((user.get("profile") or {}).get("email") or "").strip()


def _is_own(user: Mapping[str, Any], team: str) -> bool:
    is_other = any(user.get(name) for name in ("is_bot", "is_stranger", "deleted", "is_app_user"))
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    return not is_other and (user.get("team_id") == team or team in teams)


class Profiles:
    """Asks once an hour; a question that failed is put again the next time."""

    def __init__(self, workspaces: Workspaces, clock: Callable[[], datetime]) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, Profile]] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[Profile]] = {}
        self._log = structlog.get_logger("slack")

    async def of(self, who: Address) -> Profile:
        """Who this is; nobody in particular where Slack does not say it in time."""
        key = (who.space, who.id)
        known = self._known.get(key)
        if known is not None and self._clock() - known[0] < _FRESH:
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = asyncio.create_task(self._asked(key))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        return task.result() if done else NOBODY

    async def find(self, email: str) -> Address | None:
        """Who has this address in one of the workspaces."""
        for workspace in self._workspaces.every:
            user = await self._looked_up(workspace, email)
            own = read_profile(user, workspace.team).email
            if own and own.casefold() == email.strip().casefold():
                return Address(SLACK, workspace.team, str(user["id"]))
        return None

    async def _asked(self, key: tuple[str, str]) -> Profile:
        workspace = self._workspaces.find(key[0])
        if workspace is None:
            return NOBODY
        try:
            answer = await workspace.client.users_info(user=key[1], include_locale=True)
            profile = read_profile(answer.get("user") or {}, workspace.team)
        except Exception as error:  # noqa: BLE001 - then they are asked about the next time
            self._log.warning("profile not read", kind=code_of(error) or type(error).__name__)
            return NOBODY
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (self._clock(), profile)
        return profile

    async def _looked_up(self, workspace: Workspace, email: str) -> Mapping[str, Any]:
        try:
            answer = await workspace.client.users_lookupByEmail(email=email)
        except Exception as error:  # noqa: BLE001 - nobody there can say
            code = code_of(error)
            if code != "users_not_found":
                self._log.warning("address not looked up", kind=code or type(error).__name__)
            return {}
        return answer.get("user") or {}
