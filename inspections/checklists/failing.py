"""Which items fail most: counted by code, so that the figures hold over all versions and lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from enterprises.selectors import visible as visible_enterprises
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.periods import Period
from inspections.checklists.content import Answered, Question
from inspections.checklists.publishing import versions_in_force
from inspections.checklists.shipped import shipped_questions
from inspections.models import CheckedItem, Inspection

TOLD = (Answered.PASS, Answered.FAIL)  # not applicable says nothing about an item
FEWEST = 5  # answers below which a share says nothing


@dataclass(frozen=True)
class Failing:
    """How often an item, or the items of an industry, failed. ``key`` is its code, or the section of the industry."""

    key: str
    asked: int
    failed: int
    failed_before: int = 0  # in the quarter before

    @property
    def share(self) -> float | None:
        """Per cent of what was asked; None if that is too little to say."""
        return 100 * self.failed / self.asked if self.asked >= FEWEST else None


def _answers(actor: Actor, period: Period, section: str) -> QuerySet[CheckedItem]:
    """Return what was answered in a quarter, of inspections that count, of one section of GB/T 4754 or all ("")."""
    rows = CheckedItem.objects.filter(
        station_id__in=actor.stations,
        answer__in=TOLD,
        inspection__voided_at=None,
        inspection__inspected_on__range=(period.start, period.end),
    ).order_by()
    return rows.filter(enterprise__industry_code__startswith=section) if section else rows


FAILED = Count("pk", filter=Q(answer=Answered.FAIL))


def failing_items(actor: Actor, period: Period, section: str = "") -> list[Failing]:
    """Return the items that were answered in a quarter, those that failed most often first. Two queries."""
    now, before = (
        {
            code: (asked, failed)
            for code, asked, failed in _answers(actor, quarter, section)
            .values("code")
            .annotate(asked=Count("pk"), failed=FAILED)
            .values_list("code", "asked", "failed")
        }
        for quarter in (period, period.shift(-1))
    )
    found = [Failing(code, *figures, before.get(code, (0, 0))[1]) for code, figures in now.items()]
    return sorted(found, key=lambda each: (-each.failed, -(each.share or 0), each.key))


def failing_industries(actor: Actor, period: Period, code: str) -> list[Failing]:
    """Return how often an item failed in the sections of GB/T 4754, most often first; "" has no industry. One query."""
    rows = (
        _answers(actor, period, "")
        .filter(code=code)
        .annotate(industry=Left("enterprise__industry_code", 1))
        .values("industry")
        .annotate(asked=Count("pk"), failed=FAILED)
        .values_list("industry", "asked", "failed")
    )
    return sorted(
        (Failing(*row) for row in rows), key=lambda each: (-each.failed, -(each.share or 0), each.key)
    )


def questions_named(actor: Actor, codes: Iterable[str]) -> dict[str, Question]:
    """Return the present question of each code, else the shipped one, else as it was last asked. Three queries at most."""
    found = dict(shipped_questions())
    for version in versions_in_force(actor).values():
        found |= version.content.by_code
    if gone := set(codes) - found.keys():
        last = CheckedItem.objects.filter(station_id__in=actor.stations, code__in=gone)
        found |= {each.code: each.question for each in last.order_by("code", "-pk").distinct("code")}
    return found


def sections_in_use(actor: Actor) -> list[str]:
    """Return the sections of GB/T 4754 of the actor's enterprises. One query."""
    rows = visible_enterprises(actor).exclude(industry_code="")
    found = rows.annotate(section=Left("industry_code", 1)).order_by().values_list("section", flat=True)
    return sorted(found.distinct())


def answering(actor: Actor, code: str, answers: Sequence[str]) -> Q:
    """Return the condition on inspections that answered an item so."""
    rows = CheckedItem.objects.filter(station_id__in=actor.stations, inspection=OuterRef("pk"), code=code)
    return Q(Exists(rows.filter(answer__in=answers)))


def earliest_quarter(actor: Actor) -> Period | None:
    """Return the quarter of the first inspection by a checklist; None if there is none. One query."""
    checked = CheckedItem.objects.filter(station_id__in=actor.stations, inspection=OuterRef("pk"))
    days = visible(actor, Inspection).filter(Exists(checked)).order_by("inspected_on", "pk")
    first = days.values_list("inspected_on", flat=True).first()
    return Period.of(first) if first else None


def quarters(first: Period | None, last: Period, most: int = 12) -> list[Period]:
    """Return the quarters that can be chosen, the latest first."""
    begin = max(first or last, last.shift(1 - most))
    return list(begin.until(last))[::-1]
