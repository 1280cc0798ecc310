"""Addresses of pages in the apps below; an app whose pages are not installed gives none, never an error."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def to(name: str, *args: Any, **query: Any) -> str:
    """The address of a named page, with a query; empty where there is no such page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")
