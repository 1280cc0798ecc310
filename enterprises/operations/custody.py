"""Hand-overs between stations."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, F, Max, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from enterprises import selectors
from enterprises.access import Permission
from enterprises.choices import AuditAction, CauseCode
from enterprises.concerned import officers_of, people_of
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from enterprises.open_work import open_work_at
from enterprises.operations.days import last_acts, last_recorded, lasts, not_to_come
from enterprises.operations.register import locked
from enterprises.signals import handed_over
from foundation.accounts import access, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import refuse_implausible
from foundation.faults import Faults
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import Audience, Scope, station_scope


@transaction.atomic
@as_declared
def hand_over(
    *, actor: Actor, enterprise_id: int, to_station_id: int | None, on: dt.date | None, reason: str
) -> Enterprise:
    """Hand over an enterprise with all its history to another station of the bureau, from the day ``on``.

    Allowed to the chief of the present station and the bureau's supervisor. Ends the liaison officers' duty, writes the
    finished custody and moves everything else by ONE update of the enterprise: facts, ratings and roles of its users
    follow by their composite keys. Writes two audit entries: one for the enterprise, which the receiving station reads,
    and one for the former station. Raises DoesNotExist, NotAllowed, ValidationError by field (to_station, on, reason).
    """
    access.require(actor, Permission.HAND_OVER_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    giving_id, receiving = enterprise.station_id, None
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        receiving = _receiving(enterprise, to_station_id)
    with faults.of():
        _check_day(actor, enterprise, on)
    with faults.of():
        reason = required_reason(given)
    faults.refuse()
    assert receiving is not None
    assert on is not None
    # The actor's scope excludes the receiving station: the system makes the move, in a scope of these two stations.
    both = Scope((giving_id, receiving.pk), bureau=enterprise.bureau_id, audience=Audience.SYSTEM)
    with station_scope(both):
        Custody.objects.create(
            enterprise=enterprise,
            station_id=giving_id,
            held_by_station_id=giving_id,
            until_on=on,
            reason=reason,
        )
        served_by = list(
            Liaison.objects.filter(enterprise=enterprise, until_on=None).values_list("officer_id", flat=True)
        )
        Liaison.objects.filter(enterprise=enterprise, until_on=None).update(
            until_on=Greatest(F("from_on"), Value(on, output_field=DateField()))
        )
        enterprise.station, enterprise.version = receiving, enterprise.version + 1
        enterprise.save(update_fields=["station", "version", "changed_at"])
        following = auditing.entry(
            actor=actor,
            action=AuditAction.HAND_OVER_ENTERPRISE,
            target=enterprise,
            before={"station_id": giving_id},
            after={"station_id": receiving.pk, "on": on.isoformat()},
            reason=reason,
        )
        staying = auditing.entry(
            actor=actor,
            action=AuditAction.HAND_OVER_ENTERPRISE,
            target=enterprise,
            before={"station_id": giving_id},
            after={"station_id": receiving.pk, "on": on.isoformat()},
            reason=reason,
        )
        # belongs to the former station, which can still read it
        staying.station_id, staying.enterprise_id = giving_id, 0
        auditing.write([following, staying], actor=actor)
        handed_over.send(sender=Enterprise, enterprise=enterprise)
        _notify_hand_over(actor, enterprise, giving_id, receiving, served_by, reason)
    return enterprise


def _notify_hand_over(
    actor: Actor,
    enterprise: Enterprise,
    giving_id: int,
    receiving: Station,
    served_by: list[int],
    reason: str,
) -> None:
    """Notify the receiving station's chief, the officers who looked after the enterprise, and its people."""
    common: dict[str, Any] = {
        "key": f"{enterprise.pk}:{enterprise.version}",
        "object_id": enterprise.pk,
        "actor": actor,
    }
    values = {"object": str(enterprise), "station": receiving.name}
    notify(
        CauseCode.RECEIVED,
        to=officers_of(enterprise.pk, receiving.pk),
        values=values | {"reason": reason, "open": open_work_at(enterprise.pk, receiving.pk)},
        **common,
    )
    officers = Q(user_id__in=served_by, station_id=giving_id, role__in=access.STATION_ROLES)
    notify(CauseCode.GIVEN_AWAY, to=officers, values=values | {"reason": reason}, **common)
    notify(CauseCode.MOVED, to=people_of(enterprise.pk), values=values, **common)


def judge_hand_over(
    *, actor: Actor, enterprise_ids: Iterable[int], to_station_id: int, on: dt.date
) -> Judgement:
    """Return what :func:`hand_over` would do to each of these enterprises now, and change nothing.

    One that is with the station already is the same afterwards. Raises NotAllowed, ValidationError for the input itself.
    """
    access.require(actor, Permission.HAND_OVER_ENTERPRISES)
    on = _day_of_hand_over(on)
    if not Station.objects.filter(bureau_id=actor.bureau_id, pk=to_station_id).exists():
        raise ValidationError({"to_station": _("Choose a station of this bureau.")})
    found = selectors.visible(actor).in_bulk(list(enterprise_ids))
    same = [pk for pk, each in found.items() if each.station_id == to_station_id]
    refused = _refuse_day(actor, [each for pk, each in found.items() if pk not in same], on)
    ready = [pk for pk in found if pk not in same and pk not in refused]
    stations = dict(Station.objects.filter(bureau_id=actor.bureau_id).values_list("pk", "name"))
    replaces = {pk: stations[found[pk].station_id] for pk in ready}
    return Judgement(ready, same, refused, replaces)


def _receiving(enterprise: Enterprise, to_station_id: int | None) -> Station:
    there = Station.objects.filter(bureau_id=enterprise.bureau_id)
    receiving = there.filter(pk=to_station_id).first() if to_station_id else None
    if receiving is None:
        raise ValidationError({"to_station": _("Choose a station of this bureau.")})
    if receiving.pk == enterprise.station_id:
        raise ValidationError({"to_station": _("This station already has custody of the enterprise.")})
    return receiving


def _check_day(actor: Actor, enterprise: Enterprise, on: dt.date | None) -> None:
    on = _day_of_hand_over(on)
    for words in _refuse_day(actor, [enterprise], on).values():
        raise ValidationError({"on": words})


def _day_of_hand_over(on: dt.date | None) -> dt.date:
    on = not_to_come(on, "on")
    refuse_implausible(Custody(until_on=on), names={"until_on": "on"})
    return on


def _refuse_day(actor: Actor, enterprises: Collection[Enterprise], on: dt.date) -> dict[int, str]:
    """Return by enterprise why it cannot change its station on a day. The number of queries does not grow with theirs."""
    moved = lasts(Custody.objects.filter(enterprise__in=enterprises), last=Max("until_on"))
    served = lasts(
        Liaison.objects.filter(enterprise__in=enterprises),
        began=Max("from_on", filter=Q(until_on=None)),
        ended=Max("until_on"),
    )
    away = lasts(
        Inactivity.objects.filter(enterprise__in=enterprises).exclude(Inactivity.IS_VOID),
        left=Max("from_on"),
        back=Max("until_on"),
    )
    # the system brings histories that are written after the fact
    acted = last_acts(enterprises) if actor.user_id else {}
    recorded = last_recorded(enterprises, on)
    found = {}
    for each in enterprises:
        began, ended = (served.get(each.pk, {}).get(name) for name in ("began", "ended"))
        days = [day for day in away.get(each.pk, {}).values() if day]
        last = moved.get(each.pk, {}).get("last")
        act, act_kind = acted.get(each.pk, (None, ""))
        later, later_kind = recorded.get(each.pk, (None, ""))
        for day, words, kind in (
            (each.registered_on, _("The enterprise has been on the register only since %(day)s."), ""),
            (last, _("The last hand-over was on %(day)s. Choose that day or a later one."), ""),
            (
                began,
                _("A liaison officer of this station began on %(day)s. Choose that day or a later one."),
                "",
            ),
            (
                ended,
                _("A liaison officer of this station served until %(day)s. Choose that day or a later one."),
                "",
            ),
            (
                max(days, default=None),
                _(
                    "This station took the enterprise off the register, or put it back, on %(day)s. Choose that day or a later one."
                ),
                "",
            ),
            (
                act,
                _("An act was recorded for a later day (%(kind)s, %(day)s). Choose that day or a later one."),
                act_kind,
            ),
            (
                later,
                _(
                    "This station recorded something later (%(kind)s, %(day)s). Choose that day or a later one."
                ),
                later_kind,
            ),
        ):
            if day and on < day:
                found[each.pk] = words % {"day": day.isoformat(), "kind": kind}
                break
    return found
