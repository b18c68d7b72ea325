"""The work e-mail of whoever writes, as their own organisation has it; kept for an hour."""

import asyncio
from collections import OrderedDict
from typing import Protocol

import structlog

from bot.messages import DeliveryError
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.reference import Reference

FRESH_SECONDS = 3600.0
AGAIN_SECONDS = 60.0
_PATIENCE = 4.0
_MOST = 5000
_GUEST = "#ext#"


class Member(Protocol):
    """What the connector says of somebody."""

    email: str | None
    user_principal_name: str | None
    tenant_id: str | None
    user_role: str | None


class Members:
    """Asks the connector. Nobody has to wait long for it: without an answer there is no e-mail."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()
        self._log = structlog.get_logger("teams")

    async def email_of(self, where: Reference, tenant: str, member_id: str) -> str:
        """Their work e-mail; empty for guests, and where nobody can say."""
        now = asyncio.get_running_loop().time()
        key = (tenant, member_id)
        until, email = self._known.get(key, (0.0, ""))
        if now >= until:
            email, seconds = await self._asked(where, tenant, member_id)
            self._keep(key, now + seconds, email)
        return email

    async def _asked(self, where: Reference, tenant: str, member_id: str) -> tuple[str, float]:
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._connection.member(where, member_id)
        except (DeliveryError, TimeoutError) as error:
            kind = error.detail if isinstance(error, DeliveryError) else "TimeoutError"
            self._log.warning("a member was not looked up", kind=kind)
            return "", AGAIN_SECONDS
        return vouched(found, tenant), FRESH_SECONDS

    def _keep(self, key: tuple[str, str], until: float, email: str) -> None:
        self._known[key] = (until, email)
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)


def vouched(member: Member, tenant: str) -> str:
    """The e-mail that their own tenant gives them: it does not vouch for its guests."""
    name, email = member.user_principal_name or "", member.email or ""
    is_guest = _GUEST in name.lower() or (member.user_role or "").lower() in ("guest", "anonymous")
    is_elsewhere = bool(member.tenant_id) and member.tenant_id != tenant
    if is_guest or is_elsewhere:
        return ""
    return next((one.strip().lower() for one in (email, name) if _is_one(one)), "")


def _is_one(text: str) -> bool:
    before, at, after = text.strip().partition("@")
    return bool(before and at and "." in after) and " " not in text.strip() and "@" not in after
