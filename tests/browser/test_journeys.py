"""The ways people really go, from the first click to what the next person sees."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from demo import showcase
from tests.attachments.pictures import photo
from tests.browser.conftest import log_in
from tests.browser.watching import Enter, pick
from tests.waiting import patience, wait_until

SHOWCASE = "清河铭洲精工制造有限公司"
PASSWORD = "bamboo-after-the-rain-7"


def today(**later: int) -> str:
    return (dt.datetime.now(ZoneInfo("Asia/Shanghai")).date() + dt.timedelta(**later)).isoformat()


def choose_enterprise(page: Page, text: str) -> None:
    """Type into the picker and take the first match."""
    pick(page, "enterprise", text)


def confirm(page: Page) -> None:
    """The primary button of the open dialog."""
    dialog = page.locator("#modal")
    expect(dialog).to_be_visible()
    dialog.locator("button[type=submit]").click()


def record_inspection_with_hazard(page: Page, item: str, name: str = "铭洲") -> str:
    """Through the form of a new inspection; returns the address of the hazard it found."""
    page.goto("/inspections/new/")
    choose_enterprise(page, name)
    page.locator("input[name=inspectors]").fill("周志远，李明")
    page.locator("input[name='hazards-0-item']").fill(item)
    page.locator("input[name='hazards-0-place']").fill("二号车间")
    page.locator("input[name='hazards-0-due_on']").fill(today(days=10))
    page.locator(".save-bar button[type=submit]").click()
    link = page.locator(".fact-list a", has_text=item)
    expect(link).to_be_visible()
    return link.get_attribute("href") or ""


# --- the officer ---


def test_from_the_login_to_the_line_of_time(visit: Enter, enter: Enter, fresh_number: str) -> None:
    watch = visit()
    page, item = watch.page, f"安全出口堵塞 {fresh_number}"
    log_in(page, "officer")
    expect(page).to_have_url(re.compile("/today/$"))
    page.locator(".page-head-actions").get_by_role("link", name="Record an inspection").click()
    hazard = record_inspection_with_hazard(page, item)
    page.locator(".fact-list a", has_text=item).click()
    expect(page).to_have_url(re.compile(re.escape(hazard)))
    expect(page.locator("h1")).to_contain_text(item)

    # who found it does not close it: the page says who may, and the chief does
    expect(page.get_by_role("link", name="Close at once")).to_have_count(0)
    expect(page.locator(".fact-another").first).to_contain_text("何国强 (chief)")
    boss = enter("chief").page
    boss.goto(hazard)
    boss.get_by_role("link", name="Close at once").click()
    confirm(boss)
    expect(boss.locator("#toasts")).to_contain_text("The hazard is closed.")
    expect(boss.locator(".fact-state")).to_contain_text("Closed")

    page.reload()
    page.locator(".page-pretitle a", has_text=SHOWCASE).click()
    line = page.locator(".timeline-anqi")
    expect(line).to_contain_text(item)
    assert not watch.look()


@pytest.mark.drill
def test_a_voided_record_says_why_and_offers_no_act(enter: Enter, fresh_number: str) -> None:
    hazard = record_inspection_with_hazard(enter("officer").page, f"灭火器过期 {fresh_number}")
    watch = enter("chief")
    page = watch.page
    page.goto(hazard)
    page.get_by_role("link", name="Void", exact=True).click()
    watch.expected.add(422)
    confirm(page)
    expect(page.locator("#modal .form-errors")).to_contain_text("Reason")
    page.locator("#modal textarea[name=reason]").fill("录错企业")
    confirm(page)
    expect(page.locator(".fact-voided")).to_contain_text("录错企业")
    expect(page.locator(".fact-acts, .page-head-actions").locator("a")).to_have_count(0)
    assert not watch.look()


@pytest.mark.parametrize("typed", ["铭洲", pytest.param("qhmz", marks=pytest.mark.drill)])
def test_search_as_you_type(enter: Enter, typed: str) -> None:
    """Two characters of the name, or the initials of its sounds; the address can be sent on."""
    watch = enter("officer")
    page = watch.page
    page.goto("/enterprises/")
    before = page.locator("#results tbody tr").count()
    page.locator("[data-search]").focus()
    page.keyboard.type(typed, delay=40)
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("#results tbody tr")).to_contain_text(SHOWCASE)
    assert before > 1
    expect(page).to_have_url(re.compile("q="))
    page.reload()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.locator("#results tbody a", has_text=SHOWCASE).click()
    expect(page.locator("h1")).to_contain_text(SHOWCASE)
    page.go_back()
    expect(page.locator("[data-search]")).to_have_value(typed)
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert not watch.look()


@pytest.mark.drill
def test_language_and_darkness_are_kept(visit: Enter) -> None:
    """Chosen once, they outlive the log-out and the next log-in."""
    watch = visit(language="en")
    page = watch.page
    log_in(page, "officer")
    page.locator(".user-button").click()
    page.locator(".user-sheet button[value='zh-hans']").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator(".user-button").click()
    page.locator("[data-theme-set=dark]").first.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/enterprises/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".user-button").click()
    with page.expect_navigation():
        page.locator("form[action='/accounts/logout/'] button").click()
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    log_in(page, "officer")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert not watch.look()


@pytest.mark.drill
def test_by_keyboard_alone(visit: Enter) -> None:
    watch = visit()
    page = watch.page
    page.goto("/accounts/login/")
    expect(page.locator("#id_login")).to_be_focused()
    page.keyboard.type("officer")
    page.keyboard.press("Tab")
    page.keyboard.type("anqi-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    # The skip link comes first and leads past the navigation; then few steps to the primary act.
    page.keyboard.press("Tab")
    assert "skip-link" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    for _step in range(6):
        page.keyboard.press("Tab")
        if "btn-primary" in page.evaluate("document.activeElement.className"):
            break
    assert "btn-primary" in page.evaluate("document.activeElement.className")
    shown = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow }"
    )
    assert shown != "nonenone", "nobody sees where the focus is"
    page.keyboard.press("Enter")
    page.wait_for_url("**/inspections/new/**")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/enterprises/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    assert not watch.look()


@pytest.mark.drill
def test_nonsense_is_told_at_its_field_and_nothing_is_lost(enter: Enter) -> None:
    watch = enter("officer", language="zh")
    page = watch.page
    watch.expected.add(422)
    page.goto("/inspections/new/")
    choose_enterprise(page, "铭洲")
    page.locator("input[name=inspected_on]").fill("2099-01-01")
    page.locator("input[name=inspectors]").fill("周志远，李明 <b>" + "长" * 20)
    page.locator("textarea[name=note]").fill("'; DROP TABLE -- 😀")
    page.locator("input[name='hazards-0-due_on']").fill(today(days=10))
    page.locator("input[name='hazards-0-place']").fill("只写了地点")
    save = page.locator(".save-bar button[type=submit]")
    # One thing after the other: what the form itself sees, then what only the register knows.
    for name, repaired in (("hazards-0-item", "配电箱未上锁"), ("inspected_on", today())):
        save.click()
        expect(page.locator(".form-errors").first).to_be_focused()
        field = page.locator(f"[name='{name}']")
        expect(field).to_have_class(re.compile("is-invalid"))
        told = field.evaluate("e => e.closest('.mb-3').querySelector('.invalid-feedback').innerText")
        assert re.search("[一-鿿]", told), told
        expect(page.locator("input[name=inspectors]")).to_have_value("周志远，李明 <b>" + "长" * 20)
        expect(page.locator("textarea[name=note]")).to_have_value("'; DROP TABLE -- 😀")
        expect(page.locator("input[name='hazards-0-place']")).to_have_value("只写了地点")
        expect(page.locator("input[name=enterprise]")).to_have_value(re.compile(r"^\d+$"))
        field.fill(repaired)
    save.click()
    expect(page.locator(".fact-fields").first).to_contain_text("周志远、李明 <b>长")
    assert not watch.look()


def test_unsaved_changes_are_asked_about(enter: Enter) -> None:
    watch = enter("officer")
    page = watch.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto("/today/")
    page.goto("/incidents/new/")
    page.locator("textarea").first.press_sequentially("没写完")
    page.locator(".side-link", has_text="Enterprises").click(no_wait_after=True)
    wait_until(lambda: page.wait_for_timeout(50) or asked, what="nothing was asked")
    assert asked == ["beforeunload"]
    assert "/incidents/new/" in page.url
    expect(page.locator("textarea").first).to_have_value("没写完")
    page.locator("a[data-unguard]").first.click()  # to cancel is to mean it
    page.wait_for_url(lambda url: "/new/" not in url)
    assert asked == ["beforeunload"]


@pytest.mark.drill
def test_back_after_saving_neither_repeats_nor_blocks(enter: Enter, fresh_number: str) -> None:
    watch = enter("officer")
    page, item = watch.page, f"消防栓缺水带 {fresh_number}"
    page.goto("/today/")
    record_inspection_with_hazard(page, item)
    saved = page.url
    page.go_back()
    expect(page.locator("h1")).to_have_text("Record an inspection")
    page.go_forward()
    expect(page).to_have_url(saved)
    page.goto("/inspections/hazards/?state=open&q=铭洲")
    expect(page.locator("#results tbody tr", has_text=item)).to_have_count(1)
    assert not watch.look()


def test_two_officers_at_one_record(enter: Enter, fresh_number: str) -> None:
    """The second is told who was quicker, keeps what was typed, and may then save."""
    first, second = enter("officer"), enter("chief")
    address = record_inspection_with_hazard(first.page, f"线路私拉 {fresh_number}")
    for watch in (first, second):
        watch.expected.add(422)
        watch.page.goto(f"{address}correct/")
    for watch, place in ((first, "东门"), (second, "西门")):
        watch.page.locator("input[name=place]").fill(place)
        watch.page.locator("textarea[name=reason]").fill(f"现场是{place}")
    first.page.locator(".save-bar button[type=submit]").click()
    # A click does not wait for the answer: without this line the second could be the quicker.
    expect(first.page).to_have_url(re.compile(re.escape(address) + "$"))
    second.page.locator(".save-bar button[type=submit]").click()
    page = second.page
    expect(page.locator(".form-errors")).to_contain_text("周志远")
    expect(page.locator("input[name=place]")).to_have_value("西门")
    expect(page.locator(".fact-others")).to_contain_text("东门")
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator(".fact-fields").first).to_contain_text("西门")
    assert not first.look() + second.look()


# --- the chief ---


@pytest.mark.drill
def test_liaison_officers_in_bulk(enter: Enter) -> None:
    """Rows by range, by keyboard and all at once; what will be done follows what is typed."""
    watch = enter("chief")
    page = watch.page
    page.goto("/enterprises/")
    boxes, bar = page.locator("td.pick input"), page.locator("#bulk")
    expect(bar).to_be_hidden()
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    page.locator("#results .cell-title a").nth(2).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator(".bulk-count")).to_contain_text("4")
    page.locator("[data-pick-all]").check()
    page.locator("[data-pick-all]").uncheck()
    expect(bar).to_be_hidden()
    # Nobody is their own deputy.
    row = page.locator("#results tbody tr").filter(has_not_text="周志远").first
    row.locator("td.pick input").check()
    name = row.locator(".cell-title a").inner_text()
    address = row.locator(".cell-title a").get_attribute("href") or ""
    bar.locator("button[value=assign]").click()
    expect(page.locator("#content")).to_contain_text(name)
    pick(page, "officer", "周志远")
    page.locator("select[name=kind]").select_option("deputy")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("input[name=on]").fill("1999-01-01")
    expect(page.locator("#bulk-do")).to_be_disabled()
    page.locator("input[name=on]").fill(timezone.localdate().isoformat())
    expect(page.locator("#bulk-do")).to_be_enabled()
    page.locator("#bulk-do").click()
    expect(page.locator("#bulk-run")).to_contain_text("1")
    page.goto(address)
    expect(page.locator(".file-head")).to_contain_text("周志远")
    assert not watch.look()


# --- the supervisor ---


@pytest.mark.drill
def test_a_trial_run_to_its_end(enter: Enter) -> None:
    watch = enter("bureau")
    page = watch.page
    page.goto("/warning/standards/")
    page.locator(
        "main a[href*='/warning/standards/']", has_text=re.compile("hazard", re.IGNORECASE)
    ).first.click()
    expect(page.locator("h1")).to_contain_text(re.compile("hazard", re.IGNORECASE))
    page.get_by_role("link", name="Trial run").click()
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/warning/runs/\d+/"))
    expect(page.locator(".facts").first).to_contain_text("Complete", timeout=1_000 * patience(60))
    expect(page.locator(".stats")).to_contain_text("Green")
    page.goto("/warning/runs/")
    expect(page.locator("#results tbody tr, main tbody tr").first).to_contain_text("Trial")
    assert not watch.look()


# --- the enterprise ---


@pytest.mark.drill
def test_a_self_check_by_phone(enter: Enter, fresh_number: str) -> None:
    watch = enter("manager", width=360, language="zh")
    page = watch.page
    page.goto("/")
    expect(page.locator("h1")).to_contain_text(SHOWCASE)
    page.locator(".portal-nav a").nth(1).tap()
    page.locator(".portal-acts a").first.tap()
    page.locator("[data-pass-all]").tap()
    page.locator("input[name=checked_by]").fill(f"{showcase.SECURITY_CHIEF} {fresh_number}")
    page.locator(".checking-bar button[type=submit]").tap()
    expect(page.locator("main")).to_contain_text(fresh_number)
    page.locator(".portal-nav a").first.tap()
    expect(page.locator("h1")).to_contain_text(SHOWCASE)
    assert not watch.look()


@pytest.mark.drill
def test_photos_go_along_with_the_words_and_the_receipt_comes_when_all_are_there(
    enter: Enter, fresh_number: str
) -> None:
    watch = enter("manager", width=360)
    page = watch.page
    page.goto("/inspections/hazards/new/")
    page.locator("[name=item]").fill(f"Dark gate {fresh_number}")
    page.locator("[name=due_on]").fill(today(days=5))
    page.locator(".save-bar button[type=submit]").tap()
    page.get_by_role("link", name="Submit as rectified").tap()
    page.locator("[name=reason]").fill("Two lamps replaced")
    page.set_input_files(
        "input[data-files]",
        [
            {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo(3000, 2000)},  # made smaller here
            {"name": "cut.jpg", "mimeType": "image/jpeg", "buffer": photo(300, 200)[:400]},
        ],
    )
    page.locator(".save-bar button[type=submit]").tap()  # before anything has arrived
    expect(page.locator("[data-status]")).to_have_text("Not submitted yet. Missing: cut.jpg.")
    page.get_by_role("button", name="Remove: cut.jpg").tap()
    page.locator(".save-bar button[type=submit]").tap()
    expect(page.locator(".receipt")).to_contain_text("1 file")
    expect(page.locator(".receipt")).to_contain_text("Two lamps replaced")
    expect(page.locator("a[data-view]")).to_have_count(1)
    assert [each for each in watch.look() if "422" not in each] == []


# --- the operator ---


@pytest.mark.drill
def test_a_new_bureau_and_its_first_person(enter: Enter, visit: Enter, fresh_number: str) -> None:
    watch = enter("operator")
    page, name = watch.page, f"新港分局{fresh_number}"
    page.goto("/")
    page.get_by_role("link", name="New bureau").click()
    fill(page, code=f"XG{fresh_number}", name=name)
    expect(page.locator("h1")).to_contain_text(name)
    page.locator(".card", has_text="Police stations").get_by_role("link", name="Add").first.click()
    fill(page, code=f"XG{fresh_number}-1", name="码头派出所")
    expect(page.locator("main")).to_contain_text("码头派出所")

    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add a person").click()
    page.locator("[name=username]").fill(f"wang{fresh_number}")
    page.locator("[name=full_name]").fill("王海生")
    with page.expect_response(lambda answer: "/role-fields/" in answer.url):
        page.locator("[name=role]").select_option("supervisor")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.locator("select[name=bureau]").select_option(label=name)
    page.locator(".save-bar button[type=submit]").click()
    link = page.locator("#link").input_value()
    assert not watch.look()

    other = visit(language="zh")
    invited = other.page
    invited.goto(link)
    for field in invited.locator("input[type=password]").all():
        field.fill(PASSWORD)
    invited.locator("button[type=submit]").last.click()
    log_in(invited, f"wang{fresh_number}", PASSWORD)
    expect(invited).to_have_url(re.compile("/bureau/"))
    expect(invited.locator("body")).to_contain_text("码头派出所")
    again = visit()
    again.page.goto(link)
    expect(again.page.locator("h1")).to_contain_text("no longer works")
    assert not other.look()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator(".save-bar button[type=submit]").click()
