"""Days on which an officer makes no visits."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.arguments import as_declared
from inspections.access import Permission
from inspections.models import Absence, PlannedVisit
from inspections.planning.visits import is_open, list_visits, team_of

ADD, WITHDRAW = "absence.add", "absence.withdraw"
LONGEST = dt.timedelta(days=366)


def list_absences(actor: Actor, station_id: int) -> QuerySet[Absence]:
    """Return who of a station is absent now or later, the next one first."""
    today = timezone.localdate()
    rows = Absence.objects.filter(
        station_id=station_id, station__in=actor.stations if actor.is_police else ()
    )
    return rows.filter(withdrawn_at=None, until_on__gte=today)


def touched(actor: Actor, absence: Absence) -> list[PlannedVisit]:
    """Return the visits of an absent officer that are planned for days of the absence."""
    rows = list_visits(actor).filter(is_open(), station_id=absence.station_id)
    rows = rows.filter(on__range=(absence.from_on, absence.until_on))
    mine = rows.filter(officer_id=absence.officer_id) | rows.filter(second_id=absence.officer_id)
    return list(mine.order_by("on", "pk"))


@transaction.atomic
@as_declared
def add_absence(
    *, actor: Actor, station_id: int, officer_id: int, kind: str, from_on: dt.date, until_on: dt.date
) -> Absence:
    """Enter that an officer of the station is absent. What is planned for these days stays, and the week says so.

    Raise NotAllowed, ValidationError by field.
    """
    require(actor, Permission.PLAN_VISITS)
    # of two who enter the same at once, the later finds what the earlier wrote
    station = (
        Station.objects.select_for_update(no_key=True).filter(pk__in=actor.stations, pk=station_id).first()
    )
    officer = next((each for each in team_of(actor, station_id) if each.pk == officer_id), None)
    if officer is None or station is None:
        raise ValidationError({"officer": _("Choose an officer of the station.")})
    if until_on < from_on:
        raise ValidationError({"until_on": _("This day is before the first one.")})
    if until_on < timezone.localdate() or until_on - from_on > LONGEST:
        raise ValidationError({"until_on": _("An absence ends today or later, and is a year at most.")})
    same = Absence.objects.filter(station_id=station_id, officer_id=officer_id, withdrawn_at=None)
    if other := same.filter(from_on__lte=until_on, until_on__gte=from_on).first():
        words = _("%(officer)s is already absent then: %(kind)s, %(from_on)s to %(until_on)s.") % {
            "officer": other.officer_name,
            "kind": other.get_kind_display(),
            "from_on": other.from_on,
            "until_on": other.until_on,
        }
        raise ValidationError({"from_on": words})
    absence = Absence(
        bureau_id=station.bureau_id,
        station_id=station_id,
        stations=[station_id],
        officer_id=officer_id,
        officer_name=str(officer)[:80],
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        made_by_id=actor.user_id,
    )
    absence.clean_fields(exclude=["bureau", "station", "withdrawn_at"])
    absence.save(force_insert=True)
    auditing.record(
        actor=actor,
        action=ADD,
        target=absence,
        after={"kind": kind, "from_on": from_on.isoformat(), "until_on": until_on.isoformat()},
    )
    return absence


@transaction.atomic
@as_declared
def withdraw_absence(*, actor: Actor, id: int) -> Absence:
    """Take back an absence: the officer is there after all. Raise NotAllowed, Http404, WrongState if it was before."""
    require(actor, Permission.PLAN_VISITS)
    found = Absence.objects.select_for_update(of=("self",), no_key=True)
    absence = found.filter(pk=id, station_id__in=actor.stations).first()
    if absence is None:
        raise Http404(f"no absence {id}")
    if absence.withdrawn_at:
        raise WrongState(_("It was taken back already."))
    absence.withdrawn_at = timezone.now()
    absence.save(update_fields=["withdrawn_at"])
    auditing.record(actor=actor, action=WITHDRAW, target=absence)
    return absence
