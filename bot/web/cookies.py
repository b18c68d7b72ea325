"""The one cookie: signed, for this browser session, and of no use once it was left alone."""

import hashlib
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.messages import WEB, Address
from bot.settings import WebSettings
from storage.types import Keyring

SLACK = timedelta(seconds=20)
"""A page that was shown just in time may still be answered."""

MOST_GIVEN_BACK = 50_000

MORE_TIME = 10
"""How many times longer a tablet waits for somebody who asked for it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What the cookie carries; `seen` are whole seconds since 1970.

    `key` is who they are to the mailroom. `token` opens the survey for the next person on a tablet.
    `is_own`: this browser began the session, so that earlier answers may be shown again. `is_slow`:
    they asked for more time.
    """

    key: str = ""
    seen: int = 0
    token: str = ""
    language: str = ""
    is_tablet: bool = False
    is_own: bool = False
    is_slow: bool = False

    @property
    def address(self) -> Address:
        return Address(WEB, "", self.key)

    @property
    def shows_earlier_answers(self) -> bool:
        return self.is_own and not self.is_tablet

    def at(self, now: datetime) -> "Visit":
        """The same, seen just now."""
        return replace(self, seen=int(now.timestamp()))

    def patience(self, web: WebSettings) -> timedelta:
        """How long nothing may happen before the page is cleared."""
        if not self.is_tablet:
            return timedelta(minutes=web.idle_minutes)
        return timedelta(seconds=web.tablet_seconds * (MORE_TIME if self.is_slow else 1))

    def was_left(self, now: datetime, web: WebSettings) -> bool:
        """Whether nobody did anything for too long."""
        return now.timestamp() - self.seen > (self.patience(web) + SLACK).total_seconds()


class Cookies:
    """Writes, reads and takes back the cookie."""

    def __init__(self, keyring: Keyring, links_web: str) -> None:
        self._sign = serializer(keyring, "cookie")
        self._address = links_web
        self._given_back: OrderedDict[str, None] = OrderedDict()

    def read(self, request: Request) -> Visit | None:
        """The visit of this browser; None without a cookie, or where it is not ours."""
        raw = request.cookies.get(self._name(request))
        if not raw:
            return None
        try:
            found = _visit(self._sign.loads(raw))
        except BadData:
            return None
        return None if found is not None and found.key in self._given_back else found

    def write(self, request: Request, response: Response, visit: Visit) -> None:
        """For this browser session alone, out of reach of scripts and of other sites."""
        response.set_cookie(
            self._name(request),
            str(self._sign.dumps(asdict(visit))),
            path="/",
            secure=self.is_secure(request),
            httponly=True,
            samesite="strict",
        )

    def forget(self, request: Request, response: Response) -> None:
        """Takes the cookie back, and all that the browser has kept of the pages.

        A copy of it, or one that an answer under way puts back, opens nothing here any more.
        """
        if (visit := self.read(request)) is not None and visit.key:
            self._given_back[visit.key] = None
            if len(self._given_back) > MOST_GIVEN_BACK:
                self._given_back.popitem(last=False)
        response.delete_cookie(
            self._name(request),
            path="/",
            secure=self.is_secure(request),
            httponly=True,
            samesite="strict",
        )
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'

    def is_secure(self, request: Request) -> bool:
        """Whether people come by https, perhaps through a proxy that ends it."""
        if request.url.scheme == "https":
            return True
        scheme, _, rest = self._address.partition("://")
        return scheme == "https" and rest.partition("/")[0] == request.url.netloc

    def _name(self, request: Request) -> str:
        return "__Host-loop" if self.is_secure(request) else "loop"


def serializer(keyring: Keyring, purpose: str) -> URLSafeSerializer:
    """Signs for one purpose alone, with a key that is never stored."""
    return URLSafeSerializer(
        keyring.fingerprint("web", purpose),
        salt=f"loop.{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def _visit(found: Any) -> Visit | None:
    """An older program may have written other fields; then there is no cookie."""
    if not isinstance(found, dict):
        return None
    known = {name: found[name] for name in Visit.__dataclass_fields__ if name in found}
    return Visit(**known) if len(known) == len(found) else None
