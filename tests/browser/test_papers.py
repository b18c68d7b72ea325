"""Reports as pages, in a browser: by day and night, on a telephone, in both directions."""

import pytest
from playwright.sync_api import Browser

from digests.paper_formats import draw
from tests.browser import axe, measure
from tests.digests.documents import KINDS, made
from tests.digests.papers import paper

NAMES = ("everything", "from right to left", *KINDS)


def report(name: str) -> str:
    if name == "everything":
        return draw(paper("A & B <c> سارہ خان"), "html")
    if name == "from right to left":
        return draw(paper("سارہ خان A & B", "ur"), "html")
    return str(made("bristol", name).drawn("html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_a_page_without_a_barrier(browser: Browser, name: str) -> None:
    for scheme, width in (("light", 1000), ("dark", 320)):
        page = browser.new_page(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 800},
        )
        page.set_content(report(name))
        assert axe.findings(page) == []
        assert measure.sideways(page) == []
        shown = page.locator(".drawing:visible").count()
        assert shown == page.locator("figure").count()
        page.close()
