"""What to say of an address below /api/ that does not exist: the slash that is missing, or the nearest that does."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, get_urlconf, resolve
from django.urls.resolvers import RoutePattern
from django.utils.translation import gettext as _

from foundation.rest.problems import Problem
from foundation.words import sentences

PREFIX = "api/v1/"
PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
LONGEST = 200  # characters of an address that are compared and repeated
ALIKE = 0.6


def unknown_address(path: str) -> Problem:
    """Return the problem that says so, with ``nearest``, the address that was probably meant, if there is one."""
    shown = path if len(path) <= LONGEST else f"{path[:LONGEST]}…"
    if not path.endswith("/") and _exists(f"{path}/"):
        words = _("Addresses end with a slash: %(path)s/") % {"path": shown}
        return Problem(404, "not-found", words, more={"nearest": f"{path}/"})
    said = _("The address %(path)s does not exist.") % {"path": shown}
    found = _nearest(path[:LONGEST])
    if not found:
        return Problem(404, "not-found", said)
    meant = _("Did you mean %(nearest)s?") % {"nearest": found}
    return Problem(404, "not-found", sentences(said, meant), more={"nearest": found})


def _exists(path: str) -> bool:
    try:
        return resolve(path).url_name != "unknown"
    except Resolver404:
        return False


def _nearest(path: str) -> str:
    known = {_shape(each): each for each in sorted(set(_addresses()))}
    found = difflib.get_close_matches(_shape(path), known, n=1, cutoff=ALIKE)
    return known[found[0]] if found else ""


def _shape(path: str) -> str:
    """Return an address with ids and parameters alike, so that it is compared by its words."""
    steps = (
        "#" if step.startswith("{") or step.isdigit() else step.lower() for step in path.strip("/").split("/")
    )
    return "/".join(steps)


def _addresses() -> Iterator[str]:
    """Yield the addresses of the API, with parameters as in its description: /api/v1/subscriptions/{pk}/."""
    for route in _routes(get_resolver(get_urlconf()).url_patterns):
        yield "/" + PARAMETER.sub(r"{\1}", route)


def _routes(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        route = before + str(each.pattern)
        if not (route.startswith(PREFIX) or PREFIX.startswith(route)):
            continue
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, route)
        elif isinstance(each, URLPattern) and route.startswith(PREFIX):
            yield route
