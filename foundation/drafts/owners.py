"""Whose text it is: a person in a role at an organisation. Names and keys that only this server can derive.

A page of the person carries both, so a browser can read back only what was typed by whoever is logged in. Another server
at the same address, such as a demo that was built anew, derives other names, so it never shows another person's text.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from foundation.accounts.actors import Actor
from foundation.accounts.models import User


@dataclass(frozen=True)
class Owner:
    """A person in one role, as a browser knows them: ``name`` is public, ``key`` opens the texts kept under it."""

    name: str
    key: str


def owners_of(request: HttpRequest) -> list[Owner]:
    """Return the owner of what is typed into this page, then the same under earlier secret keys; nobody: an empty list."""
    user = _user_of(request)
    if user is None:
        return []
    actor: Actor | None = getattr(request, "actor", None)
    parts = (user.pk, actor.role, _organisation(actor)) if actor else (user.pk,)
    return list(_owners(*parts))


def person_of(request: HttpRequest) -> str:
    """Return the name of the person in any role, empty for nobody."""
    user = _user_of(request)
    return _derived(settings.SECRET_KEY, "person", user.pk)[:32] if user else ""


def _user_of(request: HttpRequest) -> User | None:
    """Return who is logged in. An error page of a request that did not get as far as the actor knows nobody."""
    if not hasattr(request, "actor"):
        return None
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_authenticated else None


def _organisation(actor: Actor) -> int:
    """Return the id of the organisation; its kind follows from the role."""
    return actor.enterprise_id or actor.department_id or actor.station_id or actor.bureau_id


def _owners(*parts: object) -> Iterator[Owner]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield Owner(_derived(secret, "owner", *parts)[:32], _derived(secret, "key", *parts))


def _derived(secret: str, purpose: str, *parts: object) -> str:
    text = ":".join(map(str, ("foundation.drafts", purpose, *parts)))
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()
