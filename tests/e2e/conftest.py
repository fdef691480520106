"""A real browser and a real house."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.house import House

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
)
FLAGS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
PHONE: ViewportSize = {"width": 360, "height": 740}
expect.set_options(timeout=20_000)  # milliseconds: machines are noisy, and what is right is seen at once


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium from Debian; without it a test is skipped, or fails with REQUIRE_BROWSER."""
    missing = [] if CHROMIUM is not None else ["chromium"]
    if subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True).returncode:
        missing.append("libatomic1")  # Playwright's driver does not start without it
    if missing:
        words = f"browser tests: {' and '.join(missing)} missing (apt-get install {' '.join(missing)})"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR with the demo school, from which houses are copied: it takes long to make."""
    folder = tmp_path_factory.mktemp("prepared") / "var"
    folder.mkdir()
    House(folder).prepare()
    return folder


@pytest.fixture(scope="session")
def running(browser: Browser, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house with the demo school; the browser comes first, so that a skip costs nothing."""
    house = House(shutil.copytree(prepared, tmp_path_factory.mktemp("house") / "var"))
    try:
        yield house.start()
    finally:
        house.stop()


@pytest.fixture(scope="module")
def house(running: House, prepared: Path) -> House:
    """The running house, with the demo school as it was prepared: starting one takes long."""
    running.reset(prepared)
    return running


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Callable[..., Page]]:
    """A fresh browser: `visit()` for a stranger, `visit("promotora")` for somebody who signs in.

    With `script=False` it runs no JavaScript.
    """
    contexts: list[BrowserContext] = []

    def open_browser(
        username: str | None = None, viewport: ViewportSize | None = None, *, script: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=house.url,
            locale="es-MX",
            viewport=viewport or PHONE,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        if username:
            secret = house.accounts()[username]  # trainees have a PIN, staff a password
            page.goto("/entrar/" if secret.isdecimal() else "/entrar/equipo/")
            page.locator("input[name=username]").fill(username)
            field = page.locator("main input[type=password]")
            field.fill(secret)
            field.press("Enter")
            page.wait_for_url(lambda url: "/entrar/" not in url)
        return page

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def plain(visit: Callable[..., Page]) -> Page:
    """A trainee's phone whose browser runs no script, signed in."""
    return visit("promotora", script=False)
