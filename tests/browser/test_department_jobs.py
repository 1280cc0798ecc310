"""What a department does, with the most clicks it may take: first event 8, replay one 2, why did it fail 2, rotate a secret 4, turned red 3."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from tests.browser.watching import Enter
from tests.deliveries.receivers import Receiver, receiving
from tests.waiting import wait_until

pytestmark = pytest.mark.drill


# Two subscriptions of the demo's department, so that neither run meets what the other left.
RUNS = [("en", 1440, "危险物品相关行业企业"), ("zh", 360, "变差为黄色或红色的企业")]


class Clicks:
    """Clicks on a page, counted since the job began. Typing is none, and neither is logging in, nor opening a phone's menu."""

    def __init__(self, page: Page, said: Callable[[str], str], width: int) -> None:
        self.page, self.said, self.width, self.number = page, said, width, 0

    def begin(self) -> None:
        self.number = 0

    def on_phone(self, name: str) -> None:
        """Open what a phone hides behind a button."""
        if self.width < 992:
            self.page.get_by_role("button", name=self.said(name), exact=True).first.click()

    def on(self, target: Locator) -> None:
        target.click()
        self.number += 1

    def menu(self, name: str) -> None:
        self.on_phone("Menu")
        self.on(self.page.locator("#side .side-nav").get_by_role("link", name=self.said(name)).first)

    def link(self, name: str) -> None:
        self.on(self.page.get_by_role("link", name=self.said(name)).first)

    def button(self, name: str) -> None:
        self.on(self.page.get_by_role("button", name=self.said(name)).first)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def approve(enter: Enter) -> None:
    """Approve the address that was asked for, as the operator, who trusts this machine."""
    page = enter("operator").page
    page.goto("/deliveries/board/")
    page.get_by_role("link", name="Requests").first.click()
    page.locator("main a", has_text="127.0.0.1").first.click()
    page.get_by_role("link", name="Approve").first.click()
    page.locator("[name=allowed_hosts]").fill("127.0.0.1/32")
    page.locator("dialog button[type=submit], .modal.show button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("Approved")


@pytest.mark.parametrize(("language", "width", "title"), RUNS)
def test_the_five_jobs_of_a_department(
    enter: Enter, receiver: Receiver, language: str, width: int, title: str
) -> None:
    watch = enter("department", language=language, width=width)
    page = watch.page

    def said(words: str) -> str:
        with translation.override("zh-hans" if language == "zh" else "en"):
            return gettext(words)

    clicks = Clicks(page, said, width)
    again = partial(_again, page, receiver=receiver, button=said("Send this one again"))

    # 1. The first event is received, verified and accepted.
    page.goto("/deliveries/inbox/")
    clicks.menu("Requests")
    clicks.link("Ask for an address")
    page.locator("[name=subscription_id]").select_option(label=title)
    page.locator("[name=url]").fill(receiver.url)
    page.locator("[name=why]").fill("Our own system")
    clicks.on(page.locator(".save-bar button[type=submit]"))
    expect(page.locator("body")).to_contain_text(said("Waiting for a decision"))
    approve(enter)
    clicks.menu("Subscriptions")
    clicks.on(page.locator("main").get_by_role("link", name=title).first)
    clicks.link("Create the secret")
    clicks.on(page.locator("main form button[type=submit]").first)
    receiver.secret = page.locator(".secret-shown").input_value()
    wait_until(lambda: bool(receiver.kept))
    assert receiver.sequences[0] == 1
    assert receiver.invalid == 0
    assert clicks.number <= 8, clicks.number
    clicks.link("I have saved it")
    subscription = page.url
    last = _settled(page, receiver)
    faults = watch.look()

    # 2. One message is sent again, and nothing after it.
    page.goto(f"{subscription}log/")
    clicks.begin()
    _until_new(page, lambda: clicks.button("Send this one again"))
    wait_until(lambda: len(receiver.requests) == last + 1)
    assert receiver.requests[-1]["id"] == receiver.requests[last - 1]["id"]
    assert clicks.number <= 2

    # 3. Why did it fail?
    receiver.replies = [404, 404]
    page.goto(f"{subscription}log/")
    _until_new(page, page.get_by_role("button", name=said("Send this one again")).first.click)
    wait_until(lambda: len(receiver.requests) >= last + 2)
    page.goto("/deliveries/inbox/")
    clicks.begin()
    clicks.menu("Push log")
    if title not in page.locator("h1").inner_text() and page.locator("#push").count() == 0:
        clicks.on(page.locator("main a", has_text=title).first)
    expect(page.locator("#push")).to_contain_text(
        said("A server is there, but nothing takes a POST at this address.")
    )
    expect(page.locator("#push")).to_contain_text("404")
    assert clicks.number <= 2
    receiver.replies = []
    failed = len(receiver.requests)
    retry = re.compile(said("Retry No. %(number)s now").partition("%")[0].strip())
    _until_new(page, page.get_by_role("button", name=retry).first.click)
    wait_until(lambda: len(receiver.requests) > failed)

    # 4. The secret is replaced, and no message is lost: the receiver verifies with the old one until it has the new one.
    page.goto(f"{subscription}log/")
    clicks.begin()
    clicks.link("Rotate the secret")
    clicks.on(page.locator("main form button[type=submit]").first)
    new = page.locator(".secret-shown").input_value()
    clicks.link("I have saved it")
    again(subscription)
    receiver.secret = new
    again(subscription)
    assert receiver.invalid == 0
    assert clicks.number <= 4, clicks.number
    page.goto(f"{subscription}log/")
    page.get_by_role("link", name=said("End it now")).click()
    page.locator(".modal.show button[type=submit]").click()
    expect(page.locator("body")).not_to_contain_text(said("End it now"))
    again(subscription)
    assert receiver.invalid == 0

    # 5. What turned red: a list, and by its address a single request.
    page.goto("/deliveries/inbox/")
    faults += watch.look()
    clicks.begin()
    clicks.menu("Colours")
    clicks.on_phone("Filter")
    page.locator("[name=colour]").select_option("red")
    clicks.number += 1
    page.wait_for_url(re.compile("colour=red"))
    page.locator("[name=way]").select_option("down")
    clicks.number += 1
    page.wait_for_url(re.compile("way=down"))
    assert clicks.number <= 3
    expect(page.locator("#results")).to_contain_text(said("enterprise") if language == "en" else "企业")
    assert faults + watch.look() == []


def _settled(page: Page, receiver: Receiver) -> int:
    """Wait until the subscription has no message left to deliver; return how many requests came."""

    def is_done() -> bool:
        page.reload()
        return page.locator(".cursor-line dd").nth(2).inner_text().strip() == "0"

    wait_until(is_done)
    return len(receiver.requests)


def _until_new(page: Page, act: Callable[[], None]) -> None:
    """Do what leads to a new page, and wait until that is there: else the next address meets it on its way."""
    page.evaluate("() => { window.isOld = true; }")
    act()
    page.wait_for_function("() => !window.isOld && document.readyState === 'complete'")


def _again(page: Page, subscription: str, *, receiver: Receiver, button: str) -> None:
    """Have the last message sent again, and wait until it was accepted."""
    before = len(receiver.requests)
    page.goto(f"{subscription}log/")
    _until_new(page, page.get_by_role("button", name=button).first.click)
    wait_until(lambda: len(receiver.requests) > before)
