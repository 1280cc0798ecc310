"""What the phone says of what it could not send: what happened, and what to do."""

import json
import re
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


@pytest.mark.drill
def test_what_a_new_version_asks_otherwise_is_told_before_it_is_opened(phone_of: NewPhone) -> None:
    """And an item that had failed is not left out by being asked anew."""
    phone = phone_of("chief")
    page = phone.page
    phone.begin(phone.enterprise(6))
    phone.item(1).locator(".check-fail").click()
    phone.item(1).locator("[name^=note]").fill("Never drilled")
    phone.photograph(1, "a.jpg")
    expect(page.locator(".field-shot")).to_have_count(1)
    phone.pass_all()
    phone.tick_officers()

    def supersede(route: Route) -> None:
        body = json.loads(route.request.post_data or "")
        body["fields"]["lists"] = [re.sub(r":\d+", ":9", body["fields"]["lists"][0])]
        answer = route.fetch(post_data=json.dumps(body))
        found = answer.json()
        for each in found["form"]["questions"][:2]:
            each["ask"] = "另一种问法"
        route.fulfill(response=answer, json=found)

    phone.context.route(INSPECTION, supersede)
    phone.finish()
    aside = page.locator(".is-aside")
    expect(aside).to_contain_text("was replaced")
    expect(aside.locator("li")).to_have_count(2)
    expect(aside.locator("li").first).to_contain_text("Asked in other words now")
    aside.get_by_role("button", name="Change and send again").click()
    expect(page.locator(".field-faults")).to_contain_text("Asked in other words now")
    expect(phone.item(1).locator("input:checked")).to_have_count(0)
    expect(phone.item(1).locator("[name^=note]")).to_have_value("Never drilled")
    expect(page.locator(".field-shot")).to_have_count(1)
    expect(phone.item(2).locator(".check-pass input")).to_be_checked()
    page.reload()
    phone.item(0).locator(".check-pass").click()
    page.locator("[data-record]").click()
    expect(page.locator(".field-faults")).to_contain_text("it had failed")
    phone.item(1).locator(".check-fail").click()
    phone.context.unroute(INSPECTION)
    phone.finish()
    expect(phone.arrived()).to_have_count(2)
    changes = page.evaluate(
        """() => window.anqi.field.check.changesOf(
            { asks: { a: "A", b: "B", c: "C" } },
            { questions: [{ code: "a", ask: "A" }, { code: "b", ask: "!" }, { code: "d", ask: "D" }] })"""
    )
    assert (changes["anew"], changes["added"], changes["gone"]) == (["b"], ["d"], ["c"])
