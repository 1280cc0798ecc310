"""Which enterprises of the register a list does not name. Nothing is done about them but by a person, one by one."""

from collections.abc import Callable, Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.selectors import on_register, visible
from foundation.accounts.actors import Actor
from foundation.identifiers import compact, readable
from imports.choices import Choice, RowState
from imports.keys import name_spellings
from imports.models import ImportedRecord, Upload
from imports.targets import ENTERPRISE

# rows that were refused before anybody looked for their enterprise, or are not looked for at all
_UNKNOWN = (RowState.REFUSED, RowState.UNCHECKED, RowState.LEFT_OUT)


def not_in(actor: Actor, sheet: Upload) -> QuerySet[Enterprise]:
    """Return the enterprises on the register today that no row of the sheet stands for or names.

    They are those of the person's station; in a list of a whole bureau, those of the stations that it has enterprises of.
    """
    if sheet.kind != ENTERPRISE or not any(sheet.counts.values()):
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
    if named := _named(sheet):
        missing = missing.exclude(named)
    return missing.order_by("sort_key", "pk")


def _named(sheet: Upload) -> Q | None:
    """Return the condition on enterprises that a row names which stands for none yet; None if there is no such row."""
    fields: dict[str, Callable[[str], str]] = {"name": readable, "credit_code": compact, "key": str.strip}
    columns = {
        name: column["position"] for column in sheet.columns for name in column["becomes"] if name in fields
    }
    texts: dict[str, set[str]] = {name: set() for name in columns}
    for cells in _cells(sheet):
        for name, position in columns.items():
            if text := cells[position].strip():
                texts[name] |= name_spellings(text) if name == "name" else {text, fields[name](text)}
    found = Q(name__in=texts.get("name", ())) | Q(credit_code__in=texts.get("credit_code", ()))
    found |= Q(external_id__in=texts.get("key", ()))
    return found if any(texts.values()) else None


def _cells(sheet: Upload) -> Iterator[list[str]]:
    width = len(sheet.header)
    for row in sheet.rows.filter(Q(state__in=_UNKNOWN) | Q(choice=Choice.LEAVE), twin_id=0).iterator(
        chunk_size=2_000
    ):
        yield row.current(width)
