"""An alert as the JSON that a pager takes, and what its answers mean. Pure."""

from collections.abc import Mapping
from datetime import UTC
from urllib.parse import urlsplit

from bot.messages import DeliveryError, Failure, Message

_LATER = frozenset({408, 425, 429})
_NOT_US = frozenset({401, 403, 407})
_LONGEST_WAIT = 3600.0


def draw(message: Message, key: str) -> dict[str, str | bool]:
    """Whom to ring, which text, how urgent, by when, where it is read; never a word of it."""
    alert = message.alert
    if alert is None:
        raise DeliveryError(Failure.OUR_FAULT, "nothing for a pager")
    return {
        "to": key,
        "reference": alert.reference,
        "tier": alert.tier,
        "due": alert.due.astimezone(UTC).isoformat(timespec="seconds"),
        "link": alert.link,
        "repeat": alert.repeat,
    }


def failure_of(status: int, headers: Mapping[str, str]) -> DeliveryError | None:
    """What an answer means; None where it took the alert. A redirect is never followed."""
    if 200 <= status < 300:
        return None
    detail = f"HTTP {status}"
    if status in _NOT_US:
        return DeliveryError.refused(detail)
    if status == 410:
        return DeliveryError(Failure.RECIPIENT_GONE, detail)
    if status in _LATER or status >= 500:
        return DeliveryError(Failure.TRY_LATER, detail, _wait(headers.get("retry-after", "")))
    return DeliveryError(Failure.OUR_FAULT, detail)


def _wait(text: str) -> float | None:
    """Seconds that the service asks us to wait; a date is not understood."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return min(float(text), _LONGEST_WAIT) if is_number else None


def problem_of(url: str) -> str:
    """Why a service cannot be used at this address; empty where it can."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return ""
    return "Its address is not HTTPS; write one into `url` of [concerns.pager]."
