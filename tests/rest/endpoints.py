"""Endpoints for the tests only: a list, a row, a change, a creation, and every kind of error."""

import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from deliveries.models import Subscription
from enterprises.models import Enterprise
from foundation.accounts import access
from foundation.accounts.access import NotAllowed, Permission, StaleRecord, WrongState
from foundation.rest.views import ANY_KEY, ANYONE, ApiView, DetailView, ListView

access.register_scopes({"tests:read": "Read for tests", "tests:write": "Write for tests"})


class EnterpriseSerializer(serializers.Serializer):
    """An enterprise."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SubscriptionSerializer(serializers.Serializer):
    """A subscription."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class AddressSerializer(serializers.Serializer):
    street = serializers.CharField(max_length=5)


class NewSubscriptionSerializer(serializers.Serializer):
    """A new subscription."""

    title = serializers.CharField(max_length=20)
    count = serializers.IntegerField(required=False, min_value=1)
    address = AddressSerializer(required=False)
    addresses = AddressSerializer(many=True, required=False)


class Enterprises(ListView):
    """Enterprises of the area.

    In the order of their ids.
    """

    scope = "tests:read"
    serializer_class = EnterpriseSerializer

    def rows(self) -> Any:
        return Enterprise.objects.filter(bureau_id=self.actor.bureau_id)


class Subscriptions(ApiView):
    """Make a subscription."""

    scope = {"POST": "tests:write"}
    serializer_class = SubscriptionSerializer
    request_serializer_class = NewSubscriptionSerializer
    status = 201

    def post(self, request: Any) -> Response:
        given = self.given()
        row = Subscription.objects.create(
            bureau_id=self.actor.bureau_id,
            department_id=self.actor.department_id,
            title=given["title"],
            whole_bureau=True,
        )
        if given["title"] == "slow":
            time.sleep(0.5)
        if given["title"] == "refused":
            raise WrongState("It was refused after it was written.")
        if given["title"] == "broken":
            raise RuntimeError("It broke after it was written.")
        return Response(self.serialize(row), status=self.status)


class SubscriptionDetail(DetailView):
    """One subscription."""

    scope = {"GET": "tests:read", "PATCH": "tests:write"}
    serializer_class = SubscriptionSerializer
    request_serializer_class = NewSubscriptionSerializer

    def row(self) -> Subscription:
        return Subscription.objects.get(pk=self.kwargs["pk"])

    def patch(self, request: Any, pk: int) -> Response:
        row = self.matched()
        row.title = self.given()["title"]
        row.save(update_fields=["title"])
        return Response(self.serialize(row))


def _errors() -> dict[str, Exception]:
    return {
        "wrong_state": WrongState("It is closed already."),
        "stale": StaleRecord("It was changed."),
        "not_allowed": NotAllowed(Permission.MANAGE_PEOPLE),
        "not_allowed_why": NotAllowed("You may not do this."),
        "missing": Enterprise.DoesNotExist("Enterprise matching query does not exist."),
        "no_page": Http404("no such thing"),
        "form": ValidationError({"title": ["Too long."]}),
        "plain": ValidationError("It does not fit."),
        "odd": APIException("internal words"),
        "bug": RuntimeError("internal words"),
        "database": OperationalError("server closed the connection"),
    }


class Failing(ApiView):
    """Raises the exception named in the URL."""

    scope = ANY_KEY

    def get(self, request: Any, how: str) -> Response:
        raise _errors()[how]

    def post(self, request: Any, how: str) -> Response:
        raise _errors()[how]


class Open(ApiView):
    """A public endpoint."""

    scope = ANYONE

    def get(self, request: Any) -> Response:
        return Response({"actor": None})


def whoami(request: HttpRequest) -> HttpResponse:
    """Show what the middleware set on the request; not an API endpoint."""
    return HttpResponse(f"{request.actor and request.actor.name}|{request.user.is_authenticated}")


urlpatterns = [
    path("api/v1/tests/enterprises/", Enterprises.as_view(), name="tests-enterprises"),
    path("api/v1/tests/subscriptions/", Subscriptions.as_view()),
    path("api/v1/tests/subscriptions/<int:pk>/", SubscriptionDetail.as_view()),
    path("api/v1/tests/failing/<slug:how>/", Failing.as_view()),
    path("api/v1/tests/open/", Open.as_view()),
    path("api/tests/whoami/", whoami),
    path("", include("config.urls")),
]
