"""What went wrong with a call, as one of the three ways in which a send fails. Pure."""

import re
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.messages import DeliveryError, Failure

_GONE = frozenset(
    (
        *("user_not_found", "users_not_found", "channel_not_found", "is_archived"),
        *("not_in_channel", "user_disabled", "user_deactivated", "cannot_dm_bot", "user_is_bot"),
        *("user_not_visible", "user_not_in_channel", "recipient_not_found", "no_user"),
    )
)
_LATER = frozenset(
    (
        *("ratelimited", "rate_limited", "message_limit_exceeded", "internal_error"),
        *("fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"),
        *("temporarily_unavailable", "server_error", "timeout"),
    )
)
UNREPLACEABLE = frozenset(
    (
        *("message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"),
        *("is_inactive", "cant_edit"),
    )
)
"""A message of ours that cannot be changed any more: another takes its place."""
_OUR_TOKEN = frozenset(
    (
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
        *("org_login_required", "not_allowed_token_type", "team_access_not_granted"),
    )
)
_OUR_INSTALLATION = frozenset(
    ("missing_scope", "no_permission", "access_denied", "not Slack's API")
)
"""With these some calls may go well, and the door stays closed where they come at its opening."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NETWORK = ("aiohttp.", "aiohappyeyeballs.")


def explain(error: Exception) -> DeliveryError:
    """Which failure it is. The detail is Slack's code or the kind: its text may carry an id."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, OSError) or _is_network(error):
        return DeliveryError(Failure.TRY_LATER, type(error).__name__)
    if isinstance(error, SlackClientError):
        return DeliveryError(Failure.OUR_FAULT, type(error).__name__)
    return DeliveryError(Failure.OUR_FAULT, type(error).__name__)


def is_final(error: DeliveryError) -> bool:
    """Whether Slack does not accept who we are: nothing gets better until somebody changes it."""
    return error.refuses_us or error.detail in _OUR_INSTALLATION


def _answered(error: SlackApiError) -> DeliveryError:
    code, status = code_of(error), status_of(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return DeliveryError(Failure.TRY_LATER, code, seconds_of(error))
    if status >= 500 or code in _LATER or (not code and status == 200):
        return DeliveryError(Failure.TRY_LATER, code or f"status {status}")
    if code in _OUR_TOKEN:
        return DeliveryError.refused(code)
    if code in _GONE:
        return DeliveryError(Failure.RECIPIENT_GONE, code)
    return DeliveryError(Failure.OUR_FAULT, code or f"status {status}")


def code_of(error: Exception) -> str:
    """Slack's own name of the error; empty where it gave none."""
    data = getattr(getattr(error, "response", None), "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def status_of(error: SlackApiError) -> int:
    """The status of the HTTP answer. Where it was no JSON at all the SDK gives aiohttp's own."""
    response: Any = error.response
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 0


def seconds_of(error: SlackApiError) -> float:
    """How long Slack asks us to wait."""
    headers = getattr(error.response, "headers", None) or {}
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(given))
    except ValueError:
        return 30.0


def _is_network(error: Exception) -> bool:
    return any(kind.__module__.startswith(_NETWORK) for kind in type(error).__mro__)
