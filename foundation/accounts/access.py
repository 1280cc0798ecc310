"""Permissions: one table of rules, filled by each app's ``access.py``. An undeclared permission is refused."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role
from foundation.words import Words

ANYONE = "public"  # no login needed
PERSON = "person"  # logged in, with or without a role
SIGNED_IN = "signed_in"  # any person with a role
ANY_KEY = "any_key"  # any working API key, whatever its scopes

SYSTEM = "system"  # tasks and commands


class Permission(StrEnum):
    """Permissions of this app: ``<kinds>:<verb>``. Each app has such an enum in its ``access.py``."""

    MANAGE_PEOPLE = "people:manage"
    MANAGE_ORGANISATIONS = "organisations:manage"
    MANAGE_DEPARTMENT_PEOPLE = "department_people:manage"
    INVITE_COLLEAGUES = "colleagues:invite"
    VIEW_AUDIT_ENTRIES = "audit_entries:view"
    VIEW_API_KEYS = "api_keys:view"
    ISSUE_API_KEYS = "api_keys:issue"
    ROTATE_API_KEYS = "api_keys:rotate"
    REVOKE_API_KEYS = "api_keys:revoke"


EVERY_ROLE = frozenset(Role.values)
__all__ = [
    "ANYONE",
    "ANY_KEY",
    "ENTERPRISE_ROLES",
    "EVERY_ROLE",
    "PERSON",
    "POLICE_ROLES",
    "SIGNED_IN",
    "STATION_ROLES",
    "SYSTEM",
    "Permission",
    "Role",
]

_rules: dict[str, frozenset[str]] = {SIGNED_IN: EVERY_ROLE}
_scopes: dict[str, Words] = {}
permissions_without_role: set[str] = (
    set()
)  # permissions declared without a role, which ``manage.py check`` refuses


class NotAllowed(PermissionDenied):
    """The actor's role does not allow this act."""


class WrongState(Exception):
    """The object's state does not allow this act. The message is for the person."""


class StaleRecord(WrongState):
    """Somebody else changed the record since it was opened."""


def register(rules: Mapping[str, Iterable[str]]) -> None:
    """Add an app's rules: permission → roles. The system holds every permission; one only it holds names SYSTEM."""
    for permission, roles in rules.items():
        holders = frozenset(roles) | {SYSTEM}
        if _rules.get(permission, holders) != holders:
            raise ValueError(f"permission declared twice, for other roles: {permission}")
        if holders == {SYSTEM} and SYSTEM not in roles:
            permissions_without_role.add(permission)
        _rules[permission] = holders


def allows(actor: Actor | None, permission: str) -> bool:
    """Return whether this actor has the permission. An unknown permission is refused."""
    return actor is not None and actor.role in _rules.get(permission, frozenset())


def require(actor: Actor, permission: str) -> None:
    """Refuse (NotAllowed) an actor without the permission. The first line of every operation."""
    if not allows(actor, permission):
        raise NotAllowed(permission)


def register_scopes(scopes: Mapping[str, Words]) -> None:
    """Add the scopes that an app's endpoints require of a key: scope → its words for the person who issues a key."""
    _scopes.update({str(scope): words for scope, words in scopes.items()})


def scopes() -> dict[str, Words]:
    """Return all scopes a key can be given, with their words."""
    return dict(_scopes)


def known(permission: str) -> bool:
    """Return whether an app declared this permission, or this scope of an endpoint."""
    return permission in _rules or permission in _scopes or permission in (ANYONE, PERSON, ANY_KEY)


def permissions() -> dict[str, frozenset[str]]:
    """Return the whole table: permission → roles, including ``system``."""
    return dict(_rules)


def to_login(request: HttpRequest) -> HttpResponse:
    """Redirect to the login page, and afterwards back to the present page."""
    htmx = getattr(request, "htmx", None)
    if htmx:  # redirect the whole page: a fragment must not turn into a login form
        return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def admit(request: HttpRequest, permission: str) -> HttpResponse | None:
    """Return None to let a request through, or a redirect to the login page. Raise NotAllowed for a wrong role."""
    if permission == ANYONE:
        return None
    actor = getattr(request, "actor", None)
    if actor is None and not request.user.is_authenticated:
        return to_login(request)
    if permission != PERSON and not allows(actor, permission):
        if actor is None and request.method == "GET" and not request.headers.get("HX-Request"):
            return redirect(
                "accounts:act_as"
            )  # which says that this person has no role, and lets them log out
        raise NotAllowed(permission)
    return None


def page(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare the permission of a function view. Class-based views are pages of ``foundation.ui.views``."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return admit(request, permission) or view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # the checks and the navigation look there
        return guarded

    return wrap


register(
    {
        # how far each role reaches: reach.py
        Permission.MANAGE_PEOPLE: {Role.CHIEF, Role.SUPERVISOR, Role.OPERATOR},
        Permission.MANAGE_DEPARTMENT_PEOPLE: {Role.SUPERVISOR},
        Permission.INVITE_COLLEAGUES: {Role.SECURITY_MANAGER},
        Permission.VIEW_AUDIT_ENTRIES: {Role.CHIEF, Role.SUPERVISOR, Role.OPERATOR},
        Permission.MANAGE_ORGANISATIONS: {Role.OPERATOR},
        # API keys: the bureau issues them; a department replaces and revokes its own; an operator reads no casework
        # through one, but may end any
        Permission.VIEW_API_KEYS: {Role.SUPERVISOR, Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        Permission.ISSUE_API_KEYS: {Role.SUPERVISOR},
        Permission.ROTATE_API_KEYS: {Role.SUPERVISOR, Role.DEPARTMENT_OFFICER},
        Permission.REVOKE_API_KEYS: {Role.SUPERVISOR, Role.OPERATOR, Role.DEPARTMENT_OFFICER},
    }
)
