"""A request as the middleware of this project leaves it to the pages."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from foundation.accounts.actors import Actor
from foundation.accounts.models import RoleGrant


class Request(HttpRequest):
    """Django's request with what middleware adds; a name for annotations, never created."""

    actor: Actor
    grants: list[RoleGrant]
    badges: dict[str, int]  # figures of the navigation that a page has counted already, by url name
    htmx: HtmxDetails
