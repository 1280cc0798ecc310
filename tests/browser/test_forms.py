"""Forms of records in a real browser: the picker by keyboard, one record of two clicks, what was typed is kept."""

import re

from playwright.sync_api import Page, Route, expect

from demo.logins import DEMO_PASSWORD
from tests.browser.conftest import log_in
from tests.browser.test_journeys import today
from tests.browser.watching import Enter


def test_the_picker_is_used_by_keyboard_alone(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/disputes/new/")
    search = page.locator("input[name=find]")
    search.press_sequentially("清河", delay=20)
    choices = page.locator("#picker-choices input[name=enterprise]")
    expect(choices.nth(1)).to_be_visible()
    search.press("ArrowDown")
    search.press("ArrowDown")
    search.press("ArrowUp")
    search.press("ArrowDown")
    expect(search).to_have_attribute("aria-activedescendant", choices.nth(1).get_attribute("id") or "")
    search.press("Enter")
    expect(choices.nth(1)).to_be_checked()
    expect(page).to_have_url(re.compile(r"/disputes/new/\?enterprise=\d+$"))


def test_a_late_list_takes_no_choice_away(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/disputes/new/")
    search = page.locator("input[name=find]")
    choice = page.locator("#picker-choices input[name=enterprise]").first
    search.press_sequentially("清", delay=20)
    expect(choice).to_be_visible()
    held: list[Route] = []

    def release(number: int) -> None:
        while len(held) <= number:
            page.wait_for_timeout(20)
        with page.expect_response("**/disputes/new/*find=*"):
            held[number].continue_()

    page.route("**/disputes/new/*find=*", lambda route: held.append(route))
    with page.expect_request("**/disputes/new/*find=*"):
        search.press_sequentially("河", delay=20)
    choice.check()
    release(0)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    expect(choice).to_be_checked()
    search.fill("清")  # whoever goes on typing gets a new list
    release(1)
    expect(choice).not_to_be_checked()


def _type_an_inspection(page: Page, words: str) -> None:
    page.goto("/inspections/new/")
    page.locator("input[name=find]").press_sequentially("铭洲", delay=20)
    expect(page.locator("#picker-choices input[name=enterprise]").first).to_be_visible()
    page.locator("input[name=find]").press("ArrowDown")
    page.locator("input[name=find]").press("Enter")
    page.locator("input[name=inspectors]").fill("周志远，李明")
    page.locator("textarea[name=note]").fill(words)
    page.locator("input[name='hazards-0-item']").fill("Lock one")
    page.locator("input[name='hazards-0-due_on']").fill(today(days=10))
    page.get_by_role("button", name="Another hazard").click()
    page.locator("input[name='hazards-1-item']").fill("Lock two")
    page.locator("input[name='hazards-1-due_on']").fill(today(days=11))


def test_what_was_typed_when_the_session_had_ended_is_kept(visit: Enter, fresh_number: str) -> None:
    watch = visit()
    page, words = watch.page, f"Typed for long {fresh_number}"
    log_in(page, "officer")
    _type_an_inspection(page, words)
    for cookie in page.context.cookies():
        if "session" in cookie["name"]:
            page.context.clear_cookies(name=cookie["name"])
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url("**/login/**")
    page.fill("#id_login", "officer")
    page.fill("#id_password", DEMO_PASSWORD)
    page.click("form[data-login] button[type=submit]")
    page.wait_for_url("**/inspections/new/**")

    expect(page.locator("textarea[name=note]")).to_have_value(words)
    expect(page.locator("input[name='hazards-1-item']")).to_have_value("Lock two")
    expect(page.locator("input[name=enterprise]").first).to_be_checked()
    expect(page.locator("[name='hazards-TOTAL_FORMS']")).to_have_value("2")
    expect(page.locator("[data-draft-box]")).to_contain_text("What you typed is back")
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator(".fact-list a", has_text="Lock two")).to_be_visible()

    page.go_back()
    page.wait_for_url("**/inspections/new/**")
    page.locator(".save-bar button[type=submit]").click()
    # Back does not bring the second hazard: it is another content of the same form, and nothing is lost without a word
    expect(page.get_by_text("This form was already submitted with different content.")).to_be_visible()
    expect(page.locator("textarea[name=note]")).to_have_value(words)
    page.evaluate("window.anqi.leave()")
    page.goto("/inspections/new/")
    expect(page.locator("[data-draft-box]")).to_contain_text("was not saved")
    expect(page.locator("textarea[name=note]")).to_have_value("")
