"""The way out to a pager: one POST for each alert, over TLS, with a token of ours."""

import logging

import httpx

from bot.messages import Address, DeliveryError, Failure, Limits, Message, Receipt, storable
from bot.network import proxy_of, ssl_context
from bot.platforms.pager.drawing import draw, failure_of, problem_of
from bot.settings import Settings

_SECONDS = 10.0
_LONGEST_ID = 64


class PagerSender:
    """Sends alerts. What was sent cannot be taken back: an alert that lapsed is just not sent."""

    limits = Limits(per_second=5.0)

    def __init__(self, settings: Settings) -> None:
        for name in ("httpx", "httpcore"):  # they would write the address into the log
            logging.getLogger(name).setLevel(logging.WARNING)
        ours = settings.concerns.pager
        self._url = ours.url
        token = ours.token.get_secret_value()
        self._http = httpx.AsyncClient(
            verify=ssl_context(),
            proxy=proxy_of(settings),
            timeout=_SECONDS,
            follow_redirects=False,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:  # noqa: ARG002 - nothing is replaced
        if problem := problem_of(self._url):
            raise DeliveryError(Failure.OUR_FAULT, problem)
        body = draw(message, to.id)
        try:
            # The answer's body is not read: nothing in it is for us, and it may be of any length.
            async with self._http.stream("POST", self._url, json=body) as answer:
                status, headers = answer.status_code, answer.headers
        except httpx.TimeoutException:
            raise DeliveryError(Failure.TRY_LATER, "no answer in time") from None
        except httpx.TransportError as error:
            raise DeliveryError(Failure.TRY_LATER, type(error).__name__) from None
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise DeliveryError(Failure.OUR_FAULT, type(error).__name__) from None
        if failure := failure_of(status, headers):
            raise failure
        return Receipt(storable(str(body["reference"]), _LONGEST_ID))

    async def close(self) -> None:
        await self._http.aclose()
