"""What axe finds on a page, in words. Nothing is the only good answer."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """only => axe.run(document, {runOnly: only, resultTypes: ['violations']})
    .then(found => found.violations)"""


@cache
def _script() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def findings(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """One line for each element that a rule finds fault with; all rules, or only these."""
    page.evaluate(_script())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    return [_line(rule, node) for rule in page.evaluate(_RUN, only) for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    reasons = [*node["any"], *node["all"], *node["none"]]
    why = "; ".join(reason["message"] for reason in reasons)
    return f"{rule['id']}: {' '.join(map(str, node['target']))}: {why}"
