"""URLs of named pages with a query."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

BACK = "back"  # parameter of a form: the page on which it leads back


def to(name: str, *args: Any, **query: Any) -> str:
    """Return the URL of a named page, with a query. Raise NoReverseMatch for an unknown name."""
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address


def and_back(address: str, back: str) -> str:
    """Return the URL of a page that leads to another (``back``) once it is done."""
    if not back:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({BACK: back})}"
