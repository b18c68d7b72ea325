"""What went wrong with a call, as one of the three ways in which a send fails."""

import os
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.messages import DeliveryError, Failure

# The SDK is on its way from seconds to timedeltas, and warns at every 429 until this is set.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was blocked",
    "peer_id_invalid",
    "chat_write_forbidden",
    "have no rights to send",
    "bot was kicked",
)
_NOT_MODIFIED = "message is not modified"


def explain(error: Exception) -> DeliveryError:
    """Which failure it is. The detail is the kind alone: Telegram's own text may carry an id."""
    kind = type(error).__name__
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, RetryAfter):
        return DeliveryError(Failure.TRY_LATER, kind, seconds_of(error))
    if isinstance(error, Forbidden) or is_gone(error):
        return DeliveryError(Failure.RECIPIENT_GONE, kind)
    if isinstance(error, InvalidToken):
        return DeliveryError.refused(kind)
    if isinstance(error, BadRequest):
        return DeliveryError(Failure.OUR_FAULT, kind)
    if isinstance(error, NetworkError | Conflict | ChatMigrated) or type(error) is TelegramError:
        return DeliveryError(Failure.TRY_LATER, kind)
    return DeliveryError(Failure.OUR_FAULT, kind)


def is_gone(error: Exception) -> bool:
    """Whether there is nobody any more to write to."""
    return isinstance(error, BadRequest) and _says(error, *_GONE)


def is_unchanged(error: BadRequest) -> bool:
    """Whether an edit was refused because the message says this already."""
    return _says(error, _NOT_MODIFIED)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _says(error: TelegramError, *parts: str) -> bool:
    said = error.message.casefold()
    return any(part in said for part in parts)
