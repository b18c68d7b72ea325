"""What Teams needs to write to somebody: kept with their contact, handed back for each send. Pure.

A bot's own key goes with every call, so nothing is sent but to an address that may have it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

_LONGEST = 500
_SAFE = ":@;=,._-~"


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a conversation is, and as whom the bot takes part in it."""

    service_url: str
    conversation: str
    bot: str = ""

    def written(self) -> str:
        """As text, for `Address.reference`."""
        return json.dumps(
            {"service_url": self.service_url, "conversation": self.conversation, "bot": self.bot}
        )

    @property
    def room(self) -> str:
        """The conversation's id as it stands in an address."""
        return in_path(self.conversation)


def reference_of(text: str) -> Reference | None:
    """The reference that was kept; None where there is none, or it is not one of ours."""
    try:
        found = json.loads(text) if text else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return _made(found.get("service_url"), found.get("conversation"), found.get("bot"))


def reference_in(activity: Mapping[str, Any]) -> Reference | None:
    """Where an activity came from."""
    conversation, bot = activity.get("conversation"), activity.get("recipient")
    return _made(
        activity.get("serviceUrl"),
        conversation.get("id") if isinstance(conversation, dict) else None,
        bot.get("id") if isinstance(bot, dict) else None,
    )


def _made(service_url: object, conversation: object, bot: object) -> Reference | None:
    if not (_is_short(service_url) and _is_short(conversation)):
        return None
    return Reference(str(service_url), str(conversation), str(bot) if _is_short(bot) else "")


def _is_short(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def in_path(name: str) -> str:
    """An id of theirs as one step of an address: it cannot lead anywhere else."""
    return quote(name, safe=_SAFE) if name.strip(".") else "-"


def may_be_called(service_url: str, *, is_here: bool) -> bool:
    """Whether our token may be sent there. `is_here`: a connector on this machine may have it."""
    try:
        parts = urlsplit(service_url)
        host = parts.hostname or ""
        has_port = parts.port is not None
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        return False
    if is_loopback(host):
        return is_here and parts.scheme in ("http", "https")
    return parts.scheme == "https" and not has_port and "." in host and not _is_number(host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
