"""Answers to forms that a script sends (static/anqi/sending.js), so that a failure never costs the page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from foundation.ui.views import TAKEN

SENT_BY_SCRIPT = "X-Anqi-Form"


class ScriptedFormsMiddleware:
    """Turns a redirect into a response the script can read: where to go, and whether the form was taken.

    A browser hides redirects from scripts, and the page they lead to would use up its messages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        where = response.headers.get("Location")
        if not (where and SENT_BY_SCRIPT in request.headers and 300 <= response.status_code < 400):
            return response
        answer = JsonResponse({"location": where}, headers={"Cache-Control": "no-store"})
        if TAKEN in response.headers:
            answer.headers[TAKEN] = response.headers[TAKEN]
        answer.cookies = response.cookies
        return answer
