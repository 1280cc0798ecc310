"""Days of the register: which may be given, and what is recorded about an enterprise around one."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise


def not_to_come(day: dt.date | None, field: str) -> dt.date:
    """Return the day. Raise ValidationError at the field if it is missing or in the future."""
    if day is None:
        raise ValidationError({field: _("Enter a date such as 2026-10-04.")})
    if day > timezone.localdate():
        raise ValidationError({field: _("This date is in the future.")})
    return day


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


def last_recorded(enterprises: Collection[Enterprise], after: dt.date) -> dict[int, tuple[dt.date, str]]:
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


def last_acts(enterprises: Collection[Enterprise]) -> dict[int, tuple[dt.date, str]]:
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


def _dated(enterprises: Collection[Enterprise]) -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Return the kinds of dated records about enterprises, each with its records that are not void."""
    for relation in Enterprise._meta.related_objects:
        kind: Any = relation.related_model
        if hasattr(kind, "dated_by"):
            yield kind, kind._default_manager.filter(enterprise__in=enterprises, voided_at=None)


def lasts(rows: QuerySet[Any], **days: Max) -> dict[int, dict[str, dt.date | None]]:
    """Return the last days of rows by their enterprise."""
    found = rows.order_by().values("enterprise_id").annotate(**days)
    return {row.pop("enterprise_id"): row for row in found}
