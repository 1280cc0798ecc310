"""What the phone says of what it could not send: what happened, and what to do."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import log_in
from tests.browser.phones import FIELD, INSPECTION, PHOTO, NewPhone


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
        # over the one before: without any, the phone that tries again by itself would get through
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

    phone.context.route(INSPECTION, answering(422, refused="faults", words="Li Shan has left."))
    phone.try_now()
    expect(page.locator(".is-aside")).to_have_count(1)
    expect(banner).to_contain_text("their inspection was not taken")

    phone.context.route(PHOTO, answering(500, refused="500"))
    phone.context.unroute(INSPECTION)
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


@pytest.mark.drill
def test_what_cannot_be_shown_says_why_and_what_to_do(phone_of: NewPhone) -> None:
    """An enterprise of another station, scripts that are not on the phone, a role in which nobody inspects."""
    phone = phone_of("officer")
    page, shown = phone.page, phone.page.locator("#field")
    phone.begin(phone.enterprise(5))
    phone.item(0).locator(".check-pass").click()
    phone.saved()
    kept = page.url.rpartition("/")[2]
    page.goto(f"{FIELD}#check/999999999")
    expect(shown).to_contain_text("not among yours")
    phone.offline()
    page.goto(f"{FIELD}#check/999999998")
    expect(shown).to_contain_text("With a network it is loaded")
    phone.offline(False)

    page.evaluate(
        """async () => {
            for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
            for (const name of await caches.keys()) await caches.delete(name);
        }"""
    )
    phone.context.route("**/sw.js", lambda route: route.abort())
    phone.context.route("**/field-signing*", lambda route: route.abort())
    page.goto("about:blank")
    page.goto(f"{FIELD}#check/{kept}")
    expect(shown).to_contain_text("A part of this page is not on the phone")
    expect(page.locator("[data-item]")).to_have_count(0)
    page.wait_for_timeout(8_500)  # longer than a note stands
    expect(shown).to_contain_text("What was typed on this phone is kept")
    phone.context.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="Reload the page").click()
    expect(phone.item(0).locator(".check-pass input")).to_be_checked()

    visitor = phone_of()
    log_in(visitor.page, "manager")
    visitor.page.goto(FIELD)
    expect(visitor.page.locator("#field")).to_contain_text("Nobody inspects in this role")
    expect(visitor.page.locator("#field")).not_to_contain_text("Being loaded")
