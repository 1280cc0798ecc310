"""How much the phone's page transfers at first, and how fast it opens on a slow processor.

Run with ``python -m benchmarks.phone_page http://127.0.0.1:8000`` beside a running demo. The processor is throttled four
times (Chromium's own throttling); the page is opened from what the phone keeps.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from typing import Any

from playwright.sync_api import Page, sync_playwright

from demo.logins import DEMO_PASSWORD

SLOWER = 4
ROUNDS = 7
READY = """
async (selector) => {
  while (!document.querySelector(selector)) await new Promise(requestAnimationFrame);
  return performance.now();
}
"""


def transferred(page: Page, address: str) -> tuple[int, dict[str, int]]:
    """Return the bytes of a first load, compressed as they came, in all and by file."""
    requests: list[Any] = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(address)
    page.wait_for_selector(".field-card")
    page.wait_for_load_state("networkidle")
    sizes = {}
    for request in requests:
        if request.service_worker is None:
            size = request.sizes()
            sizes[request.url] = size["responseBodySize"] + size["responseHeadersSize"]
    return sum(sizes.values()), sizes


def opened(page: Page, address: str, selector: str) -> list[float]:
    """Return the milliseconds from the beginning of a navigation until something stands on the page."""
    found = []
    for _ in range(ROUNDS):
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        found.append(page.evaluate(READY, selector))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phone_page", description=__doc__)
    parser.add_argument("url")
    url = parser.parse_args().url.rstrip("/")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=arguments, viewport={"width": 360, "height": 740}
        )
        page = context.new_page()
        page.goto(f"{url}/accounts/login/")
        page.fill("#id_login", "officer")
        page.fill("#id_password", DEMO_PASSWORD)
        page.click("form[data-login] button[type=submit]")
        page.wait_for_url(lambda address: "/login" not in address)
        first = context.new_page()
        total, sizes = transferred(first, f"{url}/field/")
        for address, size in sorted(sizes.items(), key=lambda each: -each[1]):
            print(f"{size:>8} {address.removeprefix(url)[:80]}")
        print(f"{total:>8} bytes in all")
        first.evaluate("navigator.serviceWorker.ready.then(() => true)")
        session = context.new_cdp_session(first)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        href = first.locator(".field-card").first.get_attribute("href") or ""
        for name, address, selector in (
            ("list", f"{url}/field/", ".field-card"),
            ("checklist", f"{url}/field/{href}", "[data-item]"),
        ):
            times = opened(first, address, selector)
            print(
                f"{name}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms, at 1/{SLOWER}"
            )
        context.close()


if __name__ == "__main__":
    main()
