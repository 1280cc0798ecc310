"""Inspecting on a phone without network: kept through everything, sent once, seen by nobody else."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, WAIT_S, chromium, log_in
from tests.waiting import patience

FIELD = "/field/"


def phone_of(playwright: Playwright, profile: Path, site: str, language: str = "en-GB") -> BrowserContext:
    """Open a browser with a profile of its own, which outlives it."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else []),
        base_url=site,
        locale=language,
        viewport={"width": 360, "height": 740},
        reduced_motion="reduce",
    )
    context.set_default_timeout(1_000 * patience(WAIT_S))
    expect.set_options(timeout=1_000 * patience(WAIT_S))
    return context


def test_first(browser: Any, site: str) -> None:
    playwright = browser.browser_type
    context = browser.new_context(base_url=site, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("console", lambda m: print("CONSOLE", m.text))
    page.on("pageerror", lambda e: print("ERROR", e))
    log_in(page, "chief")
    page.goto(FIELD)
    page.wait_for_timeout(3000)
    print(page.inner_text("body"))
    page.screenshot(path="/tmp/field-1.png")
    page.locator(".field-card").first.click()
    page.wait_for_timeout(1000)
    page.screenshot(path="/tmp/field-2.png")
    print(page.inner_text("header"))
