"""Pickers in a real browser: keyboard, tree, late answers, last used first, no scripts; a new enterprise in one minute."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import log_in
from tests.browser.watching import Enter, list_over, pick

SHOWCASE = "清河铭洲精工制造有限公司"
ADDRESS = "北京市朝阳区望京街道阜通东大街6号"
WIDTHS = [
    pytest.param(360, "zh", id="zh", marks=pytest.mark.drill),
    pytest.param(1440, "en", id="en", marks=pytest.mark.drill),
]


def options(page: Page, name: str) -> list[str]:
    found = page.locator(f"[name={name}] + .ts-wrapper .option")
    found.first.wait_for()
    return [each.get_attribute("data-value") or "" for each in found.all()]


def value(page: Page, name: str) -> str:
    return page.locator(f"[name={name}]").input_value()


def item(page: Page, name: str) -> str:
    return page.locator(f"[name={name}] + .ts-wrapper .item").inner_text().removesuffix("×").strip()


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_new_enterprise_in_one_minute(width: int, language: str, enter: Enter, fresh_number: str) -> None:
    watch = enter("officer", width=width, language=language)
    page = watch.page
    page.goto("/enterprises/new/")
    page.locator("#id_name").fill(SHOWCASE.replace("有限", "（有限）"))
    expect(page.locator("#twins a")).to_have_text(SHOWCASE)  # is it this one?
    page.locator("#id_name").fill(f"望京第{fresh_number}食堂")
    expect(page.locator("#twins a")).to_have_count(0)
    page.locator("input[name=since]").first.check()
    page.locator("#id_address").fill(ADDRESS)
    expect(page.locator("#place")).to_contain_text("望京街道")  # said, not done in silence
    expect(page.locator("[name=division_code]")).to_have_value("110105")
    expect(page.locator("[name=division_code] + .ts-wrapper .item")).to_contain_text("北京市朝阳区")
    page.locator("[data-read-undo]").hover()
    with page.expect_response(re.compile("address")):  # leaving the field asks again, the button pressed
        page.mouse.down()
    page.mouse.up()
    assert (value(page, "division_code"), value(page, "street")) == ("", "")
    page.locator("[data-read-take]").click()
    assert (value(page, "division_code"), value(page, "street")) == ("110105", "望京街道")
    pick(page, "industry_code", "canyin")
    assert (value(page, "industry_code"), item(page, "industry_code")[:3]) == ("H62", "H62")
    assert watch.look() == []
    page.locator("button[type=submit].btn-primary").first.click()
    page.wait_for_url(re.compile(r"/file/\d+/$"))
    missing = page.locator(".file-still a")  # what is still missing leads to its field
    expect(missing.first).to_be_visible()
    page.locator(".file-still a[href$='#id_phone']").click()
    expect(page.locator("#id_phone")).to_be_visible()
    assert watch.look() == []


def test_a_picker_is_used_by_keyboard_alone(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/enterprises/new/")
    field = list_over(page, "industry_code")
    field.focus()
    assert options(page, "industry_code")[0] != ""
    field.press_sequentially("c36", delay=20)
    first = page.locator("[name=industry_code] + .ts-wrapper .option.active")
    expect(first).to_have_attribute("data-value", "C36")
    field.press("ArrowDown")
    expect(first).to_have_attribute("data-value", "C361")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    field.press("ArrowRight")  # one level down
    expect(field).to_have_value("C361")
    expect(page.locator("[name=industry_code] + .ts-wrapper .option")).to_have_count(3)
    field.press("ArrowDown")
    field.press("Enter")
    assert value(page, "industry_code") == "C3611"
    expect(page.get_by_role("combobox", name="Industry")).to_have_accessible_description(
        re.compile("C3611 汽柴油车整车制造")
    )
    field.press("Backspace")
    assert value(page, "industry_code") == ""
    field.press("Escape")
    field.press_sequentially("C3670", delay=20)  # a code that is known by heart, and on
    page.locator("#id_address").focus()
    expect(page.locator("[name=industry_code]")).to_have_value("C3670")
    expect(page.locator("[name=industry_code] + .ts-wrapper .item")).to_contain_text("汽车零部件")
    # what was used last comes first, for this person alone
    page.evaluate("window.anqi.leave()")
    page.goto("/enterprises/new/")
    list_over(page, "industry_code").focus()
    expect(page.locator("[name=industry_code] + .ts-wrapper .optgroup-header")).to_be_visible()
    assert options(page, "industry_code")[0] == "C3611"


def test_the_tree_is_walked_with_the_mouse(enter: Enter) -> None:
    page = enter("officer", width=360, language="zh").page
    page.goto("/enterprises/new/")
    list_over(page, "division_code").click()
    page.locator("[name=division_code] + .ts-wrapper [data-value='310000'] [data-more]").click()
    page.locator("[name=division_code] + .ts-wrapper [data-value='310100'] [data-more]").click()
    page.locator("[name=division_code] + .ts-wrapper [data-value='310115']").click()
    assert (value(page, "division_code"), item(page, "division_code")) == ("310115", "上海市浦东新区")


@pytest.mark.drill
def test_a_late_list_takes_no_choice_away(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/disputes/new/")
    field = list_over(page, "enterprise")
    field.press_sequentially("清", delay=20)
    assert options(page, "enterprise")
    held: list[Route] = []
    page.route("**/pick/enterprise/*", lambda route: held.append(route))
    with page.expect_request("**/pick/enterprise/*"):
        field.press_sequentially("河", delay=20)
    expect(page.locator("[name=enterprise] + .ts-wrapper .option")).to_have_count(0)
    field.press("Enter")  # nothing is picked from the list of another text
    assert value(page, "enterprise") == ""
    with page.expect_request("**/pick/enterprise/*"):
        field.fill("铭洲")
    while len(held) < 2:
        page.wait_for_timeout(20)
    held[-1].continue_()  # the page itself has ended the older one
    expect(page.locator("[name=enterprise] + .ts-wrapper .option").first).to_contain_text(SHOWCASE)
    field.press("Enter")
    assert item(page, "enterprise") == SHOWCASE
    expect(page).to_have_url(re.compile(r"/disputes/new/\?enterprise=\d+$"))
    page.reload()
    expect(page.locator("[name=enterprise] + .ts-wrapper .item")).to_contain_text(SHOWCASE)


@pytest.mark.drill
def test_what_was_typed_and_not_picked_is_not_lost(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/enterprises/new/")
    list_over(page, "industry_code").press_sequentially("no such trade", delay=5)
    page.locator("#id_address").focus()
    assert value(page, "industry_code") == "no such trade"
    expect(page.locator(".picker-unpicked:not(:empty)")).to_contain_text("not chosen from the list")


@pytest.mark.drill
def test_officers_are_found_by_initials(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/inspections/hazards/")
    page.locator("details:has([name=liaison]) > summary").click()
    pick(page, "liaison", "zzy")
    expect(page.locator(".chip").first).to_contain_text("周志远")
    page.goto("/inspections/new/")
    pick(page, "inspectors", "heguo")
    list_over(page, "inspectors").press_sequentially("外来人，", delay=5)
    page.locator("textarea[name=note]").focus()
    assert value(page, "inspectors") == "周志远,何国强,外来人"


@pytest.mark.drill
def test_without_scripts_the_field_is_typed_into(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    log_in(page, "officer")
    page.goto("/disputes/new/")
    page.locator("input[name=enterprise]").fill(SHOWCASE)
    page.locator("button[type=submit].btn-primary").last.click()
    expect(page.locator("#id_enterprise")).to_have_value(SHOWCASE)
    expect(page.locator("#error_1_id_enterprise, [id^='id_enterprise_error']")).to_have_count(0)
    page.goto("/enterprises/?section=C36")
    expect(page.locator(".picker-said")).to_contain_text("汽车制造业")
    context.close()
