"""What a receiver answered, as its department may read it, and what exactly went wrong on the way.

Everything here is the receiver's own and may be anything: it is cut, made storable, and shown to its department alone.
"""

import codecs
import contextlib
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from deliveries.choices import Detail
from foundation.words import visible

KEPT_BYTES = 2048  # of the body
MOST_HEADERS, LONGEST_HEADER, LONGEST_NAME = 40, 500, 200
CERTIFICATE_S = 3.0  # for the second connection, which asks for the certificate alone
CHARSET = re.compile(r"charset=[\"']?([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
READABLE = frozenset({"utf-8", "gb2312", "gbk", "gb18030", "big5", "iso8859-1", "ascii"})
# OpenSSL's verification errors
EXPIRED, NOT_YET_VALID = 10, 9
OTHER_NAME = frozenset({62, 64})
UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21, 27})
NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})


@dataclass(frozen=True)
class Reply:
    """A response as far as it is kept: headers, the first bytes of the body as text, and how many were read."""

    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    body_size: int = 0


@dataclass(frozen=True)
class Exchanged:
    """What was sent and answered in one attempt. ``certificate`` is what the refused certificate says of itself."""

    request_headers: tuple[tuple[str, str], ...] = ()
    reply: Reply = Reply()
    certificate: dict[str, Any] = field(default_factory=dict)


def reply_of(headers: Iterable[tuple[str, str]], body: bytes, size: int) -> Reply:
    """Return a response cut to what is kept."""
    pairs = [(_text(name, LONGEST_NAME), _text(value, LONGEST_HEADER)) for name, value in headers]
    kind = next((value for name, value in pairs if name.lower() == "content-type"), "")
    return Reply(tuple(pairs[:MOST_HEADERS]), _storable(_decoded(body[:KEPT_BYTES], kind)), size)


def is_web_page(reply: Reply) -> bool:
    """Return whether a person was meant to read the answer: a login page, a proxy's or a web server's own."""
    kind = next((value for name, value in reply.headers if name.lower() == "content-type"), "").lower()
    return kind.startswith(("text/html", "application/xhtml")) or is_page_of_html(reply)


def is_page_of_html(reply: Reply) -> bool:
    """Return whether the body is a whole page. Some receivers call a plain "ok" HTML: the type alone shows nothing."""
    start = reply.body.lstrip("\ufeff \r\n\t")[:15].lower()
    return start.startswith(("<!doctype html", "<html"))


def _decoded(body: bytes, kind: str) -> str:
    """Return bytes as text, by the charset that the receiver names. What cannot be read is replaced."""
    named = CHARSET.search(kind)
    charset = "utf-8"
    if named:
        with contextlib.suppress(LookupError):  # no charset that Python knows
            charset = codecs.lookup(named[1]).name
    text = body.decode(charset if charset in READABLE else "utf-8", errors="replace")
    return text.removesuffix("\ufffd") if len(body) == KEPT_BYTES else text  # cut within a character


def _text(value: str, longest: int) -> str:
    return _storable(value)[:longest]


def _storable(text: str) -> str:
    """Return a text that PostgreSQL takes; what no screen shows is left out."""
    return visible(text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode())


def detail_of(error: BaseException) -> Detail:
    """Return what exactly went wrong with a connection, "" if its fault says it all."""
    causes = chain_of(error)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _of_certificate(each.verify_code)
    kinds: list[tuple[type[BaseException] | tuple[type[BaseException], ...], Detail]] = [
        (ConnectionRefusedError, Detail.REFUSED),
        (httpcore.ConnectTimeout, Detail.UNREACHED),
        ((httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError), Detail.CLOSED),
    ]
    if any(isinstance(each, ssl.SSLError) and each.reason in NO_TLS for each in causes):
        return Detail.PLAIN
    for kind, detail in kinds:
        if any(isinstance(each, kind) for each in causes):
            return detail
    if any(isinstance(each, httpcore.ConnectError) for each in causes):
        return Detail.NONE if any(isinstance(each, ssl.SSLError) for each in causes) else Detail.UNREACHED
    return Detail.NONE


def _of_certificate(code: int) -> Detail:
    if code == EXPIRED:
        return Detail.EXPIRED
    if code == NOT_YET_VALID:
        return Detail.EARLY
    if code in OTHER_NAME:
        return Detail.NAME
    return Detail.AUTHORITY if code in UNKNOWN_AUTHORITY else Detail.NONE


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an error with what caused it, the outermost first."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 8:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes


def certificate_at(address: str, port: int, host: str) -> dict[str, Any]:
    """Ask a receiver for its certificate, over a connection that sends nothing else; {} if it gives none.

    Only for an address that was checked. A refused certificate is not handed out by the connection that refused it.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), timeout=CERTIFICATE_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return certificate_words(secured.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):  # ValueError: a name that TLS cannot ask for
        return {}


def certificate_words(encoded: bytes) -> dict[str, Any]:
    """Return subject, issuer, names and days of a certificate, {} if it cannot be read."""
    try:
        found = x509.load_der_x509_certificate(encoded)
        names: list[str] = []
        with contextlib.suppress(x509.ExtensionNotFound):
            alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            names = [
                str(each.value) for each in alternatives if isinstance(each, x509.DNSName | x509.IPAddress)
            ]
        subject, issuer = _name(found.subject), _name(found.issuer)
        return {
            "subject": subject or (_text(names[0], LONGEST_NAME) if names else ""),
            "issuer": issuer,
            "names": [_text(each, LONGEST_NAME) for each in names[:5]],
            "from": found.not_valid_before_utc.isoformat(),
            "until": found.not_valid_after_utc.isoformat(),
            "self_signed": found.subject == found.issuer,
        }
    except (
        ValueError,
        TypeError,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
        UnsupportedAlgorithm,
    ):
        return {}


def _name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return _text(str(attribute.value), LONGEST_NAME)
    return ""
