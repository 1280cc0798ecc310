"""The static files that a phone keeps: all that the page below ``/field/`` needs, each under an address of its content."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

STYLES = (
    "front/phone.css",
    "front/icons.css",
    "anqi/theme.css",
    "anqi/forms.css",
    "anqi/checking.css",
    "anqi/field.css",
)
SCRIPTS = (
    "idb/umd.js",
    "anqi/checking.js",
    "anqi/field-store.js",
    "anqi/field-photos.js",
    "anqi/field-sending.js",
    "anqi/field-waiting.js",
    "anqi/field-check.js",
    "anqi/field.js",
)
FIRST = ("anqi/theme.js",)  # before the first paint
LATER = ("anqi/field-signing.js", "signature_pad/signature_pad.umd.min.js")  # with the first checklist
NAMED_BY_STYLES = ("front/icons.woff2",)
IMAGES = ("anqi/favicon.svg",)
FILES = (*FIRST, *STYLES, *SCRIPTS, *LATER, *NAMED_BY_STYLES, *IMAGES)


def _digest(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest() if found else ""


@cache
def _kept_digest(name: str) -> str:
    return _digest(name)


def address_of(name: str) -> str:
    """Return the address of a static file, another for each content: by its hashed name, or else by a query."""
    url = static(name)
    if settings.STATIC_HASHED or name in NAMED_BY_STYLES:  # which a style sheet names as it is
        return url
    digest = _digest(name) if settings.DEBUG else _kept_digest(name)
    return f"{url}?v={digest[:12]}"


def addresses() -> list[str]:
    """Return the addresses of all files that a phone keeps."""
    return [address_of(name) for name in FILES]
