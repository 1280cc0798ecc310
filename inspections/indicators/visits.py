"""What a visit itself shows: how the items of the last checklist were answered (A7), and whether it was obstructed (V6)."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.contributions.measures import DAY, Indicator, Ordinal, Source, register
from foundation.periods import Period
from inspections.models import CheckRecord, Inspection, Obstruction

COLUMNS = ("weight_asked", "weight_passed", "critical_failed")


def _last(name: str) -> Func:
    """Return a column of an enterprise's last inspection by a checklist; the last one recorded of a day.

    It is carried by the largest pair of day and number, so nothing is sorted; PostgreSQL computes the maximum once for all.
    """
    of_visit = Func(
        Ordinal("inspection__inspected_on"),
        "inspection_id",
        *COLUMNS,
        template="ARRAY[%(expressions)s]::bigint[]",
        output_field=ArrayField(BigIntegerField()),
    )
    latest = Max(of_visit)
    return Func(latest, template=f"(%(expressions)s)[{3 + COLUMNS.index(name)}]", output_field=IntegerField())


def _checklists(period: Period) -> QuerySet:
    """Return per enterprise what the last inspection by a checklist found, of this quarter or the one before.

    Weights are those of the items that passed or failed; *not applicable* and what was left open weigh nothing.
    """
    return (
        CheckRecord.objects.filter(
            inspection__voided_at=None,
            inspection__inspected_on__range=(period.shift(-1).start, period.end),
            weight_asked__gt=0,
        )
        .order_by()
        .values("enterprise_id")
        .annotate(
            checklist_asked=_last("weight_asked"),
            checklist_passed=_last("weight_passed"),
            checklist_critical_failed=_last("critical_failed"),
        )
    )


register(
    Source(
        code="checklists",
        model=Inspection,
        day="inspected_on",
        tab="inspections",
        indicators=(
            Indicator("checklist_asked", _("Weight of the items of the last checklist"), _("points"), "A"),
            Indicator(
                "checklist_passed",
                _("Weight of the items of the last checklist that passed"),
                _("points"),
                "A",
            ),
            Indicator(
                "checklist_critical_failed",
                _("Critical items of the last checklist that failed"),
                _("items"),
                "A",
            ),
        ),
        query=_checklists,
    )
)


def _obstructions(period: Period) -> QuerySet:
    """Return per enterprise the day of the last obstruction that was confirmed, and not withdrawn, by the last day."""
    end = period.end
    return (
        Obstruction.objects.filter(voided_at=None, confirmed_on__lte=end)
        .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=end))
        .order_by()
        .values("enterprise_id")
        .annotate(last_obstructed_on=Ordinal(Max("confirmed_on")))
    )


register(
    Source(
        code="obstructions",
        model=Obstruction,
        day="obstructed_on",
        tab="inspections",
        indicators=(
            Indicator(
                "last_obstructed_on",
                _("Last obstruction of an inspection"),
                DAY,
                "",
                beside=_("Obstruction of an inspection, last confirmed on"),
            ),
        ),
        query=_obstructions,
    )
)
