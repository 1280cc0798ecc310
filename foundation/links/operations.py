"""Signed links: made and withdrawn by the police, answered once by whoever holds one, read by the app it is for.

Opening a link changes nothing: programs that read messages open what they find. The holder acts as nobody: the scope
(:func:`holding`) names the digest of the token, and the database opens that row alone (``LinkPolicy``).
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.selectors import stations_of
from foundation.contributions.links import Purpose, purposes
from foundation.database.apart import sum_of_each
from foundation.links.models import SignedLink
from foundation.tenancy.scope import Audience, Scope, station_scope

TOKEN_BYTES = 32
GONE = gettext_lazy("This link has expired or was withdrawn. Ask the police station for a new one.")
logger = structlog.get_logger(__name__)


def digest_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def holding(digest: str) -> AbstractContextManager[Scope]:
    """Return the scope of whoever holds the link with this digest: that one row and nothing else."""
    return station_scope(Scope(audience=Audience.LINK, link=digest))


@transaction.atomic
def make_link(
    *,
    actor: Actor,
    purpose: str,
    object_id: int,
    enterprise_id: int,
    station_id: int,
    shown: Mapping[str, Any],
    expires_at: dt.datetime,
) -> tuple[SignedLink, str]:
    """Make a link to an object and return it with its token, which nobody can read again.

    Links of the object that were made before and not answered are withdrawn. The caller has required the permission,
    locked the object, and writes the entry of the log.
    """
    withdraw_links(actor=actor, purpose=purpose, object_id=object_id, station_id=station_id)
    token = secrets.token_hex(TOKEN_BYTES)  # hexadecimal: config.logs recognises it in a path and hides it
    made = SignedLink.objects.create(
        enterprise_id=enterprise_id,
        station_id=station_id,
        purpose=purposes[purpose].code,
        object_id=object_id,
        token_digest=digest_of(token),
        shown=dict(shown),
        expires_at=expires_at,
        made_by=actor.name[:80],
        made_by_id=actor.user_id,
    )
    return made, token


def withdraw_links(*, actor: Actor, purpose: str, object_id: int, station_id: int) -> int:
    """Let the links of an object that nobody has answered work no longer. Return how many there were."""
    rows = SignedLink.objects.filter(
        station_id=station_id, purpose=purpose, object_id=object_id, answered_at=None, withdrawn_at=None
    )
    return rows.update(withdrawn_at=timezone.now(), withdrawn_by=actor.name[:80])


def find_link(token: str) -> tuple[SignedLink, Purpose] | None:
    """Return the link behind a token, and what it is for; None for one that is unknown or has ended unanswered."""
    digest = digest_of(token)
    with holding(digest):
        found = SignedLink.objects.filter(token_digest=digest).first()
    if found is None or (found.answered_at is None and _has_ended(found)):
        return None
    purpose = purposes.get(found.purpose)
    return (found, purpose) if purpose else None


def answer_link(*, token: str, answer: Mapping[str, Any]) -> SignedLink:
    """Keep the answer of whoever holds a link. The first one stands: what is sent again changes nothing.

    Raise WrongState for a link that is unknown, has expired or was withdrawn.
    """
    digest = digest_of(token)
    with holding(digest):
        found = SignedLink.objects.select_for_update(no_key=True).filter(token_digest=digest).first()
        if found is None or (found.answered_at is None and _has_ended(found)):
            raise WrongState(str(GONE))
        if found.answered_at is None:
            found.answered_at, found.answer = timezone.now(), dict(answer)
            found.save(update_fields=["answered_at", "answer"])
    return found


def receipt_of(link: SignedLink) -> str:
    """Return the number that the holder of an answered link sees, the same each time."""
    return f"{link.pk}-{link.token_digest[:6].upper()}"


def _has_ended(link: SignedLink) -> bool:
    return link.withdrawn_at is not None or link.expires_at <= timezone.now()


def take_answers(bureau_id: int) -> int:
    """Let the apps read the answers of a bureau that none has read yet. Return how many were read.

    An error of one is logged, and the next run takes it up again.
    """
    actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
    with station_scope(actor.scope()):
        waiting = list(
            SignedLink.objects.filter(
                station_id__in=actor.stations, answered_at__isnull=False, taken_at=None
            ).values_list("pk", flat=True)
        )
    return sum_of_each(
        waiting,
        lambda id: _take(actor, id),
        lambda id: logger.exception("the answer of a link was not read", link=id),
    )


def _take(actor: Actor, id: int) -> bool:
    with station_scope(actor.scope()):
        rows = SignedLink.objects.filter(pk=id, taken_at=None)
        known = rows.first()
        purpose = purposes.get(known.purpose) if known else None
        if known is None or purpose is None:
            return False
        if purpose.lock is not None:  # before the link, as whoever makes or withdraws one
            purpose.lock(actor, known)
        found = rows.select_for_update(no_key=True, skip_locked=True).first()
        if found is None:
            return False
        purpose.take(actor, found)
        found.taken_at = timezone.now()
        found.save(update_fields=["taken_at"])
    return True
