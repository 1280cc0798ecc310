"""What an inspection by checklist is judged by, read in one statement under the lock of its enterprise."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from enterprises.models import Enterprise
from enterprises.selectors import list_inactivities
from facts.selectors import inactivities_of, visible
from foundation.accounts.actors import Actor
from foundation.database.once import answered, asked_once
from foundation.database.together import read_together
from foundation.deadlines.selectors import all_changes, changes_at_once
from inspections.checkins.operations import latest_of_day, without_inspection
from inspections.checklists.answering import eligible_officers, officers_at, open_at, still_open
from inspections.checklists.content import ListKind
from inspections.checklists.publishing import published_last, rows_of_kinds
from inspections.items import latest_list, rows_in_force
from inspections.models import CheckRecord, Hazard, Inspection
from inspections.positions import by_end, positions_latest_last


def earlier(actor: Actor, enterprise_id: int, key: str, day: dt.date) -> QuerySet[Inspection]:
    """Return the inspections of an enterprise with this key, voided or not, and those by checklist of the day."""
    checked = CheckRecord.objects.filter(enterprise_id=enterprise_id).values("inspection_id")
    of_day = Q(inspected_on=day, voided_at=None, pk__in=checked)
    rows = visible(actor, Inspection, voided=True, enterprise_id=enterprise_id)
    return rows.filter((Q(external_key=key) if key else Q(pk__in=[])) | of_day).order_by("-pk")


@asked_once
def earlier_at(actor: Actor, enterprise_id: int, key: str, day: dt.date) -> list[Inspection]:
    """Return the rows of ``earlier``. One query."""
    return list(earlier(actor, enterprise_id, key, day))


def read_ahead(
    actor: Actor, enterprise: Enterprise, kinds: Sequence[ListKind], key: str, day: dt.date
) -> None:
    """Read what the form and the operation ask for, and keep it for them. One statement.

    Called with the enterprise locked, within ``asking_once``; whoever does not call it asks one by one.
    """
    id, wanted = enterprise.pk, tuple(kinds)
    hazards = still_open(actor, id).select_related(None)
    found_by = visible(actor, Inspection, voided=True, enterprise_id=id).filter(
        pk__in=hazards.order_by().values("inspection_id")
    )
    reads: list[tuple[QuerySet, Callable[[list[Any]], None]]] = [
        (latest_list(actor), lambda rows: answered(rows_in_force, rows, actor)),
        (published_last(actor, wanted), lambda rows: answered(rows_of_kinds, rows, actor, wanted)),
        (all_changes(actor), lambda rows: answered(changes_at_once, rows, actor)),
        (
            officers_at(actor, enterprise.station_id),
            lambda rows: answered(eligible_officers, rows, actor, id),
        ),
        (list_inactivities(actor, id), lambda rows: answered(inactivities_of, rows, actor, id)),
        (by_end(id), lambda rows: answered(positions_latest_last, rows, id)),
        (
            without_inspection(id, day).defer("latitude", "longitude"),
            lambda rows: answered(latest_of_day, rows, id, day),
        ),
        (
            earlier(actor, id, key, day).select_related(None),
            lambda rows: answered(earlier_at, _at(enterprise, rows), actor, id, key, day),
        ),
        (found_by.select_related(None), lambda rows: visits.update({each.pk: each for each in rows})),
        (hazards, lambda rows: answered(open_at, _of_visits(enterprise, rows, visits), actor, id)),
    ]
    visits: dict[int, Inspection] = {}
    for (_query, keep), rows in zip(reads, read_together(*(query for query, _keep in reads)), strict=True):
        keep(rows)


def _at(enterprise: Enterprise, rows: list[Any]) -> list[Any]:
    for each in rows:
        each.enterprise = enterprise
    return rows


def _of_visits(enterprise: Enterprise, hazards: list[Hazard], visits: dict[int, Inspection]) -> list[Hazard]:
    for each in _at(enterprise, hazards):
        if each.inspection_id in visits:
            each.inspection = visits[each.inspection_id]
    return hazards
