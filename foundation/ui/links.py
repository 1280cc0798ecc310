"""Addresses of named pages with a query."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def to(name: str, *args: Any, **query: Any) -> str:
    """Return the address of a named page, with a query. Raise NoReverseMatch for a name that is none."""
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address
