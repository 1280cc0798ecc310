"""JSON in and out, UTF-8 only."""

import json
import re
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers, renderers
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request

from foundation.rest.problems import Malformed

ACCEPTED = frozenset({"application/json", "application/problem+json", "application/*", "*/*"})
# How the description of the API is asked for besides: https://spec.openapis.org, "Media type registration", and RFC 9512
OPENAPI_JSON = ("application/vnd.oai.openapi+json", "application/openapi+json")
OPENAPI_YAML = (
    *("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"),
    *("application/vnd.oai.openapi", "application/vnd.oai.openapi+yaml", "application/openapi+yaml"),
)
NO_QUALITY = re.compile(r"q\s*=\s*0(\.0{0,3})?")


class JSONRenderer(renderers.JSONRenderer):
    """Compact JSON. The indentation that Accept may ask for would be another representation with another ETag."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


class JSONParser(parsers.JSONParser):
    """Reads JSON, and refuses what cannot be stored as it was sent.

    That is: nesting deeper than Python reads, values that no response could repeat (half a surrogate pair, 1e400), and
    duplicate names, of which one would be lost silently; also a compressed body. A byte order mark, which Windows
    writes, is passed over. Python's own messages are for programmers, so they are not shown; the position is.
    """

    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        packed = parser_context["request"].headers.get("Content-Encoding", "") if parser_context else ""
        if packed.strip().casefold() not in ("", "identity"):
            raise exceptions.UnsupportedMediaType(
                packed, _("Send the body as it is, without Content-Encoding.")
            )
        try:
            data = json.loads(
                stream.read().decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_members
            )
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            words = _("The body is no JSON from line %(line)s, column %(column)s on.")
            raise Malformed(words % place, **place) from error
        except UnicodeDecodeError as error:
            words = _("The body is not UTF-8: byte %(byte)s cannot be read.") % {"byte": error.start}
            raise Malformed(words, byte=error.start) from error
        except (RecursionError, ValueError) as error:
            raise exceptions.ParseError from error
        return data


def _no_number(name: str) -> None:
    raise Malformed(_("%(name)s is not a number of JSON.") % {"name": name})


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise Malformed(_("The member “%(name)s” is there twice.") % {"name": _shown(name)})
        members[name] = value
    return members


def _shown(name: str) -> str:
    """Return a name as a response can repeat it."""
    return name[:80].encode("utf-8", "replace").decode()


class JSONNegotiation(BaseContentNegotiation):
    """Serves JSON if Accept allows JSON, problem+json or anything, or is missing. A quality above 0 does not matter."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        header = request.META.get("HTTP_ACCEPT", "").strip()
        if header and not any(_takes_json(part) for part in header.split(",")):
            raise exceptions.NotAcceptable(available_renderers=renderers)
        return renderers[0], renderers[0].media_type


class YAMLRenderer(renderers.BaseRenderer):
    """YAML, for the description only."""

    media_type, format, charset = OPENAPI_YAML[0], "yaml", "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return _as_yaml(render(data))


@lru_cache(maxsize=1)
def _as_yaml(text: bytes) -> bytes:
    """Return JSON as YAML. Remembered, because it takes seconds and the description is always the same."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(json.loads(text), Dumper=dumper, allow_unicode=True, sort_keys=False, encoding="utf-8")


class DescriptionNegotiation(JSONNegotiation):
    """Serves the description as JSON or YAML, labelled as it was asked for. JSON wins among equals."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        as_json, as_yaml = renderers
        header = request.META.get("HTTP_ACCEPT", "").strip().lower() or "*/*"
        ways = dict.fromkeys(OPENAPI_JSON, as_json) | dict.fromkeys(OPENAPI_YAML, as_yaml)
        found = []
        for place, part in enumerate(header.split(",")):
            media, *parameters = (each.strip() for each in part.split(";"))
            way = as_json if media in ACCEPTED else ways.get(media)
            quality = _quality(parameters)
            if way is not None and quality:
                shown = media if media in ways else way.media_type
                found.append((-quality, way is as_yaml, place, (way, shown)))
        if not found:
            raise exceptions.NotAcceptable(available_renderers=renderers)
        return min(found, key=lambda each: each[:3])[3]


def _quality(parameters: list[str]) -> float:
    """Return q of one entry of Accept; 1 if it has none or none that can be read."""
    for each in parameters:
        if match := re.fullmatch(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)", each):
            return min(1.0, float(match[1]))
    return 1.0


def _takes_json(part: str) -> bool:
    media, *parameters = (each.strip().lower() for each in part.split(";"))
    return media in ACCEPTED and not any(NO_QUALITY.fullmatch(each) for each in parameters)


def render(data: Any) -> bytes:
    """Return the bytes of a response."""
    return JSONRenderer().render(data)
