"""What went wrong with a call, as one of the three ways in which a send fails. Pure; no SDK."""

import json

from bot.messages import DeliveryError, Failure

GONE = frozenset(
    (
        "MessageWritesBlocked",
        "ConversationBlockedByUser",
        "BotNotInConversationRoster",
        "BotDisabledByAdmin",
        "ConversationNotFound",
        "ForbiddenOperationException",
    )
)
_LATER = frozenset((408, 409, 412, 423, 425, 429))
_LONGEST_WAIT = 3600.0
_MOST_LETTERS = 60


def explain(status: int, code: str = "", retry_after: float | None = None) -> DeliveryError:
    """Which failure an answer of the connector's is; `code` is the one in its body.

    Their own message may carry an id or a name, and is never passed on.
    """
    kind = f"{status} {code}" if code.isascii() and code.isalnum() else str(status)
    if status in _LATER or status >= 500:
        return DeliveryError(Failure.TRY_LATER, kind, retry_after)
    if status == 401:
        return DeliveryError.refused(kind)
    if status in (404, 410) or (status == 403 and code in GONE):
        return DeliveryError(Failure.RECIPIENT_GONE, kind)
    return DeliveryError(Failure.OUR_FAULT, kind)


def unreached(kind: str) -> DeliveryError:
    """No answer at all."""
    return DeliveryError(Failure.TRY_LATER, kind)


def code_in(body: bytes) -> str:
    """The code of an error in an answer's body; empty where there is none."""
    try:
        found = json.loads(body)
        code = found["error"]["code"] if "error" in found else found["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return code[:_MOST_LETTERS] if isinstance(code, str) else ""


def wait_in(header: str) -> float | None:
    """The seconds of a Retry-After; None where it says none. A date is left to our own pauses."""
    try:
        seconds = float(header)
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if seconds >= 0 else None
