"""A phone for the tests: a Chromium with a profile of its own, which outlives being killed."""

import base64
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, WAIT_S, chromium, log_in
from tests.waiting import patience

FIELD = "/field/"
INSPECTION, PHOTO = "**/inspections/field/inspection/", "**/inspections/field/photo/"
# a photo as a camera gives it, made in the page
PHOTOGRAPH = """
(name) => new Promise((done) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2400, 1800];
  const ink = canvas.getContext("2d");
  for (let n = 0; n < 60; n++) {
    ink.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
    ink.fillRect(Math.random() * 2400, Math.random() * 1800, 500, 300);
  }
  canvas.toBlob(async (blob) => {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (const each of bytes) text += String.fromCharCode(each);
    done(btoa(text));
  }, "image/jpeg", 0.9);
})
"""


class Phone:
    """A browser with the page for inspecting without network."""

    def __init__(self, browser: Any, profile: Path, site: str, language: str = "en-GB") -> None:
        self.browser, self.profile, self.site, self.language = browser, profile, site, language
        self.faults: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.open()

    def open(self, *, offline: bool = False) -> None:
        """Start the browser with its profile."""
        self.context = self.browser.browser_type.launch_persistent_context(
            self.profile,
            executable_path=chromium(),
            args=ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else []),
            base_url=self.site,
            locale=self.language,
            viewport={"width": 360, "height": 740},
            reduced_motion="reduce",
            offline=offline,
        )
        self.context.clear_cookies()  # one that was killed has them on its disk if it had the time
        self.context.set_default_timeout(1_000 * patience(WAIT_S))
        expect.set_options(timeout=1_000 * patience(WAIT_S))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def kill(self) -> None:
        """End all its processes as if the battery had fallen out."""
        mark = f"--user-data-dir={self.profile}"
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if mark in (process.info["cmdline"] or ()):
                found += [process, *process.children(recursive=True)]
        assert found
        for each in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                os.kill(each.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Close the browser; one that was killed is closed already."""
        with contextlib.suppress(Error):
            self.context.close()

    def log_in(self, who: str) -> None:
        log_in(self.page, who)
        self.page.goto(FIELD)
        expect(self.page.locator("#field")).to_contain_text("Loaded for work without network: 20")

    def offline(self, is_off: bool = True) -> None:
        self.context.set_offline(is_off)

    # --- an inspection ----------------------------------------------------------------------------------------------

    def enterprise(self, number: int) -> str:
        """Return the id of the n-th enterprise of the list, counted from its begin again where it is shorter.

        What is due depends on the day, and on what other tests have inspected.
        """
        cards = self.page.locator(".field-card[href^='#check/']")
        expect(cards.first).to_be_visible()
        return (cards.nth(number % cards.count()).get_attribute("href") or "").rpartition("/")[2]

    def begin(self, enterprise: str) -> None:
        address = f"{FIELD}#check/{enterprise}"
        if self.page.url.endswith(address):
            self.page.reload()
        else:
            # else the items of the one before would be taken for those of this one
            if "#check/" in self.page.url:
                self.page.goto(f"{FIELD}#")
                expect(self.page.locator("[data-item]")).to_have_count(0)
            self.page.goto(address)
        expect(self.page.locator("[data-item]").first).to_be_visible()

    def item(self, number: int) -> Locator:
        """Return the n-th item of the checklist."""
        return self.page.locator("[data-item]").nth(number)

    def state(self) -> Locator:
        return self.page.locator("[data-state]")

    def saved(self) -> None:
        expect(self.state()).to_contain_text("Saved on this phone")

    def pass_all(self) -> None:
        # at once: a button is hidden some seconds after it was pressed, so on a loaded machine the next one has another number
        buttons = self.page.locator("[data-pass-all]")
        buttons.evaluate_all(
            "all => all.filter((each) => each.checkVisibility()).forEach((each) => each.click())"
        )

    def photograph(self, number: int, name: str) -> None:
        """Take a photo at an item."""
        data = base64.b64decode(self.page.evaluate(PHOTOGRAPH, name))
        self.item(number).locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": data}
        )

    def tick_officers(self) -> None:
        """Tick two officers who have police numbers, the person among them."""
        people = self.page.locator(".checking-person:not(:has-text('auxiliary')) input")
        for n in range(2):
            people.nth(n).check()

    def finish(self) -> None:
        """End the inspection without signatures."""
        self.page.locator("[data-record]").click()
        self.page.get_by_role("button", name="Finish without signatures").click()
        expect(self.page.locator("[data-title]")).to_have_text("Waiting to be sent")

    def whole(self, enterprise: str) -> None:
        """Inspect an enterprise: all passed."""
        self.begin(enterprise)
        self.pass_all()
        self.tick_officers()
        self.saved()
        self.finish()

    def try_now(self) -> None:
        self.page.evaluate("window.anqi.field.sending.send()")

    def arrived(self) -> Locator:
        return self.page.locator(".is-arrived")

    def waiting(self) -> int:
        """Return how much of this person waits."""
        return self.page.evaluate("window.anqi.field.store.waiting()")


def draw(page: Page, number: int) -> None:
    """Sign in the n-th field."""
    box = page.locator(".field-pad canvas").nth(number)
    box.evaluate("(each) => each.scrollIntoView({ block: 'center' })")  # not under the bar at the bottom
    at = box.bounding_box()
    assert at
    page.mouse.move(at["x"] + 30, at["y"] + 90)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(at["x"] + 30 + 15 * step, at["y"] + 40 + 40 * (step % 2))
    page.mouse.up()


def hazard_of(page: Page) -> str:
    """Return the address of the first hazard on an inspection's page."""
    return page.locator(".fact-beside .fact-list a.fw-bold").first.get_attribute("href") or ""


NewPhone = Callable[..., Phone]
