"""Whoever writes too much is a program; whoever comes again is counted once."""

from datetime import timedelta

from bot.platforms.email.loops import MOST_A_DAY, MOST_AT_ONCE, MOST_STRANGERS, LoopGuard
from tests.bot.platforms.email.conftest import NOW, ROBIN


def test_a_dozen_in_ten_minutes_is_the_most() -> None:
    guard = LoopGuard()
    verdicts = [guard.is_too_much(ROBIN, str(n), NOW) for n in range(MOST_AT_ONCE + 3)]
    assert verdicts == [False] * MOST_AT_ONCE + [True] * 3
    assert not guard.is_too_much("sam@council.example", "x", NOW)
    assert not guard.is_too_much(ROBIN, "later", NOW + timedelta(minutes=11))


def test_sixty_in_a_day_is_the_most_however_slowly_they_come() -> None:
    guard = LoopGuard()
    at = [NOW + timedelta(minutes=11 * n) for n in range(MOST_A_DAY + 1)]
    verdicts = [guard.is_too_much(ROBIN, str(n), when) for n, when in enumerate(at)]
    assert verdicts == [False] * MOST_A_DAY + [True]
    assert not guard.is_too_much(ROBIN, "tomorrow", at[-1] + timedelta(days=1))


def test_a_mail_that_comes_again_is_counted_once() -> None:
    guard = LoopGuard()
    assert not any(guard.is_too_much(ROBIN, "the same", NOW) for _ in range(100))
    assert not guard.is_too_much(ROBIN, "another", NOW)


def test_strangers_are_counted_together_by_the_hour() -> None:
    guard = LoopGuard()
    verdicts = [guard.are_too_many(str(n), NOW) for n in range(MOST_STRANGERS + 2)]
    assert verdicts == [False] * MOST_STRANGERS + [True] * 2
    assert not guard.are_too_many("0", NOW)
    assert not guard.are_too_many("later", NOW + timedelta(minutes=61))
