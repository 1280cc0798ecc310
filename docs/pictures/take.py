"""Take the screenshots of the README from a running demo: ``python docs/pictures/take.py http://127.0.0.1:8000``.

Take them right after the first start of a new demo, with the Chinese translations compiled.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
PASSWORD = "anqi-demo-2026"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
LARGEST_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """A screenshot. ``way`` leads to its page: a URL first, then the links to click."""

    name: str
    who: str
    way: tuple[str, ...]
    width: int = 1440
    height: int = 900


PICTURES = (
    Picture("warning-en", "officer", ("/warning/",)),
    Picture("warning-zh", "officer", ("/warning/",)),
    Picture("today-zh", "officer", ("/today/",)),
    Picture("file-en", "officer", ("/enterprises/?q=铭洲", "#results tbody a")),
    Picture("portal-zh", "manager", ("/portal/",), width=360, height=780),
    Picture("inbox-en", "department", ("/deliveries/inbox/",)),
)


def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Take one screenshot as a user who has just logged in."""
    context = browser.new_context(
        base_url=address,
        locale=LOCALES[picture.name.rpartition("-")[2]],
        viewport={"width": picture.width, "height": picture.height},
        reduced_motion="reduce",
        color_scheme="light",
    )
    page = context.new_page()
    _log_in(page, picture.who)
    first, *links = picture.way
    page.goto(first)
    for link in links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.fonts.ready.then(() => true)")
    path = HERE / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def _log_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("#id_login", who)
    page.fill("#id_password", PASSWORD)
    page.click("form[data-login] button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def main(address: str) -> None:
    """Take all screenshots of the demo at this address."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((found for name in names if (found := shutil.which(name))), None)
    arguments = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for picture in PICTURES:
            path = take(browser, address, picture)
            if path.stat().st_size > LARGEST_BYTES:
                sys.exit(f"{path.name} has {path.stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
