"""What went wrong with a mail, as one of the three ways in which a send fails."""

import pytest

from bot.messages import DeliveryError, Failure
from bot.platforms.email.failures import MailRefused, NotAnAddress, NotOurs, NotTrusted, explain

GONE, LATER, OURS = Failure.RECIPIENT_GONE, Failure.TRY_LATER, Failure.OUR_FAULT


@pytest.mark.parametrize(
    ("error", "failure", "detail"),
    [
        (MailRefused("to", 550, "5.1.1 user unknown"), GONE, "to: 550 5.1.1"),
        (MailRefused("to", 550, "5.1.10 RESOLVER.ADR.RecipientNotFound"), GONE, "to: 550 5.1.10"),
        (MailRefused("to", 550, "5.2.1 mailbox disabled"), GONE, "to: 550 5.2.1"),
        (MailRefused("to", 550, "5.4.1 Recipient address rejected"), GONE, "to: 550 5.4.1"),
        (MailRefused("to", 553, "no such mailbox"), GONE, "to: 553"),
        (MailRefused("to", 450, "4.2.0 greylisted"), LATER, "to: 450 4.2.0"),
        (MailRefused("to", 452, "4.5.3 too many"), LATER, "to: 452 4.5.3"),
        (MailRefused("to", 552, "5.2.2 mailbox full"), LATER, "to: 552 5.2.2"),
        (MailRefused("to", 550, "5.7.1 relaying denied"), OURS, "to: 550 5.7.1"),
        (MailRefused("from", 550, "5.7.60 not allowed to send as"), LATER, "from: 550 5.7.60"),
        (MailRefused("from", 552, "5.3.4 too big for us"), OURS, "from: 552 5.3.4"),
        (MailRefused("from", 421, "4.3.2 shutting down"), LATER, "from: 421 4.3.2"),
        (MailRefused("from", 530, "5.7.0 sign in first"), LATER, "from: 530 5.7.0"),
        (MailRefused("data", 552, "5.3.4 message too big"), OURS, "data: 552 5.3.4"),
        (MailRefused("data", 554, "5.6.0 looks like spam"), OURS, "data: 554 5.6.0"),
        (MailRefused("data", 451, "try again"), LATER, "data: 451"),
        (MailRefused("sign in", 535, "5.7.8 wrong password"), LATER, "sign in: 535 5.7.8"),
        (MailRefused("sign in", 454, "4.7.0 later"), LATER, "sign in: 454 4.7.0"),
        (MailRefused("greeting", 421, "busy"), LATER, "greeting: 421"),
        (NotAnAddress(), GONE, "not an e-mail address"),
        (NotOurs("no token: 401 invalid_client"), LATER, "no token: 401 invalid_client"),
        (NotTrusted(), LATER, "its certificate is not trusted here"),
        (TimeoutError(), LATER, "TimeoutError"),
        (ConnectionRefusedError(111, "refused by 10.0.0.1"), LATER, "ConnectionRefusedError"),
        (ValueError("robin.roe@nhs.example"), OURS, "ValueError"),
        (DeliveryError(LATER, "as it was"), LATER, "as it was"),
    ],
)
def test_each_error_is_one_of_three_failures(
    error: Exception, failure: Failure, detail: str
) -> None:
    found = explain(error)
    assert (found.failure, found.detail) == (failure, detail)


@pytest.mark.parametrize(
    ("error", "is_so"),
    [
        (MailRefused("sign in", 535, "5.7.8 wrong password"), True),
        (MailRefused("sign in", 454, "4.7.0 later"), False),
        (MailRefused("greeting", 554, "5.7.1 your address is on a list"), True),
        (MailRefused("greeting", 421, "busy"), False),
        (MailRefused("from", 550, "5.7.60 not allowed to send as"), True),
        (MailRefused("to", 530, "5.7.57 not signed in"), True),
        (MailRefused("to", 550, "5.7.1 relaying denied"), False),
        (MailRefused("data", 554, "5.6.0 looks like spam"), False),
        (NotOurs("no token: 401 invalid_client"), True),
        (NotTrusted(), False),
        (TimeoutError(), False),
    ],
)
def test_a_server_that_does_not_let_us_in_is_told_from_one_that_refuses_a_mail(
    error: Exception, *, is_so: bool
) -> None:
    found = explain(error)
    assert found.refuses_us is is_so
    assert not is_so or (found.failure, found.retry_after) == (LATER, None)


def test_an_explanation_repeats_no_address_and_no_word_of_a_server() -> None:
    said = "550 5.1.1 <robin.roe@nhs.example>: my dad is unknown here"
    for error in (MailRefused("to", 550, said), OSError(said), KeyError(said)):
        for text in (f"{explain(error)}", f"{explain(error)!r}"):
            assert "robin" not in text
            assert "dad" not in text
