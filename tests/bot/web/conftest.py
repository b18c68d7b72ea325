"""The public pages on a stage; as many browsers as a test needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from bot.web.app import public_app
from tests.bot.stage import Stage
from tests.bot.web.visitor import Visitor

Browsers = Callable[..., Visitor]


@pytest.fixture
def pages(small_stage: Stage) -> Starlette:
    """The public listener's app."""
    return public_app(small_stage.app)


@pytest.fixture
def browser(small_stage: Stage, pages: Starlette) -> Iterator[Browsers]:
    """Opens one more browser, with cookies of its own."""
    with pages_of(small_stage, pages) as browsers:
        yield browsers


@contextmanager
def pages_of(stage: Stage, pages: Starlette | None = None) -> Iterator[Browsers]:
    """The pages of a stage, for as many browsers as are opened."""
    served, opened = pages or public_app(stage.app), list[AsyncClient]()

    def another(address: str = "127.0.0.1", base: str = "http://127.0.0.1:8080") -> Visitor:
        way = ASGITransport(served, raise_app_exceptions=False, client=(address, 50000))
        opened.append(AsyncClient(transport=way, base_url=base))
        return Visitor(opened[-1], stage.run)

    yield another
    for client in opened:
        stage.run(client.aclose())


@pytest.fixture
def visitor(browser: Browsers) -> Visitor:
    return browser()


@pytest.fixture
def token(small_stage: Stage) -> str:
    """The link to a young people's survey whose reviewers can be reached."""
    small_stage.reviewers()
    return small_stage.open(group="Falinge Park High School")
