"""The base of every endpoint: key, scope, limit, one transaction, problems, ETags, and their part of the schema."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.accounts.access import ANY_KEY, ANYONE
from foundation.accounts.actors import Actor
from foundation.accounts.keys import Refusal
from foundation.accounts.models import ApiKey
from foundation.ids import LARGEST_ID
from foundation.requests import required_actor
from foundation.rest import etags, idempotency, throttling
from foundation.rest.hints import hints_of
from foundation.rest.key_order import InKeyOrder
from foundation.rest.paging import KeysetPagination
from foundation.rest.problems import Invalid, InvalidParameter, Problem, Refused, answer, problem_of
from foundation.rest.rendering import JSONNegotiation, JSONParser, JSONRenderer
from foundation.rest.requests import ApiRequest
from foundation.rest.schema import Schema

__all__ = ["ANYONE", "ANY_KEY", "ApiView", "DetailView", "ListView"]

READING = ("GET", "HEAD")


class ApiView(APIView):
    """One endpoint. ``scope`` is what a key needs, by method if they differ; without one, a system check fails.

    Runs in the transaction and tenant scope that ScopeMiddleware opened. Any exception becomes a problem and rolls
    everything back.
    """

    scope: str | Mapping[str, str] = ""
    serializer_class: type[serializers.BaseSerializer] | None = None  # of the answer
    # of the body; None: no body
    request_serializer_class: type[serializers.Serializer] | None = None
    status = 200  # of the answer to a change
    tag = ""  # in the schema; by default the app's name
    refusals: tuple[
        str, ...
    ] = ()  # statuses of refusals that its method does not have by itself, for the schema
    repeatable: frozenset[str] = frozenset()  # query parameters that may be given many times

    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    content_negotiation_class = JSONNegotiation
    authentication_classes: list = []  # done by foundation.accounts.middleware.ActorMiddleware
    permission_classes: list = []
    throttle_classes: list = []
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema: Any = Schema()  # None: not in the description
    request: ApiRequest

    _usage: throttling.Usage | None = None
    _place: Any = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.permission = cls.scope if isinstance(cls.scope, str) else _unknown_first(cls.scope)
        return view

    @classmethod
    def scope_of(cls, method: str) -> str:
        """Return the scope that a method requires, "" for an unsupported one."""
        if isinstance(cls.scope, str):
            return cls.scope
        return cls.scope.get("GET" if method == "HEAD" else method, "")

    @property
    def actor(self) -> Actor:
        """The department, acting through its key."""
        return required_actor(self.request._request)

    def given(self) -> dict[str, Any]:
        """Return the checked body. Raise ValidationError, also for unknown fields, which would be silent mistakes."""
        assert self.request_serializer_class is not None
        serializer = self.request_serializer_class(data=self.request.data, context={"view": self})
        hints = hints_of(serializer)
        if not serializer.is_valid():
            raise Invalid(serializer.errors, hints)
        unknown = sorted(set(self.request.data) - set(serializer.fields))
        if unknown:
            raise Invalid({name: [_("This field does not exist.")] for name in unknown}, hints)
        return dict(serializer.validated_data)

    def _nothing_given(self) -> None:
        """Refuse a body if none is read. ``{}`` counts as none."""
        body = self.request.data if self.request._request.body else {}
        if not isinstance(body, Mapping):
            raise ValidationError(_("This field does not exist."))
        if body:
            raise ValidationError({name: _("This field does not exist.") for name in body})

    def serialize(self, row: Any) -> Any:
        """Return what the response shows of a row."""
        assert self.serializer_class is not None
        return self.serializer_class(row, context={"request": self.request, "view": self}).data

    # --- handling a request ---
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
            raise Http404  # no row has such a number
        values = [*kwargs.values(), *(each for _name, many in request.query_params.lists() for each in many)]
        if any("\x00" in str(value) for value in values):
            # PostgreSQL cannot store them
            raise Refused(Problem(400, "malformed", _("Null characters are not allowed.")))
        lists = request.query_params.lists()
        if twice := [name for name, many in lists if len(many) > 1 and name not in self.repeatable]:
            raise InvalidParameter({name: [_("Give this parameter only once.")] for name in twice})
        if self.request.method in READING or self.scope == ANYONE:
            return
        request._request.body  # noqa: B018  (read here as a whole, where its size is limited)
        if request.method == "POST":
            self._place = idempotency.begin(request._request, self.actor)
        if self.request_serializer_class is None and hasattr(self, self.request.method.lower()):
            self._nothing_given()

    def check_permissions(self, request: Request) -> None:
        """Check key, limit and scope, in this order, so that a refused request also counts."""
        if self.scope == ANYONE:
            return
        if getattr(request._request, "actor", None) is None:
            raise _unauthenticated(request._request)
        self._usage = throttling.count_request(self.actor.key_id, writing=request.method not in READING)
        scope = self.scope_of(self.request.method)
        if scope and scope != ANY_KEY and scope not in self.actor.key_scopes:
            challenge = f'Bearer realm="anqi", error="insufficient_scope", scope="{scope}"'
            detail = _("The key lacks the scope %(scope)s.") % {"scope": scope}
            raise Refused(
                Problem(
                    403,
                    "missing-scope",
                    detail,
                    headers={"WWW-Authenticate": challenge},
                    more={"scope": scope},
                )
            )

    def handle_exception(self, error: Exception) -> Any:
        request = self.request._request
        if isinstance(error, idempotency.Replayed):
            return error.answer
        request.raised = True  # Django does not see the exception, but ScopeMiddleware must roll back
        self._place = None
        problem = problem_of(error, reading=request.method in READING)
        if problem is None:
            raise error
        return answer(request, problem)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):
            response.render()
        response.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        if request.method in READING and response.status_code == 200:
            response = etags.conditional(request._request, response)
        elif request.method in ("PUT", "PATCH") and response.status_code == 200:
            response["ETag"] = etags.etag(response.content)
        if self._place is not None:
            idempotency.finish(self._place, response)
        for name, value in (self._usage.headers() if self._usage else {}).items():
            response.setdefault(name, value)
        return response


class ListView(ListModelMixin, ApiView, GenericAPIView):
    """Rows by cursor, in the order of ``key``. Define ``rows``, ``serializer_class``, perhaps ``filterset_class``."""

    key = "id"
    filterset_class: type | None = None
    filter_backends = [DjangoFilterBackend]
    pagination_class = KeysetPagination

    def rows(self) -> QuerySet[Any] | InKeyOrder:
        """Return what the actor may see."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # the schema needs some model
            return ApiKey.objects.none()
        return self.rows()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class DetailView(ApiView):
    """One row. Define ``row`` and ``serializer_class``; a method that changes it begins with ``self.matched()``."""

    def row(self) -> Any:
        """Return the row of the URL. Raise DoesNotExist, which becomes a 404."""
        raise NotImplementedError

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.serialize(self.row()))

    def matched(self) -> Any:
        """Return the row if If-Match names its present ETag. Refuse with 428 or 412 otherwise."""
        row = self.row()
        etags.require_match(self.request._request, self.serialize(row))
        return row


def _unauthenticated(request: HttpRequest) -> Refused:
    refusal = getattr(request, "refusal", None) or Refusal.MISSING
    challenge, detail = 'Bearer realm="anqi"', _("Send an API key: Authorization: Bearer anqi_…")
    if refusal is not Refusal.MISSING:
        throttling.count_failure(request.META.get("REMOTE_ADDR", ""))
        challenge += f', error="invalid_token", error_description="{refusal}"'
        detail = {
            Refusal.UNKNOWN: _("This API key does not exist."),
            Refusal.EXPIRED: _("The key has expired."),
            Refusal.REVOKED: _("The key was revoked."),
            Refusal.NETWORK: _(
                "This key may not be used from this address. Your bureau supervisor issues keys."
            ),
        }[refusal]
    more = {"reason": str(refusal)}
    if refusal is Refusal.NETWORK:
        return Refused(Problem(403, "not-allowed", detail, more=more))
    return Refused(
        Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": challenge}, more=more)
    )


def _unknown_first(scopes: Mapping[str, str]) -> str:
    """Return one scope, an undeclared one if there is any, for the check that all are declared."""
    from foundation.accounts.access import known

    return next((scope for scope in scopes.values() if not known(scope)), next(iter(scopes.values()), ""))
