"""Hand-overs between stations, and taking enterprises off the register."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, DateField, F, Max, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import selectors
from enterprises.access import Permission
from enterprises.choices import AuditAction, CauseCode, InactiveReason
from enterprises.concerned import officers_of, people_of
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from enterprises.open_work import open_work_at
from enterprises.operations.register import locked
from foundation.accounts import access, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.accounts.reasons import required_reason
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import refuse_implausible
from foundation.faults import Faults
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import Audience, Scope, station_scope
from foundation.words import listed

NO_MERGER = gettext_lazy("Only for a merger. Choose “Merged”, or clear this.")


@transaction.atomic
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
        _notify_hand_over(actor, enterprise, giving_id, receiving, served_by, reason)
    return enterprise


class LaterRecords(access.WrongState):
    """There are records about the enterprise from the days in which it is to be off the register."""

    def __init__(self, records: list[tuple[str, int, dt.date]], day: dt.date) -> None:
        kinds = listed(f"{number} × {kind}" for kind, number, _last in records)
        last = max(last for _kind, _number, last in records)
        words = _(
            "There are records of %(day)s or later: %(kinds)s; the latest is of %(last)s. Choose a later day, or confirm "
            "below that it was off the register nevertheless. They keep counting for their days."
        )
        super().__init__(words % {"day": day.isoformat(), "kinds": kinds, "last": last.isoformat()})


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


@transaction.atomic
def set_inactive(
    *,
    actor: Actor,
    enterprise_id: int,
    kind: str,
    from_on: dt.date | None,
    reason: str,
    merged_into_id: int | None = None,
    over_records: bool = False,
) -> Inactivity:
    """Take an enterprise off the register from a day: suspended, closed, or merged into another one.

    Raises DoesNotExist, NotAllowed, WrongState (already off the register), ValidationError by field; LaterRecords if
    there are records of that day or later, which ``over_records`` accepts.
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    if away := selectors.open_inactivity(actor, enterprise_id):
        words = _(
            "The enterprise is already off the register since %(day)s (%(state)s). Put it back on the register first."
        )
        raise access.WrongState(words % {"day": away.from_on.isoformat(), "state": away.get_kind_display()})
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        _check_kind(kind)
    with faults.of():
        _check_leaving(actor, enterprise, from_on)
    with faults.of():
        _merged_into(actor, enterprise, kind, merged_into_id, from_on)
    with faults.of():
        reason = required_reason(given)
    faults.refuse()
    assert from_on is not None
    later = records_since(enterprise, from_on)
    if later and not over_records:
        raise LaterRecords(later, from_on)
    inactivity = Inactivity.objects.create(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        kind=kind,
        from_on=from_on,
        reason=reason,
        reason_is_read=True,
        merged_into_id=_merged_into(actor, enterprise, kind, merged_into_id, from_on),
    )
    _bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.DEACTIVATE_ENTERPRISE,
        target=enterprise,
        after=auditing.snapshot(inactivity),
        reason=reason,
    )
    if inactivity.merged_into_id:
        auditing.record(
            actor=actor,
            action=AuditAction.ABSORB_ENTERPRISE,
            target=selectors.get_enterprise(actor, inactivity.merged_into_id),
            after={"merged_id": enterprise.pk, "on": from_on.isoformat()},
            reason=reason,
        )
    return inactivity


def _check_kind(kind: str) -> None:
    if kind not in InactiveReason.values:
        raise ValidationError({"kind": _("Choose whether it is suspended, closed or merged.")})


def _check_leaving(actor: Actor, enterprise: Enterprise, from_on: dt.date | None) -> None:
    from_on = _not_to_come(from_on, "from_on")
    refuse_implausible(Inactivity(from_on=from_on))
    if enterprise.registered_on and from_on < enterprise.registered_on:
        words = _("The enterprise has been on the register only since %(day)s.")
        raise ValidationError({"from_on": words % {"day": enterprise.registered_on}})
    last = selectors.list_inactivities(actor, enterprise.pk).exclude(Inactivity.IS_VOID).first()
    if last and last.until_on and from_on < last.until_on:
        words = _("The enterprise was off the register until %(day)s. Choose that day or a later one.")
        raise ValidationError({"from_on": words % {"day": last.until_on}})


@transaction.atomic
def reactivate(*, actor: Actor, enterprise_id: int, on: dt.date | None, reason: str) -> Enterprise:
    """Put an enterprise back on the register from a day.

    Raises DoesNotExist, NotAllowed, WrongState (already on the register), ValidationError by field.
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    inactivity = selectors.open_inactivity(actor, enterprise_id)
    if inactivity is None:
        raise access.WrongState(_("The enterprise is already on the register."))
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        _check_return(inactivity, on)
    with faults.of():
        reason = required_reason(given)
    faults.refuse()
    assert on is not None
    inactivity.until_on = on
    inactivity.save(update_fields=["until_on"])
    _bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.REACTIVATE_ENTERPRISE,
        target=enterprise,
        after={"on": on.isoformat(), "was": inactivity.kind},
        reason=reason,
    )
    return enterprise


@transaction.atomic
def void_inactivity(*, actor: Actor, enterprise_id: int, period: int | None, reason: str) -> Inactivity:
    """Take back a time off the register that was recorded by mistake: the enterprise was on it all the time.

    The row stays, without a day in it, and the audit log keeps what it said. Raises DoesNotExist, NotAllowed,
    ValidationError by field (``period``: the id of an inactivity that is not void).
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        reason = required_reason(given)
    inactivity = (
        selectors.list_inactivities(actor, enterprise_id)
        .exclude(Inactivity.IS_VOID)
        .filter(pk=period or 0)
        .first()
    )
    if inactivity is None:
        faults.add(ValidationError({"period": _("Choose one of the periods.")}))
    faults.refuse()
    assert inactivity is not None
    was_until = inactivity.until_on
    inactivity.until_on = inactivity.from_on
    inactivity.save(update_fields=["until_on"])
    _bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.REACTIVATE_ENTERPRISE,
        target=enterprise,
        before={"until_on": was_until.isoformat() if was_until else None},
        after={
            "on": inactivity.from_on.isoformat(),
            "was": inactivity.kind,
            "mistaken": True,
            "until_on": inactivity.from_on.isoformat(),
        },
        reason=reason,
    )
    heir = selectors.visible(actor).filter(pk=inactivity.merged_into_id or 0).first()
    if heir is not None:
        auditing.record(
            actor=actor,
            action=AuditAction.NOT_ABSORBED,
            target=heir,
            after={"merged_id": enterprise.pk, "on": inactivity.from_on.isoformat()},
            reason=reason,
        )
    return inactivity


def _check_return(inactivity: Inactivity, on: dt.date | None) -> None:
    on = _not_to_come(on, "on")
    refuse_implausible(
        Inactivity(from_on=inactivity.from_on, until_on=on), ["until_on"], names={"until_on": "on"}
    )
    if on <= inactivity.from_on:
        words = _(
            "Choose a date after %(day)s, the day on which the enterprise left the register. If it never left, say so under"
            " “Recorded by mistake”."
        )
        raise ValidationError({"on": words % {"day": inactivity.from_on}})


def records_since(enterprise: Enterprise, day: dt.date) -> list[tuple[str, int, dt.date]]:
    """Return the kinds of dated records about an enterprise of a day or later: the kind, how many, the latest day.

    Every kind of fact points at its enterprise and names the field that dates it.
    """
    found = []
    for kind, rows in _dated([enterprise]):
        number, last = (
            rows.filter(**{f"{kind.dated_by}__gte": day})
            .aggregate(number=Count("pk"), last=Max(kind.dated_by))
            .values()
        )
        if number:
            found.append((str(kind._meta.verbose_name), number, last))
    return found


def _dated(enterprises: Collection[Enterprise]) -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Return the kinds of dated records about enterprises, each with its records that are not void."""
    for relation in Enterprise._meta.related_objects:
        kind: Any = relation.related_model
        if hasattr(kind, "dated_by"):
            yield kind, kind._default_manager.filter(enterprise__in=enterprises, voided_at=None)


def _last_recorded(enterprises: Collection[Enterprise], after: dt.date) -> dict[int, tuple[dt.date, str]]:
    """Return by enterprise the last day after a day of which its present station recorded something, and its kind."""
    stations = {each.pk: each.station_id for each in enterprises}
    found: dict[int, tuple[dt.date, str]] = {}
    for kind, rows in _dated(enterprises):
        later = rows.filter(**{f"{kind.dated_by}__gt": after}).order_by()
        lasts = later.values_list("enterprise_id", "issued_by_station_id").annotate(last=Max(kind.dated_by))
        for pk, station_id, last in lasts:
            if station_id == stations[pk] and (pk not in found or last > found[pk][0]):
                found[pk] = (last, str(kind._meta.verbose_name))
    return found


def _last_acts(enterprises: Collection[Enterprise]) -> dict[int, tuple[dt.date, str]]:
    """Return by enterprise the last day of an act on a record about it, and the kind of the record.

    An act fills a column that its kind names as ``acted``, or replaces one (``earlier_until_on``).
    """
    found: dict[int, tuple[dt.date, str]] = {}
    for relation in Enterprise._meta.related_objects:
        kind: Any = relation.related_model
        names = set(getattr(kind, "acted", ())) - getattr(kind, "stepped_deadlines", frozenset())
        names |= {"earlier_until_on"} if getattr(kind, "stepped", ()) else set()
        if names:
            rows = kind._default_manager.filter(enterprise__in=enterprises, voided_at=None).order_by()
            lasts = rows.values("enterprise_id").annotate(**{f"last_{name}": Max(name) for name in names})
            for row in lasts:
                pk = row.pop("enterprise_id")
                ends = [(day, str(kind._meta.verbose_name)) for day in row.values() if day]
                if ends:
                    found[pk] = max(*ends, found.get(pk, ends[0]))
    return found


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
    on = _not_to_come(on, "on")
    refuse_implausible(Custody(until_on=on), names={"until_on": "on"})
    return on


def _refuse_day(actor: Actor, enterprises: Collection[Enterprise], on: dt.date) -> dict[int, str]:
    """Return by enterprise why it cannot change its station on a day. The number of queries does not grow with theirs."""
    moved = _lasts(Custody.objects.filter(enterprise__in=enterprises), last=Max("until_on"))
    served = _lasts(
        Liaison.objects.filter(enterprise__in=enterprises),
        began=Max("from_on", filter=Q(until_on=None)),
        ended=Max("until_on"),
    )
    away = _lasts(
        Inactivity.objects.filter(enterprise__in=enterprises).exclude(Inactivity.IS_VOID),
        left=Max("from_on"),
        back=Max("until_on"),
    )
    # the system brings histories that are written after the fact
    acted = _last_acts(enterprises) if actor.user_id else {}
    recorded = _last_recorded(enterprises, on)
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


def _lasts(rows: QuerySet[Any], **days: Max) -> dict[int, dict[str, dt.date | None]]:
    """Return the last days of rows by their enterprise."""
    found = rows.order_by().values("enterprise_id").annotate(**days)
    return {row.pop("enterprise_id"): row for row in found}


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
    return Judgement(ready, same, refused)


def _merged_into(
    actor: Actor, enterprise: Enterprise, kind: str, merged_into_id: int | None, from_on: dt.date | None
) -> int | None:
    if kind != InactiveReason.MERGED:
        if merged_into_id:
            raise ValidationError({"merged_into": NO_MERGER})
        return None
    if merged_into_id == enterprise.pk:
        raise ValidationError({"merged_into": _("An enterprise cannot merge into itself.")})
    there = selectors.list_enterprises(actor).filter(pk=merged_into_id) if merged_into_id else None
    if there is None or not there.exists():
        raise ValidationError(
            {"merged_into": _("Choose the enterprise it merged into; it must be on the register.")}
        )
    if from_on and not there.filter(selectors.on_register(from_on)).exists():
        words = _("That enterprise was not on the register on %(day)s.")
        raise ValidationError({"merged_into": words % {"day": from_on.isoformat()}})
    return merged_into_id


def _not_to_come(day: dt.date | None, field: str) -> dt.date:
    if day is None:
        raise ValidationError({field: _("Enter a date such as 2026-10-04.")})
    if day > timezone.localdate():
        raise ValidationError({field: _("This date is in the future.")})
    return day


def _bump(enterprise: Enterprise) -> None:
    """Make forms opened before this change stale."""
    enterprise.version += 1
    enterprise.save(update_fields=["version", "changed_at"])
