"""Where the police say that a record or a file of it looks forged: the page of the app that keeps such findings.

Facts offer the link on each record that the enterprise's people may enter, and at its files; they do not know the app.
"""

from enum import StrEnum

from django.urls import reverse
from django.utils.http import urlencode

from facts.models import Attachment, Fact
from foundation.accounts.access import allows, permissions
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES
from foundation.contributions.audit import kind_of_model

_pages: list[tuple[str, StrEnum]] = []


def kept_at(page: str, permission: StrEnum) -> None:
    """Declare the URL name of the page on which a finding of forgery is recorded, and who may do so."""
    _pages.append((page, permission))


def doubt_url(actor: Actor, fact: Fact, may_record: StrEnum, file: Attachment | None = None) -> str:
    """Return the address at which the actor says that a record or its file looks forged; "" if they cannot.

    ``may_record``: the permission to record the kind. What the police alone enter, an enterprise does not forge.
    """
    if fact.is_voided or not permissions()[may_record] & ENTERPRISE_ROLES:
        return ""
    about = "-".join(
        str(each) for each in (kind_of_model(type(fact)).code, fact.pk, file and file.pk) if each
    )
    for page, permission in _pages:
        if allows(actor, permission):
            asked = {"enterprise": str(fact.enterprise_id), "about": about}
            return f"{reverse(page)}?{urlencode(asked)}"
    return ""
