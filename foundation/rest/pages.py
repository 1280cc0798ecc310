"""What is not an endpoint of an app: the schema, its page, and whatever is no address of the API."""

from functools import cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.accounts.access import ANYONE
from foundation.rest.views import ApiView


@cache
def openapi() -> dict[str, Any]:
    """The description of all endpoints, in English; the same for everybody, so it is made once a process."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(ApiView):
    """The OpenAPI description. Public: it tells what can be asked, not what is known."""

    scope = ANYONE
    schema = None

    def get(self, request: Request) -> Response:
        return Response(openapi(), headers={"Cache-Control": "public, max-age=300"})


class Unknown(ApiView):
    """Any address that is none."""

    scope = ANYONE
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


class DocsView(ApiView):
    """Swagger's page of the schema, from the local package. A page for people, refused like an endpoint."""

    scope = ANYONE
    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)  # a browser asks for HTML

    def get(self, request: Request) -> HttpResponse:
        return render(request._request, "rest/docs.html")
