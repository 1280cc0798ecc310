"""What belongs to no app: the index, the key that asks, the schema and its page, and whatever is no address of the API."""

from functools import cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.accounts.access import ANY_KEY, ANYONE
from foundation.accounts.selectors import own_key
from foundation.contributions.endpoints import in_order
from foundation.rest.checked import CheckedDetail
from foundation.rest.views import ApiView

TAG = "deliveries"  # version 1 described the index and the key under it, and clients were generated from that


class IndexSerializer(serializers.Serializer):
    """Where to find what."""

    version = serializers.CharField()
    addresses = serializers.DictField(child=serializers.CharField())


class Index(CheckedDetail):
    """The addresses of this API."""

    scope = ANY_KEY
    tag = TAG
    serializer_class = IndexSerializer

    def row(self) -> dict[str, Any]:
        addresses = {
            endpoint.code: self.request.build_absolute_uri(reverse(endpoint.url_name))
            for endpoint in in_order()
        }
        return {"version": "1", "addresses": addresses}


class KeySerializer(serializers.Serializer):
    """The key that asks."""

    title = serializers.CharField()
    prefix = serializers.CharField()
    bureau = serializers.CharField(help_text="Its code.")
    department = serializers.CharField(help_text="Its code.")
    department_name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    stations = serializers.ListField(
        child=serializers.CharField(), help_text="The area, as codes of stations."
    )
    whole_bureau = serializers.BooleanField(
        help_text="Whether the area is all of the bureau, also in future."
    )
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class Key(CheckedDetail):
    """The key that asks: its department, scopes, area, and when it ends."""

    scope = ANY_KEY
    tag = TAG
    serializer_class = KeySerializer

    def row(self) -> dict[str, Any]:
        return own_key(self.actor)


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
