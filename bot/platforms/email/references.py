"""The Message-IDs of our own mails: signed, so that a reply shows to whom we had written.

An address in a From line proves nothing. The id of a mail that we sent to that address does: only
who reads that mailbox has seen it.
"""

import hmac
import re
import secrets
from datetime import date, datetime, timedelta
from itertools import islice

from storage.types import Keyring

DAYS = 60
"""How long a mail can be answered as such."""

_OURS = re.compile(r"<?(ll-([0-9a-z]{12})-([0-9]{1,7})-([0-9a-f]{24}))(?:@[^\s<>]{1,255})?>?")
_LONGEST_DOMAIN = 60  # the column that keeps the id holds 128 characters
_MOST_LOOKED_AT = 200
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class References:
    """Makes our Message-IDs and knows them again. Nothing is stored; the key is derived."""

    def __init__(self, keyring: Keyring, address: str) -> None:
        self._keyring = keyring
        domain = address.rpartition("@")[2].casefold()
        is_fit = domain.isascii() and 0 < len(domain) <= _LONGEST_DOMAIN
        self._domain = domain if is_fit else "listening-loop.invalid"

    def made(self, address: str, now: datetime) -> str:
        """A new Message-ID for a mail to this address."""
        nonce = "".join(secrets.choice(_LETTERS) for _ in range(12))
        day = now.date().toordinal()
        return f"<ll-{nonce}-{day}-{self._signature(address, nonce, day)}@{self._domain}>"

    def fitting(self, text: str, address: str, now: datetime) -> str:
        """The first of our ids in the text that was made for this address and is not too old.

        As it was sent, even where only the part before the @ is left of it; else empty.
        """
        for found in islice(_OURS.finditer(text), _MOST_LOOKED_AT):
            whole, nonce, day, signature = found.groups()
            expected = self._signature(address, nonce, int(day))
            if hmac.compare_digest(expected, signature) and _is_young(int(day), now):
                return f"<{whole}@{self._domain}>"
        return ""

    def _signature(self, address: str, nonce: str, day: int) -> str:
        return self._keyring.fingerprint("mail id", address.casefold(), nonce, str(day))[:24]


def handle_of(message_id: str) -> str:
    """The part of one of our ids that goes into a subject line."""
    return message_id.strip("<>").partition("@")[0]


def _is_young(day: int, now: datetime) -> bool:
    try:
        made = date.fromordinal(day)
    except (ValueError, OverflowError):
        return False
    return timedelta(days=-1) <= now.date() - made <= timedelta(days=DAYS)
