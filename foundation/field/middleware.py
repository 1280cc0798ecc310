"""Answers to the phone's own requests: JSON always, never a redirect or a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from foundation.accounts.middleware import FIELD
from foundation.drafts.views import REFUSED


class FieldMiddleware:
    """Turns redirects and error pages into JSON for requests with the header ``X-Anqi-Field``.

    A login page that answers 200 after a redirect would look like success. ``refused`` says why: *login*, *csrf* or the
    status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if FIELD not in request.headers or response.headers.get("Content-Type", "") == "application/json":
            return response
        if 300 <= response.status_code < 400:
            return self.answer(response, 401, "login")
        if response.status_code >= 400:
            why = response.headers.get(REFUSED) or str(response.status_code)
            return self.answer(response, response.status_code, why)
        return response

    def answer(self, response: HttpResponse, status: int, refused: str) -> HttpResponse:
        """Return the refusal in JSON, with the cookies of the page in whose place it stands."""
        answer = JsonResponse({"refused": refused}, status=status, headers={"Cache-Control": "no-store"})
        answer.cookies = response.cookies
        return answer
