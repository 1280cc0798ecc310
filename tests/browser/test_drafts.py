"""What is typed survives: reload, closed tab, no network, an ended session, a stale token, errors, other people."""

import html
import json
import re
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from demo.logins import DEMO_PASSWORD
from tests.browser.conftest import log_in
from tests.browser.test_journeys import record_inspection_with_hazard
from tests.browser.test_pages import LEFT_OUT, kind_of, told
from tests.browser.watching import Enter, list_over, pick
from tests.ground.processes import run

FORM = "/incidents/new/"
LINK = re.compile(r'<a [^>]*?href="([^"#]+)')
Handler = Callable[[Route], None]
# Forms and what is typed into, with what scripts see of them. One more that consists of what was tried is kept alike.
CONTROL = re.compile(r"<(form|input|select|textarea)\b([^>]*)>")
TRAIT = re.compile(r'\b(?:type="[^"]*"|multiple|(?:data|hx|x)-[a-z-]+(?==))')
_tried: set[tuple[str, ...]] = set()


def text_of(page: Page) -> Locator:
    return page.locator("form[data-guard] textarea[name=note]")


def box(page: Page) -> Locator:
    return page.locator("[data-draft-box]")


def failure(page: Page) -> Locator:
    return page.locator("[data-send-note]")


def save(page: Page) -> None:
    page.locator(".save-bar button[type=submit]").click()


def write(page: Page, words: str, path: str = FORM) -> None:
    """Type, and wait until the form says that it is kept."""
    page.goto(path)
    text_of(page).fill(words)
    expect(page.locator("[data-draft-line]")).to_contain_text(re.compile(r"Kept on this device, \d\d:\d\d"))


def forget_cookie(page: Page, name: str) -> None:
    for cookie in page.context.cookies():
        if name in cookie["name"]:
            page.context.clear_cookies(name=cookie["name"])


def log_in_again(page: Page, who: str) -> None:
    page.fill("#id_login", who)
    page.fill("#id_password", DEMO_PASSWORD)
    page.click("form[data-login] button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


def failing(status: int) -> Handler:
    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body="<html></html>", content_type="text/html")
        else:
            route.continue_()

    return answer


@pytest.fixture
def page(enter: Enter) -> Page:
    """An officer in a browser of their own."""
    return enter("officer").page


@pytest.fixture
def own_session(visit: Enter) -> Page:
    """The same, for a test that ends the session: the others go on in theirs."""
    opened = visit().page
    log_in(opened, "officer")
    return opened


# --- the device ---------------------------------------------------------------------------------------------------


def test_a_reload_brings_it_back_and_a_closed_tab_offers_it(page: Page) -> None:
    write(page, "Reloaded")
    page.reload()
    expect(box(page)).to_contain_text("What you typed is back")
    expect(text_of(page)).to_have_value("Reloaded")

    beside = page.context.new_page()
    beside.goto(FORM)
    text_of(beside).fill("In the second tab")
    beside.locator("input[name=occurred_on]").fill("2026-01-02")
    beside.locator("textarea[name=summary]").fill("A first line\nand a second one")
    expect(beside.locator("[data-draft-line]")).to_contain_text("Kept on this device")
    expect(box(beside)).to_have_count(0)  # the text of a tab that is open is not offered in another
    page.reload()
    expect(text_of(page)).to_have_value("Reloaded")

    beside.close()
    later = page.context.new_page()
    later.goto(FORM)
    for words in ("In the second tab", "2026-01-02", "and a second one"):  # all of it, before it is put back
        expect(box(later)).to_contain_text(words)
    expect(text_of(later)).to_have_value("")
    later.get_by_role("button", name="Put it back").click()
    expect(text_of(later)).to_have_value("In the second tab")
    later.get_by_role("button", name="Discard").click()
    expect(box(later)).to_have_count(0)
    expect(text_of(later)).to_have_value("")


def test_what_is_undone_is_not_kept(page: Page) -> None:
    write(page, "x")
    text_of(page).fill("")
    expect(page.locator("[data-draft-line]")).to_have_text("")
    page.evaluate("window.anqi.leave()")
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")


def test_no_text_stands_readable_in_the_browser(page: Page) -> None:
    write(page, "秘密线索 secret lead")
    stored = page.evaluate(
        """async () => {
            const wait = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
            const base = await wait(indexedDB.open("anqi", 1));
            const rows = await wait(base.transaction("drafts").objectStore("drafts").getAll());
            const text = (each) => new TextDecoder().decode(each.sealed) + JSON.stringify(each);
            return [rows.length, rows.map(text).join(), JSON.stringify({ ...localStorage, ...sessionStorage })];
        }"""
    )
    assert stored[0] == 1
    assert not [each for each in ("secret lead", FORM) if each in stored[1]]
    assert "secret lead" not in stored[2]


@pytest.mark.drill
def test_without_storage_the_form_says_so_and_keeps_the_page(page: Page) -> None:
    page.context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('', 'SecurityError'); } })"
    )
    page.goto(FORM)
    text_of(page).fill("Only here")
    expect(page.locator("[data-draft-line]")).to_contain_text("Not kept on this device")
    forget_cookie(page, "session")
    save(page)
    expect(failure(page)).to_contain_text("You are no longer logged in. Nothing was saved.")
    expect(failure(page)).to_contain_text("only on this page")
    with page.context.expect_page() as opened:
        failure(page).get_by_role("link", name="Log in in another tab").click()
    log_in_again(opened.value, "officer")
    page.bring_to_front()
    failure(page).get_by_role("button", name="Try again").click()
    expect(page.locator(".form-errors")).to_be_visible()  # it was read: the enterprise is missing
    expect(text_of(page)).to_have_value("Only here")


@pytest.mark.drill
def test_too_long_a_text_is_not_said_to_be_kept(page: Page) -> None:
    page.goto(FORM)
    text_of(page).evaluate("(each) => each.removeAttribute('maxlength')")
    text_of(page).fill("长" * 70_000)
    expect(page.locator("[data-draft-line]")).to_contain_text("Too long to be kept")


# --- people -------------------------------------------------------------------------------------------------------


def test_an_ended_session_leads_back_and_nobody_else_sees_the_text(own_session: Page, data_dir: Path) -> None:
    page = own_session
    write(page, "For the officer alone")
    if data_dir == Path():
        forget_cookie(page, "session")
    else:
        (key,) = [each["value"] for each in page.context.cookies() if "session" in each["name"]]
        done = run([sys.executable, "-m", "tests.browser.end_session", key], DATA_DIR=str(data_dir))
        assert done.returncode == 0, done.stderr
    save(page)
    page.wait_for_url("**/login/**")
    expect(page.locator("#toasts")).to_contain_text("What you typed is kept on this device")
    log_in_again(page, "chief")
    expect(page).to_have_url(re.compile(FORM))
    expect(text_of(page)).to_have_value("")
    expect(box(page)).to_have_count(0)
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")

    forget_cookie(page, "session")
    page.goto(FORM)
    log_in_again(page, "officer")
    expect(text_of(page)).to_have_value("For the officer alone")
    expect(box(page)).to_contain_text("What you typed is back")


TYPE = """(field, text) => {
  field.focus(); field.value = text; field.dispatchEvent(new Event("input", { bubbles: true }))
}"""


@pytest.mark.drill
def test_a_search_that_meets_an_ended_session_leads_back_to_the_text(page: Page) -> None:
    write(page, "Half a text")
    forget_cookie(page, "session")
    # Neither fill nor the keyboard: the page leaves with the first answer, and Playwright waits without limit for a key.
    list_over(page, "enterprise").evaluate(TYPE, "铭洲")
    page.wait_for_url("**/login/**")
    expect(page.locator("#toasts")).to_contain_text("What you typed is kept on this device")
    log_in_again(page, "officer")
    expect(page).to_have_url(re.compile(FORM))
    expect(text_of(page)).to_have_value("Half a text")


@pytest.mark.drill
def test_another_role_of_the_same_person_does_not_see_it(visit: Enter) -> None:
    page = visit().page
    log_in(page, "both")
    roles = "form[action$='/act-as/'] button[name=grant]"
    page.goto("/people/act-as/")
    page.locator(roles).nth(0).click()
    write(page, "In the first role")
    page.evaluate("window.anqi.leave()")
    page.goto("/people/act-as/")
    page.locator(f"main {roles}").nth(1).click()
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")
    page.goto("/people/act-as/")
    page.locator(f"main {roles}").nth(0).click()
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("In the first role")


@pytest.mark.drill
def test_somebody_else_who_logged_in_in_another_tab_does_not_send_it(page: Page) -> None:
    write(page, "Mine")
    beside = page.context.new_page()
    forget_cookie(page, "session")
    log_in(beside, "chief")
    save(page)
    expect(failure(page)).to_contain_text(
        "Somebody else is logged in in this browser now. Nothing was saved."
    )
    expect(text_of(page)).to_have_value("Mine")


@pytest.mark.drill
def test_what_waits_for_the_network_is_not_sent_by_somebody_else(page: Page) -> None:
    page.goto("/disputes/new/")
    pick(page, "enterprise", "铭洲")
    words = f"Waits for its own person {page.evaluate('Date.now()')}"
    page.locator("[name=summary]").fill(words)
    page.locator("select[name=kind]").select_option(index=1)
    expect(page.locator("[data-draft-line]")).to_contain_text("Kept on this device")
    page.context.set_offline(True)
    save(page)
    expect(failure(page)).to_contain_text("No connection to the server.")
    posts: list[str] = []
    page.on("request", lambda each: posts.append(each.url) if each.method == "POST" else None)
    # the network comes back first where somebody else logs in
    page.route("**/kept/session/", lambda route: route.abort())
    page.context.set_offline(False)
    forget_cookie(page, "session")
    log_in(page.context.new_page(), "chief")
    page.unroute("**/kept/session/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(failure(page)).to_contain_text("Somebody else is logged in in this browser now.")
    expect(page.locator("[name=summary]")).to_have_value(words)
    assert not posts


@pytest.mark.drill
def test_a_dialog_shown_under_another_role_is_not_kept_under_that_of_the_page(page: Page) -> None:
    page.goto("/inspections/hazards/?state=open")
    page.locator("#results a[href*='/hazards/']").first.click()
    page.wait_for_url(re.compile(r"/hazards/\d+/"))
    page.locator("[hx-get$='/refuse/']").click()
    form = page.locator("#modal form[data-guard]")
    form.locator("[name=acting]").evaluate(
        "(each) => { each.value = '999999'; }"
    )  # as "Show the form as" does
    form.locator("textarea[name=reason]").fill("Typed under another role")
    expect(form.locator("[data-draft-line]")).to_contain_text("Not kept on this device: the page behind")
    page.evaluate("window.anqi.leave()")
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")


@pytest.mark.drill
def test_logging_out_asks(own_session: Page) -> None:
    page = own_session
    write(page, "Left behind")
    page.evaluate("window.anqi.leave()")
    page.goto("/today/")
    page.locator(".user-button").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/logout/")
    expect(page.locator("[data-kept-question]")).to_contain_text("only you can read it")
    page.locator("[data-kept-delete]").check()
    page.locator("main form[action$='/logout/'] button").click()
    page.wait_for_url("**/login/**")
    log_in(page, "officer")
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")


# --- the way to the server ----------------------------------------------------------------------------------------


def test_without_network_the_page_answers_and_sends_it_later(page: Page) -> None:
    page.goto("/disputes/new/")
    pick(page, "enterprise", "铭洲")
    page.locator("[name=summary]").fill("Without network")
    page.locator("select[name=kind]").select_option(index=1)
    expect(page.locator("[data-draft-line]")).to_contain_text("Kept on this device")
    page.context.set_offline(True)
    save(page)
    expect(failure(page)).to_contain_text(
        "No connection to the server. What you typed is kept on this device."
    )
    expect(page.locator("[name=summary]")).to_have_value("Without network")
    page.context.set_offline(False)
    page.wait_for_url(re.compile(r"/disputes/\d+/$"))
    expect(page.locator("main")).to_contain_text("Without network")
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("Nothing unsaved is kept")


def test_an_answer_that_was_lost_makes_one_record(page: Page) -> None:
    """The server took the form, the answer never came: sent again, it leads to the one record."""
    page.goto("/disputes/new/")
    pick(page, "enterprise", "铭洲")
    words = f"Lost answer {page.evaluate('Date.now()')}"
    page.locator("[name=summary]").fill(words)
    page.locator("select[name=kind]").select_option(index=1)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile("/disputes/new/"), lose)
    save(page)
    expect(failure(page)).to_contain_text("sent twice, it counts once")
    page.unroute(re.compile("/disputes/new/"))
    failure(page).get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile(r"/disputes/\d+/$"))
    page.goto("/disputes/?q=铭洲")
    expect(page.locator("#results", has_text=words).locator(f"tr:has-text('{words}')")).to_have_count(1)


def test_a_stale_token_is_renewed_without_a_word(page: Page) -> None:
    write(page, "With a stale token")
    forget_cookie(page, "csrf")
    save(page)
    expect(page.locator(".form-errors")).to_be_visible()  # it was read: the enterprise is missing
    expect(text_of(page)).to_have_value("With a stale token")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(404, "This record is no longer here", marks=pytest.mark.drill),
        pytest.param(409, "Somebody changed this in the meantime.", marks=pytest.mark.drill),
        pytest.param(413, "more than the server accepts", marks=pytest.mark.drill),
        pytest.param(429, "Too many requests.", marks=pytest.mark.drill),
        pytest.param(500, "Something went wrong on our side. Nothing was saved.", marks=pytest.mark.drill),
        pytest.param(502, "The server is not available at the moment.", marks=pytest.mark.drill),
        (503, "sent again as soon as the server answers"),
    ],
)
def test_an_error_leaves_the_text_where_it_is(page: Page, status: int, words: str) -> None:
    write(page, f"Status {status}")
    page.route(f"**{FORM}", failing(status))
    save(page)
    expect(failure(page)).to_contain_text(words)
    expect(failure(page)).to_contain_text("What you typed is kept on this device.")
    expect(text_of(page)).to_have_value(f"Status {status}")
    page.unroute(f"**{FORM}")
    page.evaluate("window.anqi.leave()")
    page.goto("/today/")
    expect(page.locator("#toasts")).to_contain_text("is not saved yet. It is kept on this device.")
    page.locator("#toasts a").click()
    expect(page.locator("#kept")).to_contain_text(f"Status {status}")
    page.get_by_role("link", name="Open the form").click()
    expect(text_of(page)).to_have_value(f"Status {status}")


@pytest.mark.drill
def test_a_dialog_keeps_its_text_too(page: Page) -> None:
    page.goto("/inspections/hazards/?state=open")
    page.locator("#results a[href*='/hazards/']").first.click()
    page.wait_for_url(re.compile(r"/hazards/\d+/"))
    record, reason = page.url, page.locator("#modal textarea[name=reason]")
    page.locator("[hx-get$='/refuse/']").click()
    reason.fill("Entered twice")
    expect(page.locator("#modal [data-draft-line]")).to_contain_text("Kept on this device")
    page.context.set_offline(True)
    page.locator("#modal button[type=submit]").click()
    expect(page.locator("#modal [data-send-note]")).to_contain_text("No connection to the server.")
    expect(reason).to_have_value("Entered twice")
    # what waits is sent with the network: the session has ended by then
    forget_cookie(page, "session")
    page.context.set_offline(False)
    page.wait_for_url("**/login/**")
    log_in_again(page, "officer")
    expect(page).to_have_url(record)
    expect(reason).to_have_value("Entered twice")
    page.locator("#modal [data-bs-dismiss]").first.click()
    page.locator("[hx-get$='/refuse/']").click()
    expect(page.locator("#modal [data-draft-box]")).to_contain_text("Entered twice")
    page.locator("#modal").get_by_role("button", name="Discard").click()
    expect(page.locator("#modal [data-draft-box]")).to_have_count(0)


@pytest.mark.drill
def test_saving_three_times_with_back_and_a_double_click_is_no_conflict(page: Page) -> None:
    page.goto("/disputes/")
    page.locator("#results a[href*='/disputes/']").first.click()
    page.wait_for_url(re.compile(r"/disputes/\d+/"))
    record = page.url
    page.goto(f"{record}correct/")
    for turn in ("one", "two", "three"):
        text_of(page).fill(f"Corrected {turn}")
        page.locator("[name=reason]").fill(f"reason {turn}")
        if turn == "two":
            page.locator(".save-bar button[type=submit]").dblclick()
        else:
            save(page)
        expect(page).to_have_url(record)
        expect(page.locator("main")).to_contain_text(f"Corrected {turn}")
        if turn != "three":
            page.go_back()
            page.wait_for_url("**/correct/")


@pytest.mark.drill
def test_back_to_a_form_that_was_recorded_leads_to_the_record(page: Page, fresh_number: str) -> None:
    """A browser restores some fields only: what is sent again would be another record with parts missing."""
    hazard = record_inspection_with_hazard(page, f"Door {fresh_number}")
    record = page.url
    page.go_back()
    page.wait_for_url("**/inspections/new/**")
    expect(box(page)).to_contain_text("This form was recorded")
    page.get_by_role("button", name="Open what was recorded").click()
    expect(page).to_have_url(record)
    expect(page.locator(f"a[href='{hazard}']").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Record another").click()
    expect(page.locator("input[name='hazards-0-item']")).to_have_value("")
    expect(box(page)).to_have_count(0)


@pytest.mark.drill
def test_a_manager_on_a_phone_reads_it_in_chinese(visit: Enter) -> None:
    watch = visit(width=360, language="zh")
    page = watch.page
    log_in(page, "manager")
    page.goto("/enterprises/activities/new/")
    page.locator("[name=topic]").fill("消防疏散演练")
    expect(page.locator("[data-draft-line]")).to_contain_text("已暂存在本设备")
    page.context.set_offline(True)
    save(page)
    expect(failure(page)).to_contain_text("无法连接服务器。您填写的内容已暂存在本设备。")
    watch.faults.clear()
    assert not watch.look()
    page.context.set_offline(False)
    expect(page.locator(".form-errors")).to_be_visible()
    page.evaluate("window.anqi.leave()")
    page.goto("/kept/")
    expect(page.locator("#kept")).to_contain_text("消防疏散演练")
    watch.faults.clear()
    assert not watch.look()


# --- every form -----------------------------------------------------------------------------------------------------

# Fill in each form of the kit on the page as a person might.
FILL = """
() => {
  const { controls } = window.anqi.fields;
  const forms = [...document.querySelectorAll("form[data-guard]")].filter(window.anqi.drafts.isKept);
  for (const form of forms) {
    for (const each of controls(form)) {
      const day = { date: "2026-01-05", time: "10:00", number: "3", email: "a@b.cn", url: "https://a.cn" }[each.type];
      if (each.type === "radio") each.checked = !each.defaultChecked; // of a form that has nothing else, another one
      else if (each.type === "checkbox") each.checked = true;
      else if (each.type === "select-multiple") each.options[0] && (each.options[0].selected = true);
      else if (each.tagName === "SELECT") each.selectedIndex = each.options.length - 1;
      else each.value = day || "typed";
      each.dispatchEvent(new Event("input", { bubbles: true }));
      each.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  return forms.filter((form) => controls(form).length).length;
}
"""
VALUES = """
() => [...document.querySelectorAll("form[data-guard]")].filter(window.anqi.drafts.isKept)
  .map((form) => window.anqi.fields.valuesOf(form))
"""
GUARDED = "() => [...document.querySelectorAll('form[data-guard]')].filter((form) => !window.anqi.drafts.isKept(form)).length"


def keeps_what_is_typed(page: Page) -> str:
    """Return what is wrong with the forms of this page, empty if they keep what is typed, or if there are none."""
    if page.locator("input[type=password]").count():
        return ""
    if page.evaluate(GUARDED):
        return "a form that is guarded but not kept"
    if not page.evaluate(FILL):
        return ""
    for line in page.locator("[data-draft-line]").all():
        expect(line).to_contain_text("Kept on this device")
    expect(page.locator(".htmx-request")).to_have_count(0)
    before = page.evaluate(VALUES)
    page.evaluate("window.anqi.leave()")
    page.reload()
    expect(box(page).first).to_contain_text("What you typed is back")
    try:
        page.wait_for_function(
            f"(before) => JSON.stringify(({VALUES})()) === before",
            arg=json.dumps(before, ensure_ascii=False, separators=(",", ":")),
            timeout=6_000,
        )
        problem = ""
    except PlaywrightTimeout:
        problem = f"typed {before}, back came {page.evaluate(VALUES)}"
    page.evaluate(
        """async () => {
            const { list, remove } = window.anqi.drafts;
            window.anqi.leave();
            await remove(...(await list()).map((each) => each.id));
        }"""
    )
    return problem


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("who", ["officer", "chief", "bureau", "manager", "department", "operator"])
def test_every_form_keeps_what_is_typed(who: str, enter: Enter) -> None:
    watch = enter(who)
    page, faults = watch.page, {}
    page.goto("/")
    home = urlsplit(page.url)
    seen, waiting, forms = set(), deque([page.url]), 0
    while waiting:
        address = waiting.popleft()
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        answer = page.request.get(address)
        if "text/html" not in answer.headers["content-type"]:
            continue
        text = answer.text()
        links = [urljoin(address, html.unescape(link)) for link in LINK.findall(text)]
        if "data-guard" in text:
            forms += 1
            controls = {(tag, *TRAIT.findall(traits)) for tag, traits in CONTROL.findall(text)}
            if not _tried.issuperset(controls):
                _tried.update(controls)
                page.goto(address)
                if found := keeps_what_is_typed(page):
                    faults[urlsplit(address).path] = [found]
        for link in links:
            parts = urlsplit(link)
            if parts.netloc == home.netloc and not LEFT_OUT.search(parts.path):
                waiting.append(parts._replace(fragment="").geturl())
    assert not faults, told(faults)
    assert forms, seen
