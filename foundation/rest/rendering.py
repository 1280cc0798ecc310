"""JSON in and out, UTF-8, nothing else."""

import json
from typing import Any

from rest_framework import exceptions, parsers, renderers


class JSONRenderer(renderers.JSONRenderer):
    """Compact; the indentation a client may ask for in Accept would be another representation with another ETag."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


class JSONParser(parsers.JSONParser):
    """Also refuses what nests deeper than Python reads, and what no answer could repeat: half a surrogate pair, 1e400."""

    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (RecursionError, ValueError) as error:
            raise exceptions.ParseError from error
        return data


def render(data: Any) -> bytes:
    """The bytes of an answer."""
    return JSONRenderer().render(data)
