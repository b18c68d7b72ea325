"""Errands that nobody waits for, and pauses between tries."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import Backoff, sleep
from bot.errands import MOST, Errands
from tests.bot.platforms.telegram.conftest import run


def test_when_too_many_errands_wait_those_on_top_are_left_undone() -> None:
    done: list[int] = []

    async def work() -> None:
        errands, may_go = Errands("telegram"), asyncio.Event()

        async def errand(number: int) -> None:
            await may_go.wait()
            done.append(number)

        for number in range(MOST + 50):
            errands.run(lambda number=number: errand(number))  # type: ignore[misc]
        may_go.set()
        await errands.settled()

    run(work())
    assert done == list(range(MOST))


def test_an_errand_that_fails_stops_no_other_and_one_that_hangs_is_given_up() -> None:
    done: list[str] = []

    async def work() -> None:
        errands, before = Errands("telegram"), asyncio.all_tasks()

        async def failing() -> None:
            raise OSError

        async def working() -> None:
            done.append("worked")

        errands.run(failing)
        errands.run(working)
        errands.run(asyncio.Event().wait)
        await errands.settled(0.05)
        assert asyncio.all_tasks() == before

    run(work())
    assert done == ["worked"]


@given(st.floats(0.001, 10), st.integers(1, 40))
def test_pauses_grow_to_a_bound_and_begin_anew_after_a_success(first: float, times: int) -> None:
    pauses = Backoff(first, longest=60.0)
    for failure in range(times):
        most = min(first * 2**failure, 60.0)
        assert most / 2 <= pauses.next() <= most
    pauses.reset()
    assert pauses.next() <= first


def test_a_pause_ends_when_all_is_stopped() -> None:
    async def work() -> float:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        began = loop.time()
        loop.call_later(0.01, stopped.set)
        await sleep(stopped, 20.0)
        return loop.time() - began

    assert run(work()) < 5.0
