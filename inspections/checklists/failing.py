"""Which items fail most: counted by code, so that the figures hold over all versions and lists."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from foundation.accounts.actors import Actor
from foundation.periods import Period
from inspections.checklists.content import Answered, Question
from inspections.checklists.publishing import versions_in_force
from inspections.checklists.shipped import shipped_questions
from inspections.models import CheckedItem, CheckRecord

TOLD = (Answered.PASS, Answered.FAIL)  # not applicable says nothing about an item
FEWEST = 5  # answers below which a share says nothing


@dataclass(frozen=True)
class Failing:
    """How often an item, or the items of an industry, failed. ``key`` is its code, or the section of the industry."""

    key: str
    asked: int
    failed: int
    asked_before: int = 0  # in the quarter before
    failed_before: int = 0

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


def _answers(actor: Actor, first: dt.date, last: dt.date, section: str) -> QuerySet[CheckedItem]:
    """Return what was answered in some days, of inspections that count, of one section of GB/T 4754 or all ("")."""
    rows = CheckedItem.objects.filter(
        station_id__in=actor.stations,
        answer__in=TOLD,
        enterprise_id=F("inspection__enterprise_id"),  # follows, but the index of the answers begins with it
        inspection__voided_at=None,
        inspection__inspected_on__range=(first, last),
    ).order_by()
    return rows.filter(enterprise__industry_code__startswith=section) if section else rows


def failing_items(actor: Actor, period: Period, section: str = "") -> list[Failing]:
    """Return the items that were answered in a quarter, those of which the largest share failed first. One query.

    Those answered too seldom to say stand behind the others.
    """
    before = period.shift(-1)
    now, then = (Q(inspection__inspected_on__range=(each.start, each.end)) for each in (period, before))
    failed = Q(answer=Answered.FAIL)
    rows = (
        _answers(actor, before.start, period.end, section)
        .values("code")
        .annotate(
            asked=Count("pk", filter=now),
            failed=Count("pk", filter=now & failed),
            asked_before=Count("pk", filter=then),
            failed_before=Count("pk", filter=then & failed),
        )
        .values_list("code", "asked", "failed", "asked_before", "failed_before")
    )
    return _most_first(Failing(*row) for row in rows if row[1])


def _most_first(found: Iterable[Failing]) -> list[Failing]:
    return sorted(found, key=lambda each: (-(each.share or 0), -each.failed, each.key))


def failing_industries(actor: Actor, period: Period, code: str) -> list[Failing]:
    """Return how often an item failed in the sections of GB/T 4754, the largest share first; "" has no industry. One query."""
    rows = (
        _answers(actor, period.start, period.end, "")
        .filter(code=code)
        .annotate(industry=Left("enterprise__industry_code", 1))
        .values("industry")
        .annotate(asked=Count("pk"), failed=Count("pk", filter=Q(answer=Answered.FAIL)))
        .values_list("industry", "asked", "failed")
    )
    return _most_first(Failing(*row) for row in rows)


def questions_named(actor: Actor, codes: Iterable[str]) -> dict[str, Question]:
    """Return the present question of each code, else the shipped one, else as it was last asked. Three queries at most."""
    found = dict(shipped_questions())
    for version in versions_in_force(actor).values():
        found |= version.content.by_code
    if gone := set(codes) - found.keys():
        last = CheckedItem.objects.filter(station_id__in=actor.stations, code__in=gone)
        found |= {each.code: each.question for each in last.order_by("code", "-pk").distinct("code")}
    return found


def answering(actor: Actor, code: str, answers: Sequence[str]) -> Q:
    """Return the condition on inspections that answered an item so."""
    rows = CheckedItem.objects.filter(station_id__in=actor.stations, inspection=OuterRef("pk"), code=code)
    return Q(Exists(rows.filter(answer__in=answers)))


def earliest_quarter(actor: Actor) -> Period | None:
    """Return the quarter of the first inspection by a checklist; None if there is none. One query."""
    records = CheckRecord.objects.filter(station_id__in=actor.stations, inspection__voided_at=None)
    first = records.aggregate(first=Min("inspection__inspected_on"))["first"]
    return Period.of(first) if first else None


def quarters(first: Period | None, last: Period, most: int = 12) -> list[Period]:
    """Return the quarters that can be chosen, the latest first."""
    begin = max(first or last, last.shift(1 - most))
    return list(begin.until(last))[::-1]
