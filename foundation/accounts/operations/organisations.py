"""Bureaus, stations, departments: made by the platform operator (or the system, for an import or the demo)."""

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau, Department, Station

BUREAU_FIELDS = ("name", "rates_from", "cut_off_days")
STATION_FIELDS = ("name",)
DEPARTMENT_FIELDS = ("name", "kind")
Organisation = TypeVar("Organisation", bound=models.Model)


@transaction.atomic
def create_bureau(
    *, actor: Actor, code: str, name: str, rates_from: str = "", cut_off_days: int = 3
) -> Bureau:
    """Open a bureau. Raises NotAllowed, ValidationError (a code that exists)."""
    return _create(actor, Bureau(code=code, name=name, rates_from=rates_from, cut_off_days=cut_off_days))


@transaction.atomic
def edit_bureau(*, actor: Actor, bureau_id: int, seen: str = "", **fields: Any) -> Bureau:
    """Change name, first rated quarter or cut-off days. ``seen``: the fingerprint the form was opened with.

    Raises NotAllowed, Bureau.DoesNotExist, ValidationError, StaleRecord.
    """
    return _edit(actor, Bureau, bureau_id, "edit_bureau", BUREAU_FIELDS, seen, fields)


@transaction.atomic
def create_station(*, actor: Actor, bureau_id: int, code: str, name: str) -> Station:
    """Open a station of a bureau. Raises NotAllowed, Bureau.DoesNotExist, ValidationError."""
    return _create(actor, Station(bureau=Bureau.objects.get(pk=bureau_id), code=code, name=name))


@transaction.atomic
def rename_station(*, actor: Actor, station_id: int, name: str, seen: str = "") -> Station:
    """Give a station another name; its code stays. Raises NotAllowed, Station.DoesNotExist, ValidationError, StaleRecord."""
    return _edit(actor, Station, station_id, "rename_station", STATION_FIELDS, seen, {"name": name})


@transaction.atomic
def create_department(*, actor: Actor, bureau_id: int, code: str, name: str, kind: str) -> Department:
    """Add a partner department to a bureau. Raises NotAllowed, Bureau.DoesNotExist, ValidationError."""
    return _create(
        actor, Department(bureau=Bureau.objects.get(pk=bureau_id), code=code, name=name, kind=kind)
    )


@transaction.atomic
def edit_department(*, actor: Actor, department_id: int, seen: str = "", **fields: Any) -> Department:
    """Change name or kind. Raises NotAllowed, Department.DoesNotExist, ValidationError, StaleRecord."""
    return _edit(actor, Department, department_id, "edit_department", DEPARTMENT_FIELDS, seen, fields)


def _create(actor: Actor, organisation: Organisation) -> Organisation:
    access.require(actor, "accounts:organisations")
    organisation.full_clean()
    organisation.save()
    action = f"create_{organisation._meta.model_name}"
    auditing.record(actor=actor, action=action, target=organisation, after=auditing.snapshot(organisation))
    return organisation


def _edit(
    actor: Actor,
    model: type[Organisation],
    pk: int,
    action: str,
    editable: tuple[str, ...],
    seen: str,
    fields: dict[str, Any],
) -> Organisation:
    access.require(actor, "accounts:organisations")
    organisation = model._default_manager.select_for_update().get(pk=pk)
    if seen and seen != auditing.fingerprint(organisation, editable):
        raise access.StaleRecord(
            _("Somebody changed this meanwhile. Open it again to see how it stands now.")
        )
    before = auditing.snapshot(organisation)
    for name in editable:
        if name in fields:
            setattr(organisation, name, fields[name])
    organisation.full_clean()
    old, new = auditing.changes(before, auditing.snapshot(organisation))
    if new:
        organisation.save()
        auditing.record(actor=actor, action=action, target=organisation, before=old, after=new)
    return organisation
