"""Small things done beside an answer; each may be tried again, and is told by kind if it fails."""

import asyncio

from bot import errands
from bot.errands import Errand
from bot.messages import DeliveryError, Failure

_ATTEMPTS = 3
_PATIENCE = 15.0
_PAUSE = 0.5


class Errands(errands.Errands):
    """Those of Teams."""

    def __init__(self) -> None:
        super().__init__("teams", patience=_PATIENCE)

    def run(self, errand: Errand) -> None:
        super().run(lambda: _tried(errand))

    def failed(self, error: Exception) -> None:
        kind = error.detail if isinstance(error, DeliveryError) else type(error).__name__
        self.log.warning("done beside in vain", kind=kind)


async def _tried(errand: Errand) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await errand()
        except DeliveryError as error:
            if error.failure is not Failure.TRY_LATER or attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(error.retry_after or _PAUSE * attempt)
        else:
            return
