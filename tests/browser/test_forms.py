"""Forms of records in a real browser: the picker by keyboard, one record of two clicks, what was typed is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.logins import DEMO_PASSWORD
from tests.browser.conftest import log_in
from tests.browser.test_journeys import today
from tests.browser.watching import Enter, pick


def _type_an_inspection(page: Page, words: str) -> None:
    page.goto("/inspections/new/")
    pick(page, "enterprise", "铭洲")
    page.locator("input[name=inspectors]").fill("周志远，李明")
    page.locator("textarea[name=note]").fill(words)
    page.locator("input[name='hazards-0-item']").fill("Lock one")
    page.locator("input[name='hazards-0-due_on']").fill(today(days=10))
    page.get_by_role("button", name="Another hazard").click()
    page.locator("input[name='hazards-1-item']").fill("Lock two")
    page.locator("input[name='hazards-1-due_on']").fill(today(days=11))


@pytest.mark.drill
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
    expect(page.locator("input[name=enterprise]")).to_have_value(re.compile(r"^\d+$"))
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


def test_a_hazard_takes_its_place_from_the_key_positions_and_its_deadline_follows(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/inspections/new/")
    pick(page, "enterprise", "铭洲")
    pick(page, "'hazards-0-place'", "财务")
    expect(page.locator("input[name='hazards-0-place']")).to_have_value("财务室")
    item, due = (page.locator(f"input[name='hazards-0-{name}']") for name in ("item", "due_on"))
    assert page.locator(f"#{item.get_attribute('list')} option").count() > 20
    proposed = due.input_value()
    page.locator("input[name=inspected_on]").fill(today(days=-9))
    page.locator("input[name=inspected_on]").press("Tab")
    expect(due).not_to_have_value(proposed)
    expect(page.locator("#id_hazards-0-due_on_helptext")).to_contain_text(today(days=-9))

    due.fill(today(days=20))  # what a person chose stays
    page.locator("input[name=inspected_on]").fill(today(days=-1))
    page.locator("input[name=inspected_on]").press("Tab")
    expect(page.locator("#id_hazards-0-due_on_helptext")).to_contain_text(today(days=-1))
    expect(due).to_have_value(today(days=20))
