"""What Teams keeps: tenants, people, conversations, and messages as they stand now."""

import itertools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.platforms.teams_cards import actions_of, inputs_of, words_of
from tests.platforms.teams_limits import Json, Refused

_numbers = itertools.count(1)


class Standing(StrEnum):
    """How somebody stands to the app."""

    NONE = "none"
    INSTALLED = "installed"
    REMOVED = "removed"
    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation."""

    id: str
    name: str


@dataclass(slots=True)
class Seen:
    """A message as it stands now. `refreshed`: how often a card came back for who pressed it."""

    id: str
    by_bot: bool
    text: str = ""
    card: Json | None = None
    reply_to: str = ""
    edits: int = 0
    refreshed: int = 0

    @property
    def actions(self) -> list[Json]:
        return actions_of(self.card) if self.card else []

    @property
    def labels(self) -> list[str]:
        return [one.get("title", "") for one in self.actions]

    @property
    def inputs(self) -> list[Json]:
        return inputs_of(self.card) if self.card else []

    @property
    def words(self) -> str:
        """All that can be read in it."""
        return "\n".join(one for one in (self.text, words_of(self.card)) if one)


@dataclass(slots=True)
class Member:
    """Somebody of a tenant. Guests have a principal name with #EXT# in it."""

    id: str
    aad: str
    tenant: Tenant
    name: str
    email: str
    principal: str
    locale: str = "en-GB"
    standing: Standing = Standing.NONE

    def as_json(self) -> Json:
        first, _, last = self.name.partition(" ")
        return {
            "id": self.id,
            "aadObjectId": self.aad,
            "objectId": self.aad,
            "name": self.name,
            "givenName": first,
            "surname": last,
            "email": self.email,
            "userPrincipalName": self.principal,
            "tenantId": self.tenant.id,
            "userRole": "guest" if "#EXT#" in self.principal else "user",
        }


@dataclass(slots=True)
class Conversation:
    """A chat of somebody with the bot ("personal"), or a channel of a team."""

    id: str
    kind: str
    tenant: Tenant
    members: dict[str, Member] = field(default_factory=dict)
    messages: dict[str, Seen] = field(default_factory=dict)

    def check(self) -> None:
        """Whether the bot may write there now."""
        if self.kind != "personal":
            return
        [member] = self.members.values()
        if member.standing is Standing.BLOCKED:
            raise Refused(403, "MessageWritesBlocked", "Message write has been blocked")
        if member.standing is Standing.GONE:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        if member.standing is not Standing.INSTALLED:
            text = "The bot is not part of the conversation roster."
            raise Refused(403, "BotNotInConversationRoster", text)


def made_tenant(name: str) -> Tenant:
    return Tenant(str(uuid5(NAMESPACE_URL, f"https://{name}.example")), name)


def made_member(tenant: Tenant, name: str, email: str, **more: Any) -> Member:
    number = next(_numbers)
    aad = str(uuid5(NAMESPACE_URL, f"{tenant.id}/{number}"))
    principal = more.pop("principal", email or f"person{number}@{tenant.name}.example")
    return Member(f"29:1loop-{number:06}_{aad[:8]}", aad, tenant, name, email, principal, **more)


def made_conversation(tenant: Tenant, kind: str, *members: Member) -> Conversation:
    number = next(_numbers)
    name = f"a:1loop{number:06}" if kind == "personal" else f"19:loop{number:06}@thread.tacv2"
    return Conversation(name, kind, tenant, {one.id: one for one in members})


def new_activity_id() -> str:
    return f"17016840{next(_numbers):05}"
