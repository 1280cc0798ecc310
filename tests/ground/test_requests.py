"""Client addresses behind the proxy, request ids, and what must not be logged."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_structlog.middlewares import RequestMiddleware

from config import logs
from config.proxies import ClientAddressMiddleware


@pytest.mark.parametrize(
    ("caller", "forwarded", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not our proxy, so its header is ignored
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the client itself wrote the left part
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.2", "<script>", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket, whose only caller is our proxy
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),  # a socket of both kinds of addresses
        ("10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_callers_address(settings: Any, caller: str, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/29"]
    seen = {}
    middleware = ClientAddressMiddleware(lambda request: seen.update(request.META))
    middleware(RequestFactory().get("/", REMOTE_ADDR=caller, HTTP_X_FORWARDED_FOR=forwarded))
    assert seen["REMOTE_ADDR"] == expected
    assert "HTTP_X_FORWARDED_FOR" not in seen


def test_a_proxy_that_sends_no_readable_address_is_noticed(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """All clients behind it would share one address, and with it one lock-out."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/29"]
    middleware = ClientAddressMiddleware(lambda request: None)
    for forwarded in ("", "198.51.100.1", "198.51.100.1:4711"):
        assert caplog.text == ""
        middleware(RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=forwarded))
    assert "198.51.100.1:4711" in caplog.text


FORGED = [
    "X-Forwarded-For",
    "X-Forwarded",
    "X-Real-IP",
    "Forwarded",
    "Forwarded-For",
    "Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
    "Fastly-Client-IP",
    "X-Original-Forwarded-For",
    "X-Remote-Addr",
    "Via",
]


@pytest.mark.parametrize("proxies", [[], ["127.0.0.1"]])
def test_no_header_puts_an_address_into_the_log(settings: Any, proxies: list[str]) -> None:
    """Only the trusted proxy's X-Forwarded-For counts, from the right."""
    settings.TRUSTED_PROXIES = proxies
    seen: list[dict[str, Any]] = []

    def answer(_request: Any) -> HttpResponse:
        seen.append(structlog.contextvars.get_contextvars())
        return HttpResponse()

    forged = {f"HTTP_{name.upper().replace('-', '_')}": "6.6.6.6" for name in FORGED}
    middleware = ClientAddressMiddleware(RequestMiddleware(answer))
    for number, (name, value) in enumerate(forged.items()):
        middleware(RequestFactory().get("/", **{name: value}))
        by_proxy = proxies and name == "HTTP_X_FORWARDED_FOR"
        assert seen[number]["ip"] == ("6.6.6.6" if by_proxy else "127.0.0.1"), name
    middleware(RequestFactory().get("/", **forged | {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.1"}))
    assert seen[-1]["ip"] == ("198.51.100.1" if proxies else "127.0.0.1")


@pytest.mark.django_db
def test_every_answer_has_a_request_id(client: Client) -> None:
    first, second = client.get("/accounts/login/"), client.get("/accounts/login/")
    assert len(first["X-Request-ID"]) == 36
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_request_id_travels_with_a_task() -> None:
    from celery.signals import before_task_publish

    headers: dict = {}
    with structlog.contextvars.bound_contextvars(request_id="the-page"):
        before_task_publish.send("any", headers=headers, body={}, properties={}, routing_key="celery")
    assert headers["__django_structlog__"]["request_id"] == "the-page"


def line_of(**event: object) -> str:
    """Return a log line in the production format."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    final = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        logs.hide_secrets,
        logs.plain_values,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=final))
    logger = logging.getLogger("test_requests")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        structlog.get_logger("test_requests").warning("安", **event)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


def test_no_secret_in_a_line() -> None:
    line = line_of(
        password="hunter2-aaa",
        new_password1="hunter2-bbb",
        Authorization="Bearer hunter2-ccc",
        sessionid_cookie="hunter2-ddd",
        nested={"csrf_token": "hunter2-eee"},
        broker="redis://:hunter2-fff@127.0.0.1:6379/0",
        error="could not connect to postgres://anqi_app:hunter2-ggg@db/anqi",
        request="GET /people/invitation/4f-hunter2hhhhunter2hhhhunter2/?name=hunter2-iii",
    )
    assert "hunter2" not in line
    event = json.loads(line)
    assert event["event"] == "安"
    assert event["broker"] == "redis://:[hidden]@127.0.0.1:6379/0"
    assert event["request"] == "GET /people/invitation/[hidden]/"


@pytest.mark.parametrize("path", ["/l/{}.", "/l/{}。/", "/l/ {}/", "/calendar/7.{}~x.ics", "/l/x/{}%29"])
def test_no_key_of_a_link_in_a_line_whatever_is_around_it(path: str) -> None:
    key = "fe12" * 16
    for name in ("request", "event"):
        assert "fe12fe12" not in str(logs.hide_secrets(None, "", {name: "Not Found: " + path.format(key)}))


def test_no_code_of_a_sign_at_a_door_in_a_line() -> None:
    """It is no key that needs a digit: any 22 characters of base64."""
    for code in ("abcDEFghiJKLmnoPQRstuv", "abc-EFghi_KLmnoPQR12uv"):
        line = line_of(request=f"GET /field/at/{code}/")
        assert json.loads(line)["request"] == "GET /field/at/[hidden]/"
        assert code not in str(logs.hide_secrets(None, "", {"event": f"Not Found: /field/at/{code}"}))
    assert "/field/at/visits/12/out/" in line_of(request="GET /field/at/visits/12/out/")


def test_ordinary_paths_stay_readable() -> None:
    event = json.loads(line_of(request="GET /enterprises/12345/hazards/2026Q1/?q=x", count=3))
    assert event["request"] == "GET /enterprises/12345/hazards/2026Q1/"
    assert event["count"] == 3


@pytest.mark.parametrize(
    ("caller", "believed"), [("10.0.0.2", True), ("127.0.0.1", True), ("", True), ("198.51.100.1", False)]
)
def test_only_the_trusted_proxy_says_that_a_request_came_over_tls(
    settings: Any, caller: str, believed: bool
) -> None:
    """And this machine: the probe inside the container asks as the proxy does."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/29"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    seen: list[bool] = []
    middleware = ClientAddressMiddleware(lambda request: seen.append(request.is_secure()))
    middleware(RequestFactory().get("/", REMOTE_ADDR=caller, HTTP_X_FORWARDED_PROTO="https"))
    assert seen == [believed]
