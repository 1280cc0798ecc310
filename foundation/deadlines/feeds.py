"""Calendar addresses: made and revoked by the person, and who stands behind one.

A calendar program cannot log in, so the address is the secret: signed with ``SECRET_KEY`` over the role and a random key
that stands in the database. Neither of the two suffices alone. Whoever has the address sees days and kinds of work, and
no more than the person may see in that role at that moment.
"""

import secrets

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import translation

from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_in_grant
from foundation.database.turns import take_turn
from foundation.deadlines.choices import AuditAction
from foundation.deadlines.models import CalendarFeed
from foundation.ids import id_of
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope

_signer = Signer(salt="anqi.calendar", sep="~")


def own_feed(actor: Actor) -> CalendarFeed | None:
    """Return the calendar address of the actor's role, None if there is none."""
    return CalendarFeed.objects.filter(grant_id=actor.grant_id).first()


def token_of(feed: CalendarFeed) -> str:
    """Return what the address ends in."""
    return _signer.sign(f"{feed.grant_id}.{feed.key}")


@transaction.atomic
def make_feed(*, actor: Actor) -> CalendarFeed:
    """Give the actor's role a calendar address. One that it had does not work any more."""
    made = CalendarFeed(
        user_id=actor.user_id,
        grant_id=actor.grant_id,
        bureau_id=actor.bureau_id or None,
        key=secrets.token_hex(16),
        language=translation.get_language() or "",
    )
    with station_scope(system_scope(actor.bureau_id)):
        take_turn("calendar feed", actor.grant_id)  # of two at once, the later replaces what the earlier made
        CalendarFeed.objects.filter(grant_id=actor.grant_id).delete()
        CalendarFeed.objects.bulk_create([made])
    _record(actor, AuditAction.MAKE_FEED, made)
    return made


@transaction.atomic
def revoke_feed(*, actor: Actor) -> None:
    """Let the calendar address of the actor's role work no longer. Without one nothing happens."""
    feed = own_feed(actor)
    if feed is None:
        return
    with station_scope(system_scope(actor.bureau_id)):
        CalendarFeed.objects.filter(pk=feed.pk).delete()
    _record(actor, AuditAction.REVOKE_FEED, feed)


def reader_of(token: str) -> tuple[Actor, str] | None:
    """Return who reads under an address, and in which language; None for one that does not work (any more)."""
    try:
        grant_id, _dot, key = _signer.unsign(token).partition(".")
    except BadSignature:
        return None
    grant = RoleGrant.objects.filter(pk=id_of(grant_id) or 0, revoked_at=None).select_related("user").first()
    actor = actor_in_grant(grant.user, grant.pk) if grant else None
    if actor is None:
        return None
    with station_scope(actor.scope()):
        feed = CalendarFeed.objects.filter(grant_id=actor.grant_id, key=key).first()
    return (actor, feed.language) if feed else None


def _record(actor: Actor, action: str, feed: CalendarFeed) -> None:
    auditing.record(actor=actor, action=action, target=feed, place=(actor.bureau_id, actor.station_id))
