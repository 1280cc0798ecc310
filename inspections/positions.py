"""Key positions of an enterprise: adding, changing and ending one, and which hazards are at one.

A hazard is at the key position that is called as its place is, if that one was in use when the hazard was found. It is
linked when it is recorded, corrected or imported, or when the position is added; after that the position may be called
otherwise, and the hazard keeps its words.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.operations.days import not_to_come
from enterprises.selectors import own_inactivity
from facts.attachments import AWAY
from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.database.once import asked_once
from foundation.identifiers import folded
from foundation.searching import as_typed
from inspections.access import Permission
from inspections.choices import PositionKind
from inspections.models import Hazard, KeyPosition

ENDED = gettext_lazy("This key position has ended.")
ADD, CHANGE, END, RESUME = "add", "change", "end", "resume"
MOST = 200  # in use at one enterprise
# what a place is probably, by a word in its name
WORDS = {
    PositionKind.CASH: ("财务", "出纳", "收银", "cashier", "finance"),
    PositionKind.VAULT: ("金库", "保险柜", "保险箱", "vault", "safe"),
    PositionKind.DANGEROUS: (
        "危险",
        "危化",
        "易制",
        "剧毒",
        "爆炸",
        "放射",
        "化学品",
        "dangerous",
        "chemical",
    ),
    PositionKind.CONTROL: ("监控", "消控", "中控", "值班室", "monitoring", "control room"),
    PositionKind.POWER: ("配电", "变电", "发电", "电房", "power", "electric"),
    PositionKind.SUPPLY: ("供水", "泵房", "水池", "燃气", "锅炉", "供热", "water", "boiler", "gas"),
    PositionKind.SERVER: ("机房", "服务器", "数据中心", "server"),
    PositionKind.ARCHIVE: ("档案", "机要", "涉密", "archive"),
    PositionKind.GATE: ("大门", "门岗", "门卫", "出入口", "入口", "出口", "gate", "entrance", "exit"),
    PositionKind.PERIMETER: ("周界", "围墙", "围栏", "perimeter", "fence"),
    PositionKind.CANTEEN: ("食堂", "餐厅", "厨房", "canteen", "kitchen"),
    PositionKind.STORE: ("仓库", "库房", "仓储", "料场", "warehouse", "store"),
    PositionKind.PRODUCTION: ("车间", "生产线", "workshop", "production"),
}


# --- reads ------------------------------------------------------------------------------------------------------------


def visible_positions(actor: Actor, enterprise_id: int | None = None) -> QuerySet[KeyPosition]:
    """Return the key positions that the actor may see, ended ones too: of their stations, or of their enterprise."""
    rows = KeyPosition.objects.filter(station_id__in=actor.stations)
    if actor.is_enterprise:
        rows = rows.filter(enterprise_id=actor.enterprise_id)
    return rows if enterprise_id is None else rows.filter(enterprise_id=enterprise_id)


def list_positions(actor: Actor, enterprise_id: int) -> list[Any]:
    """Return the key positions of an enterprise, those in use first, each with ``hazards``, the number still open. One query."""
    at_it = Hazard.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), key_position_id=OuterRef("pk"), voided_at=None
    )
    rows = visible_positions(actor, enterprise_id).annotate(
        hazards=_number(at_it.filter(closed_on=None)), hazards_ever=_number(at_it)
    )
    return list(rows.order_by(F("ended_on").desc(nulls_first=True), "name", "pk"))


def _number(rows: QuerySet[Hazard]) -> Coalesce:
    counted = rows.order_by().values("key_position_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def get_position(actor: Actor, id: int) -> KeyPosition:
    """Return one key position. Raise Http404 if the actor does not see it."""
    found = visible_positions(actor).select_related("enterprise").filter(pk=id).first()
    if found is None:
        raise Http404(f"no key position {id}")
    return found


def position_of(actor: Actor, hazard: Hazard) -> KeyPosition | None:
    """Return the key position of a hazard, None without one. One query if it has one."""
    if not hazard.key_position_id:
        return None
    return visible_positions(actor, hazard.enterprise_id).filter(pk=hazard.key_position_id).first()


def names_of_positions(actor: Actor, enterprise_id: int, text: str = "", *, most: int) -> list[KeyPosition]:
    """Return the key positions in use at an enterprise, those whose names have the text."""
    rows = visible_positions(actor, enterprise_id).filter(ended_on=None)
    return list(rows.filter(as_typed(text, ("name",)))[:most] if text else rows[:most])


def kind_of_name(name: str) -> str:
    """Return the kind that a name says, "" if it says none."""
    text = name.casefold()
    return next((kind for kind, words in WORDS.items() if any(each in text for each in words)), "")


# --- which hazards are at one ---------------------------------------------------------------------------------------


def _in_use_on(found_on: Any) -> Q:
    return Q(ended_on=None) | Q(ended_on__gt=found_on)


def position_called(enterprise_id: int | None, place: str, found_on: dt.date | None) -> int:
    """Return the number of the key position that is called so and was in use on a day, 0 if there is none. One query."""
    # asked before form and operation refuse what cannot be
    if not (enterprise_id and place and isinstance(found_on, dt.date)) or "\x00" in place:
        return 0
    rows = KeyPosition.objects.filter(_in_use_on(found_on), enterprise_id=enterprise_id, name=place)
    latest = rows.order_by(F("ended_on").desc(nulls_first=True)).values_list("pk", flat=True)
    return latest.first() or 0


def positions_called(enterprise_id: int, places: Collection[str], found_on: dt.date) -> dict[str, int]:
    """Return the numbers of the key positions that are called so and were in use on a day, by name. One query."""
    names = {place for place in places if "\x00" not in place}
    if not names:
        return {}
    return {
        each.name: each.pk
        for each in positions_latest_last(enterprise_id)
        if each.name in names and (each.ended_on is None or each.ended_on > found_on)
    }


def by_end(enterprise_id: int) -> QuerySet[KeyPosition]:
    """Return the key positions of an enterprise, which are few, in the order in which they ended, those in use last."""
    rows = KeyPosition.objects.filter(enterprise_id=enterprise_id)
    return rows.order_by(F("ended_on").asc(nulls_last=True))


@asked_once
def positions_latest_last(enterprise_id: int) -> list[KeyPosition]:
    """Return the rows of ``by_end``. One query."""
    return list(by_end(enterprise_id))


def link_hazards(enterprise_ids: Collection[int]) -> int:
    """Link the hazards of these enterprises that are at a key position and are not linked. Return how many. One query."""
    called = KeyPosition.objects.filter(
        _in_use_on(OuterRef("found_on")), enterprise_id=OuterRef("enterprise_id"), name=OuterRef("place")
    ).order_by(F("ended_on").desc(nulls_first=True))
    rows = Hazard.objects.filter(enterprise_id__in=enterprise_ids, key_position_id=0).exclude(place="")
    return rows.filter(Exists(called)).update(key_position_id=Subquery(called.values("pk")[:1]))


def same_place(place: str, key_position_id: int) -> Q:
    """Return the condition on hazards that they are at the same place: by key position where both have one, else by text."""
    if not key_position_id:
        return Q(place=place)
    return Q(key_position_id=key_position_id) | Q(place=place, key_position_id=0)


def same_place_as_outer() -> Q:
    """Return the same condition on hazards and the hazard of an outer query."""
    other = OuterRef("key_position_id")
    one_has_none = Q(key_position_id=0) | Q(Exact(other, 0))
    return Q(key_position_id=other, key_position_id__gt=0) | (Q(place=OuterRef("place")) & one_has_none)


# --- writes -----------------------------------------------------------------------------------------------------------


@transaction.atomic
@as_declared
def add_key_position(*, actor: Actor, enterprise_id: int, name: str, kind: str) -> KeyPosition:
    """Add a key position, and link the hazards whose place is called so.

    Raise NotAllowed, Http404, ValidationError at ``name`` and ``kind``, WrongState for an enterprise's people while it
    is off the register.
    """
    enterprise = _locked(actor, enterprise_id)
    made = KeyPosition(enterprise=enterprise, station_id=enterprise.station_id, name=name, kind=kind)
    _check(made)
    _refuse_name_of_ended(made)
    rows = KeyPosition.objects.filter(enterprise_id=enterprise.pk, ended_on=None)
    if rows.count() >= MOST:
        raise ValidationError({"name": _("At most %(most)d key positions.") % {"most": MOST}})
    made.save(force_insert=True)
    linked = link_hazards([enterprise.pk])
    _record(actor, ADD, made, {}, {"name": made.name, "kind": made.kind, "hazards": linked})
    return made


@transaction.atomic
@as_declared
def change_key_position(*, actor: Actor, id: int, version: int | None, name: str, kind: str) -> KeyPosition:
    """Call a key position otherwise, or change its kind. Its hazards stay with it and keep their words.

    Raise as add_key_position, StaleRecord, WrongState for one that has ended, ValidationError also if nothing differs.
    """
    position = _lock(actor, id, version)
    if position.ended_on:
        raise WrongState(str(ENDED))
    before = {"name": position.name, "kind": position.kind}
    position.name, position.kind = name, kind
    _check(position)
    after = {"name": position.name, "kind": position.kind}
    if after == before:
        raise ValidationError(_("Nothing was changed."))
    _save(position, "name", "kind")
    link_hazards([position.enterprise_id])
    _record(actor, CHANGE, position, *auditing.changes(before, after))
    return position


@transaction.atomic
@as_declared
def end_key_position(*, actor: Actor, id: int, version: int | None, ended_on: dt.date) -> KeyPosition:
    """End a key position: from that day on it is none. It stays with its hazards.

    Raise as change_key_position, ValidationError at ``ended_on`` if a hazard was found at it on that day or later.
    """
    position = _lock(actor, id, version)
    if position.ended_on:
        raise WrongState(str(ENDED))
    position.ended_on = not_to_come(ended_on, "ended_on")
    refuse_implausible(position)
    at_it = Hazard.objects.filter(
        enterprise_id=position.enterprise_id, key_position_id=position.pk, voided_at=None
    )
    last = at_it.filter(found_on__gte=ended_on).order_by("found_on").values_list("found_on", flat=True).last()
    if last:
        words = _("A hazard was found at it on %(day)s. Choose a later day.")
        raise ValidationError({"ended_on": words % {"day": last.isoformat()}})
    _save(position, "ended_on")
    _record(actor, END, position, {"ended_on": None}, {"ended_on": ended_on.isoformat()})
    return position


@transaction.atomic
@as_declared
def resume_key_position(*, actor: Actor, id: int) -> KeyPosition:
    """Take the end of a key position back. Raise as change_key_position, WrongState if another one is called so now."""
    position = _lock(actor, id, None)
    if position.ended_on is None:
        raise WrongState(_("This key position is in use."))
    before = position.ended_on.isoformat()
    position.ended_on = None
    if other := _in_use_as(position):
        words = _(
            "Another key position in use is called “%(name)s” (%(kind)s). Rename or end that one first, then take the end of this one back."
        )
        raise WrongState(words % {"name": other.name, "kind": other.get_kind_display()})
    _check(position)
    _save(position, "ended_on")
    link_hazards([position.enterprise_id])
    _record(actor, RESUME, position, {"ended_on": before}, {"ended_on": None})
    return position


def _locked(actor: Actor, enterprise_id: int) -> Any:
    require(actor, Permission.MANAGE_KEY_POSITIONS)
    enterprise = lock_enterprise(actor, enterprise_id)
    if actor.is_enterprise and own_inactivity(actor) is not None:
        raise WrongState(str(AWAY))
    return enterprise


def _lock(actor: Actor, id: int, version: int | None) -> KeyPosition:
    seen = get_position(actor, id)
    _locked(actor, seen.enterprise_id)
    position = get_position(actor, id)  # nobody changes it now: whoever would waits for the enterprise
    if version is not None and version != position.version:
        raise StaleRecord(_("Somebody changed this key position after you opened it."))
    return position


def _refuse_name_of_ended(made: KeyPosition) -> None:
    """Raise ValidationError at ``name`` if one of this name has ended: that one is taken up again, with its hazards."""
    rows = KeyPosition.objects.filter(enterprise_id=made.enterprise_id).exclude(ended_on=None)
    named = folded(made.name)
    ended = next((each for each in rows.order_by("-ended_on") if folded(each.name) == named), None)
    if ended is not None and ended.ended_on is not None:
        words = _("A key position of this name ended on %(day)s. Take its end back, or choose another name.")
        raise ValidationError({"name": words % {"day": ended.ended_on.isoformat()}})


def _in_use_as(position: KeyPosition) -> KeyPosition | None:
    """Return another key position of the enterprise in use that is called so, in whatever spelling."""
    rows = KeyPosition.objects.filter(enterprise_id=position.enterprise_id, ended_on=None)
    named = folded(position.name)  # of at most two hundred
    return next((each for each in rows.exclude(pk=position.pk) if folded(each.name) == named), None)


def _check(position: KeyPosition) -> None:
    refuse_unstorable(position)
    position.name = position.name.strip()
    position.full_clean(exclude={"enterprise", "station"}, validate_unique=False, validate_constraints=False)
    if _in_use_as(position):
        raise ValidationError({"name": _("The enterprise has a key position of this name.")})
    refuse_implausible(position)


def _save(position: KeyPosition, *fields: str) -> None:
    position.version += 1
    position.save(update_fields=[*fields, "version"])


def _record(
    actor: Actor, act: str, position: KeyPosition, before: dict[str, Any], after: dict[str, Any]
) -> None:
    action = kind_of_model(KeyPosition).action(act)
    auditing.record(actor=actor, action=action, target=position, before=before, after=after)
