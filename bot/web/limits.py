"""How often an address may ask: a whole school behind one gets through, a machine does not.

Counted in memory alone, by a keyed hash of the address, which is never stored or logged.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from starlette.requests import Request

from storage.types import Keyring

_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")

MOST_REMEMBERED = 50_000
WRONG_CODE = "wrong code"
SIGN_IN = "sign in"
VERDICT = "verdict"


class TooMany(Exception):
    """Asked too often; how long to wait before it is worth trying again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests; try again in {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then so many a second."""

    at_once: float
    per_second: float


RATES = {
    # Two thousand pupils who answer one question each every half a minute, and the pages between.
    "page": Rate(3000, 150),
    "answer": Rate(2000, 70),
    # A whole school at once; then as many as come on a busy day, not as many as a machine can make.
    "start": Rate(1000, 0.5),
    # One person with one link from an e-mail.
    "desk": Rate(60, 0.5),
    WRONG_CODE: Rate(10, 1 / 30),
    # A whole office behind one address on a Monday morning.
    SIGN_IN: Rate(20, 1 / 20),
    # A class that looks at the page together.
    VERDICT: Rate(60, 1 / 60),
}


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """Counts what each address did. `clock` is the program's."""

    def __init__(
        self,
        keyring: Keyring,
        clock: Callable[[], datetime],
        proxies: tuple[str, ...] = (),
        rates: dict[str, Rate] | None = None,
    ) -> None:
        self._keyring = keyring
        self._clock = clock
        self._proxies = tuple(ip_network(proxy) for proxy in proxies)
        self._rates = RATES if rates is None else {**RATES, **rates}
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def count(self, request: Request, kind: str, of: str = "") -> None:
        """One more of this kind; TooMany where that is too often. `of`: not by who asks."""
        bucket, rate = self._bucket(request, kind, of)
        _refuse_empty(bucket, rate)
        bucket.left -= 1

    def give_back(self, request: Request, kind: str) -> None:
        """It was none of this kind after all.

        Counted afterwards instead, all that came at the same moment would have been let through.
        """
        bucket, rate = self._bucket(request, kind)
        bucket.left = min(rate.at_once, bucket.left + 1)

    def _bucket(self, request: Request, kind: str, of: str = "") -> tuple[_Bucket, Rate]:
        rate, now = self._rates[kind], self._clock().timestamp()
        key = self._keyring.fingerprint("rate", kind, of or self.client(request))
        bucket = self._buckets.pop(key, None) or _Bucket(rate.at_once, now)
        bucket.left = min(rate.at_once, bucket.left + max(0.0, now - bucket.at) * rate.per_second)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > MOST_REMEMBERED:
            self._buckets.popitem(last=False)
        return bucket, rate

    def client(self, request: Request) -> str:
        """Who asks: the last address that no proxy of ours has; a network where it is IPv6."""
        here = request.client.host if request.client else ""
        listed = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        forwarded = [part.strip() for part in listed if part.strip()]
        while forwarded and self._is_ours(here):
            here = forwarded.pop()
        return _network(_without_port(here))

    def _is_ours(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in proxy for proxy in self._proxies)


def _refuse_empty(bucket: _Bucket, rate: Rate) -> None:
    if bucket.left < 1:
        raise TooMany(max(1, ceil((1 - bucket.left) / rate.per_second)))


def _without_port(host: str) -> str:
    """Some proxies write the port as well, which is another with every connection."""
    found = _WITH_PORT.fullmatch(host)
    return host if found is None else found[1] or found[2]


def _network(host: str) -> str:
    """One household or school has a whole /64 of IPv6."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host
