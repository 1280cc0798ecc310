"""Registering enterprises and editing their entries."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import selectors
from enterprises.access import Permission
from enterprises.choices import AuditAction, KeyUnitClass
from enterprises.models import Enterprise, Inactivity
from enterprises.search_keys import police_text, search_text, sort_key
from foundation.accounts import access, audit_words, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry, Bureau, RoleGrant, Station
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import refuse_implausible
from foundation.database.fields import field_of, written_out
from foundation.database.turns import take_turn
from foundation.faults import Faults, in_one_line
from foundation.identifiers import IdentifierField, folded
from foundation.searching import searchable
from foundation.tenancy.scope import seeing_undone
from foundation.texts import unstorable
from foundation.words import sentences, visible

EDITABLE = (
    "name",
    "credit_code",
    "site",
    "address",
    "division_code",
    "street",
    "industry_code",
    "category",
    "legal_representative",
    "responsible_person",
    "security_chief",
    "phone",
    "headcount",
    "key_unit_class",
    "protection_level",
    "dangerous_goods",
    "registered_on",
)
FROM_SOURCE = ("external_id", "source_values")
BATCH = 5_000
# The days of what says that something happened at an enterprise, and is no fact.
_DAYS = {
    "custody": "until_on",
    "inactivity": "from_on",
    "liaison": "from_on",
    "screening": "screened_on",
    "enterprisereport": "told_on",
    "paper": "issued_on",
}


class Namesake(access.WrongState):
    """The register has an enterprise of the same name (``enterprise``), which may still be a different one.

    ``faults`` are what else is wrong.
    """

    def __init__(self, enterprise: Enterprise, faults: Faults) -> None:
        super().__init__(_("An enterprise with this name already exists."))
        self.enterprise, self.faults = enterprise, faults


@transaction.atomic
@as_declared
def register_enterprise(
    *, actor: Actor, station_id: int | None = None, refuse_namesake: bool = False, **fields: Any
) -> Enterprise:
    """Register a new enterprise at the actor's station.

    Only the system, which works in several stations, passes ``station_id``. Raises NotAllowed, or ValidationError by
    field, also for a credit code registered with another station, and if a person does not say since when it has been on
    the register (``registered_on``; None: always). With ``refuse_namesake`` raises Namesake, so that a
    form sent twice registers one enterprise.
    """
    access.require(actor, Permission.REGISTER_ENTERPRISES)
    faults = Faults()
    if actor.user_id and "registered_on" not in fields:
        words = _("Say since when it has been on the register, or that it always was.")
        faults.add(ValidationError({"registered_on": words}))
    enterprise = _new(actor, {"station_id": station_id or actor.station_id, **fields})
    storable = False
    with faults.of():
        _clean(enterprise)
        storable = True
    with faults.of():
        refuse_implausible(enterprise)
    if refuse_namesake and "name" not in faults.by_field and (found := _namesake(actor, enterprise.name)):
        raise Namesake(found, faults)
    if (
        storable
    ):  # also with other faults, which take it back: only the database knows whether a code is taken
        with faults.of():
            _save(enterprise)
    faults.refuse()
    auditing.record(
        actor=actor,
        action=AuditAction.REGISTER_ENTERPRISE,
        target=enterprise,
        after=auditing.snapshot(enterprise),
    )
    return enterprise


@transaction.atomic
@as_declared
def edit_enterprise(
    *, actor: Actor, enterprise_id: int, version: int, imported: bool = False, **fields: Any
) -> Enterprise:
    """Change an entry that is still at ``version``. ``imported``: what is implausible is only remarked on the row.

    Raises DoesNotExist (not visible), NotAllowed, StaleRecord (somebody else changed it; says who), ValidationError
    by field. A new name is copied to the roles of the enterprise's users. Writes nothing if nothing changes.
    """
    access.require(actor, Permission.EDIT_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    require_version(actor, enterprise, version)
    old, new, faults = _edited(enterprise, fields, imported=imported)
    if "registered_on" in new and not imported:
        with faults.of():
            _refuse_after_records(enterprise)
    faults.refuse()
    if not new:
        return enterprise
    enterprise.version += 1
    _save(enterprise)
    if "name" in new:
        RoleGrant.objects.filter(enterprise_id=enterprise.pk).update(enterprise_name=enterprise.name)
    auditing.record(actor=actor, action=AuditAction.EDIT_ENTERPRISE, target=enterprise, before=old, after=new)
    return enterprise


def _edited(
    enterprise: Enterprise, fields: Mapping[str, Any], *, imported: bool = False
) -> tuple[dict[str, Any], dict[str, Any], Faults]:
    """Give an entry these values. Return what changes, before and after, and what is wrong with it."""
    before = auditing.snapshot(enterprise)
    _assign(enterprise, fields, EDITABLE)
    faults = Faults()
    with faults.of():
        _clean(enterprise)
    old, new = auditing.changes(before, auditing.snapshot(enterprise))
    if not imported:
        with faults.of():
            refuse_implausible(enterprise, new)
    return old, new, faults


@transaction.atomic
@as_declared
def set_key_unit_class(*, actor: Actor, enterprise_id: int, key_unit_class: str) -> Enterprise:
    """Set the class of key unit of an entry, whatever its version: it overwrites nothing that somebody typed.

    Raises as :func:`edit_enterprise`.
    """
    access.require(actor, Permission.EDIT_ENTERPRISES)
    version = locked(actor, enterprise_id).version
    return edit_enterprise(
        actor=actor, enterprise_id=enterprise_id, version=version, key_unit_class=key_unit_class
    )


def judge_key_unit_class(*, actor: Actor, enterprise_ids: Iterable[int], key_unit_class: str) -> Judgement:
    """Return what :func:`set_key_unit_class` would do to each of these enterprises now, and change nothing. One query."""
    access.require(actor, Permission.EDIT_ENTERPRISES)
    judged = Judgement()
    for pk, enterprise in selectors.visible(actor).in_bulk(list(enterprise_ids)).items():
        old, new, faults = _edited(enterprise, {"key_unit_class": key_unit_class})
        if faults:
            judged.refused[pk] = sentences(*ValidationError(faults.by_field).messages)
        elif new:
            judged.ready.append(pk)
            if old["key_unit_class"]:
                judged.replaces[pk] = str(KeyUnitClass(old["key_unit_class"]).label)
        else:
            judged.same.append(pk)
    return judged


@transaction.atomic
def register_many(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> list[Enterprise]:
    """Register enterprises in bulk, for imports and the demo: one INSERT per 5,000 rows, one audit entry for all.

    A row has ``station_id`` (default: the actor's station) and any field of :data:`EDITABLE` and :data:`FROM_SOURCE`.
    All or nothing: the first invalid row raises ValidationError with its number (``row``, from 0). Returns the
    enterprises with their ids, in the order of the rows.
    """
    access.require(actor, Permission.REGISTER_ENTERPRISES)
    written: list[Enterprise] = []
    pending = enumerate(rows)
    while batch := list(islice(pending, BATCH)):
        enterprises = [_checked(actor, number, row) for number, row in batch]
        try:
            with transaction.atomic():
                written += Enterprise.objects.bulk_create(enterprises)
        except IntegrityError as error:
            raise ValidationError(
                _(
                    "Nothing was registered: a credit code or number in these rows is already on "
                    "the register. %(detail)s"
                )
                % {"detail": _detail(error)}
            ) from error
    if written:
        auditing.write([_entry_of_batch(actor, written)], actor=actor)
    return written


@transaction.atomic
@as_declared
def take_back(*, actor: Actor, enterprise_ids: Iterable[int]) -> int:
    """Take enterprises back that one import had registered, with one audit entry; return how many.

    From then on nobody sees them, and their codes and numbers are free. The caller has checked that nothing builds on
    them.
    """
    access.require(actor, Permission.REGISTER_ENTERPRISES)
    rows = Enterprise.objects.filter(pk__in=list(enterprise_ids), bureau_id=actor.bureau_id)
    with seeing_undone():
        count = rows.update(undone_at=timezone.now(), version=models.F("version") + 1)
    if count:
        entry = auditing.entry(
            actor=actor,
            action=AuditAction.TAKE_BACK_ENTERPRISES,
            target=Bureau(pk=actor.bureau_id, name=actor.organisation),
            after={"records": count},
        )
        auditing.write([entry], actor=actor)
    return count


def _namesake(actor: Actor, name: str) -> Enterprise | None:
    """Return the enterprise of this name, but for case, width and blanks.

    Serializes requests for the same name until the end of the transaction.
    """
    wanted = folded(name)
    take_turn(wanted, actor.station_id or 0)
    unspaced = Replace("search_text", models.Value(" "), models.Value(""))  # it begins with the name
    similar = selectors.visible(actor).alias(unspaced=unspaced)
    similar = similar.filter(unspaced__startswith=searchable(name).replace(" ", "")).order_by("id")
    return next((each for each in similar if folded(each.name) == wanted), None)


def lock_in_order(enterprise_ids: Iterable[int]) -> None:
    """Lock enterprises of the scope against acts on them and on their records, in the order of their ids.

    Whoever locks several does it in this order, before any of their records: otherwise two would wait for each other.
    """
    lock_with_stations(enterprise_ids)


def lock_with_stations(enterprise_ids: Iterable[int]) -> dict[int, int]:
    """Lock enterprises of the scope as :func:`lock_in_order`, and return the station of each, which it keeps until the transaction ends."""
    ids = sorted(enterprise_ids)
    found: dict[int, int] = {}
    for start in range(0, len(ids), BATCH):
        part = Enterprise.objects.filter(pk__in=ids[start : start + BATCH])
        found |= dict(part.order_by("pk").select_for_update(no_key=True).values_list("pk", "station_id"))
    return found


def locked(actor: Actor, enterprise_id: int) -> Enterprise:
    """Return the enterprise, locked until the end of the transaction; DoesNotExist if it is not visible."""
    return selectors.visible(actor).select_for_update().get(pk=enterprise_id)


def bump(enterprise: Enterprise) -> None:
    """Make forms opened before this change stale."""
    enterprise.version += 1
    enterprise.save(update_fields=["version", "changed_at"])


def require_version(actor: Actor, enterprise: Enterprise, version: int) -> None:
    """Raise StaleRecord, saying who, if somebody changed the entry since it was opened."""
    if enterprise.version == version:
        return
    change = selectors.last_change(actor, enterprise.pk)
    if change is None:
        raise access.StaleRecord(_("Someone else changed this entry while you had it open."))
    moment = timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M")
    raise access.StaleRecord(
        _("%(who)s changed this entry at %(moment)s, while you had it open.")
        % {"who": audit_words.who(change), "moment": moment}
    )


def _new(actor: Actor, fields: Mapping[str, Any]) -> Enterprise:
    own = dict(fields)
    station_id = own.pop("station_id", None) or actor.station_id
    if station_id not in actor.stations:
        raise access.NotAllowed(Permission.REGISTER_ENTERPRISES)
    enterprise = Enterprise(bureau_id=actor.bureau_id, station_id=station_id, **_written_out())
    _assign(enterprise, own, EDITABLE + FROM_SOURCE)
    return enterprise


@cache
def _written_out() -> dict[str, Any]:
    return written_out(Enterprise)


def _assign(enterprise: Enterprise, fields: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for name, value in fields.items():
        if name not in allowed:
            raise TypeError(f"{name} is not a field of the register")
        if isinstance(value, str):
            field = field_of(Enterprise, name)
            value = field.normalise(value) if isinstance(field, IdentifierField) else visible(value).strip()
        setattr(enterprise, name, value)
    enterprise.search_text = search_text(
        name=enterprise.name,
        credit_code=enterprise.credit_code,
        external_id=enterprise.external_id,
        address=enterprise.address,
    )
    enterprise.police_text = police_text(
        legal_representative=enterprise.legal_representative,
        responsible_person=enterprise.responsible_person,
        security_chief=enterprise.security_chief,
        phone=enterprise.phone,
    )
    enterprise.sort_key = sort_key(enterprise.name)


def _clean(enterprise: Enterprise) -> None:
    """Check the fields, but not unique keys: PostgreSQL checks those, because it sees rows that this actor may not."""
    errors = {}
    for field in enterprise._meta.concrete_fields:
        value = getattr(enterprise, field.attname)
        if isinstance(value, str) and field.name in EDITABLE + FROM_SOURCE and (why := unstorable(value)):
            errors[field.name] = ValidationError(why)
    if errors:
        raise ValidationError(errors)
    faults = Faults()
    with faults.of():
        enterprise.clean_fields(exclude=["bureau", "station"])
    if enterprise.registered_on and enterprise.registered_on > timezone.localdate():
        faults.add(ValidationError({"registered_on": _("This date is in the future.")}))
    faults.refuse()


def _refuse_after_records(enterprise: Enterprise) -> None:
    """Raise ValidationError if an enterprise would come onto the register after something that happened on it."""
    if first := first_record_before(enterprise, enterprise.registered_on):
        raise ValidationError({"registered_on": after_records(first)})


def after_records(first: dt.date) -> str:
    """Return why an enterprise cannot come onto the register after a record about it, the first of this day."""
    words = _("There are records about it from %(day)s on. Choose that day or an earlier one.")
    return words % {"day": first.isoformat()}


def first_record_before(enterprise: Enterprise, day: dt.date | None) -> dt.date | None:
    """Return the first day of a record about an enterprise before a day; None without one, or without a day."""
    if day is None:
        return None
    first: dt.date | None = None
    for relation in enterprise._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        kind: Any = relation.related_model
        name = getattr(kind, "dated_by", None) or _DAYS.get(kind._meta.model_name)
        if name:
            rows = kind._default_manager.filter(enterprise=enterprise, **{f"{name}__lt": day})
            if hasattr(kind, "voided_at"):
                rows = rows.filter(voided_at=None)
            if kind is Inactivity:
                rows = rows.exclude(Inactivity.IS_VOID)
            found = rows.aggregate(first=models.Min(name))["first"]
            first = min(filter(None, (first, found)), default=None)
    return first


def _checked(actor: Actor, number: int, row: Mapping[str, Any]) -> Enterprise:
    enterprise = _new(actor, row)
    try:
        _clean(enterprise)
    except ValidationError as error:
        raise ValidationError(
            _("Row %(row)d: %(errors)s"), params={"row": number, "errors": in_one_line(error)}
        ) from error
    return enterprise


def _save(enterprise: Enterprise) -> None:
    try:
        with transaction.atomic():
            enterprise.save()
    except IntegrityError as error:
        raise _clash(enterprise, error) from error


def _clash(enterprise: Enterprise, error: IntegrityError) -> ValidationError:
    """Return the violated unique key as an error of its field. The other enterprise may be invisible to the actor."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "enterprise_credit_code_unique":
        field, same = "credit_code", models.Q(credit_code=enterprise.credit_code, site=enterprise.site)
    elif constraint == "enterprise_external_id_unique":
        field, same = "external_id", models.Q(external_id=enterprise.external_id)
    else:
        raise error
    # Row-level security hides enterprises of other stations, so None means that one of them has the key.
    other = Enterprise.objects.filter(same, bureau_id=enterprise.bureau_id).exclude(pk=enterprise.pk).first()
    if other is None:
        message = _("This enterprise is registered with another station. Ask that station to hand it over.")
    else:
        message = _(
            "%(name)s is already on the register. If one legal entity has several sites, give "
            "each its own site name."
        ) % {"name": other.name}
    return ValidationError({field: message})


def _detail(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "message_detail", "") or ""


def _entry_of_batch(actor: Actor, written: list[Enterprise]) -> AuditEntry:
    stations = {enterprise.station_id for enterprise in written}
    target: models.Model = (
        Station(pk=stations.pop(), bureau_id=actor.bureau_id)
        if len(stations) == 1
        else Bureau(pk=actor.bureau_id)
    )
    ids = [enterprise.pk for enterprise in written]
    entry = auditing.entry(
        actor=actor,
        action=AuditAction.REGISTER_ENTERPRISES,
        target=target,
        after={"count": len(ids), "first_id": min(ids), "last_id": max(ids)},
    )
    if isinstance(target, Station):
        entry.station_id = target.pk
    return entry
