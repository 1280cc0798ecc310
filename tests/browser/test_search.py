"""The one search, as people use it: by keyboard on a desk, by thumb on a phone, and without scripts."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_journeys import SHOWCASE
from tests.browser.test_weight import transferred, watched
from tests.browser.watching import Enter

HITS, TITLES = "#found [data-hit]", "#found .hit-title"
PART = 8_000


def test_by_keyboard_alone(enter: Enter) -> None:
    watch = enter("officer", width=1440, language="en")
    page = watch.page
    page.goto("/inspections/hazards/")
    before = page.locator("#results a").first
    before.focus()
    page.keyboard.press("/")
    field = page.locator("#find input[name=q]")
    expect(field).to_be_focused()
    page.keyboard.type("qhmz", delay=30)
    expect(page.locator(f"{TITLES} mark").first).to_have_text("清河铭洲")
    expect(page.locator("#found .found-group").first).to_contain_text(SHOWCASE)
    assert not watch.look()

    # arrows choose, a letter goes on typing, Esc leads back to where one was
    page.keyboard.press("ArrowDown")
    expect(page.locator(HITS).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("j")
    expect(field).to_have_value("qhmzj")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    expect(before).to_be_focused()

    # Enter opens the first hit, and the way back leads to the list
    page.keyboard.press("/")
    page.keyboard.type("铭洲")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(SHOWCASE)
    page.go_back()
    expect(page).to_have_url(re.compile("/inspections/hazards/"))

    # what was opened last is offered before typing
    page.goto("/today/")
    page.keyboard.press("/")
    expect(page.locator("#found-opened")).to_have_text("Opened last")
    expect(page.locator(TITLES).first).to_have_text(SHOWCASE)
    assert not watch.look()


@pytest.mark.drill
def test_kinds_and_the_list_behind(enter: Enter) -> None:
    watch = enter("officer")
    page = watch.page
    page.goto("/today/")
    page.keyboard.press("/")
    page.keyboard.type("铭洲")
    hazards = page.locator(".found-kind", has_text="Hazards")
    expect(hazards).to_be_visible()
    total = int(hazards.locator("span").inner_text())
    page.keyboard.press("Tab")  # to the button that closes, then to the kinds
    page.keyboard.press("Tab")
    expect(page.locator(".found-kind").first).to_be_focused()
    hazards.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".found-kind.on")).to_contain_text("Hazards")
    expect(page.locator("#found .found-group")).to_have_count(1)
    expect(page.locator("#find input[name=q]")).to_be_focused()
    page.locator(".found-all").click()
    expect(page.locator("#results tbody tr")).to_have_count(total)
    assert not watch.look()


def test_on_a_phone_in_chinese(enter: Enter) -> None:
    watch = enter("officer", width=360, language="zh")
    page = watch.page
    page.goto("/enterprises/")
    page.locator("header [data-find]").click()
    field = page.locator("#find input[name=q]")
    field.fill("铭洲")
    expect(page.locator(TITLES).first).to_have_text(SHOWCASE)
    expect(page.locator(".found-kind").first).to_contain_text("全部")
    assert not watch.look()
    box = page.locator("#find").bounding_box()
    assert box
    assert box["width"] == 360
    field.fill("没有这家")
    expect(page.locator("#found")).to_contain_text("没有找到“没有这家”")
    expect(page.locator("#found")).to_contain_text("试试名称中的两个字")
    assert not watch.look()
    page.locator("[data-find-close]").click()
    expect(page.locator("#find")).to_be_hidden()


def test_an_enterprise_finds_its_own_records(enter: Enter) -> None:
    watch = enter("manager", width=360, language="zh")
    page = watch.page
    page.goto("/portal/")
    page.locator("header [data-find]").click()
    page.locator("#find input[name=q]").fill("消防")
    expect(page.locator(TITLES).first).to_contain_text("消防")
    assert not watch.look()
    page.locator(HITS).first.click()
    expect(page.locator("h1")).to_be_visible()
    assert not watch.look()


@pytest.mark.drill
def test_a_late_answer_never_replaces_a_newer_one(enter: Enter) -> None:
    watch = enter("officer")
    page = watch.page
    held: list[Route] = []
    page.route(re.compile(r"/search/\?q=%E6%B8%85$"), lambda route: held.append(route))  # 清
    page.goto("/today/")
    page.keyboard.press("/")
    field = page.locator("#find input[name=q]")
    field.fill("清")
    with page.expect_response(lambda answer: "q=" in answer.url):
        page.wait_for_function("() => document.querySelector('.find-form.htmx-request')")
        field.fill("铭洲")
    expect(page.locator("#found .found")).to_have_attribute("data-text", "铭洲")
    assert len(held) == 1
    held[0].continue_()
    page.evaluate("() => fetch('/healthz').then((answer) => answer.text())")
    expect(page.locator("#found .found")).to_have_attribute("data-text", "铭洲")


def test_an_answer_is_light(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/enterprises/")
    page.keyboard.press("/")
    requests = watched(page)
    with page.expect_request_finished(lambda request: "q=qh" in request.url):
        page.keyboard.type("qh")
    sizes = transferred([request for request in requests if "q=" in request.url])
    assert sizes
    assert max(sizes.values()) <= PART, sizes


@pytest.mark.drill
@pytest.mark.parametrize("who", ["officer", "manager"])
def test_without_scripts(enter: Enter, who: str) -> None:
    page = enter(who, java_script_enabled=False).page
    page.goto("/")
    page.locator("[data-find]:visible").first.click()
    expect(page).to_have_url(re.compile("/search/$"))
    page.locator("main input[name=q]").fill("消防")
    page.locator("main .find-form button").click()
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(page.locator("main .hit-title").first).to_be_visible()
    page.locator("main .found-all").first.click()
    expect(page.locator("#results")).to_contain_text("消防")
