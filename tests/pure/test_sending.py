"""What an answer means, how long Retry-After asks to wait, what is signed, and what a failure is called."""

import base64
import datetime as dt
import ssl
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from deliveries import sending
from deliveries.choices import Fault, Outcome, Paused
from deliveries.sending import Parcel, Result, judge, seconds_to_wait, signed_headers

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
THREE_DAYS = 3 * 24 * 3600


@given(st.integers(100, 599))
def test_what_a_status_means(status: int) -> None:
    found = judge(status, "7", NOW)
    if status in range(200, 300):
        assert found == Result(Outcome.DELIVERED, Fault.NONE, status)
    elif status == 410:
        assert found == Result(Outcome.REFUSED, Fault.STATUS, status, Paused.GONE, 7)
    elif status in range(400, 500) and status not in (408, 425, 429):
        assert found == Result(Outcome.REFUSED, Fault.STATUS, status, Paused.NOT, 7)
    else:
        fault = Fault.REDIRECT if status in range(300, 400) else Fault.STATUS
        assert found == Result(Outcome.FAILED, fault, status, Paused.NOT, 7)


@pytest.mark.parametrize("status", [199, 200, 299, 300, 399, 400, 408, 410, 425, 429, 499, 500])
def test_the_edges(status: int) -> None:
    test_what_a_status_means.hypothesis.inner_test(status)


@given(st.integers(0, 10**9))
def test_seconds_are_waited_up_to_three_days(seconds: int) -> None:
    assert seconds_to_wait(f" {seconds}\t", NOW) == min(seconds, THREE_DAYS)


@given(st.integers(-(10**6), 10**6), st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York"]))
def test_a_date_is_waited_for(seconds: int, zone: str) -> None:
    moment = NOW + dt.timedelta(seconds=seconds)
    expected = max(0, min(seconds, THREE_DAYS))
    assert seconds_to_wait(format_datetime(moment, usegmt=True), NOW) == expected
    assert seconds_to_wait(format_datetime(moment.astimezone(ZoneInfo(zone))), NOW) == expected
    assert seconds_to_wait(format_datetime(moment.replace(tzinfo=None)), NOW) == expected  # "-0000": UTC


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-5", "1.5", "²", "٣", "Sun, 99 Nov 2026 00:01:00 GMT", "Mon, 1 Jan 99999 00:00:00 GMT"],
)
def test_nonsense_is_not_waited_for(text: str) -> None:
    assert seconds_to_wait(text, NOW) == 0


def test_only_the_beginning_of_a_header_is_read() -> None:
    assert seconds_to_wait("0" * 63 + "59", NOW) == 5  # the 64th is the last
    assert seconds_to_wait("9" * 5000, NOW) == THREE_DAYS


def parcel(**fields: Any) -> Parcel:
    given: dict[str, Any] = {
        "body": '{"a": 1}',
        "message_id": "m-1",
        "secrets": (),
        "url": "https://d.example/",
    }
    rest = dict.fromkeys(("bureau_id", "department_id", "subscription_id", "sequence"), 1)
    return Parcel(**given | rest | {"token": None, "allowed_hosts": ()} | fields)


def test_every_live_secret_signs_the_newest_first() -> None:
    secrets = tuple("whsec_" + base64.b64encode(bytes([each]) * 32).decode() for each in (1, 2))
    moment = dt.datetime.now(dt.UTC).replace(microsecond=600_000)
    sent = parcel(secrets=secrets)
    headers = signed_headers(sent, moment)
    assert headers == signed_headers(sent, moment.astimezone(ZoneInfo("Asia/Shanghai")))
    signatures = headers.pop("webhook-signature").split(" ")
    assert headers == {
        "content-type": "application/json",
        "user-agent": "Anqi-Webhooks/1",
        "webhook-id": "m-1",
        "webhook-timestamp": str(int(moment.timestamp())),
    }
    for secret, signature in zip(secrets, signatures, strict=True):
        Webhook(secret).verify(sent.body, headers | {"webhook-signature": signature})


def test_what_is_secret_is_not_in_the_log() -> None:
    described = repr(parcel(secrets=("whsec_hidden",), body="hidden"))
    assert "hidden" not in described
    assert "m-1" in described


def caused(error: Exception, by: Exception, hidden: bool = False) -> Exception:
    """An error with a cause, or one that was raised while another was handled."""
    if hidden:
        error.__context__ = by
    else:
        error.__cause__ = by
    return error


def nested(deep: int) -> Exception:
    error: Exception = ssl.SSLError()
    for _number in range(deep):
        error = caused(OSError(), error)
    return error


UNKNOWN = sending._UnknownHost("d.example")
FAULTS: list[tuple[Exception, Fault]] = [
    (ssl.SSLError(), Fault.TLS),
    (caused(httpcore.ConnectError(), ssl.SSLError()), Fault.TLS),
    (caused(httpcore.ConnectError(), ssl.SSLError(), hidden=True), Fault.TLS),
    (nested(7), Fault.TLS),
    (nested(8), Fault.CONNECTION),  # not looked for without end
    (caused(UNKNOWN, OSError()), Fault.DNS),
    (caused(httpcore.ConnectError(), UNKNOWN), Fault.DNS),
    *((kind(), Fault.TIMEOUT) for kind in (httpcore.ReadTimeout, httpcore.ConnectTimeout, TimeoutError)),
    (httpx.ReadTimeout("late"), Fault.TIMEOUT),
    *((kind(), Fault.CONNECTION) for kind in (httpcore.ConnectError, httpcore.RemoteProtocolError, OSError)),
    (httpx.ConnectError("gone"), Fault.CONNECTION),
    (ValueError(), Fault.OTHER),
    (caused(ValueError(), OSError()), Fault.OTHER),
]


@pytest.mark.parametrize(("error", "fault"), FAULTS)
def test_what_a_failure_is_called(error: Exception, fault: Fault) -> None:
    assert sending._fault(error) is fault


def test_errors_that_cause_each_other_are_no_endless_loop() -> None:
    first, second = OSError(), OSError()
    first.__context__, second.__context__ = second, first
    assert sending._fault(first) is Fault.CONNECTION
