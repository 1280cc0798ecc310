"""Errors that never reach a view, or leave it as exceptions: problems below /api/, pages elsewhere."""

import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404
from django.views import defaults

from foundation.accounts.middleware import API
from foundation.rest.nearest import unknown_address
from foundation.rest.problems import Problem, answer, problem_of


def _either(page: Callable[..., HttpResponse], fallback: Problem) -> Callable[..., HttpResponse]:
    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path_info.startswith(API) and request.path_info != API.rstrip("/"):
            return page(request, *args, **kwargs)
        error = kwargs.get("exception") or (args[0] if args else None) or sys.exc_info()[1]
        if isinstance(error, Resolver404):
            return answer(request, unknown_address(request.path_info))
        found = problem_of(error, reading=True) if error is not None else None
        return answer(request, found or fallback)

    return handler


bad_request = _either(defaults.bad_request, Problem(400, "malformed"))
permission_denied = _either(defaults.permission_denied, Problem(403, "not-allowed"))
page_not_found = _either(defaults.page_not_found, Problem(404, "not-found"))
server_error = _either(defaults.server_error, Problem(500, "error"))
