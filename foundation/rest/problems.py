"""Errors in the format of RFC 9457: ``application/problem+json``, in the language the client asked for.

``type`` is ``urn:anqi:problem:<code>``; programs compare the code. ``instance`` is the request's id, as in the logs.
Validation errors name the field with a JSON pointer, or the query parameter.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core import exceptions as django
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf

from foundation.accounts import access
from foundation.words import Words

if TYPE_CHECKING:
    from foundation.rest.hints import Hints

CONTENT_TYPE = "application/problem+json"
TITLES: Mapping[str, Words] = {
    "invalid": gettext_lazy("The request is not valid."),
    "malformed": gettext_lazy("The request could not be parsed."),
    "unauthenticated": gettext_lazy("A valid API key is required."),
    "missing-scope": gettext_lazy("The key does not have the required scope."),
    "not-allowed": gettext_lazy("This is not allowed."),
    "not-found": gettext_lazy("Not found, or not visible to this key."),
    "method-not-allowed": gettext_lazy("This method is not allowed at this address."),
    "not-acceptable": gettext_lazy("This endpoint returns JSON only."),
    "wrong-state": gettext_lazy("This is not possible in the current state."),
    "changed": gettext_lazy("The resource was changed in the meantime."),
    "too-large": gettext_lazy("The request is too large."),
    "unsupported-media-type": gettext_lazy("This endpoint accepts JSON only."),
    "idempotency-key-reused": gettext_lazy("This Idempotency-Key was used for another request."),
    "precondition-required": gettext_lazy("The If-Match header is required."),
    "too-many-requests": gettext_lazy("Too many requests."),
    "error": gettext_lazy("Something went wrong on our side."),
    "unavailable": gettext_lazy("Temporarily unavailable."),
}


@dataclass(frozen=True)
class Problem:
    """One error: its code, a sentence about this case, the fields and headers concerned."""

    status: int
    code: str
    detail: Words = ""
    errors: tuple[dict[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """Raises a problem that has no exception of its own."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Invalid(drf.ValidationError):
    """Fields are invalid. ``hints`` returns what an error adds for programs: allowed values, the pattern (``hints.py``)."""

    def __init__(self, detail: Any, hints: "Hints | None" = None) -> None:
        super().__init__(detail)
        self.hints = hints


class InvalidParameter(Invalid):
    """A query parameter is invalid: ``InvalidParameter({"after": [_("...")]})``."""


class Malformed(drf.ParseError):
    """The body is no JSON as it can be read. ``place``: line and column, or another position, as far as it is known."""

    def __init__(self, detail: Words, **place: int) -> None:
        super().__init__(str(detail))
        self.place = place


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the problem as a response."""
    body = {
        "type": f"urn:anqi:problem:{problem.code}",
        "title": str(TITLES[problem.code]),
        "status": problem.status,
        **({"detail": str(problem.detail)} if problem.detail else {}),
        **({"instance": f"urn:uuid:{identity}"} if (identity := getattr(request, "request_id", "")) else {}),
        **({"errors": list(problem.errors)} if problem.errors else {}),
        **problem.more,
    }
    text = json.dumps(body, ensure_ascii=False)
    headers = {"Cache-Control": "no-store", **problem.headers}
    return HttpResponse(text, status=problem.status, content_type=CONTENT_TYPE, headers=headers)


def problem_of(error: BaseException, *, reading: bool) -> Problem | None:
    """Return the problem for an exception, None if the request is not at fault (``handler500`` then answers).

    ``reading``: the request has parameters, not a body, so a validation error names a parameter.
    """
    match error:
        case Refused():
            return error.problem
        case drf.ValidationError():
            where = "parameter" if reading or isinstance(error, InvalidParameter) else "pointer"
            hints = getattr(error, "hints", None)
            return Problem(400, "invalid", errors=tuple(_flat(error.detail, where, hints=hints)))
        case django.ValidationError():
            messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            return Problem(
                400, "invalid", errors=tuple(_flat(messages, "parameter" if reading else "pointer"))
            )
        case access.StaleRecord():
            return Problem(412, "changed", str(error))
        case access.WrongState():
            return Problem(409, "wrong-state", str(error))
        case access.NotAllowed() | django.PermissionDenied() | drf.PermissionDenied():
            return Problem(403, "not-allowed", _sentence(error))
        case Http404() | django.ObjectDoesNotExist() | drf.NotFound():
            return Problem(404, "not-found")
        case Malformed():
            return Problem(400, "malformed", str(error.detail), more=error.place)
        case drf.ParseError() | UnreadablePostError():
            return Problem(400, "malformed")
        case django.RequestDataTooBig():
            return Problem(413, "too-large")
        case django.DisallowedHost():
            words = _("Unknown host name. Use the one with which the pages of this platform are opened.")
            return Problem(400, "malformed", words)
        case django.SuspiciousOperation():
            return Problem(400, "malformed")
        case drf.MethodNotAllowed():
            return Problem(405, "method-not-allowed", str(error.detail))
        case drf.NotAcceptable():
            return Problem(406, "not-acceptable", str(error.detail))
        case drf.UnsupportedMediaType():
            return Problem(415, "unsupported-media-type", str(error.detail))
    return None


def _sentence(error: BaseException) -> str:
    """Return the text of a refusal; "" if it is only a permission, whose name is for the log."""
    text = str(error)
    return "" if access.known(text) or (" " not in text.strip() and text.isascii()) else text


def _flat(
    errors: Any, where: str, path: tuple[str, ...] = (), hints: "Hints | None" = None
) -> Iterator[dict[str, Any]]:
    """Yield each error with the place it is about."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            general = name in ("", "non_field_errors", "__all__")
            yield from _flat(inner, where, path if general else (*path, str(name)), hints)
    elif isinstance(errors, list | tuple):
        for number, inner in enumerate(errors):
            nested = isinstance(inner, Mapping | list | tuple)
            if inner or not nested:
                yield from _flat(inner, where, (*path, str(number)) if nested else path, hints)
    elif where == "parameter":
        more = hints(path) if hints and path else {}
        yield {"parameter": path[0] if path else "", "detail": str(errors), **more}
    else:
        steps = (step.replace("~", "~0").replace("/", "~1") for step in path)
        more = hints(path) if hints and path else {}
        yield {"pointer": "#" + "".join(f"/{step}" for step in steps), "detail": str(errors), **more}
