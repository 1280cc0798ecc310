"""Writes of bureaus, stations and departments, by the platform operator (or the system, for an import or the demo)."""

from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import Bureau, Department, Station
from foundation.accounts.operations.editing import edit
from foundation.arguments import as_declared
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.database.turns import take_turn
from foundation.faults import Faults
from foundation.identifiers import folded

Organisation = TypeVar("Organisation", Bureau, Station, Department)
# the action of creating one
CREATED = {
    Bureau: AuditAction.CREATE_BUREAU,
    Station: AuditAction.CREATE_STATION,
    Department: AuditAction.CREATE_DEPARTMENT,
}


@transaction.atomic
@as_declared
def create_bureau(
    *, actor: Actor, code: str, name: str, rates_from: str = "", cut_off_days: int | None = 3
) -> Bureau:
    """Open a bureau. Raise NotAllowed, ValidationError (the code exists)."""
    made = Bureau(code=code, name=name, rates_from=rates_from)
    made.cut_off_days = cut_off_days  # type: ignore[assignment]  # None is a fault with the others
    return _create(actor, made)


@transaction.atomic
@as_declared
def edit_bureau(*, actor: Actor, bureau_id: int, version: str = "", **fields: Any) -> Bureau:
    """Change name, first rated quarter or cut-off days. ``version``: the mark of the bureau that the form showed.

    Raise NotAllowed, Bureau.DoesNotExist, ValidationError, StaleRecord.
    """
    bureau = _locked(actor, Bureau, bureau_id)
    faults = Faults()
    with faults.of():
        _refuse_twin(bureau, name=fields.get("name", bureau.name))
    return edit(bureau, fields, actor=actor, action=AuditAction.EDIT_BUREAU, version=version, faults=faults)


@transaction.atomic
@as_declared
def create_station(*, actor: Actor, bureau_id: int, code: str, name: str) -> Station:
    """Open a station of a bureau. Raise NotAllowed, Bureau.DoesNotExist, ValidationError."""
    return _create(actor, Station(bureau=Bureau.objects.get(pk=bureau_id), code=code, name=name))


@transaction.atomic
@as_declared
def rename_station(*, actor: Actor, station_id: int, name: str, version: str = "") -> Station:
    """Rename a station; its code stays. Raise NotAllowed, Station.DoesNotExist, ValidationError, StaleRecord."""
    station = _locked(actor, Station, station_id)
    faults = Faults()
    with faults.of():
        _refuse_twin(station, name=name)
    fields = {"name": name}
    return edit(
        station, fields, actor=actor, action=AuditAction.RENAME_STATION, version=version, faults=faults
    )


@transaction.atomic
@as_declared
def create_department(*, actor: Actor, bureau_id: int, code: str, name: str, kind: str) -> Department:
    """Add a partner department to a bureau. Raise NotAllowed, Bureau.DoesNotExist, ValidationError."""
    return _create(
        actor, Department(bureau=Bureau.objects.get(pk=bureau_id), code=code, name=name, kind=kind)
    )


@transaction.atomic
@as_declared
def edit_department(*, actor: Actor, department_id: int, version: str = "", **fields: Any) -> Department:
    """Change name or kind. Raise NotAllowed, Department.DoesNotExist, ValidationError, StaleRecord."""
    department = _locked(actor, Department, department_id)
    faults = Faults()
    with faults.of():
        _refuse_twin(department, name=fields.get("name", department.name))
    return edit(
        department, fields, actor=actor, action=AuditAction.EDIT_DEPARTMENT, version=version, faults=faults
    )


def _create(actor: Actor, organisation: Organisation) -> Organisation:
    access.require(actor, Permission.MANAGE_ORGANISATIONS)
    _take_turn(organisation)
    faults = Faults()
    with faults.of():
        refuse_unstorable(organisation)
    with faults.of():
        _clean(organisation)
    if actor.user_id:  # an import opens the stations that its rows name
        with faults.of():
            refuse_implausible(organisation)
        with faults.of():
            _refuse_twin(organisation, code=organisation.code, name=organisation.name)
    faults.refuse()
    organisation.save()
    auditing.record(
        actor=actor,
        action=CREATED[type(organisation)],
        target=organisation,
        after=auditing.snapshot(organisation),
    )
    return organisation


def _clean(organisation: Bureau | Station | Department) -> None:
    """Raise ValidationError at each field that is wrong."""
    try:
        organisation.full_clean()
    except ValidationError as error:
        errors = error.message_dict
        # the one rule about two fields: a code is unique in its bureau
        if errors.pop(NON_FIELD_ERRORS, None):
            errors["code"] = [_("This code is already in use.")]
        raise ValidationError(errors) from error


def _take_turn(organisation: Bureau | Station | Department) -> None:
    """Let the later of two who take a code or name beside each other at once find what the earlier wrote."""
    take_turn(organisation._meta.label, 0 if isinstance(organisation, Bureau) else organisation.bureau_id)


def _refuse_twin(organisation: Bureau | Station | Department, **given: str) -> None:
    """Raise ValidationError at a new code or name that another organisation beside it has, but for case, width and blanks."""
    _take_turn(organisation)
    beside: QuerySet[Any] = type(organisation)._default_manager.exclude(pk=organisation.pk)
    if not isinstance(organisation, Bureau):
        beside = beside.filter(bureau=organisation.bureau)
    errors = {}
    for field, text in given.items():
        if organisation.pk and text == getattr(organisation, field):
            continue
        for other in beside.values_list(field, flat=True):
            if folded(other) == folded(text):
                words = _("There is already “%(other)s”. It would differ in case, width or blanks at most.")
                errors[field] = words % {"other": other}
    if errors:
        raise ValidationError(errors)


def _locked(actor: Actor, model: type[Organisation], pk: int) -> Organisation:
    access.require(actor, Permission.MANAGE_ORGANISATIONS)
    return model._default_manager.select_for_update().get(pk=pk)
