"""Text of earlier versions and of files may still hold what turns other text around: no page passes it on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from foundation.words import turns_text, visible

SHOWN = ("text/html", "text/plain")


class VisibleTextMiddleware:
    """Removes invisible characters from pages. What is stored, and what the API and files of exports say, stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith(SHOWN):
            text = response.content.decode(response.charset)
            if turns_text(text):
                response.content = visible(text).encode(response.charset)
        return response
