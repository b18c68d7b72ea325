"""How a promise stands today, worked out from the action it leans on whenever it is read."""

from datetime import date
from enum import StrEnum

from storage.voice import ResponseKind

FINISHED = frozenset({"complete", "embedded"})


class Standing(StrEnum):
    """`LATE` is a promise whose day has passed; `KEPT` one whose action is finished."""

    DONE = "done"
    CANNOT = "cannot"
    KEPT = "kept"
    PROMISED = "promised"
    LATE = "late"


def standing(
    kind: ResponseKind, by_when: date | None, action_status: str | None, today: date
) -> Standing:
    """How a response stands. On its day a promise is not late yet."""
    if kind is ResponseKind.WE_DID:
        return Standing.DONE
    if kind is ResponseKind.WE_CANNOT:
        return Standing.CANNOT
    if action_status in FINISHED:
        return Standing.KEPT
    if by_when is not None and by_when < today:
        return Standing.LATE
    return Standing.PROMISED
