"""Whether what was found is truly put right: first re-inspections, orders, plans of major hazards, forgery."""

import datetime as dt
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from facts.models import FactStep
from foundation.contributions.measures import DAY, Indicator, Ordinal, Source, register
from foundation.periods import Period
from inspections.choices import Stage
from inspections.indicators.hazards import days_as_of, own_in_time
from inspections.models import Forgery, Hazard, MajorStage
from inspections.papers import ORDER
from papers.models import Paper

DAY_LONG = dt.timedelta(days=1)


def had_act(act: str, first: dt.date | None, last: dt.date) -> Exists:
    """Return the condition on a hazard that an act happened to it in these days, as it stands after corrections."""
    corrections = FactStep.objects.filter(
        enterprise=OuterRef("enterprise"),
        kind="hazard",
        record_id=OuterRef("record_id"),
        corrects_id=OuterRef("pk"),
    ).order_by("-id")
    happened = Q(said_on__lte=last) if first is None else Q(said_on__range=(first, last))
    return Exists(
        FactStep.objects.filter(
            enterprise=OuterRef("enterprise"),
            kind="hazard",
            record_id=OuterRef("pk"),
            act=act,
            corrects_id=None,
        )
        .annotate(
            said_on=Coalesce(Subquery(corrections.values("on")[:1]), F("on")),
            said=Coalesce(Subquery(corrections.values("values")[:1]), F("values")),
        )
        .exclude(said={})  # it never happened
        .filter(happened)
        .order_by()
    )


def failed_by(day: dt.date) -> Q:
    """Return the condition on a hazard that it had been sent back or reopened by a day.

    Both replace days, so a hazard of which nothing was replaced was neither; most are found by that.
    """
    replaced = Q(earlier_until_on__isnull=False)
    return replaced & (Q(had_act("send_back", None, day)) | Q(had_act("reopen", None, day)))


def _reinspected(period: Period) -> QuerySet:
    """Return per enterprise how first re-inspections ended, and the hazards that were there again after acceptance.

    A hazard counts once: in the quarter in which it was sent back for the first time, or in that in which it was accepted
    if it never was. Not counted: one closed without submission, or put right on the spot, before the officers who found
    it. One reopened in the quarter is counted as reopened only. One that the enterprise reported itself is neither sent
    back nor reopened, if its deadline has not passed or it was rectified on time.
    """
    start, end = period.start, period.end
    accepted = Q(closed__range=(start, end), rectified__isnull=False, spot=False)
    first_back = Q(earlier_until_on__gte=start, sent_back=True, sent_back_before=False, ever_reopened=False)
    again = Q(reopened=True)
    replaced = Q(earlier_until_on__gte=start)  # of the others no step is looked for
    return (
        Hazard.objects.filter(voided_at=None, found_on__lte=end)
        .filter(Q(closed_on__gte=start) | Q(earlier_until_on__gte=start))
        .alias(
            **days_as_of(end),
            failed=marked(failed_by(end)),
            sent_back=marked(replaced & Q(had_act("send_back", start, end))),
            sent_back_before=marked(replaced & Q(had_act("send_back", None, start - DAY_LONG))),
            reopened=marked(replaced & Q(had_act("reopen", start, end))),
            spot=marked(_on_the_spot(end)),
            ever_reopened=marked(replaced & Q(had_act("reopen", None, end))),
            in_time=marked(own_in_time(end)),
        )
        .order_by()
        .values("enterprise_id")
        .annotate(
            hazards_accepted_first=Count("id", filter=accepted & Q(failed=False)),
            hazards_sent_back=Count("id", filter=first_back & Q(in_time=False)),
            hazards_reopened=Count("id", filter=again & Q(in_time=False)),
        )
    )


def _on_the_spot(day: dt.date) -> Q:
    """Return the condition on a hazard closed on a day or before that it was put right on the spot, as it was then.

    Reopening clears the column; the step that took over what was recorded keeps it.
    """
    recorded = FactStep.objects.filter(
        enterprise=OuterRef("enterprise"),
        kind="hazard",
        record_id=OuterRef("pk"),
        act=FactStep.TAKEN_OVER,
        values__on_the_spot=True,
    )
    return Q(on_the_spot=True) | (
        Q(earlier_until_on__gt=day, closed=F("found_on")) & Q(Exists(recorded.order_by()))
    )


def marked(condition: Q) -> Case:
    """Return a condition as a column that is true or false, also where the condition is NULL."""
    return Case(When(condition, then=Value(True)), default=Value(False))


register(
    Source(
        code="hazards_reinspected",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator(
                "hazards_accepted_first", _("Hazards accepted at the first re-inspection"), _("hazards"), "B"
            ),
            Indicator(
                "hazards_sent_back", _("Hazards sent back at the first re-inspection"), _("hazards"), "B"
            ),
            Indicator("hazards_reopened", _("Hazards there again after acceptance"), _("hazards"), "B"),
        ),
        query=_reinspected,
    )
)


def ordered_by(day: dt.date) -> Exists:
    """Return the condition on a hazard that a valid order, served on that day or before, demanded its rectification.

    An order that nobody has received binds nobody, and its deadlines run from its service.
    """
    return Exists(
        Paper.objects.filter(
            enterprise=OuterRef("enterprise"),
            form=ORDER.code,
            voided_at=None,
            served_on__lte=day,
            records__hazard__contains=Func(OuterRef("pk"), function="to_jsonb", output_field=JSONField()),
        )
        .filter(Q(corrected_at=None) | Q(corrected_at__date__gt=day))
        .order_by()
    )


def _expired(period: Period) -> QuerySet:
    """Return per enterprise the hazards under an order to rectify them that are overdue on the last day."""
    end = period.end
    return (
        Hazard.objects.filter(voided_at=None, found_on__lte=end)
        .filter(Q(closed_on=None) | Q(closed_on__gt=end) | Q(earlier_until_on__gt=end))
        .alias(**days_as_of(end))
        .filter(Q(closed_or_never__gt=end) & Q(deadline__lt=end) & Q(rectified_or_never__gt=end))
        .filter(ordered_by(end))
        .order_by()
        .values("enterprise_id")
        .annotate(hazards_ordered_overdue=Count("id"))
    )


register(
    Source(
        code="orders_expired",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator(
                "hazards_ordered_overdue", _("Hazards overdue under an order to rectify"), _("hazards"), "B"
            ),
        ),
        query=_expired,
    )
)


def _planned(period: Period) -> QuerySet:
    """Return per enterprise the major hazards whose plan was due in the quarter, and those governed as they must be.

    The plan is due with the five guarantees. It is full if they were given by then and the last expert review until the
    end of the quarter passed the plan. Only the last grading as major counts, of hazards that were major until then.
    """
    start, end = period.start, period.end

    def of_hazard(**conditions: Any) -> QuerySet:
        return MajorStage.objects.filter(
            enterprise=OuterRef("enterprise"),
            record_id=OuterRef("record_id"),
            id__gt=OuterRef("pk"),
            **conditions,
        ).order_by("-id")

    hazard = Hazard.objects.filter(
        enterprise=OuterRef("enterprise"), pk=OuterRef("record_id"), voided_at=None
    )
    still_major = Q(major_until_on=None) | Q(major_until_on__gt=OuterRef("due_on"))
    given = Exists(of_hazard(stage=Stage.GUARANTEES, on__lte=OuterRef("due_on")).order_by())
    reviewed = Subquery(of_hazard(stage=Stage.REVIEW, on__lte=end).values("passed")[:1])
    return (
        MajorStage.objects.filter(stage=Stage.BEGUN, due_on__range=(start, end))
        .filter(
            Exists(hazard.filter(still_major)), ~Exists(of_hazard(stage=Stage.BEGUN, on__lte=end).order_by())
        )
        .alias(is_full=marked(Q(given) & Q(Exact(reviewed, True))))
        .order_by()
        .values("enterprise_id")
        .annotate(major_plans_due=Count("id"), major_plans_full=Count("id", filter=Q(is_full=True)))
    )


register(
    Source(
        code="major_plans",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator("major_plans_due", _("Major hazards whose plan was due"), _("hazards"), "B"),
            Indicator(
                "major_plans_full",
                _("Major hazards with guarantees in time and a reviewed plan"),
                _("hazards"),
                "B",
            ),
        ),
        query=_planned,
    )
)


def _forgeries(period: Period) -> QuerySet:
    """Return per enterprise the day of the last forgery that was confirmed, and not withdrawn, by the last day."""
    end = period.end
    return (
        Forgery.objects.filter(voided_at=None, confirmed_on__lte=end)
        .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=end))
        .order_by()
        .values("enterprise_id")
        .annotate(last_forged_on=Ordinal(Max("confirmed_on")))
    )


register(
    Source(
        code="forgeries",
        model=Forgery,
        day="found_on",
        tab="inspections",
        indicators=(
            Indicator("last_forged_on", _("Last forgery"), DAY, "", beside=_("Forgery, last confirmed on")),
        ),
        query=_forgeries,
    )
)
