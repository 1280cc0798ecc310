"""A request as the middleware of this project leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from foundation.accounts.actors import Actor
    from foundation.accounts.keys import Refusal
    from foundation.accounts.models import RoleGrant


class Request(HttpRequest):
    """Django's request with what middleware adds; a name for annotations, never created."""

    actor: Actor | None  # nobody, or a person without a role: None
    grants: list[RoleGrant]
    refusal: Refusal | None  # below /api/: why nobody acts
    badges: dict[str, int]  # figures of the navigation that a page has counted already, by url name
    htmx: HtmxDetails
    raised: bool  # the view or its template raised, so the transaction is rolled back


def required_actor(request: Request) -> Actor:
    """Return who acts. Only for what a permission guards: it let nobody else in."""
    assert request.actor is not None
    return request.actor
