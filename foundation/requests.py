"""The request as this project's middleware completes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from foundation.accounts.actors import Actor
    from foundation.accounts.keys import Refusal
    from foundation.accounts.models import RoleGrant


class Request(HttpRequest):
    """Django's request with what middleware adds. For annotations only; never instantiated."""

    actor: Actor | None  # None for nobody, or for a person without a role
    grants: list[RoleGrant]
    refusal: Refusal | None  # below /api/: why there is no actor
    badges: dict[str, int]  # figures of the navigation that a page has already counted, by URL name
    htmx: HtmxDetails
    raised: bool  # the view or its template raised, so the transaction is rolled back


def required_actor(request: Request) -> Actor:
    """Return the actor. Only for views guarded by a permission, which requires an actor."""
    assert request.actor is not None
    return request.actor
