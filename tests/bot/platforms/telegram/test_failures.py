"""What went wrong, as one of the three ways in which a send fails."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.messages import Failure
from bot.platforms.telegram import explain


@pytest.mark.parametrize(
    ("error", "failure", "retry_after"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Failure.RECIPIENT_GONE, None),
        (Forbidden("Forbidden: user is deactivated"), Failure.RECIPIENT_GONE, None),
        (BadRequest("Bad Request: chat not found"), Failure.RECIPIENT_GONE, None),
        (BadRequest("Bad Request: PEER_ID_INVALID"), Failure.RECIPIENT_GONE, None),
        (BadRequest("Bad Request: message text is empty"), Failure.OUR_FAULT, None),
        (InvalidToken("Unauthorized"), Failure.TRY_LATER, None),
        (ValueError("a button's token"), Failure.OUR_FAULT, None),
        (RetryAfter(17), Failure.TRY_LATER, 17.0),
        (TimedOut(), Failure.TRY_LATER, None),
        (NetworkError("Internal Server Error (500)"), Failure.TRY_LATER, None),
        (TelegramError("Invalid server response"), Failure.TRY_LATER, None),
        (Conflict("Conflict: terminated"), Failure.TRY_LATER, None),
        (ChatMigrated(-100), Failure.TRY_LATER, None),
    ],
)
def test_each_error_is_one_of_three_failures(
    error: Exception, failure: Failure, retry_after: float | None
) -> None:
    found = explain(error)
    assert (found.failure, found.retry_after) == (failure, retry_after)


def test_an_explanation_names_the_kind_and_nothing_that_somebody_said() -> None:
    secret = "chat 5001 said: my dad hits me"
    for error in (BadRequest(secret), Forbidden(secret), NetworkError(secret), KeyError(secret)):
        said = f"{explain(error)} {explain(error)!r}"
        assert type(error).__name__ in said
        assert "5001" not in said
        assert "dad" not in said
