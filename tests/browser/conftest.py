"""One whole system with the demo data, one Chromium, and people who are logged in.

Both live as long as the tests of this folder run on a worker. ``ANQI_URL`` names a demo that runs already, and
``ANQI_URL_DATA`` its data folder; its data then changes as if people had worked in it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect, sync_playwright

from demo.logins import DEMO_PASSWORD
from tests.browser.watching import Enter, Kept, Watch
from tests.ground.processes import anqi
from tests.ports import claim_port
from tests.prepared import copy_of_demo
from tests.surroundings import as_the_machine_has_it
from tests.waiting import patience

if TYPE_CHECKING:
    from tests.browser.phones import NewPhone, Phone

ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTHS = {1440: 900, 360: 740}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
WAIT_S = 15


def chromium() -> str | None:
    """The system's own Chromium; none is downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for the group
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker, so that there is one system; skipped where nothing can show a page."""
    missing = pytest.mark.skip(reason="no chromium, chromium-browser or google-chrome on this machine")
    for item in items:
        if item.path.parent == item.config.rootpath / "tests" / "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not chromium():
                item.add_marker(missing)


@pytest.fixture(scope="package")
def data_dir(tmp_path_factory: pytest.TempPathFactory, with_drills: bool) -> Path:
    """The data folder of the demo, for what no page does."""
    if "ANQI_URL" in os.environ:
        return Path(os.environ["ANQI_URL_DATA"]) if "ANQI_URL_DATA" in os.environ else Path()
    place = tmp_path_factory.mktemp("demo")
    # Without drills nobody else needs one.
    return copy_of_demo(place, tmp_path_factory) if with_drills else place / "data"


@pytest.fixture(scope="package")
def site(data_dir: Path) -> Iterator[str]:
    """The address of a running demo."""
    if given := os.environ.get("ANQI_URL"):
        yield given.rstrip("/")
        return
    with demo_at(data_dir) as address:
        yield address


@contextmanager
def demo_at(data_dir: Path) -> Iterator[str]:
    """Run the demo of a data folder and give its address."""
    port = claim_port()
    with anqi(data_dir, port, ANQI_DEMO="1") as running:
        running.wait_for("Anqi is ready", 240)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    arguments = ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(),
            args=arguments,
            env=as_the_machine_has_it(dict(os.environ)),
            timeout=1_000 * patience(60),
        )
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def kept() -> Kept:
    """Who logged in once need not do it again for each test."""
    return {}


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def visit(site: str, browser: Browser, contexts: list[BrowserContext]) -> Enter:
    """A watched page of somebody who is not logged in."""

    def open_page(*, width: int = 1440, language: str = "en", **options: object) -> Watch:
        context = browser.new_context(
            base_url=site,
            locale=LOCALES[language],
            viewport={"width": width, "height": WIDTHS[width]},
            has_touch=width < 500,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(1_000 * patience(WAIT_S))
        expect.set_options(timeout=1_000 * patience(WAIT_S))
        contexts.append(context)
        return Watch(context.new_page())

    return open_page


@pytest.fixture(scope="session")
def with_drills(pytestconfig: pytest.Config) -> bool:
    return "not drill" not in pytestconfig.option.markexpr


@pytest.fixture
def enter(visit: Enter, kept: Kept) -> Enter:
    """A watched page of a person of the demo, logged in by the form the first time."""

    def open_as(who: str, **options: object) -> Watch:
        if who not in kept:
            watch = visit()
            log_in(watch.page, who)
            kept[who] = watch.page.context.storage_state()
        return visit(storage_state=kept[who], **options)

    return open_as


def log_in(page: Page, who: str, password: str = DEMO_PASSWORD) -> None:
    page.goto("/accounts/login/")
    try:
        page.fill("#id_login", who)
        page.fill("#id_password", password)
        page.click("form[data-login] button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
    except TimeoutError as error:
        raise AssertionError(
            f"{who} is not logged in: {page.url}\n{page.inner_text('body')[:1000]}"
        ) from error


@pytest.fixture
def fresh_number() -> str:
    """A number no earlier run on the same data used."""
    return f"{os.getpid()}{next(_numbers)}"


_numbers = count(1)


@pytest.fixture
def phone_of(browser: Browser, site: str, tmp_path: Path) -> "Iterator[NewPhone]":
    from tests.browser.phones import Phone  # it needs this module

    opened: list[Phone] = []

    def make(who: str = "", **options: Any) -> "Phone":
        phone = Phone(browser, tmp_path / f"profile-{len(opened)}", site, **options)
        opened.append(phone)
        if who:
            phone.log_in(who)
        return phone

    yield make
    for phone in opened:
        phone.close()
        assert not phone.faults
