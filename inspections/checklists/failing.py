"""Which items fail most: counted by code, so that the figures hold over all versions and lists.

*Not applicable* and what was left open say nothing about an item.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from foundation.accounts.actors import Actor
from foundation.periods import Period
from inspections.checklists.content import Question
from inspections.checklists.publishing import versions_in_force
from inspections.checklists.shipped import shipped_questions
from inspections.models import CheckedItem, CheckRecord, Inspection

FEWEST = 5  # answers below which a share says nothing


@dataclass(frozen=True)
class Failing:
    """How often an item failed, or one in an industry. ``key`` is its code, or the section of the industry."""

    key: str
    asked: int = 0
    failed: int = 0
    asked_before: int = 0  # in the quarter before
    failed_before: int = 0
    latest: int = 0  # the inspection that was recorded last

    @property
    def share(self) -> float | None:
        """Per cent of what was asked; None if that is too little to say."""
        return 100 * self.failed / self.asked if self.asked >= FEWEST else None

    @property
    def share_before(self) -> float | None:
        """The same of the quarter before."""
        return 100 * self.failed_before / self.asked_before if self.asked_before >= FEWEST else None

    @property
    def change(self) -> float | None:
        """Percentage points since the quarter before; None if either quarter is too little to say."""
        if self.share is None or self.share_before is None:
            return None
        return self.share - self.share_before


def _records(actor: Actor, first: dt.date, last: dt.date, section: str = "") -> QuerySet[CheckRecord]:
    """Return how the inspections of some days were answered that count, of one section of GB/T 4754 or all ("")."""
    rows = CheckRecord.objects.filter(
        station_id__in=actor.stations,
        inspection__voided_at=None,
        inspection__inspected_on__range=(first, last),
    ).order_by()
    return rows.filter(enterprise__industry_code__startswith=section) if section else rows


def failing_items(actor: Actor, period: Period, section: str = "") -> list[Failing]:
    """Return the items that were answered in a quarter, those of which the largest share failed first. One query.

    Those answered too seldom to say stand behind the others.
    """
    if not actor.stations:
        return []
    before = period.shift(-1)
    rows = _records(actor, before.start, period.end, section)
    answered = rows.values_list("passed", "failed", "inspection_id", "inspection__inspected_on")
    found: dict[str, Failing] = {}
    for code, has_failed, now, then, latest in _counted(answered, period.start):
        so_far = found.get(code, Failing(code))
        found[code] = replace(
            so_far,
            asked=so_far.asked + now,
            asked_before=so_far.asked_before + then,
            failed=so_far.failed + (now if has_failed else 0),
            failed_before=so_far.failed_before + (then if has_failed else 0),
            latest=max(so_far.latest, latest),
        )
    return _most_first(each for each in found.values() if each.asked)


def _counted(answered: QuerySet, since: dt.date) -> Sequence[tuple[str, bool, int, int, int]]:
    """Return by code, and whether it failed, how often since a day and before, and the inspection recorded last.

    ``answered``: passed and failed codes, inspection and day, of which there are many, so they are read once for both.
    """
    select, params = answered.query.sql_with_params()
    sql = f"""
        SELECT item.code, item.has_failed, count(*) FILTER (WHERE v.day >= %s), count(*) FILTER (WHERE v.day < %s), max(v.id)
        FROM ({select}) v(passed, failed, id, day)
        CROSS JOIN LATERAL (
            SELECT unnest(v.passed), false UNION ALL SELECT unnest(v.failed), true
        ) item(code, has_failed)
        GROUP BY 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [since, since, *params])
        return cursor.fetchall()


def _most_first(found: Iterable[Failing]) -> list[Failing]:
    return sorted(found, key=lambda each: (-(each.share or 0), -each.failed, each.key))


def failing_industries(actor: Actor, period: Period, code: str) -> list[Failing]:
    """Return how often an item failed in the sections of GB/T 4754, the largest share first; "" has no industry. One query."""
    failed = Q(failed__contains=[code])
    rows = (
        _records(actor, period.start, period.end)
        .filter(failed | Q(passed__contains=[code]))
        .annotate(industry=Left("enterprise__industry_code", 1))
        .values("industry")
        .annotate(asked=Count("pk"), failures=Count("pk", filter=failed))
        .values_list("industry", "asked", "failures")
    )
    return _most_first(Failing(*row) for row in rows)


def questions_named(actor: Actor, items: Iterable[Failing]) -> dict[str, Question]:
    """Return the present question of each item, else the shipped one, else as it was last asked. Two queries at most."""
    found = dict(shipped_questions())
    for version in versions_in_force(actor).values():
        found |= version.content.by_code
    if gone := {each.key: each.latest for each in items if each.key not in found}:
        visits = Inspection.objects.filter(station_id__in=actor.stations, pk__in=set(gone.values()))
        last = CheckedItem.objects.filter(
            station_id__in=actor.stations,
            enterprise_id__in=visits.values("enterprise_id"),  # the index of the answers begins with it
            inspection_id__in=set(gone.values()),
            code__in=gone,
        )
        found |= {each.code: each.question for each in last if each.inspection_id == gone[each.code]}
    return found


def answering(actor: Actor, code: str, *, failed_only: bool) -> Q:
    """Return the condition on inspections that an item of theirs failed, or that it was answered at all."""
    told = Q(failed__contains=[code])
    if not failed_only:
        told |= Q(passed__contains=[code])
    rows = CheckRecord.objects.filter(
        told, station_id__in=actor.stations, enterprise=OuterRef("enterprise"), inspection=OuterRef("pk")
    )
    return Q(Exists(rows.order_by()))


def earliest_quarter(actor: Actor) -> Period | None:
    """Return the quarter of the first inspection by a checklist; None if there is none. One query."""
    records = CheckRecord.objects.filter(station_id__in=actor.stations, inspection__voided_at=None)
    first = records.aggregate(first=Min("inspection__inspected_on"))["first"]
    return Period.of(first) if first else None


def quarters(first: Period | None, last: Period, most: int = 12) -> list[Period]:
    """Return the quarters that can be chosen, the latest first."""
    begin = max(first or last, last.shift(1 - most))
    return list(begin.until(last))[::-1]
