"""The parts of the OpenAPI description that follow from the views themselves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from drf_spectacular.openapi import AutoSchema

from foundation.accounts.access import ANY_KEY, ANYONE
from foundation.contributions.descriptions import Push, Vocabulary, pushes, vocabularies
from foundation.rest.problems import CONTENT_TYPE, TITLES

if TYPE_CHECKING:
    from foundation.rest.views import ApiView

HEADER_LIMIT = {
    "RateLimit-Limit": {
        "description": "Requests per minute that the key may send.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {
        "description": "Seconds until the count starts again.",
        "schema": {"type": "integer"},
    },
}
HEADER_ETAG = {
    "ETag": {
        "description": "Version of this response, for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    }
}
HEADER_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` if this is the response to an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
PROBLEMS: Mapping[str, str] = {
    "400": "The request is invalid: see `errors`.",
    "401": "The key is missing or does not work (any more).",
    "403": "The key lacks the scope, or the department may not do this.",
    "404": "It does not exist, or the key may not see it.",
    "405": "This endpoint does not support the method.",
    "406": "This endpoint returns JSON only.",
    "409": "The present state does not allow it.",
    "412": "It was changed since it was read.",
    "413": "The body is too large.",
    "415": "This endpoint accepts JSON only.",
    "422": "The Idempotency-Key was used for another request.",
    "428": "The If-Match header is missing.",
    "429": "Too many requests: see Retry-After.",
    "503": "Temporarily unavailable: see Retry-After.",
}
ALWAYS = ("400", "401", "403", "404", "405", "406", "429", "503")
CHANGING = ("409", "413", "415")


def _problem_response(status: str, description: str) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status == "401":
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    if status in ("429", "503"):
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    return {
        "description": description,
        **({"headers": headers} if headers else {}),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


COMPONENTS: dict[str, Any] = {
    "securitySchemes": {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the department: `Authorization: Bearer anqi_…`. The bureau issues it; it has an "
            "area (stations), scopes and a last day.",
        }
    },
    "responses": {f"Problem{status}": _problem_response(status, text) for status, text in PROBLEMS.items()},
    "schemas": {
        "Problem": {
            "type": "object",
            "description": "An error in the format of RFC 9457. Programs compare `type`; people read the rest.",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string", "enum": [f"urn:anqi:problem:{code}" for code in TITLES]},
                "title": {"type": "string"},
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "detail": {"type": "string"},
                "instance": {
                    "type": "string",
                    "description": "The id of the request in our logs.",
                },
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["detail"],
                        "properties": {
                            "detail": {"type": "string"},
                            "pointer": {"type": "string", "description": "JSON pointer into the body."},
                            "parameter": {"type": "string", "description": "Name of the query parameter."},
                            "header": {"type": "string", "description": "Name of the header."},
                            "allowed": {
                                "type": "array",
                                "items": {"type": "string"},
                                "description": "The values, or names, that are possible here.",
                            },
                            "pattern": {
                                "type": "string",
                                "description": "The regular expression that the value must match.",
                            },
                        },
                    },
                },
                "nearest": {
                    "type": "string",
                    "description": "Of a 404: the address that was probably meant, if it does not exist.",
                },
                "line": {"type": "integer", "description": "Of broken JSON: the line of the fault, from 1."},
                "column": {"type": "integer", "description": "Of broken JSON: the character there, from 1."},
                "byte": {"type": "integer", "description": "Of a body that is not UTF-8: the byte, from 0."},
                "last_sequence": {
                    "type": "integer",
                    "description": "Of a 409 for a number ahead of the stream: the last that was written.",
                },
            },
        }
    },
}


class Schema(AutoSchema):
    """Reads scope, serializers and status from the view; adds headers, ETags and problems."""

    method: str

    @property
    def _endpoint(self) -> "ApiView":
        """The view. Only our own endpoints are described."""
        return cast("ApiView", self.view)

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response["headers"] = {**response.get("headers", {}), **self._headers(status)}
        operation["responses"] |= {
            status: {"$ref": f"#/components/responses/Problem{status}"} for status in self._problems()
        }
        if self.method == "GET":
            operation["responses"]["304"] = {
                "description": "Unchanged since the ETag in If-None-Match.",
                "headers": {**HEADER_ETAG, **HEADER_LIMIT},
            }
        operation["responses"] = dict(sorted(operation["responses"].items()))
        operation["parameters"] = [*operation.get("parameters", []), *self._header_parameters()]
        if not operation["parameters"]:
            del operation["parameters"]
        return operation

    def get_summary(self) -> str | None:
        """Return the first line of the docstring. The rest is the description."""
        return super().get_summary() or super().get_description().partition("\n")[0]

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular asks without arguments
        return super().get_description().partition("\n")[2].strip()

    def get_operation_id(self) -> str:
        return f"{type(self.view).__name__}.{self.method.lower()}"

    def get_tags(self) -> list[str]:
        return [self._endpoint.tag or type(self.view).__module__.split(".")[0]]

    def get_request_serializer(self) -> Any:
        return self._endpoint.request_serializer_class if self.method in ("POST", "PUT", "PATCH") else None

    def get_response_serializers(self) -> Any:
        if self.method == "GET":
            return {200: self._rows_or_row()}
        return {self._endpoint.status: self._endpoint.serializer_class}

    def get_auth(self) -> list[dict[str, list[str]]]:
        scope = self._endpoint.scope_of(self.method)
        return [] if scope == ANYONE else [{"bearer": [] if scope == ANY_KEY else [str(scope)]}]

    def _rows_or_row(self) -> Any:
        paged = getattr(self.view, "pagination_class", None)
        serializer: Any = self._endpoint.serializer_class
        return serializer(many=True) if paged else serializer

    def _changes_a_row(self) -> bool:
        return self.method in ("PUT", "PATCH", "DELETE")

    def _headers(self, status: str) -> dict[str, Any]:
        return {
            **HEADER_LIMIT,
            **(HEADER_ETAG if self.method in ("GET", "PUT", "PATCH") and status == "200" else {}),
            **(HEADER_REPLAYED if self.method == "POST" else {}),
        }

    def _problems(self) -> list[str]:
        statuses = [*ALWAYS]
        if self.method != "GET":
            statuses += CHANGING
        if self.method == "POST":
            statuses.append("422")
        if self._changes_a_row():
            statuses += ["412", "428"]
        return sorted({*statuses, *self._endpoint.refusals})

    def _header_parameters(self) -> list[dict[str, Any]]:
        def header(name: str, text: str, required: bool = False, **schema: Any) -> dict[str, Any]:
            return {
                "name": name,
                "in": "header",
                "required": required,
                "description": text,
                "schema": {"type": "string", **schema},
            }

        language = header("Accept-Language", "Language of texts and errors: `en` or `zh-hans`.")
        if self.method == "GET":
            return [
                header("If-None-Match", "An ETag: an unchanged response is not sent again."),
                language,
            ]
        if self.method == "POST":
            text = "Any text of your own, such as a UUID. A request repeated with it has no second effect."
            return [header("Idempotency-Key", text, pattern="^[!-~]{1,255}$"), language]
        text = "The ETag of the object to change, from the last GET."
        return [header("If-Match", text, required=True), language]


def complete(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the common components, the pushed messages and the server; bodies accept no undescribed fields.

    A hook of drf-spectacular.
    """
    components = result.setdefault("components", {})
    for kind, common in COMPONENTS.items():
        components[kind] = {**components.get(kind, {}), **common}
    for operations in result["paths"].values():
        for operation in operations.values():
            for body in operation.get("requestBody", {}).get("content", {}).values():
                name = body["schema"].get("$ref", "").rpartition("/")[2]
                if name:
                    components["schemas"][name]["additionalProperties"] = False
    result["servers"] = [{"url": settings.PUBLIC_URL or "/", "description": "This platform."}]
    result["webhooks"] = {}
    for push in pushes:
        components["schemas"] |= _spoken({**push.parts, push.code: push.schema})
        result["webhooks"][push.type] = _webhook(push)
    return named(_without_marks(result))


PROBLEM_TYPE = Vocabulary("ProblemType", tuple(f"urn:anqi:problem:{code}" for code in TITLES))
HEADERS_OF_PUSHES = {
    "webhook-id": "The id of the message, the same in every attempt and replay.",
    "webhook-timestamp": "Seconds since 1970 of this attempt.",
    "webhook-signature": "Signatures as Standard Webhooks describes, one for each valid secret, separated by blanks.",
}


def _webhook(push: Push) -> dict[str, Any]:
    headers = [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in HEADERS_OF_PUSHES.items()
    ]
    media = {
        "schema": {"$ref": f"#/components/schemas/{push.code}"},
        "examples": {push.code: {"value": dict(push.example)}},
    }
    return {
        "post": {
            "operationId": f"{push.code}.push",
            "summary": str(push.summary),
            "description": "Sent to the receiver of a subscription. Answer as soon as it is stored.",
            "tags": ["webhooks"],
            "parameters": headers,
            "requestBody": {"required": True, "content": {"application/json": media}},
            "responses": {
                "2XX": {"description": "The receiver has stored it; the next message follows."},
                "4XX": {"description": "The receiver does not accept it."},
                "5XX": {"description": "It is sent again later."},
            },
        }
    }


def _spoken(part: Any) -> Any:
    """Return a schema with its translated texts as plain ones."""
    if isinstance(part, Mapping):
        return {name: _spoken(inner) for name, inner in part.items()}
    if isinstance(part, list | tuple):
        return [_spoken(inner) for inner in part]
    return str(part) if isinstance(part, Promise) else part


def named(result: dict[str, Any]) -> dict[str, Any]:
    """Return the description with each known set of values as one schema of its own, wherever it is listed."""
    names = {frozenset(each.values): each for each in (*vocabularies, PROBLEM_TYPE)}
    used: dict[str, Any] = {}

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        listed = part.get("enum")
        values: list[Any] = listed if isinstance(listed, list) else []
        found = names.get(frozenset(values) - {None})
        if found is None:
            return {name: walk(inner) for name, inner in part.items()}
        used[found.code] = {"type": "string", "enum": list(found.values)}
        rest = {name: inner for name, inner in part.items() if name not in ("enum", "type")}
        reference = {"$ref": f"#/components/schemas/{found.code}"}
        if None in values:
            return {**rest, "anyOf": [reference, {"type": "null"}]}
        return {**rest, "allOf": [reference]} if rest else reference

    described = walk(result)
    schemas = described["components"]["schemas"]
    if twice := schemas.keys() & used.keys():
        raise ImproperlyConfigured(f"both a set of values and a serializer are called {sorted(twice)}")
    schemas |= used
    return described


def _without_marks(part: Any) -> Any:
    """Return the description without what drf-spectacular adds for its own hooks."""
    if isinstance(part, dict):
        return {name: _without_marks(inner) for name, inner in part.items() if name != "x-spec-enum-id"}
    return [_without_marks(inner) for inner in part] if isinstance(part, list) else part
