"""Marks of what an answer said: ``ETag``, ``If-None-Match``, ``If-Match``."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from foundation.accounts.access import StaleRecord
from foundation.rest.problems import Problem, Refused
from foundation.rest.rendering import render

KEPT_ON_304 = ("Cache-Control", "Content-Language", "ETag", "Vary")


def etag(body: bytes) -> str:
    """The mark of an answer's bytes. Language and rights of the key are in it, as they shape the bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark a GET's answer; nothing but the mark goes out where the client has it already."""
    response["ETag"] = etag(response.content)
    if not _names(request.headers.get("If-None-Match", ""), response["ETag"]):
        return response
    unchanged = HttpResponseNotModified()
    for name in KEPT_ON_304:
        if name in response:
            unchanged[name] = response[name]
    return unchanged


def require_match(request: HttpRequest, shown: Any) -> None:
    """Refuse a change of something the client has not seen as it is: 428 without If-Match, 412 past it.

    ``shown`` is what GET would answer now.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise Refused(
            Problem(428, "precondition-required", _("Send the ETag of what you want to change as If-Match."))
        )
    if not _names(given, etag(render(shown))):
        raise StaleRecord(_("Somebody changed this meanwhile. Open it again to see how it stands now."))


def _names(header: str, mark: str) -> bool:
    # Proxies that compress turn our strong marks into weak ones, so both sorts count here.
    return any(given in ("*", mark) for given in (each.removeprefix("W/") for each in parse_etags(header)))
