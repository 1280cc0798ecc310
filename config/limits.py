"""How often an address may ask for pages without being logged in, and for endpoints without a valid key."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from foundation.accounts.middleware import API
from foundation.people import lockout
from foundation.requests import Request
from foundation.rest import problems, throttling


class AnonymousLimitMiddleware:
    """Answers 429 beyond ANONYMOUS_PER_MINUTE. Whoever is logged in, or has a valid key, is not counted.

    A whole station may log in from one address at once, so the limit is far above what people need: it stops loops.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        with_key = request.path_info.startswith(API)
        if request.actor is None and (with_key or not request.user.is_authenticated):
            address = request.META.get("REMOTE_ADDR", "")
            # a neighbour's loop behind the same address must not keep a station's own computers from logging in
            part = "api" if with_key else lockout.known_device(request)
            usage = throttling.count_anonymous(address, part)
            if usage is not None and usage.remaining < 0:
                return _too_many(request, usage)
        return self.get_response(request)


def _too_many(request: HttpRequest, usage: throttling.Usage) -> HttpResponse:
    if request.path_info.startswith(API):
        refused = throttling.too_many(
            usage, _("Too many requests without a valid key came from this address.")
        )
        return problems.answer(request, refused.problem)
    response = render(request, "429.html", {"is_busy": True, "wait_s": usage.reset_s}, status=429)
    response["Retry-After"] = str(usage.reset_s)
    return response
