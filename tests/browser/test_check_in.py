"""The check-in at a door on a phone: proposed, with the place only if asked for, and seen at once by the enterprise."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.watching import Enter

MILL = {"latitude": 31.230416, "longitude": 121.473701, "accuracy": 12}


@pytest.mark.drill
def test_officers_check_in_at_the_door_and_leave(enter: Enter) -> None:
    phone = enter("chief", width=360, geolocation=MILL, permissions=["geolocation"])
    page = phone.page
    page.goto("/enterprises/")
    files = [each.get_attribute("href") or "" for each in page.locator("#results .cell-title a").all()]
    page.goto(f"{files[-1].rstrip('/')}/visits/")
    make = page.get_by_role("button", name="Make the QR code")
    if make.count():  # the list ends with another enterprise once other tests have added theirs
        make.click()
    address = page.locator("[data-address]").first.get_attribute("data-address") or ""
    page.goto(urlsplit(address).path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("Visit or service, no inspection").click()
    page.fill("[name=approval]", "No. 12")
    assert page.locator("[name=latitude]").input_value() == "", "nobody asked for the place"
    page.locator("[data-place-add]").click()
    expect(page.locator("[data-place-said]")).to_contain_text("Place added")
    assert page.locator("[name=latitude]").input_value() == "31.230", "rounded before it leaves the phone"
    page.locator(".checking-bar button").click()
    page.wait_for_url("**/field/at/visits/*/")
    expect(page.locator("main")).to_contain_text("No. 12")
    expect(page.locator("main")).to_contain_text("There now")
    page.get_by_role("link", name="Check out", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Check out").click()
    expect(page.locator("main")).to_contain_text("Over")
    assert phone.look() == []
