"""Marks of what an answer said: ``ETag``, ``If-None-Match``, ``If-Match``."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from foundation.accounts.access import StaleRecord
from foundation.rest.problems import Problem, Refused
from foundation.rest.rendering import render


def etag(body: bytes) -> str:
    """Return the mark of an answer's bytes. Language and rights of the key are in it, as they shape the bytes."""
    return quote_etag(hashlib.sha256(body).hexdigest()[:32])


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark a GET's answer; where the client has it already, return a 304 with nothing but the mark.

    Reading is refused for no precondition: If-Match is for changes, and there are no dates of last modification.
    """
    response["ETag"] = etag(response.content)
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if found is not None and found.status_code == 304 else response


def require_match(request: HttpRequest, shown: Any) -> None:
    """Refuse a change of something the client has not seen as it is: 428 without If-Match, 412 past it.

    ``shown`` is what GET would answer now.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise Refused(
            Problem(428, "precondition-required", _("Send the ETag of what you want to change as If-Match."))
        )
    # Django compares strongly, as the standard says; proxies that compress turn our strong marks into weak ones
    marks = [mark.removeprefix("W/") for mark in parse_etags(given)]
    if marks != ["*"] and etag(render(shown)) not in marks:
        raise StaleRecord(_("Somebody changed this meanwhile. Open it again to see how it stands now."))
