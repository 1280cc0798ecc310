"""URLs of named pages with a query."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

_SOME_ID = 8192735465  # stands in no address
BACK = "back"  # parameter of a form: the page on which it leads back


def to(name: str, *args: Any, **query: Any) -> str:
    """Return the URL of a named page, with a query. Raise NoReverseMatch for an unknown name."""
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address


def fixed(name: str, *args: Any) -> str:
    """Return the URL of a page whose arguments are always the same, reckoned once. Raise as :func:`to`."""
    return _fixed(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, args)


@cache
def _fixed(urlconf: str, _prefix: str, name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, urlconf, args)


def of_record(name: str, key: int, *rest: Any) -> str:
    """Return the URL of a page whose first argument is the id of a record: all but the id is reckoned once."""
    before, after = _around(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, rest)
    return f"{before}{key}{after}"


@cache
def _around(urlconf: str, _prefix: str, name: str, rest: tuple[Any, ...]) -> tuple[str, str]:
    before, after = reverse(name, urlconf, (_SOME_ID, *rest)).split(str(_SOME_ID))
    return before, after


def and_back(address: str, back: str) -> str:
    """Return the URL of a page that leads to another (``back``) once it is done."""
    if not back:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({BACK: back})}"
