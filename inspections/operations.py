"""Writes of inspections and self-checks; those of hazards are in hazard_operations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from enterprises.publishing import plan_next_inspections
from enterprises.selectors import visible as visible_enterprises
from facts.operations import correct_fact, create_fact, void_fact, writes_of
from facts.selectors import get_fact
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.choices import Origin, Severity
from inspections.hazard_operations import (
    HAZARD_WRITES,
    OWN_HAZARD,
    close_hazard,
    correct_hazard,
    create_hazard,
    extend_hazard,
    mark_major,
    mark_ordinary,
    rectify_hazard,
    refuse_hazard,
    reopen_hazard,
    send_back_hazard,
    void_hazard,
    withdraw_submission,
)
from inspections.models import Inspection, SelfCheck
from inspections.rules import check_names_hazards, check_qualified
from inspections.selectors import hazards_of, last_inspections, open_hazards_of


@transaction.atomic
def create_inspection(
    *, actor: Actor, enterprise_id: int, hazards: Sequence[Mapping[str, Any]] = (), **fields: Any
) -> Inspection:
    """Record a police inspection and the hazards it found, and plan the enterprise's next inspection.

    All or nothing. Raises as create_fact; errors of the n-th hazard (from 0) have the key ``hazards-n.<field>``.
    """
    check_qualified(fields.get("conclusion", ""), (bool(hazard.get("major")) for hazard in hazards))
    check_names_hazards(fields.get("conclusion", ""), hazards)
    inspection = create_fact(
        actor=actor,
        permission=Permission.RECORD_INSPECTIONS,
        model=Inspection,
        enterprise_id=enterprise_id,
        values=fields,
    )
    for index, hazard in enumerate(hazards):
        try:
            create_hazard(
                actor=actor,
                enterprise_id=enterprise_id,
                inspection=inspection,
                origin=Origin.POLICE,
                found_on=inspection.inspected_on,
                **hazard,
            )
        except ValidationError as error:
            raise ValidationError(
                {f"hazards-{index}.{name}": errors for name, errors in _by_field(error)}
            ) from error
    move_next_inspections(actor, [enterprise_id])
    return inspection


@transaction.atomic
def correct_inspection(
    *, actor: Actor, id: int, version: int | None, reason: str, **fields: Any
) -> Inspection:
    """Correct an inspection and plan the enterprise's next one by its day. Raises as correct_fact.

    The rules of new inspections hold for what is changed; an old one may go on naming a single officer.
    """
    old = get_fact(actor, Inspection, id)
    if fields.get("conclusion", old.conclusion) != old.conclusion:
        found = hazards_of(actor, old)
        check_qualified(fields["conclusion"], (hazard.severity == Severity.MAJOR for hazard in found))
    inspection = correct_fact(
        actor=actor,
        permission=Permission.CORRECT_INSPECTIONS,
        model=Inspection,
        id=id,
        version=version,
        reason=reason,
        values=fields,
    )
    move_next_inspections(actor, [inspection.enterprise_id])
    return inspection


@transaction.atomic
def void_inspection(
    *, actor: Actor, id: int, version: int | None, reason: str, hazards_too: bool = False
) -> Inspection:
    """Void an inspection, which removes it from lists and measures. Raises as void_fact.

    Hazards recorded with it stay; ``hazards_too`` voids those not closed for the same reason.
    """
    inspection = void_fact(
        actor=actor,
        permission=Permission.CORRECT_INSPECTIONS,
        model=Inspection,
        id=id,
        version=version,
        reason=reason,
    )
    if hazards_too:
        for hazard in open_hazards_of(actor, inspection):
            void_hazard(actor=actor, id=hazard.pk, version=None, reason=reason)
    move_next_inspections(actor, [inspection.enterprise_id])
    return inspection


OWN_SELF_CHECK = ("checked_on", "target", "checked_by", "findings")  # what an enterprise's people enter
SELF_CHECK_WRITES = writes_of(SelfCheck, Permission.VIEW_SELF_CHECKS, own=OWN_SELF_CHECK)
create_self_check = SELF_CHECK_WRITES.create


def move_next_inspections(actor: Actor, enterprise_ids: Iterable[int]) -> None:
    """Plan the next inspection of enterprises whose inspections were recorded, corrected, voided or imported.

    Locks the enterprises first, so that of two concurrent writers the later reads what the earlier wrote.
    """
    ids = sorted(enterprise_ids)
    mine = visible_enterprises(actor).filter(pk__in=ids).select_for_update(no_key=True)
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    held = (
        last_inspections(actor)
        .filter(enterprise_id__in=ids)
        .values_list("enterprise_id", "last_inspected_on")
    )
    plan_next_inspections(actor=actor, inspected_on=dict.fromkeys(ids) | dict(held))


INSPECTION_WRITES = writes_of(
    Inspection,
    Permission.VIEW_INSPECTIONS,
    create=create_inspection,
    correct=correct_inspection,
    void=void_inspection,
)


def _by_field(error: ValidationError) -> list[tuple[str, Any]]:
    return list(error.error_dict.items()) if hasattr(error, "error_dict") else [("item", error.error_list)]


__all__ = [
    "HAZARD_WRITES",
    "INSPECTION_WRITES",
    "OWN_HAZARD",
    "OWN_SELF_CHECK",
    "SELF_CHECK_WRITES",
    "close_hazard",
    "correct_hazard",
    "correct_inspection",
    "create_hazard",
    "create_inspection",
    "create_self_check",
    "extend_hazard",
    "mark_major",
    "mark_ordinary",
    "move_next_inspections",
    "rectify_hazard",
    "refuse_hazard",
    "reopen_hazard",
    "send_back_hazard",
    "void_hazard",
    "void_inspection",
    "withdraw_submission",
]
