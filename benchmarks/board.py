"""Pages of the board against a bare Starlette page that runs the same statements.

Both are called in this process without a socket, in turn, request by request.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.child import Statement, noting
from benchmarks.filled import NOW, database, fill
from benchmarks.measuring import milliseconds, percentile
from benchmarks.report import Finding, Line

ACTIONS = 1_000
REQUESTS = 300
BASE = "https://board.example"
PAGES = ("/plan", "/plan?colour=red", "/plan/timeline", "/decisions", "/indicators", "/surveys")
_AIM = 3.0


def run(folder: Path, *, quick: bool = False) -> Finding:
    """Each page by itself: the 99th of a hundred requests, ours beside the bare one."""
    actions, requests = (20, 3) if quick else (ACTIONS, REQUESTS)
    path = folder / "board.db"
    fill(path, actions=actions, answers=actions * 8, surveys=2)
    lines = asyncio.run(_measured(path, requests))
    return Finding(
        "board",
        "Pages of the board",
        lines,
        (
            "Ours: a page for a signed-in business manager, from the request to the last byte: "
            "session, rights, statements, the page drawn. Bare: a Starlette page that sends every "
            "statement with which ours read, with its values, through Python's sqlite3 in a "
            "worker thread, fetches all rows, and gives back a page of the same length made "
            "beforehand.",
        ),
    )


async def _measured(path: Path, requests: int) -> tuple[Line, ...]:
    from httpx import ASGITransport, AsyncClient

    with database(path) as made:
        pages, cookie, close = _ours(made)
        noted = noting(made.engine)
        way = ASGITransport(pages, client=("10.0.0.1", 50000))
        cookies = {"__Host-board": cookie}
        async with AsyncClient(transport=way, base_url=BASE, cookies=cookies) as ours:
            lines = [await _page(ours, there, path, noted, requests) for there in PAGES]
        close()
    return tuple(lines)


async def _page(ours: Any, there: str, path: Path, noted: list[Statement], requests: int) -> Line:
    from httpx import ASGITransport, AsyncClient

    await ours.get(there)
    noted.clear()
    answer = await ours.get(there)
    if answer.status_code != 200:
        raise RuntimeError(f"{there} gave {answer.status_code}")
    statements = [one for one in noted if one[0].lstrip().upper().startswith("SELECT")]
    with closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as driver:
        way = ASGITransport(_bare(driver, statements, answer.content))
        async with AsyncClient(transport=way, base_url=BASE) as bare:
            took: dict[str, list[float]] = {"ours": [], "bare": []}
            for turn in range(requests):
                pair = [("ours", ours, there), ("bare", bare, "/")]
                for name, client, address in pair if turn % 2 == 0 else reversed(pair):
                    took[name].append(await _timed(client, address))
    slow = {name: percentile(values, 0.99) for name, values in took.items()}
    found = slow["ours"] / slow["bare"]
    half = median(took["ours"]) / median(took["bare"])
    return Line(
        what=f"{there}, {len(answer.content) / 1024:,.0f} kB, {len(statements)} statements, p99",
        ours=milliseconds(slow["ours"]),
        against="a bare Starlette page with the same statements",
        theirs=milliseconds(slow["bare"]),
        ratio=found,
        spread=(min(found, half), max(found, half)),
        aim=f"at most {_AIM:.0f}",
        met=found <= _AIM,
    )


async def _timed(client: Any, address: str) -> float:
    begun = perf_counter()
    await client.get(address)
    return perf_counter() - begun


def _bare(driver: sqlite3.Connection, statements: list[Statement], body: bytes) -> Any:
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response
    from starlette.routing import Route

    def fetched() -> int:
        return sum(len(driver.execute(sql, values).fetchall()) for sql, values, _ in statements)

    async def page(_request: Any) -> Response:
        await run_in_threadpool(fetched)
        return Response(body, media_type="text/html")

    return Starlette(routes=[Route("/", page)])


def _ours(made: Any) -> tuple[Any, str, Callable[[], None]]:
    """The pages inside, the cookie of a manager who is signed in, and how to end it."""
    from bot.app import assemble
    from bot.settings import LinkSettings, Settings
    from bot.web import inside
    from bot.web.app import inside_app
    from storage.board import begin_session
    from storage.people import Person, Role

    app = assemble(made, Settings(links=LinkSettings(board=BASE)), lambda: NOW)
    with made.writing() as db:
        manager = db.get_one(Person, 1)
        manager.roles = [Role.MANAGER.value]
        db.add(manager)
        cookie = begin_session(
            db,
            made.keyring,
            1,
            now=NOW,
            lasts=timedelta(hours=8),
            review_until=NOW,
            device="a benchmark",
        )
    return inside_app(app, extra_routes=inside.routes(app)), cookie, app.writer.close
