"""The database or the broker is away: say so and ask to come back soon, instead of an error page about ourselves.

It is no fault of the request and it passes by itself: connections are opened anew with the next request. The page and
the answer of the API need neither database nor broker nor session.
"""

import sys
from collections.abc import Iterator

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError as NotQueued
from redis.exceptions import ConnectionError as BrokerAway
from redis.exceptions import TimeoutError as BrokerSilent

from foundation.accounts.middleware import API
from foundation.rest import handlers
from foundation.rest.problems import Problem, answer

logger = structlog.get_logger(__name__)
RETRY_AFTER_S = 10
AWAY = (OperationalError, InterfaceError, NotQueued, BrokerAway, BrokerSilent)
HEADERS = {"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "no-store"}
AWAY_PROBLEM = Problem(
    503,
    "unavailable",
    gettext_lazy("A server Anqi needs does not answer at the moment. Nothing was changed; try again later."),
    headers=HEADERS,
)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: 503 where a server we need does not answer, 500 for everything else.

    Called where any layer of middleware meets an exception, so a session that cannot be read is told the same way.
    """
    error = next((each for each in _causes(sys.exc_info()[1]) if isinstance(each, AWAY)), None)
    if error is None:
        return handlers.server_error(request)
    logger.error(
        "server not reachable", error=type(error).__name__, said=str(error).strip().split("\n")[0][:200]
    )
    response = answer(request, AWAY_PROBLEM) if request.path_info.startswith(API) else _page(request)
    response._has_been_logged = True  # type: ignore[attr-defined]  # one line says it; a traceback a request would not
    return response


def _page(request: HttpRequest) -> HttpResponse:
    text = loader.render_to_string("503.html", {"again": request.method in ("GET", "HEAD")})
    return HttpResponse(text, status=503, headers=HEADERS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it was raised from; a handler's own failure is not taken for its cause."""
    for _depth in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__
