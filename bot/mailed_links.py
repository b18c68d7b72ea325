"""Links in e-mails: each is for one person and one act, signed, and over after some weeks.

Opening one changes nothing: it leads to a page of bot/web/desk, where the act is a press.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from bot.messages import Address
from bot.settings import Settings
from bot.standing import hash_of
from storage.types import Keyring

PATH = "/m/"


@dataclass(frozen=True, slots=True)
class Mailed:
    """What a link says: whose it is, by the hash of their contact, and the act (bot/tokens.py)."""

    address_hash: str
    token: str
    made_at: datetime


class LinkOver(ValueError):
    """The link was ours, and its time is over."""


class MailedLinks:
    """Makes the links and reads them again. The key is derived; nothing is stored."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self._settings = settings
        self._keyring = keyring
        self._sign: URLSafeSerializer = URLSafeSerializer(
            keyring.fingerprint("mail", "link"),
            salt="loop.mailed",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def of(self, to: Address, token: str, now: datetime) -> str:
        """The address of the page for this act; empty where no pages are known by a name."""
        base = self._settings.links.web.rstrip("/")
        if not base:
            return ""
        sealed = str(self._sign.dumps([hash_of(self._keyring, to), token, int(now.timestamp())]))
        return f"{base}{PATH}{sealed}"

    def read(self, sealed: str, now: datetime) -> Mailed | None:
        """What a link says; None where it is none of ours. Raises LinkOver."""
        try:
            address_hash, token, made = self._sign.loads(sealed)
            mailed = Mailed(str(address_hash), str(token), datetime.fromtimestamp(made, now.tzinfo))
        except (BadData, ValueError, TypeError, OverflowError, OSError):
            return None
        if now - mailed.made_at > timedelta(days=self._settings.email.link_days):
            raise LinkOver
        return mailed
