"""Tokens as Microsoft signs them, and as somebody else would like to."""

import calendar
import json
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bot.platforms.teams.payloads import SERVICE

APP = "22222222-aaaa-bbbb-cccc-000000000002"
METADATA = "https://login.example/v1/.well-known/openidconfiguration"
KEYS = "https://login.example/v1/.well-known/keys"
ISSUER = "https://api.botframework.com"


@cache
def key(name: str = "one") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def real_now() -> datetime:
    """Tokens are checked against the machine's clock."""
    return datetime.fromtimestamp(calendar.timegm(time.gmtime()), UTC)


def token(signed_by: str = "one", kid: str = "one", **claims: Any) -> str:
    """A token that is good, but for what is given."""
    now = real_now()
    found = {
        "iss": ISSUER,
        "aud": APP,
        "exp": now + timedelta(hours=1),
        "nbf": now - timedelta(minutes=1),
        "serviceurl": SERVICE,
        **claims,
    }
    kept = {name: value for name, value in found.items() if value is not None}
    return jwt.encode(kept, key(signed_by), algorithm="RS256", headers={"kid": kid})


def unsigned(**claims: Any) -> str:
    """A token that says it needs no signature."""
    found = {"iss": ISSUER, "aud": APP, "serviceurl": SERVICE, **claims}
    return jwt.encode(found, "", algorithm="none", headers={"kid": "one"})


def key_set(*names: str, endorsements: tuple[str, ...] = ("msteams",)) -> dict[str, Any]:
    """The public keys as they are published."""
    return {"keys": [_public(name, endorsements) for name in names]}


def _public(name: str, endorsements: tuple[str, ...]) -> dict[str, Any]:
    made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key()))
    return {**made, "kid": name, "use": "sig", "endorsements": list(endorsements)}
