"""Inspecting on a phone without network: kept through everything, sent once, seen by nobody else."""

import json
import threading
from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Route, expect

from inspections.checklists.summary import canonical
from tests.browser.conftest import log_in
from tests.browser.looking import unstyled
from tests.browser.phones import FIELD, INSPECTION, PHOTO, NewPhone, draw, hazard_of

NASTY = {
    "v": 1,
    "é": "甲&乙 ‹测试>",
    "\U0001f600": 'quote " back \\ slash / \u2028 \u2029 \x7f',
    "\uffee": "tab\t line\n return\r bell\x07 \b\f",
    "10": [True, False, -3, ""],
    "2": {"z": [], "a": {}, "": "𠮷野家 \ufeff"},
}
# Long enough not to stand in sealed pictures by chance, as three letters once did.
MARK, PLACE = "Zq7-unsealed", "North gate"
# all that stands in the browser, readable or not
STORED = """
async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) {
      const url = new URL(request.url);
      found.push([url.pathname + url.search, await (await caches.match(request)).text()]);
    }
  const wait = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const base = await wait(indexedDB.open("anqi-field"));
  const rows = [];
  for (const name of base.objectStoreNames) {
    for (const row of await wait(base.transaction(name).objectStore(name).getAll())) {
      const text = (value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : "");
      rows.push(JSON.stringify(row) + text(row.sealed));
    }
  }
  base.close();
  return [found, rows.join(), JSON.stringify({ ...localStorage, ...sessionStorage })];
}
"""


def test_a_visit_in_a_cellar(phone_of: NewPhone) -> None:
    """Never visited, offline; killed; opened again offline; signed; sent when there is a network."""
    phone = phone_of("chief")
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    enterprise, name = phone.enterprise(0), page.locator(".field-card b").first.inner_text()
    phone.offline()
    page.reload()
    expect(page.locator(".field-card").first).to_be_visible()
    phone.begin(enterprise)
    phone.item(1).locator(".check-fail").click()
    phone.item(1).locator("[name^=note]").fill(f"预案过期 {MARK}")
    phone.photograph(1, "one.jpg")
    expect(page.locator(".field-shot")).to_have_count(1)
    phone.item(1).locator("[name^=place]").press_sequentially(PLACE)
    phone.kill()

    phone.open(offline=True)
    page = phone.page
    page.goto(f"{FIELD}#check/{enterprise}")
    expect(phone.item(1).locator("[name^=note]")).to_have_value(f"预案过期 {MARK}")
    expect(phone.item(1).locator("[name^=place]")).to_have_value(PLACE)
    expect(page.locator(".field-shot img")).to_have_count(1)
    phone.photograph(1, "two.jpg")
    expect(page.locator(".field-shot")).to_have_count(2)
    assert unstyled(page) == []  # the phone has a sheet of its own
    phone.pass_all()
    phone.tick_officers()

    found, rows, texts = page.evaluate(STORED)
    worker = page.evaluate("window.anqi.field.about.worker")
    for secret in (name, MARK, "预案过期", "何国强", PLACE):
        readable = secret in rows + texts
        assert not readable, secret  # not the text itself: what is sealed makes no message
        assert not [address for address, text in found if secret in text]
    assert FIELD in dict(found)
    assert all(address == FIELD or address.startswith("/static/") for address, _text in found)
    assert worker == "/sw.js"
    assert (
        page.evaluate("(each) => window.anqi.field.signing.canonical(each)", NASTY)
        == canonical(NASTY).decode()
    )

    page.locator("[data-record]").click()
    expect(page.locator(".checking-verdict")).to_contain_text("To be rectified")
    finish = page.get_by_role("button", name="Signed: finish the inspection")
    expect(finish).to_be_disabled()
    assert unstyled(page) == []
    draw(page, 0)
    draw(page, 1)
    page.locator("[data-refuse]").click()
    page.locator("[name=reason]").fill("Busy")
    page.locator("[name=witness]").fill("Wang")
    finish.click()
    expect(page.locator("#field")).to_contain_text("Saved on this phone, not sent yet: 3")
    expect(page.locator("#field")).to_contain_text("No network")
    assert phone.arrived().count() == 0

    phone.offline(False)
    phone.try_now()
    expect(page.locator("#field")).to_contain_text(
        "You are no longer logged in"
    )  # a session ends with its browser
    log_in(page, "chief")
    page.goto(f"{FIELD}#waiting")
    expect(phone.arrived()).to_have_count(2)
    expect(page.locator("#field")).to_contain_text("Nothing waits to be sent")
    assert unstyled(page) == []
    page.locator(".is-arrived a").click()
    expect(page.locator("[data-awaited]")).to_have_count(0)
    page.goto(hazard_of(page))
    expect(page.locator("body")).to_contain_text("one.jpg")
    expect(page.locator("body")).to_contain_text("two.jpg")


@pytest.mark.drill
def test_what_waits_goes_under_the_person_who_typed_it(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    first, second = phone.enterprise(2), phone.enterprise(3)
    phone.context.clear_cookies()  # the session has ended
    phone.whole(first)
    expect(page.locator("#field")).to_contain_text("You are no longer logged in")
    page.locator("#field").get_by_role("link", name="Log in").click()
    log_in(page, "chief")
    page.goto(f"{FIELD}#waiting")
    expect(phone.arrived()).to_have_count(1)

    phone.offline()
    phone.whole(second)
    phone.offline(False)
    phone.context.route(INSPECTION, lambda route: route.abort())
    page.goto("/accounts/logout/")
    expect(page.locator("[data-phone-waits]")).to_contain_text("1")
    page.locator("form button.btn-primary").last.click()
    page.wait_for_url(lambda url: "/logout" not in url)
    phone.offline()
    page.goto(FIELD)  # after logging out nobody sees anything without a network
    expect(page.locator("#field")).to_contain_text("Nobody is logged in")
    expect(page.locator("#field")).to_contain_text("waiting on this phone: 1")
    phone.offline(False)
    phone.context.unroute(INSPECTION)

    log_in(page, "officer")
    page.goto(f"{FIELD}#waiting")
    expect(page.locator("#field")).to_contain_text("Of somebody else, waiting on this phone: 1")
    assert phone.waiting() == 0
    phone.try_now()
    expect(phone.arrived()).to_have_count(0)
    page.goto("about:blank")  # an answer still under way would bring its cookies back
    phone.context.clear_cookies()
    log_in(page, "chief")
    page.goto(f"{FIELD}#waiting")
    expect(phone.arrived()).to_have_count(2)
    assert phone.waiting() == 0


class Faults:
    """Answers that do not come from the application, one after the other, and then the network as it is."""

    def __init__(self, *answers: Callable[[Route], Any]) -> None:
        self.answers = list(answers)

    def __call__(self, route: Route) -> None:
        if self.answers:
            self.answers.pop(0)(route)
        else:
            route.continue_()


def lost(route: Route) -> None:
    """The server has done the work, and its answer does not arrive."""
    route.fetch()
    route.abort()


def portal(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<h1>Free Wi-Fi</h1>")


def elsewhere(route: Route) -> None:
    route.fulfill(status=302, headers={"Location": "/accounts/login/"})


def away(route: Route) -> None:
    route.fulfill(status=503, content_type="text/html", body="")


def other_key(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body='{"key": "another"}')


@pytest.mark.drill
def test_an_answer_that_is_not_ours_deletes_nothing(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    phone.context.route(INSPECTION, Faults(portal, elsewhere, away, other_key, lost))
    phone.begin(phone.enterprise(5))
    phone.item(0).locator(".check-fail").click()
    phone.item(0).locator("[name^=note]").fill("Nothing posted")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        phone.photograph(0, name)
        expect(page.locator(f".field-shot img[alt='{name}']")).to_have_count(1)
    phone.pass_all()
    phone.tick_officers()
    phone.context.route(PHOTO, Faults(lambda route: route.continue_(), lost))  # cut at the second photo
    phone.finish()
    for _ in range(12):
        if not phone.waiting():
            break
        phone.try_now()
        page.wait_for_timeout(700)
        if phone.arrived().count():  # a photo was lost, the rest answers
            assert "No network." not in page.locator("#field").inner_text()
    expect(page.locator("#field")).to_contain_text("Nothing waits to be sent")
    expect(phone.arrived()).to_have_count(2)
    expect(page.locator(".is-arrived", has_text="Photos: 3")).to_have_count(1)
    page.locator(".is-arrived a").click()
    expect(page.locator("[data-awaited]")).to_have_count(0)
    page.goto(hazard_of(page))
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        expect(page.locator("body")).to_contain_text(name)


# the server takes what is sent and never answers; the page's patience, a minute and more, is cut short
HANGS = """() => {
  const real = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => real(ms > 20000 ? 500 : ms);
}"""
# what IndexedDB does on a full disk: the row is taken, and its transaction fails
FULL = """() => {
  const real = IDBObjectStore.prototype.put;
  window.freed = () => { IDBObjectStore.prototype.put = real; };
  IDBObjectStore.prototype.put = function (...row) {
    const request = real.apply(this, row);
    this.transaction.abort();
    return request;
  };
}"""


@pytest.mark.drill
def test_a_server_that_never_answers_and_a_phone_that_is_full(phone_of: NewPhone) -> None:
    phone = phone_of("officer")
    page = phone.page
    phone.begin(phone.enterprise(7))
    page.evaluate(FULL)
    phone.item(0).locator(".check-fail").click()
    expect(phone.state()).to_contain_text("NOT saved: the storage of this phone is full")
    phone.photograph(0, "full.jpg")
    expect(phone.item(0).locator(".field-error")).to_contain_text("NOT saved")
    expect(page.locator(".field-shot")).to_have_count(0)
    page.evaluate("() => window.freed()")
    assert all("transaction was aborted" in each for each in phone.faults)  # said above, in words
    phone.faults.clear()
    phone.item(0).locator(".check-pass").click()
    phone.saved()
    phone.pass_all()
    phone.tick_officers()

    page.evaluate(HANGS)
    held: list[Route] = []
    phone.context.route(INSPECTION, lambda route: held.append(route))
    phone.finish()
    phone.try_now()
    page.wait_for_function("() => window.anqi.field.sending.state.network === 'none'")
    expect(page.locator("#field")).to_contain_text("No network")
    assert held
    assert phone.waiting() == 1, "nothing is thought to have arrived"
    phone.context.unroute(INSPECTION)
    phone.try_now()
    expect(phone.arrived()).to_have_count(1)
    assert phone.waiting() == 0


class WithoutAFile(BaseHTTPRequestHandler):
    """The site as anonymous people see it, but for one file."""

    site = ""
    missing = "/anqi/field-photos"

    def do_GET(self) -> None:
        try:
            if self.missing in self.path:
                raise HTTPError(self.path, 404, "", Message(), None)
            with urlopen(f"{self.site}{self.path}", timeout=30) as found:
                status, headers, content = found.status, found.headers, found.read()
        except HTTPError as error:
            status, headers, content = error.code, error.headers, b""
        self.send_response(status)
        for name in ("Content-Type", "Service-Worker-Allowed"):
            if headers.get(name):
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.mark.drill
def test_a_file_that_is_missing_is_said(phone_of: NewPhone, site: str) -> None:
    """The files are kept all or none, so without one the page does not open without network."""
    handler = type("OfSite", (WithoutAFile,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        phone = phone_of()
        phone.page.goto(f"http://127.0.0.1:{server.server_port}{FIELD}")
        expect(phone.page.locator("body")).to_contain_text("could not be kept for work without network")
        phone.faults.clear()  # the script of photos is not there, and what needs it says so
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.drill
def test_one_key_eight_times_a_poison_item_and_a_superseded_list(phone_of: NewPhone) -> None:
    phone = phone_of("chief")
    page = phone.page
    one, two, three = (phone.enterprise(n) for n in (7, 8, 9))
    sent: list[str] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.abort()

    phone.context.route(INSPECTION, keep)
    phone.whole(one)
    phone.try_now()
    expect(page.locator(".field-banner-none")).to_be_visible()
    phone.context.unroute(INSPECTION)
    answers = page.evaluate(
        """async (body) => {
            const { about, store } = window.anqi.field;
            const { token } = await (await fetch(about.whoami)).json();
            const headers = { "X-CSRFToken": token, "X-Anqi-Owner": store.who().owner, "X-Anqi-Field": "1" };
            const post = async () => {
                const answer = await fetch(about.addresses.inspection, { method: "POST", body, headers });
                return [answer.status, (await answer.json()).inspection];
            };
            return Promise.all(Array.from({ length: 8 }, post));
        }""",
        sent[0],
    )
    assert {status for status, _id in answers} == {200}
    assert len({each for _status, each in answers}) == 1  # one row
    phone.try_now()
    expect(phone.arrived()).to_have_count(1)

    def refuse(route: Route) -> None:
        words = {"refused": "faults", "errors": {"officers": ["Li Shan has left."]}}
        route.fulfill(status=422, content_type="application/json", body=json.dumps(words))

    def supersede(route: Route) -> None:
        body = (route.request.post_data or "").replace('"lists":["ordinary:1', '"lists":["ordinary:9')
        body = body.replace('"lists":["key:1', '"lists":["key:9')
        route.continue_(post_data=body)

    phone.context.route(INSPECTION, Faults(refuse, supersede))
    phone.offline()
    phone.whole(two)
    phone.whole(three)
    phone.offline(False)
    phone.try_now()
    aside = page.locator(".is-aside")
    expect(aside).to_have_count(2)
    expect(aside.nth(0)).to_contain_text("Li Shan has left.")
    expect(aside.nth(1)).to_contain_text("was replaced")
    aside.nth(1).get_by_role("button", name="Change and send again").click()
    expect(page.locator("[data-count]")).not_to_contain_text("0 /")  # what is still asked has kept its answer
    expect(page.locator(".field-faults")).to_contain_text("was replaced")
    phone.finish()
    expect(phone.arrived()).to_have_count(2)
    page.locator(".is-aside").get_by_role("button", name="Discard").click()
    page.locator(".is-aside").get_by_role("button", name="Tap again").click()
    expect(page.locator(".is-aside")).to_have_count(0)
