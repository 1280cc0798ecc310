"""The headers of every response, for any user and any error; and what production switches on."""

import json
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.choices import Role
from tests.factories import RoleGrantFactory, StationFactory
from tests.ground.processes import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(RoleGrantFactory(role=Role.OFFICER, station=StationFactory()).user)
    return browser


ANSWERS = [
    ("/accounts/login/", 200),
    ("/enterprises/", 200),
    ("/warning/", 200),
    ("/people/me/", 200),
    ("/enterprises/999999/", 404),
    ("/nothing/here/", 404),
    ("/operator/health/", 403),
    ("/api/v1/ratings/", 401),
    ("/api/v1/nothing/", 404),
    ("/static/anqi/theme.css", 200),
    ("/healthz", 200),
]


@pytest.mark.parametrize(("path", "status"), ANSWERS)
def test_every_response_has_the_headers(officer: Client, path: str, status: int) -> None:
    answer = (Client() if "login" in path else officer).get(path)
    if answer.streaming:
        answer.close()
    assert answer.status_code == status
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    stored = "max-age" if path.startswith("/static/") else "no-"
    assert stored in answer["Cache-Control"]
    assert "Server" not in answer
    assert "X-Powered-By" not in answer
    if answer["Content-Type"].startswith("text/html"):
        assert "no-store" in answer["Cache-Control"]  # not even for "Back" after logging out
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "http:" not in policy
        assert answer["X-Frame-Options"] == "DENY"


def test_an_empty_form_may_come_back_with_its_key(officer: Client) -> None:
    """Stored by this browser alone, so that *Back* and *Save* are not a second record."""
    assert officer.get(reverse("disputes:create"))["Cache-Control"] == "private, no-cache"


def test_pages_for_users_vary_by_cookie(officer: Client) -> None:
    for path in ("/enterprises/", "/people/me/"):
        assert "Cookie" in officer.get(path)["Vary"], path


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch", "options", "trace"])
def test_no_method_makes_an_error(officer: Client, method: str) -> None:
    for path in ("/enterprises/", "/accounts/login/", "/api/v1/ratings/", "/people/me/"):
        assert getattr(officer, method)(path).status_code < 500, (method, path)


def test_a_form_without_its_token_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(RoleGrantFactory(role=Role.OFFICER, station=StationFactory()).user)
    assert browser.post(reverse("disputes:create"), {}).status_code == 403
    assert browser.post(reverse("account_logout")).status_code == 403


PRODUCTION = {
    "DATABASE_URL": "postgres://anqi_app:x@127.0.0.1:1/anqi",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "an-invented-key-of-fifty-characters-and-more-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "anqi.example",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def test_what_production_switches_on(tmp_path: Path) -> None:
    code = """
import json, django; django.setup()
from django.conf import settings as s
from django.contrib.auth.hashers import get_hasher
from django.test import RequestFactory
from django.middleware.security import SecurityMiddleware
from django.http import HttpResponse
secure = RequestFactory().get("/", secure=True, HTTP_HOST="anqi.example")
plain = RequestFactory().get("/", HTTP_HOST="anqi.example")
middleware = SecurityMiddleware(lambda request: HttpResponse())
hasher = get_hasher()
print(json.dumps({
    "cookies": [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE],
    "hsts": middleware(secure).headers.get("Strict-Transport-Security"),
    "redirect": [middleware(plain).status_code, middleware(plain).headers.get("Location")],
    "debug": s.DEBUG, "demo": s.DEMO, "second": s.SECOND_FACTOR_REQUIRED, "plain_http": s.WEBHOOKS_PLAIN_HTTP,
    "hasher": [hasher.algorithm, hasher.iterations], "idle_s": s.IDLE_TIMEOUT_S, "validators": len(s.AUTH_PASSWORD_VALIDATORS),
}))
"""
    done = run([sys.executable, "-c", code], **PRODUCTION, DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["cookies"] == [True, True, True, "Lax", "Lax"]
    assert told["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert told["redirect"] == [301, "https://anqi.example/"]
    assert (told["debug"], told["demo"], told["second"], told["plain_http"]) == (False, False, True, False)
    assert told["hasher"][0] == "pbkdf2_sha256"
    assert told["hasher"][1] >= 600_000  # OWASP's figure for PBKDF2-HMAC-SHA256
    assert told["idle_s"] <= 1800
    assert told["validators"] >= 4
