"""No input may hold the program up: seconds of its own computing, and memory, both bounded."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

MOST_SECONDS = 20.0
MOST_BYTES = 500_000_000


class TooSlow(AssertionError):
    """The parser was still computing after the seconds it may take."""


class TooMuch(AssertionError):
    """The parser took more memory than it may."""


@contextmanager
def bounded(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Counts the process's own time alone, so that a busy machine is no failure."""
    if not hasattr(signal, "SIGVTALRM"):  # Windows has no such clock
        yield
        return
    before = _most_held()
    former = signal.signal(signal.SIGVTALRM, _over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)
    if _most_held() - before > MOST_BYTES:
        raise TooMuch(f"over {MOST_BYTES // 10**6} MB more than before")


def _over(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow("it was still computing")


def _most_held() -> int:
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
