"""Every page and every file of production, as each role meets them: in Chromium, over TLS."""

import html
import json
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from demo.logins import DEMO_PASSWORD, LOGINS
from tests.browser.conftest import chromium
from tests.browser.parts import Parts, parts_of
from tests.browser.watching import Watch
from tests.ports import claim_port
from tests.production.conftest import HOST, Production, probe, web_server
from tests.waiting import patience

pytestmark = [
    pytest.mark.drill,
    pytest.mark.browser,
    pytest.mark.xdist_group("production"),
    pytest.mark.skipif(
        not chromium(), reason="no chromium, chromium-browser or google-chrome on this machine"
    ),
]

SITE = f"https://{HOST}"
# The page of its paper leads to each of these; what LibreOffice makes of it is not the server's.
LEFT_OUT = re.compile(r"/pdf/$")
FOREVER = "max-age=315360000, public, immutable"
NOBODY = ""
# What a page leads to by GET: links, and the fragments htmx asks for.
LINK = re.compile(r'<a [^>]*?href="([^"#]+)|hx-get="([^"#]+)')
FILE = re.compile(r'(?:href|src|data-echarts)="(/static/[^"]+)"')
# What the content security policy breaks: styles, handlers and scripts in the page itself.
INSIDE = re.compile(
    r"<[a-z][^<>]*\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json)"
)
# At a desk in English, on a telephone in Chinese: by turns.
SCREENS: list[tuple[str, ViewportSize]] = [
    ("en-GB", {"width": 1440, "height": 900}),
    ("zh-CN", {"width": 360, "height": 740}),
]


@dataclass
class Walk:
    """What all roles have met so far, and what was wrong there."""

    pages: set[str] = field(default_factory=set)
    shown: Parts = field(default_factory=set)  # in Chromium, of all pages
    files: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def note(self, who: str, kind: str, *faults: str) -> None:
        self.faults.setdefault(f"{who or 'nobody'}: {kind}", []).extend(faults)


def kind_of(address: str) -> str:
    """Return what addresses of one kind have in common: /hazards/17/?page=2 and /hazards/18/?page=3."""
    parts = urlsplit(address)
    names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    asked = "several" if len(names) > 1 else "".join(names)
    return re.sub(r"\d{4}Q\d|\d+", "N", parts.path) + (f"?{asked}" if asked else "")


def set_up_second_factor(page: Page) -> None:
    """Give the password again, then the first one-time code, as a police officer does at the first login."""
    page.fill("input[type=password]", DEMO_PASSWORD)
    page.locator("form:has(input[type=password]) button").last.click()
    secret = page.locator("code.secret").text_content() or ""
    counter = max(yield_hotp_counters_from_time())
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, counter)))
    page.locator("input[name=code] ~ button").click()
    page.wait_for_url(lambda url: "/totp/activate/" not in url)


def log_in(page: Page, who: str) -> None:
    page.goto("/")
    page.fill("#id_login", who)
    page.fill("#id_password", DEMO_PASSWORD)
    page.click("form[data-login] button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    if "/accounts/reauthenticate/" in page.url:
        set_up_second_factor(page)


def caller(production: Production, context: BrowserContext, locale: str) -> httpx.Client:
    """Return the same person, without a browser."""
    cookies = context.cookies()
    assert all(cookie["secure"] for cookie in cookies), cookies
    client = production.client()
    client.headers["Cookie"] = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)
    client.headers["Accept-Language"] = locale
    return client


def follow(who: str, watch: Watch, client: httpx.Client, walk: Walk) -> None:
    """Ask for every kind of page that links lead to from where the person lands, and that nobody before was shown.

    A kind that somebody was shown is asked for again next to where the person lands, for what it leads this one to; each
    role's answer at each address is the matter of ``tests/isolation``. Chromium opens a page that has something that
    none had before; of the others the answer is read.
    """
    seen, waiting = set(), deque([(f"{SITE}/", 0)])
    while waiting:
        address, clicks = waiting.popleft()
        kind = kind_of(address)
        if kind in seen or urlsplit(address).netloc != HOST or LEFT_OUT.search(urlsplit(address).path):
            continue
        if kind in walk.pages and ("?" in kind or clicks > 1):
            continue
        seen.add(kind)
        answer = client.get(address.removeprefix(SITE))
        if answer.is_redirect:
            waiting.append((urljoin(address, answer.headers["Location"]), clicks))
        elif answer.status_code != 200:
            walk.note(who, kind, str(answer.status_code))
        elif answer.headers["Content-Type"].startswith("text/html"):
            walk.files.update(FILE.findall(answer.text))
            waiting.extend(
                (urljoin(address, html.unescape(link or fragment)), clicks + 1)
                for link, fragment in LINK.findall(answer.text)
            )
            if found := [] if "/api/" in address else INSIDE.findall(answer.text):
                walk.note(who, kind, *found)
            consists = parts_of(answer.text)
            if "<html" in answer.text and not consists <= walk.shown:
                walk.shown |= consists
                look(who, watch, address, walk)
    walk.pages |= seen


def look(who: str, watch: Watch, address: str, walk: Walk) -> None:
    """Open a page in Chromium and note what it complains about."""
    watch.page.goto(address)
    found = watch.look()
    if "/api/" in address:  # the page of the schema is a package's: its labels are not ours
        found = [fault for fault in found if not fault.startswith(("no label", "no name", "0 h1"))]
    if found:
        walk.note(who, kind_of(address), *found)


def test_every_page_of_every_role(production: Production, browser: Browser) -> None:
    walk, logged_before = (
        Walk(),
        len(production.web.said),
    )  # other tests ask the same server for what it refuses
    for turn, who in enumerate([NOBODY, *(login.username for login in LOGINS)]):
        locale, viewport = SCREENS[turn % 2]
        context = browser.new_context(
            base_url=SITE,
            locale=locale,
            viewport=viewport,
            ignore_https_errors=True,
            reduced_motion="reduce",
            service_workers="block",  # Chromium takes none from a certificate that it does not trust
        )
        context.set_default_timeout(1_000 * patience(30))
        watch = Watch(context.new_page())
        watch.page.on("response", lambda answer: walk.files.add(urlsplit(answer.url).path))
        if who:
            log_in(watch.page, who)
        before = len(walk.pages)
        with caller(production, context, locale) as client:
            follow(who, watch, client, walk)
        print(f"{who or 'nobody'}: {len(walk.pages) - before} kinds of pages more")
        context.close()
    assert not walk.faults, json.dumps(walk.faults, indent=1, ensure_ascii=False)
    assert {"/file/N/rating/", "/inspections/new/", "/deliveries/inbox/", "/operator/health/"} <= walk.pages
    served = {path for path in walk.files if path.startswith("/static/")}
    assert served <= {f"/static/{hashed}" for hashed in manifest(production).values()}
    assert len(served) > 20
    logged = production.web.said[logged_before:]
    faults = [line for line in logged.splitlines() if re.search(r'"level": ?"(error|critical)"', line)]
    assert not faults, "\n".join(faults)[:3000]


def manifest(production: Production) -> dict[str, str]:
    """Return the collected files: name → name with its hash."""
    paths: dict[str, str] = json.loads((production.static_root / "staticfiles.json").read_text())["paths"]
    return paths


def test_every_file_is_kept_for_ever(production: Production) -> None:
    with production.client() as client:
        for name, hashed in manifest(production).items():
            answer = client.get(f"/static/{hashed}")
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOREVER), name
            if name.endswith((".css", ".js", ".ttf")) and len(answer.content) > 1000:
                assert answer.headers["Content-Encoding"] == "gzip", name
        assert client.get("/static/anqi/theme.000000000000.css").status_code == 404


def test_what_the_worker_of_phones_keeps_is_there(production: Production) -> None:
    """The files that a phone keeps for work without network are those of this version, all of them served."""
    hashed = {f"/static/{each}" for each in manifest(production).values()}
    with production.client() as client:
        worker = client.get("/sw.js")
        assert (worker.status_code, worker.headers["Cache-Control"]) == (200, "no-cache")
        kept = set(re.findall(r'"(/static/[^"]+)"', worker.text))
        assert len(kept) > 10
        assert kept <= hashed
        assert {client.get(each).status_code for each in kept} == {200}


def test_pages_that_refuse_have_their_looks(production: Production, browser: Browser) -> None:
    context = browser.new_context(base_url=SITE, ignore_https_errors=True)
    watch = Watch(context.new_page(), expected={404, 403})
    for address in ("/no-such-page/", "/accounts/signup/"):
        answer = watch.page.goto(address)
        assert answer
        assert answer.status == 404
        assert watch.look() == []
    context.close()
    with production.client() as client:  # the pages of 500 and 503 name these without asking the manifest
        for name in ("favicon.svg", "error.css"):
            assert client.get(f"/static/anqi/{name}").status_code == 200


def test_only_tls_and_only_the_sites_name(production: Production) -> None:
    inside = f"http://{production.environment['BIND']}/accounts/login/"
    plain = httpx.get(inside, headers={"Host": HOST})
    assert (plain.status_code, plain.headers["Location"]) == (301, f"{SITE}/accounts/login/")
    other = httpx.get(inside, headers={"Host": "other.example", "X-Forwarded-Proto": "https"})
    assert other.status_code == 400
    with production.client() as client:
        page = client.get("/accounts/login/")
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert DEMO_PASSWORD not in page.text, "production shows no logins"


def test_the_health_check_sees_files_that_were_not_collected(production: Production, tmp_path: Path) -> None:
    assert probe(production.environment) == ""
    place = f"127.0.0.1:{claim_port()}"
    broken = production.environment | {"STATIC_ROOT": str(tmp_path / "nothing"), "BIND": place}
    with web_server(broken, tmp_path) as server:
        assert httpx.get(f"http://{place}/healthz").text == "ok\n"
        assert probe(broken) == "/accounts/login/: 500\n"
        assert server.process.poll() is None
