"""The pace against a platform that counts, in any second, what arrives there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import cycle
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Limits
from bot.outgoing.pace import Pace

_TELEGRAM = Limits(per_second=30, per_contact_seconds=1.0)


@dataclass(slots=True)
class Platform:
    """Sends as soon as the pace allows, on a clock of its own; notes when each send arrives.

    `there` and `back` are the ways of a send; `late` is how late the program wakes up. One that
    `is_lost` arrives at the very moment at which the program gives it up.
    """

    there: Callable[[], float]
    back: Callable[[], float]
    late: Callable[[], float] = lambda: 0.0
    is_lost: Callable[[], bool] = lambda: False
    limits: Limits = _TELEGRAM
    lanes: int = 12
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def send_to(self, contacts: Iterator[int], seconds: float) -> None:
        pace, now, flying = Pace(self.limits), 0.0, list[tuple[float, int, bool]]()
        contact = next(contacts)
        while now < seconds:
            while flying and flying[0][0] <= now:
                _, who, is_lost = heappop(flying)
                pace.answered(who, now, is_heard=not is_lost)
            at = max(pace.ready_at(now), pace.contact_ready_at(contact))
            is_busy = len(flying) >= self.lanes or any(who == contact for _, who, _ in flying)
            if at > now or is_busy:
                answer = flying[0][0] if flying else inf
                now = min(inf if is_busy else at, answer) + self.late()
                continue
            pace.start(contact, now)
            self.starts.append(now)
            arrives = now + self.there()
            self.arrivals.append((arrives, contact))
            is_lost = self.is_lost()
            heappush(flying, (arrives + (0.0 if is_lost else self.back()), contact, is_lost))
            contact = next(contacts)

    def most_in_a_second(self) -> int:
        times = sorted(at for at, _ in self.arrivals)
        return max(
            sum(1 for other in times[place : place + 40] if other < at + 1.0)
            for place, at in enumerate(times)
        )

    def closest_to_one_contact(self) -> float:
        last: dict[int, float] = {}
        closest = inf
        for at, contact in sorted(self.arrivals):
            closest = min(closest, at - last.get(contact, -inf))
            last[contact] = at
        return closest


def _up_to(dice: Random, most: float) -> Callable[[], float]:
    return lambda: dice.uniform(0, most)


@given(
    seed=st.integers(0, 2**32),
    slowest=st.sampled_from([0.001, 0.02, 0.1, 0.4, 3.0]),
    late=st.sampled_from([0.0, 0.002, 0.2]),
    people=st.sampled_from([1, 3, 29, 31, 100_000]),
)
def test_no_second_holds_more_than_the_limit_whatever_the_way_takes(
    seed: int, slowest: float, late: float, people: int
) -> None:
    dice = Random(seed)
    platform = Platform(_up_to(dice, slowest), _up_to(dice, slowest), _up_to(dice, late))
    platform.send_to(cycle(range(people)), 8)
    assert platform.most_in_a_second() <= 30
    assert platform.closest_to_one_contact() >= 1.0


def _from(dice: Random, shortest: float, more: float) -> Callable[[], float]:
    """A way that takes so long at least, seldom much more, and now and then ten times as long."""
    return lambda: shortest + dice.expovariate(1 / more) * (10 if dice.random() < 0.02 else 1)


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    there=st.sampled_from([0.0, 0.01, 0.05, 0.3]),
    back=st.sampled_from([0.001, 0.02, 0.05, 0.3]),
    jitter=st.sampled_from([0.01, 0.3, 1.0]),
    late=st.sampled_from([0.0, 0.002, 0.05]),
)
def test_no_second_holds_more_than_the_limit_when_the_shortest_way_is_known(
    seed: int, there: float, back: float, jitter: float, late: float
) -> None:
    dice, more = Random(seed), jitter * (there + back) / 2
    platform = Platform(_from(dice, there, more), _from(dice, back, more), _up_to(dice, late))
    platform.is_lost = lambda: dice.random() < 0.1
    platform.send_to(iter(range(100_000)), 25)
    assert platform.most_in_a_second() <= 30


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), slow=st.floats(0.0, 1.0))
def test_a_network_that_is_slow_for_a_while_does_not_make_the_pace_careless(
    seed: int, slow: float
) -> None:
    """What queues up on the way there arrives at once when it flows again."""
    dice, platform = Random(seed), Platform(lambda: 0.05, lambda: 0.05)
    platform.there = platform.back = lambda: (
        0.05 + dice.expovariate(100) + (slow / 2 if 12 < platform.starts[-1] < 20 else 0.0)
    )
    platform.send_to(iter(range(100_000)), 25)
    assert platform.most_in_a_second() <= 30


def test_an_even_way_of_100_ms_leaves_96_percent_once_it_is_known() -> None:
    platform = Platform(lambda: 0.05, lambda: 0.05)
    platform.send_to(iter(range(100_000)), 100)
    known = [at for at in platform.starts if 20 <= at < 100]
    assert len(known) >= 0.96 * 30 * 80


@pytest.mark.parametrize("forgets", [False, True])
def test_what_was_learnt_of_the_way_is_forgotten_when_the_platform_asks_to_wait(
    forgets: bool,
) -> None:
    pace, now = Pace(Limits(per_second=1)), 0.0
    for contact in range(400):
        now = pace.ready_at(now)
        pace.start(contact, now)
        pace.answered(contact, now + 0.5)
    if forgets:
        pace.pause(0.0, now)
    now = pace.ready_at(now + 0.5)
    pace.start(1, now)
    pace.answered(1, now + 0.5)
    assert pace.ready_at(now + 0.5) == pytest.approx(now + (1.5 if forgets else 1.1), abs=0.02)


def test_nothing_is_learnt_from_sends_that_the_platform_did_not_take() -> None:
    """What fails at once says nothing of the way; what is lost may arrive at the last moment."""
    pace, now = Pace(Limits(per_second=1)), 0.0
    for contact in range(1000):
        is_lost = contact % 2 == 1
        now = pace.ready_at(now)
        pace.start(contact, now)
        now += 0.001 if is_lost else 0.5
        pace.answered(contact, now, is_heard=not is_lost)
        assert not is_lost or pace.ready_at(now) >= now + 1.0
    pace.start(1, now := pace.ready_at(now))
    pace.answered(1, now + 0.5)
    assert pace.ready_at(now + 0.5) <= now + 1.2


def test_a_send_that_starts_late_does_not_make_the_way_longer() -> None:
    pace, now = Pace(Limits(per_second=1)), 0.0
    for contact in range(400):
        now = pace.ready_at(now) + 0.5
        pace.start(contact, now)
        pace.answered(contact, now + 0.1)
        assert pace.ready_at(now + 0.1) >= now + 1.0


@pytest.mark.parametrize("slowest", [0.0, 0.005, 0.0125])
def test_nearly_all_of_the_limit_is_used_where_the_way_is_short(slowest: float) -> None:
    dice = Random(7)
    platform = Platform(_up_to(dice, slowest), _up_to(dice, slowest), _up_to(dice, 0.001))
    platform.send_to(iter(range(100_000)), 100)
    assert 0.97 * 30 * 100 <= len(platform.arrivals) <= 30 * 101


def test_an_even_way_of_25_ms_leaves_97_percent() -> None:
    platform = Platform(lambda: 0.0125, lambda: 0.0125)
    platform.send_to(iter(range(100_000)), 100)
    assert len(platform.arrivals) >= 0.97 * 30 * 100


@pytest.mark.parametrize("late", [0.0, 0.01])
def test_the_next_place_is_never_far(late: float) -> None:
    """A reply that comes in the middle of a broadcast has the next place: about a thirtieth."""
    dice = Random(8)
    platform = Platform(_up_to(dice, 0.0125), _up_to(dice, 0.0125), _up_to(dice, late))
    platform.send_to(iter(range(100_000)), 60)
    gaps = [later - at for at, later in zip(platform.starts, platform.starts[1:], strict=False)]
    assert sorted(gaps)[int(len(gaps) * 0.99)] < 1.8 / 30
    assert max(gaps) < 2.5 / 30


def test_places_that_were_missed_are_not_made_up_in_a_burst() -> None:
    pace = Pace(_TELEGRAM)
    starts = []
    now = 100.0  # nothing was sent for long
    for contact in range(10):
        now = pace.ready_at(now)
        starts.append(now)
        pace.start(contact, now)
        pace.answered(contact, now)
    assert starts[-1] - starts[0] >= 7.99 / 30


def test_one_contacts_rest_is_theirs_alone() -> None:
    pace = Pace(_TELEGRAM)
    pace.start(1, 10.0)
    pace.answered(1, 10.2)
    assert pace.contact_ready_at(1) == 11.2
    assert pace.contact_ready_at(2) < 10.2
    assert pace.ready_at(10.2) <= 10.2


def test_a_pause_is_for_all_but_alerts_and_the_longest_counts() -> None:
    pace = Pace(Limits())
    pace.pause(5, 100.0)
    pace.pause(2, 101.0)
    assert pace.ready_at(101.0) == 105.0
    assert pace.ready_at(101.0, is_alert=True) == 101.0
    assert pace.pause_left(104.0) == 1.0
    assert pace.ready_at(105.0) == 105.0
    assert pace.pause_left(106.0) == 0.0


def test_an_answer_must_come_first_where_all_places_are_taken() -> None:
    pace = Pace(Limits(per_second=2))
    for contact, now in enumerate((0.0, 0.5)):
        assert pace.ready_at(now) == now
        pace.start(contact, now)
    assert pace.ready_at(60.0) == inf
    pace.answered(1, 60.0)
    assert pace.ready_at(60.0) == 61.0


def test_less_than_one_a_second_is_kept_too() -> None:
    pace = Pace(Limits(per_second=0.5))
    pace.start(1, 0.0)
    pace.answered(1, 0.1)
    assert pace.ready_at(0.1) == pytest.approx(2.1)


def test_whoever_has_rested_is_forgotten() -> None:
    pace = Pace(_TELEGRAM)
    for contact in range(20_100):
        pace.start(contact, float(contact))
        pace.answered(contact, float(contact))
    assert len(pace._rests_until) < 15_000
