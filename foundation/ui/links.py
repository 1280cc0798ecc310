"""URLs of named pages with a query."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def to(name: str, *args: Any, **query: Any) -> str:
    """Return the URL of a named page, with a query. Raise NoReverseMatch for an unknown name."""
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address
