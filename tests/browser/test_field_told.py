"""What the phone says of what it could not send: what happened, and what to do."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.phones import INSPECTION, PHOTO, NewPhone


def answering(status: int, **answer: str) -> Callable[[Route], None]:
    """Return an answer of the application that takes nothing."""

    def answer_so(route: Route) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(answer))

    return answer_so


@pytest.mark.drill
def test_why_nothing_is_sent_is_said_in_words(phone_of: NewPhone) -> None:
    """A server in trouble, a role that may not, photos of what was not taken: none of them is being sent."""
    phone = phone_of("chief")
    page = phone.page
    banner = page.locator(".field-banner")
    phone.begin(phone.enterprise(5))
    phone.photograph(0, "a.jpg")
    expect(page.locator(".field-shot")).to_have_count(1)
    phone.pass_all()
    phone.tick_officers()
    phone.context.route(INSPECTION, answering(503, refused="503"))
    phone.finish()
    for status, refused, told in (
        (503, "503", "could not take it"),
        (500, "500", "could not take it"),
        (429, "429", "could not take it"),
        (403, "csrf", "could not take it"),
        (403, "403", "does not let you"),
    ):
        phone.context.unroute(INSPECTION)
        phone.context.route(INSPECTION, answering(status, refused=refused))
        phone.try_now()
        expect(banner).to_contain_text(told)
        expect(banner).not_to_contain_text("one after the other")
        assert phone.waiting() == 2
    # a gateway in front of it, which answers whoever asks
    phone.context.route(
        "**/field/whoami/", lambda route: route.fulfill(status=502, content_type="text/html", body="")
    )
    phone.try_now()
    expect(banner).to_contain_text("could not take it")
    phone.context.unroute("**/field/whoami/")

    phone.context.unroute(INSPECTION)
    phone.context.route(INSPECTION, answering(422, refused="faults", words="Li Shan has left."))
    phone.try_now()
    expect(page.locator(".is-aside")).to_have_count(1)
    expect(banner).to_contain_text("their inspection was not taken")

    phone.context.unroute(INSPECTION)
    phone.context.route(PHOTO, answering(500, refused="500"))
    page.get_by_role("button", name="Change and send again").click()
    phone.finish()
    expect(phone.arrived()).to_have_count(1)
    expect(banner).to_contain_text("could not take it")
    phone.context.unroute(PHOTO)
    phone.try_now()
    expect(phone.arrived()).to_have_count(2)
    expect(banner).to_have_count(0)
