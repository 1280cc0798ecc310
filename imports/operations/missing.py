"""Which enterprises of the register a list does not name. Nothing is done about them but by a person, one by one."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.selectors import on_register, visible
from foundation.accounts.actors import Actor
from foundation.identifiers import compact
from imports.choices import Choice, RowState
from imports.keys import name_spellings
from imports.models import ImportedRecord, Upload, UploadRow
from imports.targets import ENTERPRISE

PART = 2_000  # rows
_FIELDS = {"name": "name", "credit_code": "credit_code", "key": "external_id"}
# rows that were refused before anybody looked for their enterprise, or are not looked for at all
_UNKNOWN = (RowState.REFUSED, RowState.UNCHECKED, RowState.LEFT_OUT)
# Rows that stand for nothing yet: they are compared with the register each time that a page of the sheet is opened.
MOST_UNKNOWN = 5_000


def is_settled(sheet: Upload) -> bool:
    """Return whether so few rows stand for no enterprise yet that it is worth saying what the list does not name."""
    waiting = (RowState.REFUSED, RowState.UNCHECKED)  # those left out are settled
    return sum(sheet.counts.get(state, 0) for state in waiting) <= MOST_UNKNOWN


def not_in(actor: Actor, sheet: Upload) -> QuerySet[Enterprise]:
    """Return the enterprises on the register today that no row of the sheet stands for or names.

    They are those of the person's station; in a list of a whole bureau, those of the stations that it has enterprises of.
    None while the sheet is not settled.
    """
    if sheet.kind != ENTERPRISE or not any(sheet.counts.values()) or not is_settled(sheet):
        return Enterprise.objects.none()
    stands_for = sheet.rows.exclude(twin_id=0).exclude(choice=Choice.IS_OTHER).values("twin_id")
    written = ImportedRecord.objects.filter(
        bureau_id=actor.bureau_id, run_id__in=sheet.run_ids, kind=ENTERPRISE, undone_at=None
    ).values("object_id")
    here = visible(actor)
    if not sheet.station_id:
        in_list = Q(pk__in=stands_for) | Q(pk__in=written)
        here = here.filter(station_id__in=here.filter(in_list).order_by().values("station_id").distinct())
    missing = (
        here.filter(on_register(timezone.localdate())).exclude(pk__in=stands_for).exclude(pk__in=written)
    )
    return missing.exclude(pk__in=_named(sheet, here)).order_by("sort_key", "pk")


def _named(sheet: Upload, here: QuerySet[Enterprise]) -> set[int]:
    """Return those of these enterprises that a row names which stands for none yet.

    A part of the rows is looked for at a time: a sheet may have 200,000 that nobody can take over.
    """
    spellings: dict[str, Callable[[str], set[str]]] = {
        "name": name_spellings,
        "credit_code": lambda text: {text, compact(text)},
        "key": lambda text: {text},
    }
    columns = {
        name: column["position"]
        for column in sheet.columns
        for name in column["becomes"]
        if name in spellings
    }
    found: set[int] = set()
    for part in _cells(sheet, list(columns.values())):
        asked = Q()
        for place, name in enumerate(columns, start=1):
            texts = {text for cells in part if (text := cells[place].strip())}
            if texts:
                asked |= Q(**{f"{_FIELDS[name]}__in": set().union(*map(spellings[name], texts))})
        if asked:
            found.update(here.filter(asked).order_by().values_list("pk", flat=True))
    return found


def _cells(sheet: Upload, positions: list[int]) -> Iterator[list[Any]]:
    """Return the numbers and these cells of the rows that stand for no enterprise, some at a time."""
    rows = sheet.rows.filter(Q(state__in=_UNKNOWN) | Q(choice=Choice.LEAVE), twin_id=0).order_by("number")
    cells = [UploadRow.text_at(position) for position in positions]
    last = 0
    while part := list(rows.filter(number__gt=last).values_list("number", *cells)[:PART]):
        yield part
        last = part[-1][0]
