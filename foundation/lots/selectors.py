"""Reads of draws: of the actor's bureau or station, of the kinds that the role may see."""

from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.contributions.lots import lot_kinds
from foundation.lots.choices import AuditAction
from foundation.lots.models import Draw


def list_draws(actor: Actor) -> QuerySet[Draw]:
    """Return the draws this actor may see, latest first.

    A station sees those that its bureau made about it only if their kind is open to it.
    """
    kinds = [each.code for each in lot_kinds if allows(actor, each.view)]
    rows = Draw.objects.filter(
        bureau_id=actor.bureau_id, kind__in=kinds, stations__contained_by=list(actor.stations)
    )
    if actor.role != Role.SUPERVISOR:
        published = [each.code for each in lot_kinds if each.open_to_station]
        rows = rows.filter(Q(station_id__in=actor.stations) | Q(kind__in=published))
    later = Draw.objects.filter(
        redraws_id=OuterRef("pk"), bureau_id=OuterRef("bureau_id"), seed__isnull=False
    )
    return rows.annotate(later_id=Subquery(later.values("pk")[:1])).select_related("station")


def draws_for_list(actor: Actor) -> QuerySet[Draw]:
    """Return the same with ``members``, the size of the pool, instead of the pool: a page of pools is many megabytes."""
    members = Func("pool", function="jsonb_array_length", output_field=IntegerField())
    rows = list_draws(actor).annotate(members=members)
    return rows.defer("pool", "people", "excused", "excused_people", "barred", "result")


def get_draw(actor: Actor, id: int) -> Draw:
    """Return one draw. Raise Http404 if this actor cannot see it."""
    draw = list_draws(actor).filter(pk=id).first()
    if draw is None:
        raise Http404(f"no draw {id}")
    return draw


def replaced_by(draw: Draw) -> Draw | None:
    """Return the draw that replaces one, or will unless it is declined."""
    return (
        Draw.objects.filter(Q(approved=None) | Q(approved=True), redraws_id=draw.pk, bureau_id=draw.bureau_id)
        .order_by(F("pk").desc())
        .first()
    )


def logged_digest(draw: Draw) -> str:
    """Return the digest of a draw that the audit log holds, "" if it holds none."""
    entries = AuditEntry.objects.filter(
        bureau_id=draw.bureau_id,
        station_id=draw.station_id or 0,
        enterprise_id=0,
        action=AuditAction.FREEZE,
        object_type="draw",
        object_id=draw.pk,
    )
    return entries.order_by("-id").values_list("after__pool_digest", flat=True).first() or ""
