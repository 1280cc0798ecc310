"""Paging by cursor: the key of the last row seen, so page one thousand costs as much as page one."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from foundation.ids import LARGEST_ID, id_of
from foundation.rest.problems import InvalidParameter

SIZE = 50
LARGEST = 500
AFTER, BEFORE = "a", "b"
_PLACE = re.compile(r"([ab])(0|[1-9][0-9]{0,18})", re.ASCII)


def cursor_of(direction: str, key: int) -> str:
    """Return the opaque cursor for "after" or "before" a key."""
    return base64.urlsafe_b64encode(f"{direction}{key}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[str, int]:
    """Return direction and key of a valid cursor. Raise InvalidParameter for any other text."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        text = ""
    found = _PLACE.fullmatch(text)
    if found and int(found[2]) <= LARGEST_ID and cursor_of(found[1], int(found[2])) == cursor:
        return found[1], int(found[2])
    raise InvalidParameter({"cursor": [_("The cursor is invalid. Take it from next or previous.")]})


class KeysetPagination(BasePagination):
    """Rows in the order of ``view.key``, a unique ascending integer; ``next`` and ``previous`` are URLs.

    Rows that are added or removed meanwhile shift nothing. There is no total: counting would cost more than the page.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        key, size = view.key, self._size(request)
        given = request.query_params.get("cursor")
        direction, place = place_of(given) if given is not None else (AFTER, None)
        if direction == BEFORE:
            found = list(queryset.filter(**{f"{key}__lt": place}).order_by(f"-{key}")[: size + 1])
        else:
            after = queryset if place is None else queryset.filter(**{f"{key}__gt": place})
            found = list(after.order_by(key)[: size + 1])
        more, rows = len(found) > size, found[:size]
        if direction == BEFORE:
            rows.reverse()
        keys = [row[key] if isinstance(row, Mapping) else getattr(row, key) for row in rows]
        self.previous = self.next = None
        if keys and (more or direction == BEFORE):
            self.next = cursor_of(AFTER, keys[-1])
        if keys and (more if direction == BEFORE else place is not None):
            self.previous = cursor_of(BEFORE, keys[0])
        return rows

    def _size(self, request: Request) -> int:
        given = request.query_params.get("page_size")
        size = SIZE if given is None else id_of(given)
        if not size or size > LARGEST:
            raise InvalidParameter(
                {"page_size": [_("The page size must be from 1 to %(most)d.") % {"most": LARGEST}]}
            )
        return size

    def _link(self, cursor: str | None) -> str | None:
        url = self.request.build_absolute_uri()
        return replace_query_param(remove_query_param(url, "cursor"), "cursor", cursor) if cursor else None

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "next": self._link(self.next), "previous": self._link(self.previous)}
        )

    # --- for the schema ---
    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        def link(text: str) -> dict[str, Any]:
            return {"type": ["string", "null"], "format": "uri", "description": text}

        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link("The next page; null on the last one."),
                "previous": link("The previous page; null on the first one."),
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page begins: the cursor in `next` or `previous`.",
                "schema": {"type": "string", "format": "anqi-cursor"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows of a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE},
            },
        ]
