"""One HTTP request to a receiver: signed, sent to a checked address, with one overall deadline.

This module does not access the database. It must not run inside a transaction.
"""

import contextlib
import datetime as dt
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast

import httpcore
import httpx
import structlog
from standardwebhooks import Webhook

from deliveries.addresses import NotApproved, is_plain, resolve
from deliveries.choices import Detail, Fault, Outcome, Paused
from deliveries.replies import (
    KEPT_BYTES,
    Exchanged,
    Reply,
    certificate_at,
    chain_of,
    detail_of,
    is_page_of_html,
    is_web_page,
    reply_of,
)

logger = structlog.get_logger(__name__)
CONNECT_S = 5.0
DEADLINE_S = 20.0  # for connecting, TLS, sending and the response together, however slowly bytes arrive
# Of the body at most this is read, to reuse the connection; more of it closes the connection.
ANSWER_BYTES, ANSWER_S = 64 * 1024, 1.0
LONGEST_WAIT_S = 3 * 24 * 3600.0  # upper limit for Retry-After
TRY_AGAIN_STATUSES = frozenset({408, 425, 429})
LOST = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpx.HTTPError, OSError)


@dataclass(frozen=True)
class Parcel:
    """A message to send, with everything that sending needs, and the ``token`` of the lease under which it is sent."""

    bureau_id: int
    department_id: int
    subscription_id: int
    token: Any
    url: str
    allowed_hosts: tuple[str, ...]
    secrets: tuple[str, ...] = field(repr=False)
    sequence: int
    message_id: str
    body: str = field(repr=False)
    signed_with: tuple[str, ...] = ()  # hints of the secrets


@dataclass(frozen=True)
class Result:
    """The result of an attempt. ``pause`` is the reason to pause the push at once, because retrying cannot help.

    ``exchanged`` is what the receiver wrote, for its department alone: it stays out of every log.
    """

    outcome: Outcome
    fault: Fault = Fault.NONE
    status: int | None = None
    pause: Paused = Paused.NOT
    retry_after_s: float = 0
    duration_ms: int = 0
    address: str = ""
    detail: Detail = Detail.NONE
    exchanged: Exchanged = field(default=Exchanged(), repr=False)

    @property
    def is_final(self) -> bool:
        """Whether the receiver says that it does not want the message: a 4xx that no waiting changes."""
        return self.outcome == Outcome.REFUSED and self.status is not None


def signed_headers(parcel: Parcel, now: dt.datetime) -> dict[str, str]:
    """Return the headers of the Standard Webhooks specification, signed with every valid secret, newest first."""
    now = now.astimezone(dt.UTC)  # the package ignores the time zone
    signatures = [Webhook(secret).sign(parcel.message_id, now, parcel.body) for secret in parcel.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Anqi-Webhooks/1",
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class Sender:
    """Sends the messages of one subscription, over one connection if the receiver keeps it open.

    It uses the transport without an HTTP client, which would follow redirects, keep cookies, decompress responses, and
    take proxies from the environment and passwords from the URL.
    """

    def __init__(self, *, url: str, allowed_hosts: Sequence[str], plain_http: bool) -> None:
        self.url, self.allowed_hosts = url, tuple(allowed_hosts)
        self._refused = is_plain(url) and not plain_http
        self._backend = _CheckedBackend(self.allowed_hosts)
        self._transport = _Transport(self._backend)

    def serves(self, parcel: Parcel) -> bool:
        """Return whether this sender has the parcel's URL and approved hosts."""
        return (parcel.url, parcel.allowed_hosts) == (self.url, self.allowed_hosts)

    def close(self) -> None:
        self._transport.close()

    def send(self, parcel: Parcel, now: dt.datetime) -> Result:
        """Make one attempt. Errors of the receiver, the network or the name server are returned, never raised."""
        if self._refused:
            return Result(Outcome.REFUSED, Fault.ADDRESS, pause=Paused.ADDRESS)
        began = time.monotonic()
        self._backend.begin(began + DEADLINE_S)
        headers = signed_headers(parcel, now)
        certificate: dict[str, Any] = {}
        try:
            answer, reply = self._answered(parcel, headers, now)
        except NotApproved:
            answer, reply = Result(Outcome.REFUSED, Fault.ADDRESS, pause=Paused.ADDRESS), Reply()
        except Exception as error:
            answer, reply = Result(Outcome.FAILED, _fault(error), detail=detail_of(error)), Reply()
            if answer.fault == Fault.OTHER:
                logger.error(
                    "attempt failed unexpectedly",
                    subscription=parcel.subscription_id,
                    error=type(error).__name__,
                    exc_info=True,
                )
        took = max(0, round((time.monotonic() - began) * 1000))
        if answer.fault == Fault.TLS and self._backend.address:
            certificate = self._certificate()
        sent = tuple(headers.items()) if self._backend.has_sent else ()
        made = {"duration_ms": took, "address": self._backend.address}
        return Result(**vars(answer) | made | {"exchanged": Exchanged(sent, reply, certificate)})

    def _certificate(self) -> dict[str, Any]:
        url = httpx.URL(self.url)
        return certificate_at(self._backend.address, url.port or 443, url.raw_host.decode("ascii"))

    def _answered(self, parcel: Parcel, headers: dict[str, str], now: dt.datetime) -> tuple[Result, Reply]:
        request = httpx.Request("POST", self.url, headers=headers, content=parcel.body.encode())
        response = self._transport.handle_request(request)
        start, size = b"", 0
        try:
            answer = judge(response.status_code, response.headers.get("retry-after", ""), now)
            self._backend.end = min(self._backend.end, time.monotonic() + ANSWER_S)
            for chunk in cast(httpx.SyncByteStream, response.stream):  # the transport is synchronous
                start += chunk[: KEPT_BYTES - len(start)]
                size += len(chunk)
                if size > ANSWER_BYTES:
                    break
        except LOST:
            pass  # the status has been received; only the connection is lost
        finally:
            with contextlib.suppress(*LOST):
                response.close()
        reply = reply_of(response.headers.multi_items(), start, size)
        is_page = is_page_of_html if answer.outcome == Outcome.DELIVERED else is_web_page
        if is_page(reply):
            answer = replace(answer, detail=Detail.HTML)
        return answer, reply


def judge(status: int, retry_after: str, now: dt.datetime) -> Result:
    """Interpret a status: 2xx is delivered, everything else tried again; after 410 there is nothing to try.

    Any other 4xx but 408, 425 and 429 is final: the receiver refuses the message, and some of them in a row pause the
    push (:mod:`deliveries.operations.failing`).
    """
    if 200 <= status < 300:
        return Result(Outcome.DELIVERED, status=status)
    wait_s = seconds_to_wait(retry_after, now)
    if 400 <= status < 500 and status not in TRY_AGAIN_STATUSES:
        pause = Paused.GONE if status == 410 else Paused.NOT
        return Result(Outcome.REFUSED, Fault.STATUS, status, pause, retry_after_s=wait_s)
    fault = Fault.REDIRECT if 300 <= status < 400 else Fault.STATUS
    return Result(Outcome.FAILED, fault, status, retry_after_s=wait_s)


def seconds_to_wait(retry_after: str, now: dt.datetime) -> float:
    """Return the seconds of a Retry-After header, given as seconds or a date (RFC 9110, 10.2.3).

    At most three days; 0 if the header is missing or invalid.
    """
    text = retry_after.strip()[:64]
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return min(max(0.0, (moment - now).total_seconds()), LONGEST_WAIT_S)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return 0


def _fault(error: BaseException) -> Fault:
    causes = chain_of(error)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return Fault.TLS
    if any(isinstance(each, _UnknownHost) for each in causes):
        return Fault.DNS
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException | TimeoutError):
        return Fault.TIMEOUT
    if isinstance(error, httpcore.ProtocolError | httpcore.NetworkError | httpx.TransportError | OSError):
        return Fault.CONNECTION
    return Fault.OTHER


class _UnknownHost(OSError):
    """The host name does not resolve, or no name server answered."""


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects only to approved addresses of the host, and enforces the deadline ``end`` (of ``time.monotonic``).

    ``has_sent``: whether anything of the attempt's request went out, which a refused connection or certificate prevents.
    """

    def __init__(self, allowed_hosts: Sequence[str]) -> None:
        self._allowed = tuple(allowed_hosts)
        self._inner = httpcore.SyncBackend()
        self.end = 0.0
        self.has_sent = False
        self.address = ""

    def begin(self, end: float) -> None:
        """Begin an attempt."""
        self.end, self.has_sent = end, False

    def left(self, timeout: float | None, error: type[Exception]) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise error("The deadline of the attempt has passed.")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.address = ""
        try:
            addresses = resolve(host, port, self._allowed, self.left(None, TimeoutError))
        except OSError as error:
            raise _UnknownHost(host) from error
        for address in addresses[:-1]:
            try:
                return self._connected(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(addresses[-1], port, timeout)

    def _connected(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        self.address = address[:45]
        wait_s = min(CONNECT_S, self.left(timeout, httpcore.ConnectTimeout))
        return _Stream(self._inner.connect_tcp(address, port, timeout=wait_s), self)


class _Stream(httpcore.NetworkStream):
    """A connection with the deadline, so that a receiver that sends byte by byte cannot block a worker."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _CheckedBackend) -> None:
        self._inner, self._backend = inner, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # inner.write() restarts its timeout with each chunk, so a receiver that reads slowly could block the worker
        # beyond its lease.
        connection, rest = self._inner.get_extra_info("socket"), memoryview(buffer)
        while rest:
            connection.settimeout(self._backend.left(timeout, httpcore.WriteTimeout))
            try:
                rest = rest[connection.send(rest) :]
                self._backend.has_sent = True
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait_s = self._backend.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, wait_s), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def _authorities() -> ssl.SSLContext:
    """Return the system's certificate authorities, cached because loading them takes longer than sending a message."""
    return ssl.create_default_context()


class _Transport(httpx.BaseTransport):
    """An httpx transport that uses the checked backend and the system's certificate authorities."""

    def __init__(self, backend: _CheckedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_authorities(), max_connections=1, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        self._inner.close()
