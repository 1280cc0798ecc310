"""Endpoints that belong to no app: the index, the calling key, the schema and its page, and the 404."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
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
from foundation.rest.nearest import unknown_address
from foundation.rest.problems import Refused
from foundation.rest.rendering import DescriptionNegotiation, JSONRenderer, YAMLRenderer
from foundation.rest.views import ApiView

TAG = "deliveries"  # version 1 describes index and key under this tag, and clients were generated from that


class IndexSerializer(serializers.Serializer):
    """The endpoints and their addresses."""

    version = serializers.CharField()
    addresses = serializers.DictField(child=serializers.CharField())


class Index(CheckedDetail):
    """The endpoints of this API."""

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
    """The calling API key."""

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
    """The calling API key: its department, scopes, area, and when it ends."""

    scope = ANY_KEY
    tag = TAG
    serializer_class = KeySerializer

    def row(self) -> dict[str, Any]:
        return own_key(self.actor)


@cache
def openapi() -> dict[str, Any]:
    """Return the OpenAPI description, in English. The same for everybody, so it is built once per process."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(ApiView):
    """The OpenAPI description, as JSON or YAML. Public: it shows what can be called, not data."""

    scope = ANYONE
    schema = None
    renderer_classes = [JSONRenderer, YAMLRenderer]
    content_negotiation_class = DescriptionNegotiation

    def get(self, request: Request) -> Response:
        media, renderer = request.accepted_media_type, request.accepted_renderer
        media += f"; charset={renderer.charset}" if renderer.charset else ""
        # generators need a whole address, so it is that of the request where none is configured
        origin = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        described = {**openapi(), "servers": [{"url": origin}]}
        return Response(described, content_type=media, headers={"Cache-Control": "public, max-age=300"})


class Unknown(ApiView):
    """Any other address: 404, with the nearest that exists."""

    scope = ANYONE
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Refused(unknown_address(request.path_info))


class DocsView(ApiView):
    """Swagger's page of the schema, from the local package. A page for people; errors are problems as for endpoints."""

    scope = ANYONE
    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)  # a browser asks for HTML

    def get(self, request: Request) -> HttpResponse:
        return render(request._request, "rest/docs.html")
