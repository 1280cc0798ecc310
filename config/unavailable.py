"""Answers 503 with ``Retry-After`` while the database or the broker cannot be reached or cannot write.

The request is not at fault and the problem passes by itself: the next request opens new connections. Neither the page
nor the API's response needs a database, a broker or a session.
"""

import errno
import sys
from collections.abc import Iterator

import structlog
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError as NotQueued
from redis.exceptions import ConnectionError as BrokerAway
from redis.exceptions import ResponseError as BrokerError
from redis.exceptions import TimeoutError as BrokerSilent

from foundation.accounts.middleware import API
from foundation.rest import handlers
from foundation.rest.problems import Problem, answer

logger = structlog.get_logger(__name__)
RETRY_AFTER_S = 10
AWAY = (OperationalError, InterfaceError, NotQueued, BrokerAway, BrokerSilent)
READ_ONLY = (
    "25006"  # SQLSTATE, which Django takes for an internal error: a standby, or an operator's emergency brake
)
# What Redis answers to a write that it cannot take: full disk, full memory, a replica.
BROKER_REFUSES = ("MISCONF", "OOM", "READONLY", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN")
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # an upload could not be kept
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
    error = next((each for each in _causes(sys.exc_info()[1]) if _is_away(each)), None)
    if error is None:
        return handlers.server_error(request)
    logger.error(
        "server not reachable", error=type(error).__name__, detail=str(error).strip().split("\n")[0][:200]
    )
    response = answer(request, AWAY_PROBLEM) if request.path_info.startswith(API) else _page(request)
    response._has_been_logged = True  # type: ignore[attr-defined]  # logged above; a traceback per request says no more
    return response


def _is_away(error: BaseException) -> bool:
    if isinstance(error, AWAY):
        return True
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "pgcode", None) == READ_ONLY
    if isinstance(error, BrokerError):
        return str(error).startswith(BROKER_REFUSES)
    return isinstance(error, OSError) and error.errno in DISK


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
