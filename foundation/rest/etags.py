"""ETags of responses: ``ETag``, ``If-None-Match``, ``If-Match``."""

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from foundation.accounts.access import StaleRecord
from foundation.rest.problems import Problem, Refused
from foundation.rest.rendering import render

# What servers, at most four, between us and a client append to the mark of a response that they compressed ("…-gzip", "…;br").
_COMPRESSED = re.compile(r"(?:[-;:+.]{1,2}(?:gzip|x-gzip|br|zstd|deflate)){1,4}(?=\")", re.IGNORECASE)


def uncompressed(header: str) -> str:
    """Return If-Match or If-None-Match as if no proxy had compressed the response: the same state has one mark."""
    return _COMPRESSED.sub("", header)


def etag(body: bytes) -> str:
    """Return the ETag of a response's bytes. Language and scopes of the key shape the bytes, so they are covered."""
    return quote_etag(hashlib.sha256(body).hexdigest()[:32])


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the ETag of a GET's response. If the client already has it, return a 304 with only the ETag.

    If-Match does not apply to reading, and there are no dates of last modification.
    """
    response["ETag"] = etag(response.content)
    if given := request.META.get("HTTP_IF_NONE_MATCH"):
        request.META["HTTP_IF_NONE_MATCH"] = uncompressed(given)
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if found is not None and found.status_code == 304 else response


def require_match(request: HttpRequest, shown: Any) -> None:
    """Refuse a change of something the client has not seen in its present state: 428 without If-Match, 412 if stale.

    ``shown`` is what GET would return now.
    """
    given = uncompressed(request.headers.get("If-Match", ""))
    if not given:
        raise Refused(
            Problem(
                428,
                "precondition-required",
                _("Send the ETag of the resource you want to change in If-Match."),
            )
        )
    # Django compares strongly, as the standard requires; proxies that compress turn strong ETags into weak ones
    marks = [mark.removeprefix("W/") for mark in parse_etags(given)]
    if marks != ["*"] and etag(render(shown)) not in marks:
        raise StaleRecord(_("Someone changed this in the meantime. Fetch it again to see its current state."))
