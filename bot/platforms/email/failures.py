"""What went wrong with a mail, as one of the three ways in which a send fails. Pure."""

import re

from bot.messages import DeliveryError, Failure

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_LATER = frozenset({421, 450, 451, 452, 454, 471})
_REFUSED_SIGN_IN = frozenset({530, 534, 535, 538})
_TOO_LARGE = frozenset({552, 523})
_ACCEPTED_LATER = ("5.2.2", "5.4.4", "5.4.7")
"""Full mailboxes and unreachable servers pass by themselves, whatever the first digit says."""
_OUR_OWN = ("5.3.4", "5.6", "5.7", "5.5")
_BEFORE_ANYBODY = frozenset({"greeting", "sign in", "from"})
"""Steps that are about us alone: nobody was named yet to whom a mail would go."""


class MailRefused(Exception):
    """A server's answer to one step of a send. `step`: sign in, from, to, data, greeting."""

    def __init__(self, step: str, code: int, message: str) -> None:
        self.step = step
        self.code = code
        self.status = _status(message)
        super().__init__(f"{step} {code}")


class NotAnAddress(ValueError):
    """What stands as an e-mail address is none that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__("not an e-mail address")


class NotOurs(RuntimeError):
    """A setting or a secret of ours keeps mail from going out; the message says which."""


class NotTrusted(ConnectionError):
    """The certificate of a server is not trusted here."""

    def __init__(self) -> None:
        super().__init__("its certificate is not trusted here")


def explain(error: Exception) -> DeliveryError:
    """Which failure it is. The detail is code and step alone: servers repeat addresses."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, MailRefused):
        if _refuses_us(error):
            return DeliveryError.refused(_detail(error))
        return DeliveryError(_of_answer(error), _detail(error))
    if isinstance(error, NotAnAddress):
        return DeliveryError(Failure.RECIPIENT_GONE, "not an e-mail address")
    if isinstance(error, NotOurs):
        return DeliveryError.refused(str(error))
    if isinstance(error, NotTrusted):
        return DeliveryError(Failure.TRY_LATER, str(error))
    if isinstance(error, TimeoutError | OSError | EOFError):
        return DeliveryError(Failure.TRY_LATER, type(error).__name__)
    return DeliveryError(Failure.OUR_FAULT, type(error).__name__)


def _refuses_us(refused: MailRefused) -> bool:
    """Whether every mail would be refused so, until somebody mends what we are or may do."""
    if refused.code in _REFUSED_SIGN_IN:
        return True
    is_passing = refused.code < 500 or refused.code in _TOO_LARGE
    return refused.step in _BEFORE_ANYBODY and not is_passing


def _of_answer(refused: MailRefused) -> Failure:
    if refused.code < 500 or refused.code in _LATER or refused.status in _ACCEPTED_LATER:
        return Failure.TRY_LATER
    if refused.code in _TOO_LARGE or refused.step != "to":
        return Failure.OUR_FAULT
    if refused.status.startswith(_OUR_OWN):
        return Failure.OUR_FAULT
    return Failure.RECIPIENT_GONE


def _status(message: str) -> str:
    found = _ENHANCED.search(message)
    return found.group() if found else ""


def _detail(refused: MailRefused) -> str:
    status = f" {refused.status}" if refused.status else ""
    return f"{refused.step}: {refused.code}{status}"
