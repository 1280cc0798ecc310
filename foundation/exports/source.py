"""The list behind an address, read by a worker as its page would be read by the person who asked."""

from typing import Any, cast

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django_htmx.middleware import HtmxDetails

from foundation.accounts import access
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import actor_in_grant
from foundation.exports.models import Export
from foundation.exports.sheets import Sheet
from foundation.requests import Request


def actor_of(export: Export) -> Actor | None:
    """Return the actor who asked, None if the role has been revoked or the person disabled."""
    return actor_in_grant(export.user, export.grant_id)


def is_allowed(actor: Actor, path: str) -> bool:
    """Return whether the actor may see the list at this address."""
    view = view_at(path)
    return view is not None and access.allows(actor, view.permission)


def sheet_at(export: Export, actor: Actor, *, most: int) -> Sheet:
    """Return the list that the download is of, ``most`` rows of it. Needs the actor's scope."""
    match = resolve(export.path)
    request: Any = Request()
    request.method, request.path, request.path_info = "GET", export.path, export.path
    request.GET = QueryDict(export.query)
    request.user, request.actor, request.grants = export.user, actor, []
    request.resolver_match, request.session, request.htmx = match, {}, None
    request.htmx = HtmxDetails(request)
    view: Any = cast(Any, match.func)
    page = view.view_class(**view.view_initkwargs)
    page.setup(request, *match.args, **match.kwargs)
    return page.get_sheet(most)


def view_at(path: str) -> Any:
    """Return the view at an address, None if there is none."""
    try:
        return resolve(path).func
    except Resolver404:  # a list that an earlier version had
        return None
