"""What a lesson, a test and a module taken along weigh on a cheap phone: bytes, requests, first paint.

Cold cache, 400 kbit/s, 400 ms round trip, a processor four times slower: headless Chromium, told so through
DevTools.
A lesson is weighed without its pictures and sounds; those are asked for as she reaches them.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, FLAGS, PHONE
from tests.house import House

TRAINEE, LESSON, QUIZ = "promotora", "/curso/m3-l13/", "/curso/prueba/t-m4/"
LINK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
MEDIA = {"Image", "Media"}  # the sprite of icons is asked for as Other, and counts
PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


class Meter:
    """Counts what a page transfers, request by request."""

    def __init__(self, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self.cached: set[str] = set()
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.responseReceived", self._response)
        self.session.on("Network.requestServedFromCache", lambda event: self.cached.add(event["requestId"]))
        self.session.on("Network.loadingFinished", self._finished)

    def _response(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]
        self.addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = int(event["encodedDataLength"])

    def slow_down(self) -> None:
        """The phone and its link."""
        self.session.send("Network.emulateNetworkConditions", LINK)
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def forget(self) -> None:
        """Start again with an empty cache."""
        self.session.send("Network.clearBrowserCache")
        self.clear()

    def clear(self) -> None:
        """Start counting again."""
        for kept in (self.kinds, self.addresses, self.bytes, self.cached):
            kept.clear()

    def _counted(self) -> list[str]:
        return [
            name
            for name, kind in self.kinds.items()
            if name not in self.cached and (kind not in MEDIA or "/static/" in self.addresses[name])
        ]

    @property
    def requests(self) -> int:
        return len(self._counted())

    @property
    def total(self) -> int:
        return sum(self.bytes.get(name, 0) for name in self._counted())

    def total_below(self, path: str) -> int:
        """The bytes of everything whose address holds `path`, counted as requests or not."""
        return sum(count for name, count in self.bytes.items() if path in self.addresses.get(name, ""))

    def total_of(self, kind: str) -> int:
        return sum(self.bytes.get(name, 0) for name in self._counted() if self.kinds[name] == kind)


def signed_in(browser: Browser, house: House) -> Page:
    """The page of a trainee, on a phone with a fast link so far."""
    page = browser.new_context(base_url=house.url, locale="es-MX", viewport=PHONE).new_page()
    page.goto("/entrar/")
    page.locator("input[name=username]").fill(TRAINEE)
    secret = page.locator("input[name=password], input[name=pin]").first
    secret.fill(house.accounts()[TRAINEE])
    secret.press("Enter")
    page.wait_for_url(lambda url: "/entrar/" not in url)
    return page


def load(page: Page, address: str) -> None:
    """Open it and wait until nothing more comes."""
    page.goto(address, wait_until="networkidle", timeout=120_000)


def weigh(page: Page, secret: str, runs: int) -> list[ground.Figure]:
    """Every figure, in the order of the issue."""
    meter = Meter(page)
    meter.slow_down()
    paints = []
    for _ in range(runs):
        page.goto("about:blank")
        meter.forget()
        load(page, LESSON)
        page.wait_for_function(PAINTED)
        paints.append(float(page.evaluate(FIRST_PAINT)))
    cold = (meter.total, meter.requests, meter.total_of("Script"))
    page.goto("about:blank")
    meter.clear()
    load(page, LESSON)
    warm = meter.total
    sheet = begin(page)
    meter.forget()
    load(page, sheet)
    quiz = (meter.total, meter.requests)
    taken, opened = take_along(page, meter, secret)
    figure = ground.Figure
    return [
        figure("weight.lesson_cold_bytes", cold[0], "bytes", 1, 35_000),
        figure("weight.lesson_cold_requests", cold[1], "requests", 1, 5),
        figure("weight.lesson_warm_bytes", warm, "bytes", 1, 8_000),
        figure("weight.lesson_js_bytes", cold[2], "bytes", 1, 15_000),
        figure("weight.lesson_fcp_ms", round(statistics.median(paints)), "ms", runs, 1500),
        figure("weight.quiz_cold_bytes", quiz[0], "bytes", 1, 40_000),
        figure("weight.quiz_cold_requests", quiz[1], "requests", 1, 6),
        figure("weight.module_offline_bytes", taken, "bytes", 1, 5_000_000),
        figure("weight.module_open_ms", opened, "ms", 1, 1000),
    ]


def take_along(page: Page, meter: Meter, secret: str) -> tuple[int, int]:
    """The bytes of the third module with its narration, and how long a lesson takes without signal."""
    page.goto("/telefono/")
    page.locator("#setup-pin").fill(secret)
    page.locator("#setup-pin").press("Enter")
    row = page.locator("[data-modules] > li").nth(2)
    row.locator("[data-act=download]").wait_for(timeout=120_000)
    meter.clear()
    row.locator("[data-act=download]").click()
    row.locator("[data-state=here]").wait_for(timeout=120_000)
    taken = meter.total_below("/sync/")
    page.context.set_offline(True)
    began = page.evaluate("performance.now()")
    row.locator("[data-act=open]").click()
    page.locator("[data-lessons] button:visible").first.click()
    page.locator('[data-view="lesson"]:visible').wait_for()
    return taken, round(page.evaluate("performance.now()") - began)


def begin(page: Page) -> str:
    """Start a test, or go on with it; where its sheet lies."""
    load(page, QUIZ)
    page.locator("main form button, main a.button").first.click()
    page.wait_for_url(lambda url: "/intento/" in url, timeout=60_000)
    address = page.url
    page.goto("about:blank")
    return address


def main() -> int:
    """Measure and report."""
    options = ground.options()
    with tempfile.TemporaryDirectory(prefix="promotora-weight-") as folder, sync_playwright() as playwright:
        house = House(Path(folder))
        house.prepare()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            house.start()
            figures = weigh(signed_in(browser, house), house.accounts()[TRAINEE], 9 if options.full else 3)
        finally:
            browser.close()
            house.stop()
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
