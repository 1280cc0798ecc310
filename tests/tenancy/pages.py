"""Pages and an actor for the tests of the scope middleware."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.urls import path

from config.urls import urlpatterns as site
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor

acting: Actor | None = None


class ActAs:
    """Stands in for ActorMiddleware: the actor is the one that the test sets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = acting
        return self.get_response(request)


def _lazy(template: str) -> HttpResponse:
    return SimpleTemplateResponse(
        engines["django"].from_string(template), {"enterprises": Enterprise.objects.all()}
    )


def listing(request: HttpRequest) -> HttpResponse:
    return _lazy("{% for enterprise in enterprises %}[{{ enterprise.name }}]{% endfor %}")


def rename(request: HttpRequest, outcome: str) -> HttpResponse:
    Enterprise.objects.update(name="Renamed")
    if outcome == "raises":
        raise RuntimeError
    if outcome == "404":
        raise Http404
    if outcome == "403":
        raise PermissionDenied
    if outcome == "template":
        return _lazy("{% include 'tests/no_such_template.html' %}")
    if outcome == "database":
        Enterprise.objects.raw("SELECT 1 / 0 AS id")[0]
    return HttpResponse(status=int(outcome))


# pages for errors link to the rest of the site
urlpatterns = [path("", listing), path("rename/<outcome>/", rename), *site]
