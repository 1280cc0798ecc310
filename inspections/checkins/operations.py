"""Writes: making and replacing QR codes, checking in at an enterprise, joining, checking out."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.selectors import own_inactivity
from facts.attachments import AWAY
from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import refuse_unstorable
from foundation.database.once import asked_once
from foundation.faults import Faults
from inspections.checkins.access import Permission
from inspections.checkins.choices import Ended, Purpose
from inspections.checkins.models import CheckIn, DoorSign
from inspections.checkins.selectors import get_check_in, get_sign, midnight, sign_in_use
from inspections.checklists.answering import eligible_officers, officers_who_inspect
from inspections.models import Inspection

MAKE, RENEW = "make", "renew"
ARRIVE, JOIN, LEAVE, INSPECT = "arrive", "join", "leave", "inspect"
CODE_BYTES = 16  # 128 random bits: nobody finds one by trying
LATEST_DAYS = 3  # how long after the day a check-in without network is still entered
PLACES = Decimal("0.001")  # degrees, about 100 m: enough to say "at the gate", too little to follow a person


# --- the code ---------------------------------------------------------------------------------------------------------


@transaction.atomic
@as_declared
def make_sign(*, actor: Actor, enterprise_id: int) -> DoorSign:
    """Return the QR code of an enterprise, made now if it has none. Twice it is the same one.

    Raise NotAllowed, Http404, WrongState for an enterprise's people while it is off the register.
    """
    enterprise = _locked(actor, enterprise_id)
    return sign_in_use(actor, enterprise.pk) or _new_sign(actor, enterprise, MAKE, "")


@transaction.atomic
@as_declared
def renew_sign(*, actor: Actor, enterprise_id: int, reason: str) -> DoorSign:
    """Replace the QR code of an enterprise: whoever opens the old one reads that it was replaced, and what to do.

    Raise as make_sign, WrongState if there is none, ValidationError at ``reason`` without one.
    """
    enterprise = _locked(actor, enterprise_id)
    words = required_reason(reason)
    old = sign_in_use(actor, enterprise.pk)
    if old is None:
        raise WrongState(_("This enterprise has no QR code yet."))
    old.ended_at, old.ended_reason = timezone.now(), words
    old.save(update_fields=["ended_at", "ended_reason"])
    return _new_sign(actor, enterprise, RENEW, words)


def _new_sign(actor: Actor, enterprise: Enterprise, act: str, reason: str) -> DoorSign:
    made = DoorSign.objects.create(
        enterprise=enterprise, station_id=enterprise.station_id, code=secrets.token_urlsafe(CODE_BYTES)
    )
    _record(actor, act, made, reason=reason)
    return made


def _locked(actor: Actor, enterprise_id: int) -> Enterprise:
    require(actor, Permission.MANAGE_DOOR_SIGNS)
    enterprise = lock_enterprise(actor, enterprise_id)
    if actor.is_enterprise and own_inactivity(actor) is not None:
        raise WrongState(str(AWAY))
    return enterprise


# --- checking in ------------------------------------------------------------------------------------------------------


@transaction.atomic
@as_declared
def check_in(
    *,
    actor: Actor,
    code: str,
    purpose: str,
    officers: Sequence[int],
    approval: str = "",
    arrived_at: dt.datetime | None = None,
    place: tuple[Decimal, Decimal, int] | None = None,
) -> CheckIn:
    """Record that officers are at the enterprise of a QR code. Whoever checks in while others are there joins their visit.

    ``officers`` are ids: for an inspection two with a police number, for a visit at least one. ``arrived_at``: when, if it is
    typed; None: now. ``place``: latitude and longitude in degrees, and the radius in metres, stored rounded.

    Raise NotAllowed, DoesNotExist for a code of another station, WrongState for one that was replaced, ValidationError at
    ``purpose``, ``officers``, ``approval`` and ``arrived_at``. The enterprise's people are notified.
    """
    require(actor, Permission.RECORD_CHECK_INS)
    sign = get_sign(actor, code)
    enterprise = lock_enterprise(actor, sign.enterprise_id)  # a second phone waits here for the first
    if sign.ended_at:
        raise WrongState(_("This QR code was replaced. Scan the new one."))
    now = timezone.now()
    moment = arrived_at or now
    faults = Faults()
    with faults.of():
        _check_moment(moment, now)
    people: list[User] = []
    with faults.of():
        people = _people(actor, enterprise.pk, purpose, officers)
    made = CheckIn(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        purpose=purpose,
        approval=approval.strip(),
        officers=[_as_officer(each) for each in people],
        arrived_at=moment,
        is_late=arrived_at is not None,
        recorded_by_id=actor.user_id,
        **_rounded(place),
    )
    with faults.of():
        refuse_unstorable(made)
        made.clean_fields(exclude={"enterprise", "station", "officers", "inspection"})
    faults.refuse()
    was_today = moment >= midnight()
    if made.is_late and (
        same := CheckIn.objects.filter(enterprise_id=enterprise.pk, arrived_at=moment).first()
    ):
        return _add(actor, same, people)
    open_one = CheckIn.objects.filter(enterprise_id=enterprise.pk, ended="").first()
    if open_one and open_one.is_open and was_today:
        return _add(actor, open_one, people)
    if open_one and not open_one.is_open:
        _end(open_one, Ended.FORGOTTEN)
    if not was_today:
        made.ended = Ended.FORGOTTEN  # what is entered days later does not say that somebody is there now
    made.save(force_insert=True)
    _record(
        actor,
        ARRIVE,
        made,
        after={
            "purpose": made.purpose,
            "approval": made.approval,
            "officers": made.names,
            "arrived_at": made.arrived_at.isoformat(),
            "is_late": made.is_late,
            "place": f"{made.latitude}, {made.longitude}" if place else "",
        },
    )
    return made


@transaction.atomic
@as_declared
def join(*, actor: Actor, id: int) -> CheckIn:
    """Add the actor to those who are at an enterprise. Twice changes nothing. Raise NotAllowed, DoesNotExist, WrongState."""
    found = _open_one(actor, id)
    me = next(
        (each for each in eligible_officers(actor, found.enterprise_id) if each.pk == actor.user_id), None
    )
    if me is None:
        raise WrongState(_("Only officers of the station can join."))
    return _add(actor, found, [me])


def _add(actor: Actor, found: CheckIn, people: Sequence[User]) -> CheckIn:
    """Add those who are not among the officers of a visit yet."""
    new = [_as_officer(each) for each in people if each.pk not in found.officer_ids]
    if new:
        found.officers = [*found.officers, *new]
        found.save(update_fields=["officers"])
        _record(actor, JOIN, found, after={"officers": found.names})
    return found


@transaction.atomic
@as_declared
def check_out(*, actor: Actor, id: int) -> CheckIn:
    """End a check-in now. Twice changes nothing. Raise NotAllowed, DoesNotExist, WrongState after its day."""
    require(actor, Permission.RECORD_CHECK_INS)
    seen = get_check_in(actor, id)
    if seen.ended == Ended.LEFT:
        return seen
    found = _open_one(actor, id)
    _end(found, Ended.LEFT, timezone.now())
    _record(actor, LEAVE, found, after={"left_at": found.left_at and found.left_at.isoformat()})
    return found


def end_with_inspection(actor: Actor, inspection: Inspection) -> CheckIn | None:
    """Link an inspection that is being recorded to the latest check-in of its day, and end it if they are still there.

    Return it; None if nobody checked in. Called by the operation that records the inspection, under its lock.
    """
    found = next(iter(latest_of_day(inspection.enterprise_id, inspection.inspected_on)), None)
    if found is None:
        return None
    left_at = timezone.now() if found.is_open else None
    found.inspection = inspection
    if not found.ended:
        found.ended = Ended.INSPECTED
        found.left_at = left_at
    found.save(update_fields=["inspection", "ended", "left_at"])
    _record(actor, INSPECT, found, after={"left_at": left_at.isoformat() if left_at else None})
    return found


def without_inspection(enterprise_id: int, day: dt.date) -> QuerySet[CheckIn]:
    """Return the latest check-in of a day at an enterprise for an inspection that is not recorded yet: one row or none."""
    begin = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    rows = CheckIn.objects.filter(
        enterprise_id=enterprise_id,
        inspection=None,
        arrived_at__gte=begin,
        arrived_at__lt=begin + dt.timedelta(days=1),
    ).exclude(purpose=Purpose.VISIT)
    return rows.order_by("-arrived_at", "-pk")[:1]


@asked_once
def latest_of_day(enterprise_id: int, day: dt.date) -> list[CheckIn]:
    """Return the rows of ``without_inspection``. One query."""
    return list(without_inspection(enterprise_id, day))


def _open_one(actor: Actor, id: int) -> CheckIn:
    require(actor, Permission.RECORD_CHECK_INS)
    seen = get_check_in(actor, id)
    lock_enterprise(actor, seen.enterprise_id)
    found = get_check_in(actor, id)
    if not found.is_open:
        raise WrongState(_("This visit has ended."))
    return found


def _end(found: CheckIn, how: Ended, left_at: dt.datetime | None = None) -> None:
    found.ended, found.left_at = how, left_at
    found.save(update_fields=["ended", "left_at"])


def _check_moment(moment: dt.datetime, now: dt.datetime) -> None:
    if moment > now:
        raise ValidationError({"arrived_at": _("This time is still to come.")})
    if moment < midnight() - dt.timedelta(days=LATEST_DAYS):
        words = _("A check-in can be entered until %(days)d days after its day.")
        raise ValidationError({"arrived_at": words % {"days": LATEST_DAYS}})


def _people(actor: Actor, enterprise_id: int, purpose: str, ids: Sequence[int]) -> list[User]:
    """Return those who are there. Raise ValidationError at ``officers``: an inspection needs two with a police number."""
    if purpose != Purpose.VISIT:
        return officers_who_inspect(actor, enterprise_id, ids)
    here = {each.pk: each for each in eligible_officers(actor, enterprise_id)}
    chosen = [here[each] for each in dict.fromkeys(ids) if each in here]
    if not chosen or len(chosen) < len(set(ids)):
        raise ValidationError({"officers": _("Choose officers of the station.")})
    return chosen


def _as_officer(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user), "police_number": user.police_number}


def _rounded(place: tuple[Decimal, Decimal, int] | None) -> dict[str, Any]:
    if place is None:
        return {}
    latitude, longitude, accuracy = place
    return {
        "latitude": latitude.quantize(PLACES),
        "longitude": longitude.quantize(PLACES),
        "accuracy_m": accuracy,
    }


def _record(
    actor: Actor,
    act: str,
    target: DoorSign | CheckIn,
    *,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    action = kind_of_model(type(target)).action(act)
    auditing.record(actor=actor, action=action, target=target, after=dict(after or {}), reason=reason)
