"""A page that the acting role does not see, but another role of the same person does: it offers to switch.

Only the person's own roles are tried, each in its own scope, so nobody learns that something exists which none of their
roles may see.
"""

from copy import copy

import structlog
from django.conf import settings
from django.contrib.messages.storage import default_storage
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render

from foundation.accounts.actors import Actor
from foundation.accounts.middleware import origin_of
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.requests import Request
from foundation.tenancy.scope import station_scope

logger = structlog.get_logger(__name__)
REFUSALS = (Http404, PermissionDenied)


def answer_in_other_role(request: Request, error: Exception) -> HttpResponse | None:
    """Return the error page with the roles in which the address opens; None if there are none."""
    if request.method not in ("GET", "HEAD") or request.htmx or getattr(request, "is_trial", False):
        return None
    roles = _roles_that_open(request)
    if not roles:
        return None
    status = 404 if isinstance(error, Http404) else 403
    names = {grant.pk: str(grant) for grant in request.grants}
    now = names[request.actor.grant_id] if request.actor else ""
    return render(request, f"{status}.html", {"roles": roles, "now": now}, status=status)


def _roles_that_open(request: Request) -> list[RoleGrant]:
    acting = request.actor
    if acting is None or not request.user.is_authenticated:
        return []
    found = []
    for grant in request.grants:
        other = actor_for(user=request.user, grant_id=grant.pk, grants=request.grants, **origin_of(request))
        if other is None or grant.pk == acting.grant_id:
            continue
        needs_code = settings.SECOND_FACTOR_REQUIRED and other.needs_second_factor
        if needs_code and not acting.needs_second_factor:
            continue  # no code may have been typed in this session
        if _opens(request, other):
            found.append(grant)
    return found


def _opens(request: Request, other: Actor) -> bool:
    """Return whether the page would open for an actor. Whatever opening it writes is rolled back."""
    trial = copy(request)
    trial.actor, trial.is_trial = other, True  # type: ignore[attr-defined]
    trial._messages = default_storage(trial)  # type: ignore[attr-defined]
    match = request.resolver_match
    assert match  # a view is running
    try:
        with station_scope(other.scope()), transaction.atomic():
            response = match.func(trial, *match.args, **match.kwargs)
            transaction.set_rollback(True)
    except (*REFUSALS, ObjectDoesNotExist):
        return False
    except (
        DatabaseError
    ):  # such as a page that takes this role too long: the person gets the refusal of the acting role
        logger.warning("role not tried", path=request.path, role=other.role, exc_info=True)
        return False
    return response.status_code < 400
