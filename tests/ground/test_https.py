"""https with the machine's own certificate, as phones need it: who it vouches for, what passes, a whole demo behind it."""

import base64
import datetime as dt
import http.client
import ipaddress
import os
import re
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from playwright.sync_api import sync_playwright

from embedded import certificates, configuration
from embedded.certificates import ensure
from embedded.https import BadHead, context_of, rewritten
from tests.browser.conftest import ARGUMENTS, chromium
from tests.ground.processes import anqi, manage, of_folder
from tests.ports import claim_port
from tests.prepared import copy_of_migrated
from tests.surroundings import as_the_machine_has_it
from tests.waiting import patience

PASSWORD = "a-password-of-2026"


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_authority_stays_while_addresses_and_days_change(tmp_path: Path) -> None:
    files = ensure(tmp_path, ["192.168.1.5"])
    authority, leaf = files.authority.read_bytes(), certificate(files.chain)
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "https" / "anqi-ca.key").stat().st_mode) == 0o600
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < dt.timedelta(days=398)
    ensure(tmp_path, ["192.168.1.5"])
    assert certificate(files.chain) == leaf, "nothing is made anew without need"
    ensure(tmp_path, ["192.168.1.5", "10.0.0.9"])
    names = certificate(files.chain).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {ipaddress.ip_address("10.0.0.9"), ipaddress.ip_address("127.0.0.1")} <= set(
        names.get_values_for_type(x509.IPAddress)
    )
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=380)
    ensure(tmp_path, ["10.0.0.9"], now=later)
    assert certificate(files.chain).not_valid_after_utc > later + dt.timedelta(days=390)
    assert files.authority.read_bytes() == authority
    files.key.unlink()
    ensure(tmp_path, ["10.0.0.9"], now=later)
    context_of(files)  # a lost key is made anew, with its certificate
    assert (
        files.fingerprint.replace(":", "")
        == certificate(files.authority).fingerprint(hashes.SHA256()).hex().upper()
    )


def test_a_stop_between_key_and_certificate_leaves_none_of_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ensure(tmp_path, ["192.168.1.5"])
    written = certificates._write

    def stopped(path: Path, content: bytes, mode: int = 0o600) -> None:
        if path == files.chain:
            raise KeyboardInterrupt
        written(path, content, mode)

    monkeypatch.setattr(certificates, "_write", stopped)
    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path, ["192.168.1.5", "10.0.0.9"])
    monkeypatch.undo()
    context_of(ensure(tmp_path, ["192.168.1.5"]))


def test_the_authority_vouches_for_private_addresses_alone(tmp_path: Path) -> None:
    files = ensure(tmp_path, [])
    trusting = ssl.create_default_context(cafile=str(files.authority))
    assert handshake(files, trusting, "127.0.0.1") == ""
    allowed = certificate(files.authority).extensions.get_extension_for_class(x509.NameConstraints)
    assert allowed.critical
    ensure(tmp_path, ["8.8.8.8"])  # as a thief of the key would sign it
    assert "permitted subtree violation" in handshake(files, trusting, "127.0.0.1")


def handshake(files: object, trusting: ssl.SSLContext, name: str) -> str:
    """Return what a client says of the server's certificate, "" if it trusts it."""
    from embedded.https import context_of

    ours, theirs = socket.socketpair()
    serving = context_of(files)  # type: ignore[arg-type]

    def serve() -> None:
        try:
            serving.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        trusting.wrap_socket(ours, server_hostname=name).close()
        return ""
    except ssl.SSLCertVerificationError as error:
        return str(error)
    finally:
        ours.close()
        thread.join()


def test_nobody_says_from_where_a_request_comes_but_the_front() -> None:
    head = rewritten(
        b"POST /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-proto: http\r\n"
        b"Connection: keep-alive\r\nContent-Length: 3\r\n\r\n",
        "192.168.1.7",
    )
    assert head == (
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
        b"X-Forwarded-For: 192.168.1.7\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    )
    for line in (b" folded", b"no colon", b"X-Forwarded-For : 1.1.1.1", b"A: b\nX-Forwarded-For: 1.1.1.1"):
        with pytest.raises(BadHead):
            rewritten(b"GET / HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n", "::1")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for process in of_folder(tmp_path / "data"):
        process.kill()


@pytest.mark.drill
@pytest.mark.skipif(
    not configuration.is_embedded(configuration.environment()), reason="servers are configured by URL"
)
def test_a_started_anqi_answers_phones_by_https_and_is_a_secure_context(
    folder: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy_of_migrated(folder.parent, tmp_path_factory)
    port, outside = claim_port(), claim_port()
    with anqi(folder, port, ANQI_HTTPS="1", ANQI_HTTPS_PORT=str(outside)) as running:
        running.wait_for("Anqi is ready", 240)
        authority = folder / "https" / "anqi-ca.crt"
        own = re.search(r"https://([\d.a-z]+):\d+/anqi-ca.crt", running.said)
        assert own
        trusting = ssl.create_default_context(cafile=str(authority))

        def ask(method: str, path: str, host: str = "127.0.0.1", **headers: str) -> http.client.HTTPResponse:
            line = http.client.HTTPSConnection(host, outside, context=trusting, timeout=patience(30))
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            answer.text = answer.read().decode()  # type: ignore[attr-defined]
            line.close()
            return answer

        for host in ("127.0.0.1", own[1]):  # the address that it prints, too
            page = ask("GET", "/accounts/login/", host)
            assert page.status == 200
            assert "Strict-Transport-Security" not in page.headers
            cookie = page.headers["Set-Cookie"]
            assert "Secure" in cookie
        assert ask("GET", "/anqi-ca.crt").text == authority.read_text()  # type: ignore[attr-defined]
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(30))
        plain.request("GET", "/accounts/login/")
        assert plain.getresponse().headers["Location"].startswith("https://")
        plain.close()
        if chromium():
            site = f"https://127.0.0.1:{outside}"
            said = manage("create_operator", "wang", "--address", site, DATA_DIR=str(folder))
            link = re.search(r"https://\S+", said.stdout)
            assert link, said.stderr
            in_chromium(site, link[0], authority, tmp_path / "profile")


def in_chromium(site: str, link: str, authority: Path, profile: Path) -> None:
    """Choose a password and log in with a Chromium that trusts the authority; it is secure and takes a service worker."""
    key = certificate(authority).public_key()
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    trusted = base64.b64encode(digest.finalize()).decode()
    arguments = [*ARGUMENTS, f"--ignore-certificate-errors-spki-list={trusted}"]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium(),
            args=arguments + (["--no-sandbox"] if os.geteuid() == 0 else []),
            env=as_the_machine_has_it(dict(os.environ)),
            timeout=1_000 * patience(60),
        )
        page = context.new_page()
        page.set_default_timeout(1_000 * patience(30))
        page.goto(link)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main [type=submit], form [type=submit]").last.click()
        page.goto(f"{site}/accounts/login/")
        page.locator("[name=login]").fill("wang")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        session = next(each for each in context.cookies() if each["name"] == "sessionid")
        assert session["secure"]
        assert page.evaluate("window.isSecureContext") is True
        # a script of ours that needs no page
        scope = page.evaluate(
            "async () => (await navigator.serviceWorker.register('/static/echarts/echarts.min.js')).scope"
        )
        assert scope.startswith(site)
        context.close()
