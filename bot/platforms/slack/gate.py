"""Who may bring us payloads over HTTP: Slack alone, by its signature."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import structlog
from slack_sdk.signature import Clock, SignatureVerifier

from bot.refusals import say_refused

MOST_BYTES = 1_000_000
SECONDS = 300
_SIGNATURE = "x-slack-signature"
_TIMESTAMP = "x-slack-request-timestamp"
_RETRY = "x-slack-retry-num"
_MOST_SEEN = 50_000


class _OurClock(Clock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


class Gate:
    """Lets requests in that are signed with one of the secrets, new, and not seen before.

    `refused` counts the others by kind, and `tell` says so.
    """

    def __init__(
        self, secrets: Iterable[str], clock: Callable[[], datetime], tell: Callable[[str], None]
    ) -> None:
        self.refused: Counter[str] = Counter()
        self._clock = clock
        self._tell = tell
        ours = _OurClock(clock)
        self._verifiers = {one: SignatureVerifier(one, ours) for one in secrets if one.strip()}
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._log = structlog.get_logger("slack")

    def secret_of(self, headers: Mapping[str, str], body: bytes) -> str:
        """The secret with which it is signed; empty where it is refused."""
        signature, timestamp = headers.get(_SIGNATURE, ""), headers.get(_TIMESTAMP, "")
        if not (signature and timestamp.isascii() and timestamp.isdecimal()):
            return self.refuse("unsigned")
        if abs(self._clock().timestamp() - int(timestamp)) > SECONDS:
            return self.refuse("stale")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return self.refuse("malformed")
        found = [one for one, by in self._verifiers.items() if _is(by, text, timestamp, signature)]
        if not found:
            return self.refuse("forged")
        if signature in self._seen and _RETRY not in headers:
            return self.refuse("replayed")
        return found[0]

    def refuse(self, kind: str) -> str:
        self.refused[kind] += 1
        self._log.warning("a request was refused", kind=kind)
        say_refused(self._tell, "Slack: a request was refused", kind, self.refused[kind])
        return ""

    def done(self, headers: Mapping[str, str]) -> None:
        """It was answered: whoever brings it again, and does not say so, is not Slack."""
        now = self._clock().timestamp()
        self._seen[headers[_SIGNATURE]] = now
        while self._seen:
            first = next(iter(self._seen.values()))
            if now - first <= 2 * SECONDS and len(self._seen) <= _MOST_SEEN:
                return
            self._seen.popitem(last=False)


def _is(verifier: SignatureVerifier, body: str, timestamp: str, signature: str) -> bool:
    # A signature beyond ASCII cannot be compared, and is none.
    return signature.isascii() and verifier.is_valid(body, timestamp, signature)
