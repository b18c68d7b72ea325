"""What a page sends back: its size, where it was sent from, and that this browser was shown it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request

from bot.request_body import body_within
from bot.web.cookies import Visit, serializer
from storage.types import Keyring

MOST_BYTES = 64 * 1024
MOST_FIELDS = 300
OPEN_FOR = timedelta(hours=12)
"""A form that is older than this was left on a screen overnight."""

_TYPE = "application/x-www-form-urlencoded"


class TooLarge(Exception):
    """More was sent than any form of ours holds."""


class Forged(Exception):
    """The form was not one of ours, or not of this browser, or is too old."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form as they were sent, and the nonce of the page that carried it."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    nonce: str = ""

    def one(self, name: str) -> str:
        """The field's value; empty where it was not sent."""
        return next(iter(self.fields.get(name, ())), "")

    def several(self, name: str) -> tuple[str, ...]:
        """All values of a field, as of boxes that were ticked."""
        return tuple(self.fields.get(name, ()))


class Forms:
    """Makes the hidden field of a form, and checks it when the form comes back."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._sign: URLSafeSerializer = serializer(keyring, "form")

    def seal(self, visit: Visit | None, now: datetime, nonce: str = "") -> str:
        """The value of the hidden field `form`: new with every form that is drawn."""
        nonce = nonce or secrets.token_urlsafe(18)
        return str(self._sign.dumps([nonce, self._mark(visit), int(now.timestamp())]))

    async def read(
        self,
        request: Request,
        visit: Visit | None,
        now: datetime,
        *,
        is_theirs: bool = False,
        open_for: timedelta = OPEN_FOR,
    ) -> Sent:
        """The form of this request. Raises Forged and TooLarge.

        `is_theirs`: it acts for the visitor of the cookie, so it must have been drawn for them.
        Others may have been drawn without the cookie: browsers hold it back from a page that was
        reached by a link on another site.
        """
        if is_from_elsewhere(request):
            raise Forged("sent from another site")
        fields = _fields(await _body(request))
        return self.checked(fields, visit, now, is_theirs=is_theirs, open_for=open_for)

    def checked(
        self,
        fields: Mapping[str, Sequence[str]],
        visit: Visit | None,
        now: datetime,
        *,
        is_theirs: bool = False,
        open_for: timedelta = OPEN_FOR,
    ) -> Sent:
        """The same for fields that were read already. Raises Forged."""
        sealed = next(iter(fields.get("form", ())), "")
        try:
            nonce, mark, made = self._sign.loads(sealed)
        except (BadData, ValueError, TypeError) as error:
            raise Forged("not a form of ours") from error
        if is_theirs and mark != self._mark(visit):
            raise Forged("shown to another browser")
        if now.timestamp() - made > open_for.total_seconds():
            raise Forged("too old")
        return Sent(fields, nonce)

    def _mark(self, visit: Visit | None) -> str:
        """Ties a form to the cookie of the browser that it was drawn for."""
        key = visit.key if visit is not None else ""
        return self._keyring.fingerprint("form of", key) if key else ""

    def event_id(self, sent: Sent, what: str, *parts: str) -> str:
        """The same press of the same page with the same words is one event; else it is another."""
        return f"{sent.nonce}:{self._keyring.fingerprint('event', what, *parts)}"


def is_from_elsewhere(request: Request) -> bool:
    """By what the browser says of itself; `Origin: null` is what it sends without a referrer."""
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and origin.partition("://")[2] != request.url.netloc


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Forged("not the kind of form that we have")
    read = await body_within(request, MOST_BYTES)
    if read is None:
        raise TooLarge
    return read


def _fields(body: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise TooLarge from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields
