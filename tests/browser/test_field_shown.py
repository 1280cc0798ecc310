"""Inspecting on a phone: what two tabs, two phones, a newer version and a slip of the finger show and keep."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.phones import FIELD, NewPhone, draw


@pytest.mark.drill
def test_two_tabs_and_two_phones_at_one_enterprise(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    enterprise = phone.enterprise(11)
    phone.begin(enterprise)
    beside = phone.context.new_page()
    beside.goto(f"{FIELD}#check/{enterprise}")  # a code that is scanned twice opens two tabs
    expect(beside.locator("#field")).to_contain_text("Open in another tab")
    phone.item(0).locator(".check-pass").click()
    phone.saved()
    beside.get_by_role("button", name="Go on here").click()
    expect(beside.locator("[data-count]")).to_contain_text("1 /")
    expect(page.locator("#field")).to_contain_text("Open in another tab")
    beside.close()

    other = phone_of("chief")
    for each in (phone, other):
        each.offline()
        each.begin(enterprise)
        each.pass_all()
        each.tick_officers()
    other.item(1).locator("[data-open]").click()
    other.item(1).locator(".check-n_a").click()
    for each in (phone, other):
        each.finish()
        each.offline(False)
        each.try_now()
        expect(each.page.locator(".is-arrived, .is-aside")).to_have_count(1)
    aside = other.page.locator(".is-aside")
    expect(aside).to_contain_text("has arrived already")
    expect(aside.locator(".field-differences li")).to_have_count(1)
    aside.get_by_role("button", name="It was another visit").click()
    expect(other.arrived()).to_have_count(1)


@pytest.mark.drill
def test_what_was_begun_stays_within_reach(phone_of: NewPhone) -> None:
    """Not due any more, the connection gone, the secret key changed: it opens, without network, and saves."""
    phone = phone_of("officer")
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    enterprise, other = phone.enterprise(0), phone.enterprise(1)
    phone.begin(enterprise)
    phone.item(0).locator(".check-fail").click()
    phone.item(0).locator("[name^=note]").fill("Begun before")
    phone.saved()

    def inspected_by_others(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        found["enterprises"] = [each for each in found["enterprises"] if str(each["id"]) != enterprise]
        route.fulfill(response=answer, json=found)

    phone.context.route("**/inspections/field/package/", inspected_by_others)
    page.goto(FIELD)
    with page.expect_response("**/inspections/field/package/"):
        page.reload()
    expect(page.locator(f".field-card[href='#check/{enterprise}']")).to_have_count(1)  # begun
    phone.offline()
    phone.begin(enterprise)
    expect(phone.item(0).locator("[name^=note]")).to_have_value("Begun before")
    # a phone that is short of memory closes the connection (enketo/enketo#1576)
    page.evaluate("async () => (await window.anqi.field.store.opened()).close()")
    phone.item(0).locator("[name^=note]").fill("Begun before and after")
    phone.saved()
    page.reload()
    expect(phone.item(0).locator("[name^=note]")).to_have_value("Begun before and after")

    # finished, it is not asked again; begun by mistake, it goes
    phone.whole(other)
    page.goto(f"{FIELD}#")
    expect(page.locator(".field-card[href='#waiting']")).to_contain_text("not sent yet")
    expect(page.locator(f".field-card[href='#check/{other}']")).to_have_count(0)
    phone.begin(other)
    expect(page.locator(".field-banner")).to_contain_text("only if it is another visit")
    phone.item(0).locator(".check-pass").click()
    phone.saved()
    page.get_by_role("button", name="Discard this inspection").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.locator("[data-title]")).to_have_text("Inspect on the phone")
    expect(page.locator(f".field-card[href='#check/{other}']")).to_have_count(0)

    def renamed(route: Route) -> None:
        answer = route.fetch()
        who = answer.json()
        who["owners"] = [["f" * 32, "0" * 64], *who["owners"]]
        route.fulfill(response=answer, json=who)

    phone.context.route("**/field/whoami/", renamed)
    phone.offline(False)
    with page.expect_response("**/inspections/field/package/"):
        page.reload()
    page.wait_for_function("() => window.anqi.field.store.who()?.owner.startsWith('ffff')")
    phone.offline()
    phone.begin(enterprise)
    expect(phone.item(0).locator("[name^=note]")).to_have_value("Begun before and after")
    assert phone.waiting() == 1
    phone.offline(False)
    phone.context.unroute_all(behavior="ignoreErrors")  # the phone asks every 20 seconds who is there


@pytest.mark.drill
def test_what_is_wrong_is_said_at_once_and_where_it_is_seen(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    phone.begin(phone.enterprise(12))
    phone.item(0).locator(".check-fail").click()
    photo = phone.item(0).locator("input[type=file]")
    photo.set_input_files({"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(phone.item(0).locator("[data-photos] .field-error")).to_contain_text("no picture")
    expect(page.locator(".field-shot")).to_have_count(0)
    photo.set_input_files({"name": "a.heic", "mimeType": "", "buffer": b"\0\0\0\x18ftypheic" + bytes(12)})
    expect(page.locator(".field-shot")).to_have_count(1)
    phone.item(0).locator("[data-photos] button").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.locator(".field-shot")).to_have_count(1)
    phone.item(0).locator("[data-photos] button").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator(".field-shot")).to_have_count(0)

    phone.pass_all()
    people = page.locator("[name=officers]")
    for each in people.all():
        each.uncheck()
    page.locator("[data-record]").click()
    faults = page.locator(".field-faults")
    expect(faults).to_contain_text("At least two officers")
    expect(faults).to_be_in_viewport()
    faults.get_by_role("link").click()
    expect(people.first).to_be_in_viewport()
    phone.tick_officers()
    # nobody signs what the server would refuse afterwards
    late = phone.item(0).locator("[name^=due_on]")
    proposed = late.input_value()
    late.fill("2099-01-01")
    page.locator("[name=conclusion]").select_option("qualified")
    page.locator("[data-record]").click()
    expect(faults).to_contain_text("later than proposed")
    expect(faults).to_contain_text("Say why you conclude something else")
    late.fill("2001-01-01")
    page.locator("[name=conclusion]").select_option("")
    page.locator("[data-record]").click()
    expect(faults).to_contain_text("before the day of the inspection")
    late.fill(proposed)
    page.locator("[data-record]").click()
    expect(page.locator("[data-title]")).to_have_text("Look through and sign")
    expect(page.get_by_role("alert").filter(has_text="officers")).to_have_count(0)


def reworded(route: Route) -> None:
    """The bureau has published the first item in other words since."""
    answer = route.fetch()
    found = answer.json()
    for form in found["forms"].values():
        form["lists"][0]["number"] += 1
        form["questions"][0]["ask"] = "另一种问法"
    route.fulfill(response=answer, json=found)


@pytest.mark.drill
def test_what_was_signed_is_seen_kept_and_not_lost_by_a_tap(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    enterprise = phone.enterprise(13)
    phone.begin(enterprise)
    phone.pass_all()
    phone.item(1).locator("[data-open]").click()
    phone.item(1).locator(".check-fail").click()
    phone.item(1).locator("[name^=place]").fill("East gate")
    phone.item(2).locator("[data-open]").click()
    phone.item(2).locator("[name^=note]").fill("Seen by lamp")
    phone.tick_officers()
    page.locator("[name=camera]").fill("C-012")
    page.locator("[data-record]").click()
    signed = page.locator(".field-summary")
    for text in ("East gate", "Seen by lamp", "C-012", "Certificate shown: No", "Routine"):
        expect(signed).to_contain_text(text)
    draw(page, 0)
    page.locator("[name=name]").fill("Wang Jianguo")
    page.get_by_role("button", name="Finish without signatures").click()
    expect(page.get_by_role("dialog")).to_contain_text("The person of the enterprise")
    page.get_by_role("button", name="Keep it").click()
    assert phone.waiting() == 0

    page.go_back()  # of the phone: to the items, not out of the inspection
    phone.item(3).locator("[data-open]").click()
    phone.item(3).locator(".check-n_a").click()
    expect(page.locator("[data-notes]")).to_contain_text("has to be signed again")
    page.locator("[data-record]").click()
    expect(page.locator(".field-banner")).to_contain_text("sign again")
    expect(page.locator("[name=name]")).to_have_value("Wang Jianguo")
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Wang Jianguo")
    page.get_by_role("button", name="Back to the items").click()

    phone.context.route("**/inspections/field/package/?enterprise=*", reworded)
    page.locator("[data-record]").click()
    expect(page.locator(".field-faults")).to_contain_text("answer it anew")
    expect(phone.item(0).locator("input:checked")).to_have_count(0)
    expect(phone.item(1).locator(".check-fail input")).to_be_checked()


@pytest.mark.drill
def test_a_newer_version_waits_for_the_person(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    phone.begin(phone.enterprise(12))
    phone.item(0).locator(".check-fail").click()
    phone.item(0).locator("[name^=note]").fill("Typed before")
    phone.saved()
    # the page in another language is another version
    phone.context.add_cookies([{"name": "anqi_language", "value": "zh-hans", "url": phone.site}])
    page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((each) => each.update())")
    expect(page.locator("[data-newer]")).to_be_visible()
    phone.item(0).locator("[name^=note]").fill("Typed before and after")
    phone.saved()
    page.locator("[data-newer] button").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(phone.item(0).locator("[name^=note]")).to_have_value("Typed before and after")
    phone.offline()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1
    page.goto(f"{FIELD}#")
    phone.begin(
        phone.enterprise(4)
    )  # what was loaded before the new version and never opened (enketo/enketo#986)
