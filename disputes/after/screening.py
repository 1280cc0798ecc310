"""Monthly screening: who was not asked yet, the report of one or of many with one tap, and taking a wrong tap back."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.models import Screening
from enterprises.models import Enterprise
from enterprises.selectors import on_register
from enterprises.selectors import visible as visible_enterprises
from facts.four_eyes import refusal_of_row
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model

SCREEN, SCREEN_FOUND, VOID, UNDO = "screen", "screen_found", "void", "undo"  # acts of the log
UNDO_MIN = 10  # minutes in which a tap is taken back by whoever made it
MOST_AT_ONCE = 200


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a month."""
    return day.replace(day=1)


def last_of(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return month_of(month + dt.timedelta(days=31)) - dt.timedelta(days=1)


def _of_month(month: dt.date) -> QuerySet[Screening]:
    return Screening.objects.filter(enterprise_id=OuterRef("pk"), month=month, voided_at=None)


def list_screenings(actor: Actor, month: dt.date) -> QuerySet[Screening]:
    """Return the screenings of a month that the actor may see, the latest first."""
    rows = Screening.objects.filter(station_id__in=actor.stations, month=month, voided_at=None)
    return rows.select_related("enterprise")


def not_screened(actor: Actor, month: dt.date) -> QuerySet[Enterprise]:
    """Return the enterprises that nobody has screened in a month, by their address: on the register today, and in an earlier month then too."""
    today = timezone.localdate()
    rows = visible_enterprises(actor).filter(on_register(today), ~Exists(_of_month(month)))
    if month < month_of(today):
        rows = rows.filter(on_register(last_of(month)))
    return rows.order_by("street", "sort_key", "pk")


@transaction.atomic
@as_declared
def screen(*, actor: Actor, enterprise_ids: Collection[int], found: bool = False) -> list[Screening]:
    """Report that disputes were asked about at enterprises today: nothing, or something that is recorded by itself.

    Once a month for each; a second report of the month is the first one, so a tap sent twice changes nothing. Of many, those
    that have left the register or the station since the page was shown are left out. Raise NotAllowed, Http404 if none is
    left, WrongState for too many at once, and for something found at several.
    """
    require(actor, Permission.SCREEN_FOR_DISPUTES)
    ids = sorted(set(enterprise_ids))
    if len(ids) > MOST_AT_ONCE:
        raise WrongState(_("Report at most %(most)d enterprises at once.") % {"most": MOST_AT_ONCE})
    if found and len(ids) > 1:
        raise WrongState(_("Report a dispute at one enterprise at a time."))
    today = timezone.localdate()
    rows = visible_enterprises(actor).filter(on_register(today), pk__in=ids).order_by("pk")
    enterprises = list(rows.select_for_update(of=("self",), no_key=True))
    if not enterprises:
        raise Http404("no such enterprise")
    month = month_of(today)
    before = {
        each.enterprise_id: each
        for each in Screening.objects.filter(enterprise_id__in=ids, month=month, voided_at=None)
    }
    made = [
        Screening(
            enterprise=each,
            station_id=each.station_id,
            month=month,
            screened_on=today,
            found=found,
            screened_by=actor.name[:80],
            screened_by_id=actor.user_id,
        )
        for each in enterprises
        if each.pk not in before
    ]
    if made:
        Screening.objects.bulk_create(made)
        auditing.record_alike(
            actor=actor,
            action=kind_of_model(Screening).action(SCREEN_FOUND if found else SCREEN),
            after={each: {"screened_on": today.isoformat()} for each in made},
        )
    return [*before.values(), *made]


def is_undoable(actor: Actor, screening: Screening) -> bool:
    """Return whether the actor reported it and can still take it back as a wrong tap."""
    is_own = bool(actor.user_id) and screening.screened_by_id == actor.user_id
    since = timezone.now() - dt.timedelta(minutes=UNDO_MIN)
    return is_own and screening.voided_at is None and screening.recorded_at >= since


@transaction.atomic
@as_declared
def undo_screenings(*, actor: Actor, ids: Collection[int]) -> list[Screening]:
    """Take back one's own reports as a wrong tap, within UNDO_MIN. The enterprises can then be screened again.

    No four eyes: nothing rests on a report so new, and it takes only from what one said oneself. Twice changes nothing. Return
    those taken back. Raise NotAllowed, Http404 if none of the reports is the actor's own, WrongState for an older one.
    """
    require(actor, Permission.SCREEN_FOR_DISPUTES)
    rows = Screening.objects.filter(
        station_id__in=actor.stations, pk__in=set(ids), screened_by_id=actor.user_id
    )
    own = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk")) if actor.user_id else []
    if not own:
        raise Http404("no screening of one's own")
    waiting = [each for each in own if each.voided_at is None]
    if not all(is_undoable(actor, each) for each in waiting):
        words = _(
            "Your own report can be undone for %(minutes)d minutes. Ask a colleague to void it: they can at any time."
        )
        raise WrongState(words % {"minutes": UNDO_MIN})
    for each in waiting:
        each.voided_at = timezone.now()
        each.save(update_fields=["voided_at", "changed_at"])
    if waiting:
        auditing.record_alike(
            actor=actor,
            action=kind_of_model(Screening).action(UNDO),
            after={each: {"screened_on": each.screened_on.isoformat()} for each in waiting},
        )
    return waiting


@transaction.atomic
@as_declared
def void_screening(*, actor: Actor, id: int, reason: str) -> Screening:
    """Void a wrong report, with a reason. The enterprise can then be screened again.

    It counts in the rating, so nobody voids their own (``facts.four_eyes``). Raise NotAllowed, Http404, WrongState.
    """
    require(actor, Permission.SCREEN_FOR_DISPUTES)
    reason = required_reason(reason)
    rows = Screening.objects.filter(station_id__in=actor.stations).select_related("enterprise")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=id).first()
    if found is None:
        raise Http404(f"no screening {id}")
    if found.voided_at:
        raise WrongState(_("This record was voided."))
    if words := refusal_of_row(actor, found.station_id, [found.screened_by_id]):
        raise WrongState(words)
    found.voided_at, found.void_reason = timezone.now(), reason
    found.save(update_fields=["voided_at", "void_reason", "changed_at"])
    auditing.record(
        actor=actor,
        action=kind_of_model(Screening).action(VOID),
        target=found,
        before={"screened_on": found.screened_on.isoformat()},
        reason=reason,
    )
    return found
