"""JSON in and out, UTF-8 only."""

import json
import re
from typing import Any

from rest_framework import exceptions, parsers, renderers
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request

ACCEPTED = frozenset({"application/json", "application/problem+json", "application/*", "*/*"})
NO_QUALITY = re.compile(r"q\s*=\s*0(\.0{0,3})?")


class JSONRenderer(renderers.JSONRenderer):
    """Compact JSON. The indentation that Accept may ask for would be another representation with another ETag."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


class JSONParser(parsers.JSONParser):
    """Reads JSON, and refuses what cannot be stored as it was sent.

    That is: nesting deeper than Python reads, values that no response could repeat (half a surrogate pair, 1e400), and
    duplicate names, of which one would be lost silently. Python's own messages are for programmers, so they are not
    shown.
    """

    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = json.loads(stream.read().decode(), parse_constant=_no_number, object_pairs_hook=_members)
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (RecursionError, ValueError) as error:
            raise exceptions.ParseError from error
        return data


def _no_number(name: str) -> None:
    raise ValueError(f"not a JSON number: {name}")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


class JSONNegotiation(BaseContentNegotiation):
    """Serves JSON if Accept allows JSON, problem+json or anything, or is missing. A quality above 0 does not matter."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        header = request.META.get("HTTP_ACCEPT", "").strip()
        if header and not any(_takes_json(part) for part in header.split(",")):
            raise exceptions.NotAcceptable(available_renderers=renderers)
        return renderers[0], renderers[0].media_type


def _takes_json(part: str) -> bool:
    media, *parameters = (each.strip().lower() for each in part.split(";"))
    return media in ACCEPTED and not any(NO_QUALITY.fullmatch(each) for each in parameters)


def render(data: Any) -> bytes:
    """Return the bytes of a response."""
    return JSONRenderer().render(data)
