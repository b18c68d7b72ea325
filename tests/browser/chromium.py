"""The browser of these tests: the Chromium of this machine, kept to this machine."""

import os
import shutil
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "no Chromium was found; on Debian: apt-get install chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def launch(playwright: Playwright) -> Browser:
    """Starts it; skips where there is none, and says so."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        _do_without()
    # Playwright leaves the cache for Back out by default; people's browsers have it.
    return playwright.chromium.launch(
        executable_path=path,
        args=list(ARGUMENTS),
        ignore_default_args=["--disable-back-forward-cache"],
    )


def _do_without() -> NoReturn:
    """Where the tests guard a change, pages that nobody looked at are a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)
