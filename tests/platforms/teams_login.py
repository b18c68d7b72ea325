"""Microsoft's login on this machine: tokens for the app, and keys that the connector signs with.

On demand it makes tokens that must not be taken: each of `FLAWS` is wrong in one way only.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
KEY_ID = "loopback-1"
LIFE = timedelta(hours=1)
FLAWS = (
    "missing",
    "unsigned",
    "forged",
    "expired",
    "early",
    "other audience",
    "other issuer",
    "other service",
    "no service",
    "other channel",
    "unknown key",
    "symmetric",
    "garbage",
)


def machine_clock() -> datetime:
    """Libraries that check tokens read this one, whatever the program's own says."""
    return datetime.now(UTC)  # noqa: TID251 - a token of another day would be refused


@cache
def key(name: str = "own") -> RSAPrivateKey:
    """One key for each name, made when it is first needed."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _public(key_id: str, name: str, channel: str) -> dict[str, Any]:
    """As the list of keys tells it, with the channel that it may speak for."""
    told: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key(name).public_key()))
    return told | {"kid": key_id, "use": "sig", "x5t": key_id, "endorsements": [channel]}


class Login:
    """Gives tokens to the app (client credentials) and signs those that come with activities."""

    def __init__(
        self, app_id: str, secret: str, clock: Callable[[], datetime], url: Callable[[], str]
    ) -> None:
        self.app_id = app_id
        self.secret = secret
        self.clock = clock
        self._url = url
        self.given: dict[str, datetime] = {}
        """Tokens of the app, and until when they are good."""
        self.refusals: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{tenant}/oauth2/v2.0/token", self.token),
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self.tenant_metadata),
            web.get("/v1/.well-known/openidconfiguration", self.metadata),
            web.get("/v1/.well-known/keys", self.keys),
        ]

    # for the app

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        wrong = self._wrong(form)
        if wrong is not None:
            status, error, text = wrong
            self.refusals.append(error)
            told = {"error": error, "error_description": text}
            return web.json_response(told, status=status)
        token = self.app_token(request.match_info["tenant"])
        life = int(LIFE.total_seconds()) - 1
        told_well = {"token_type": "Bearer", "expires_in": life, "access_token": token}
        return web.json_response(told_well | {"ext_expires_in": life})

    def _wrong(self, form: Any) -> tuple[int, str, str] | None:
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", "AADSTS70003: The grant type is not supported."
        if form.get("client_id") != self.app_id:
            return 400, "unauthorized_client", "AADSTS700016: The application was not found."
        if form.get("client_secret") != self.secret:
            return 401, "invalid_client", "AADSTS7000215: Invalid client secret provided."
        if form.get("scope") != SCOPE:
            return 400, "invalid_scope", "AADSTS1002012: The scope is not valid."
        return None

    def app_token(self, tenant: str) -> str:
        """One that the connector takes for an hour."""
        now = self.clock()
        claims = {
            "aud": ISSUER,
            "iss": f"https://sts.windows.net/{tenant}/",
            "appid": self.app_id,
            "tid": tenant,
            "iat": now,
            "nbf": now,
            "exp": now + LIFE,
            "jti": uuid4().hex,
        }
        token = jwt.encode(claims, key("own"), "RS256", {"kid": "login-1"})
        self.given[token] = now + LIFE
        return token

    def is_good(self, authorization: str) -> bool:
        """Whether this header carries a token that was given and has not run out."""
        kind, _, token = authorization.partition(" ")
        until = self.given.get(token.strip())
        return kind.lower() == "bearer" and until is not None and self.clock() < until

    def forget_tokens(self) -> None:
        """All tokens that were given are worth nothing from now on."""
        self.given.clear()

    # for whoever checks what the connector brings

    async def metadata(self, _: web.Request) -> web.Response:
        told = {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{self._url()}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
        return web.json_response(told)

    async def tenant_metadata(self, request: web.Request) -> web.Response:
        here = f"{self._url()}/{request.match_info['tenant']}"
        told = {
            "issuer": f"{here}/v2.0",
            "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
            "token_endpoint": f"{here}/oauth2/v2.0/token",
        }
        return web.json_response(told)

    async def keys(self, _: web.Request) -> web.Response:
        keys = [
            _public(KEY_ID, "own", "msteams"),
            _public("loopback-skype", "skype", "skype"),
        ]
        return web.json_response({"keys": keys})

    def signed(self, service_url: str, flaw: str = "") -> str:
        """The token that comes with an activity; "" where the flaw is that there is none."""
        assert not flaw or flaw in FLAWS, flaw
        if flaw in ("missing", "garbage"):
            return "" if flaw == "missing" else "not.a.token"
        claims = self._claims(service_url, flaw)
        if flaw == "unsigned":
            return jwt.encode(claims, "", "none", {"kid": KEY_ID})
        if flaw == "symmetric":
            shared = urlsafe_b64encode(self.app_id.encode()).ljust(64, b"=")
            return jwt.encode(claims, shared, "HS256", {"kid": KEY_ID})
        name = {"forged": "forger", "other channel": "skype"}.get(flaw, "own")
        kid = {"unknown key": "nobody-knows", "other channel": "loopback-skype"}.get(flaw, KEY_ID)
        return jwt.encode(claims, key(name), "RS256", {"kid": kid})

    def _claims(self, service_url: str, flaw: str) -> dict[str, Any]:
        now = self.clock()
        began = {"expired": now - 2 * LIFE, "early": now + LIFE}.get(flaw, now)
        claims: dict[str, Any] = {
            "iss": "https://login.example/" if flaw == "other issuer" else ISSUER,
            "aud": str(uuid4()) if flaw == "other audience" else self.app_id,
            "serviceurl": service_url,
            "nbf": began,
            "exp": began + LIFE,
        }
        if flaw == "other service":
            claims["serviceurl"] = "http://127.0.0.1:9/elsewhere/"
        if flaw == "no service":
            del claims["serviceurl"]
        return claims
