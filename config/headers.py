"""Headers of every response that a view did not choose otherwise."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"


class HeadersMiddleware:
    """Forbids storing what says nothing about it, and what the pages use no device for.

    Nearly every page shows data of persons, and the next one at a shared computer must not find them with *Back*.
    Static files, the API and its schema say themselves how long they may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
