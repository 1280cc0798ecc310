"""Answers 503 with ``Retry-After`` while the database or the broker cannot be reached.

The request is not at fault and the problem passes by itself: the next request opens new connections. Neither the page
nor the API's response needs a database, a broker or a session.
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
    gettext_lazy("A service Anqi depends on is not responding. Nothing was changed. Try again later."),
    headers=HEADERS,
)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 503 if a server we need cannot be reached, 500 for any other error (Django's ``handler500``).

    Django calls it for an exception in any layer of middleware, so a session that cannot be read gets the same answer.
    """
    error = next((each for each in _causes(sys.exc_info()[1]) if isinstance(each, AWAY)), None)
    if error is None:
        return handlers.server_error(request)
    logger.error(
        "server not reachable", error=type(error).__name__, detail=str(error).strip().split("\n")[0][:200]
    )
    response = answer(request, AWAY_PROBLEM) if request.path_info.startswith(API) else _page(request)
    response._has_been_logged = True  # type: ignore[attr-defined]  # logged above; a traceback per request says no more
    return response


def _page(request: HttpRequest) -> HttpResponse:
    text = loader.render_to_string("503.html", {"again": request.method in ("GET", "HEAD")})
    return HttpResponse(text, status=503, headers=HEADERS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and its explicit causes. An error raised while another was handled does not count."""
    for _depth in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__
