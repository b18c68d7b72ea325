"""Lines for calls that are made at once."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram.error import NetworkError
from telegram.request import BaseRequest

from bot.platforms.telegram.switchboard import Switchboard
from tests.bot.platforms.telegram.conftest import run


@dataclass
class Line(BaseRequest):
    """Answers when it is let; remembers what it was asked."""

    let: asyncio.Event
    asked: list[str] = field(default_factory=list)
    is_open: bool = False

    @property
    def read_timeout(self) -> float | None:
        return 7.0

    async def initialize(self) -> None:
        self.is_open = True

    async def shutdown(self) -> None:
        self.is_open = False

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        self.asked.append(url)
        await self.let.wait()
        if url == "lost":
            raise NetworkError("the line is cut")
        return 200, b'{"ok": true, "result": true}'


def _board(lines: int) -> tuple[Switchboard, list[Line], asyncio.Event]:
    let, made = asyncio.Event(), list[Line]()

    def line() -> Line:
        made.append(Line(let))
        return made[-1]

    return Switchboard(line, lines), made, let


def test_calls_at_once_have_lines_of_their_own_and_what_is_too_much_is_spread() -> None:
    async def work() -> None:
        board, lines, let = _board(3)
        calls = [asyncio.create_task(board.post(str(number))) for number in range(7)]
        await asyncio.sleep(0)
        assert [one.asked for one in lines] == [["0", "3", "6"], ["1", "4"], ["2", "5"]]
        let.set()
        await asyncio.gather(*calls)

    run(work())


def test_one_call_after_another_keeps_to_one_line_also_after_failures() -> None:
    async def work() -> None:
        board, lines, let = _board(3)
        let.set()
        for url in ("first", "lost", "third"):
            try:
                await board.post(url)
            except NetworkError:
                assert url == "lost"
        assert [one.asked for one in lines] == [["first", "lost", "third"], [], []]

    run(work())


def test_a_call_that_is_given_up_frees_its_line() -> None:
    async def work() -> None:
        board, lines, let = _board(2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await board.post("slow")
        let.set()
        await board.post("next")
        assert [one.asked for one in lines] == [["slow", "next"], []]

    run(work())


def test_all_lines_are_opened_and_closed_and_share_their_patience() -> None:
    async def work() -> None:
        board, lines, _ = _board(2)
        async with board:
            assert all(one.is_open for one in lines)
            assert board.read_timeout == 7.0
        assert not any(one.is_open for one in lines)

    run(work())
