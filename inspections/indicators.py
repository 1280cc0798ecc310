"""What inspections, hazards, self-checks and findings of forgery contribute to a rating, with every state as of the period's last day."""

import datetime as dt
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
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
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from facts.models import FactStep
from facts.steps import AsOf
from foundation.contributions.measures import DAY, Indicator, Ordinal, Source, register
from foundation.periods import Period
from inspections.choices import CheckTarget, Conclusion, Origin, Stage
from inspections.models import Forgery, Hazard, Inspection, MajorStage, SelfCheck
from inspections.papers import ORDER
from papers.models import Paper

YEAR = dt.timedelta(days=365)
MONTH = dt.timedelta(days=30)
DAY_LONG = dt.timedelta(days=1)
NEVER = Value(dt.date.max, DateField())


def _inspections(period: Period) -> QuerySet:
    return (
        Inspection.objects.filter(voided_at=None, inspected_on__lte=period.end)
        .order_by()
        .values("enterprise_id")
        .annotate(
            inspections=Count("id", filter=Q(inspected_on__gte=period.start)),
            inspections_recent=Count("id", filter=Q(inspected_on__gte=period.shift(-1).start)),
            inspections_year=Count("id", filter=Q(inspected_on__gte=period.year_start)),
            last_inspection_on=Ordinal(Max("inspected_on")),
            last_qualified_on=Ordinal(Max("inspected_on", filter=Q(conclusion=Conclusion.QUALIFIED))),
        )
    )


register(
    Source(
        code="inspections",
        model=Inspection,
        day="inspected_on",
        tab="inspections",
        indicators=(
            Indicator("inspections", _("Police inspections in the quarter"), _("inspections"), ""),
            Indicator("inspections_recent", _("Police inspections in two quarters"), _("inspections"), ""),
            Indicator("inspections_year", _("Police inspections in four quarters"), _("inspections"), ""),
            Indicator("last_inspection_on", _("Last police inspection"), DAY, ""),
            Indicator("last_qualified_on", _("Last inspection concluded qualified"), DAY, ""),
        ),
        query=_inspections,
    )
)


def _days_as_of(day: dt.date) -> dict[str, Expression]:
    """Return the days of hazards as they were in force on a day, by short names, with the deadline and the day done."""
    names = ("major_from_on", "major_until_on", "rectified_on", "closed_on", "refused_on", "suspended_on")
    days: dict[str, Expression] = {name.removesuffix("_on"): AsOf(name, day) for name in names}
    extended = When(
        LessThanOrEqual(AsOf("extension_granted_on", day), day), then=AsOf("extended_due_on", day)
    )
    return days | {
        **{
            f"{name}_or_never": Coalesce(days[name], NEVER) for name in ("closed", "rectified", "major_until")
        },
        "deadline": Case(extended, default=AsOf("due_on", day)),
        "done_on": Coalesce(days["rectified"], days["closed"]),
    }


def _hazards(period: Period) -> QuerySet:
    """Return per enterprise the hazards found, closed, open and overdue, in one scan.

    On time: the day of the submission later accepted (without one, the closing day) is not after the deadline. Without
    a deadline a hazard is never overdue and never closed on time, unless the deadline was suspended: then it is in time.
    A submitted hazard waiting for re-inspection is not overdue. A self-reported hazard still within its deadline, or submitted within it, is not held against the
    enterprise (``…_owed``).
    """
    start, end = period.start, period.end
    found = Q(found_on__gte=start)
    major = Q(major_from__lte=end, major_until_or_never__gt=end)
    is_open = Q(closed_or_never__gt=end)
    closed = Q(closed_or_never__range=(start, end))
    overdue = is_open & Q(deadline__lt=end, rectified_or_never__gt=end)
    suspended = Q(suspended__lte=end)
    excused = Q(origin=Origin.SELF) & (Q(deadline__gte=end) | Q(rectified__lte=F("deadline")) | suspended)
    return (
        Hazard.objects.filter(voided_at=None, found_on__lte=end)
        .filter(Q(closed_on=None) | Q(closed_on__gte=start) | found | Q(earlier_until_on__gt=end))
        .order_by()
        .values("enterprise_id")
        .alias(**_days_as_of(end))
        .annotate(
            hazards_found=Count("id", filter=found),
            hazards_found_major=Count("id", filter=found & major),
            hazards_found_self=Count("id", filter=found & Q(origin=Origin.SELF)),
            hazards_closed=Count("id", filter=closed),
            hazards_closed_on_time=Count("id", filter=closed & (Q(done_on__lte=F("deadline")) | suspended)),
            hazards_open=Count("id", filter=is_open),
            hazards_open_major=Count("id", filter=is_open & major),
            # A difference of counts, because without a deadline ``excused`` is NULL, and so is NOT ``excused``.
            hazards_open_major_owed=Count("id", filter=is_open & major)
            - Count("id", filter=is_open & major & excused),
            hazards_overdue=Count("id", filter=overdue),
            hazards_overdue_major=Count("id", filter=overdue & major),
            hazards_major_overdue_30=Count("id", filter=overdue & major & Q(deadline__lt=end - MONTH)),
            hazards_refused=Count("id", filter=is_open & Q(refused__lte=end)),
        )
    )


register(
    Source(
        code="hazards",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator("hazards_found", _("Hazards found in the quarter"), _("hazards"), "B"),
            Indicator("hazards_found_major", _("Major hazards found in the quarter"), _("hazards"), "B"),
            Indicator("hazards_found_self", _("Hazards the enterprise found itself"), _("hazards"), "B"),
            Indicator("hazards_closed", _("Hazards closed in the quarter"), _("hazards"), "B"),
            Indicator(
                "hazards_closed_on_time",
                _("Hazards closed in the quarter and rectified on time"),
                _("hazards"),
                "B",
            ),
            Indicator("hazards_open", _("Hazards open on the last day"), _("hazards"), "B"),
            Indicator("hazards_open_major", _("Major hazards open on the last day"), _("hazards"), "B"),
            Indicator(
                "hazards_open_major_owed",
                _("Major hazards open, without those self-reported within the deadline"),
                _("hazards"),
                "B",
            ),
            Indicator("hazards_overdue", _("Hazards overdue on the last day"), _("hazards"), "B"),
            Indicator("hazards_overdue_major", _("Major hazards overdue on the last day"), _("hazards"), "B"),
            Indicator(
                "hazards_major_overdue_30", _("Major hazards overdue for over 30 days"), _("hazards"), "B"
            ),
            Indicator("hazards_refused", _("Hazards whose rectification is refused"), _("hazards"), "B"),
        ),
        query=_hazards,
    )
)


def _own_in_time(end: dt.date) -> Q:
    """Return the condition on a hazard that the enterprise reported it, and its deadline has not passed or was kept.

    It costs nothing. Without a deadline it is NULL, and so is its negation.
    """
    in_time = Q(deadline__gte=end) | Q(done_on__lte=F("deadline")) | Q(suspended__lte=end)
    return Q(origin=Origin.SELF) & in_time


def _repeated(period: Period) -> QuerySet:
    """Return per enterprise the quarter's hazards whose item was found at the same place in the twelve months before.

    Not counted: one the enterprise reported itself, if its deadline has not passed or it was rectified on time.
    """
    earlier = Hazard.objects.filter(
        voided_at=None,
        enterprise=OuterRef("enterprise"),
        item=OuterRef("item"),
        place=OuterRef("place"),
        found_on__lt=OuterRef("found_on"),
        found_on__gte=OuterRef("found_on") - YEAR,
        # follows from the two above, but PostgreSQL does not see it and would read the hazards of all years
        found_on__range=(period.start - YEAR, period.end),
    )
    in_time = _own_in_time(period.end)
    return (
        Hazard.objects.filter(voided_at=None, found_on__range=(period.start, period.end))
        .alias(**_days_as_of(period.end))
        .filter(Exists(earlier))
        .order_by()
        .values("enterprise_id")
        .annotate(
            hazards_repeated=Count("id") - Count("id", filter=in_time),
        )
    )


register(
    Source(
        code="hazards_repeated",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator("hazards_repeated", _("Hazards found again within twelve months"), _("hazards"), "B"),
        ),
        query=_repeated,
    )
)


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
    in_time = _own_in_time(end)
    return (
        Hazard.objects.filter(voided_at=None, found_on__lte=end)
        .filter(Q(closed_on__gte=start) | Q(earlier_until_on__gte=start))
        .alias(
            **_days_as_of(end),
            failed=_marked(failed_by(end)),
            sent_back=_marked(Q(had_act("send_back", start, end))),
            sent_back_before=_marked(Q(had_act("send_back", None, start - DAY_LONG))),
            reopened=_marked(Q(earlier_until_on__gte=start) & Q(had_act("reopen", start, end))),
            spot=_marked(_on_the_spot(end)),
            ever_reopened=_marked(Q(had_act("reopen", None, end))),
        )
        .order_by()
        .values("enterprise_id")
        .annotate(
            hazards_accepted_first=Count("id", filter=accepted & Q(failed=False)),
            hazards_sent_back=Count("id", filter=first_back) - Count("id", filter=first_back & in_time),
            hazards_reopened=Count("id", filter=again) - Count("id", filter=again & in_time),
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


def _marked(condition: Q) -> Case:
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
        .alias(**_days_as_of(end))
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
        .alias(is_full=_marked(Q(given) & Q(Exact(reviewed, True))))
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


def _weeks(day: str, first_monday: dt.date, **options: Any) -> Expression:
    """Return in how many weeks there is a record, 62 at most: a bit each, because counting distinct weeks sorts them."""
    week = Func(
        F(day),
        template=f"(1::bigint << (%(expressions)s - DATE '{first_monday}') / 7)",
        output_field=BigIntegerField(),
    )
    return Func(
        BitOr(week, **options),
        template="coalesce(bit_count((%(expressions)s)::bit(64)), 0)",
        output_field=IntegerField(),
    )


def _self_checks(period: Period) -> QuerySet:
    """Return self-checks per enterprise. A week belongs to its Thursday's quarter, so the last may end after it."""
    thursdays = period.start + dt.timedelta(days=(3 - period.start.weekday()) % 7)
    first_monday = thursdays - dt.timedelta(days=3)
    last_thursday = period.end - dt.timedelta(days=(period.end.weekday() - 3) % 7)
    last_sunday = last_thursday + dt.timedelta(days=3)
    key = ~Q(target=CheckTarget.GENERAL)
    months = {
        f"key_checks_month_{number}": Count("id", filter=key & Q(checked_on__range=month))
        for number, month in enumerate(period.months, start=1)
    }
    first, last = min(first_monday, period.year_start), max(last_sunday, period.end)
    return (
        SelfCheck.objects.filter(voided_at=None, checked_on__range=(first, last))
        .order_by()
        .values("enterprise_id")
        .annotate(
            self_checks=Count("id", filter=Q(checked_on__range=(period.start, period.end))),
            self_check_weeks=_weeks(
                "checked_on", first_monday, filter=Q(checked_on__range=(first_monday, last_sunday))
            ),
            self_checks_year=Count("id", filter=Q(checked_on__range=(period.year_start, period.end))),
            **months,
        )
    )


register(
    Source(
        code="self_checks",
        model=SelfCheck,
        day="checked_on",
        tab="work",
        indicators=(
            Indicator("self_checks", _("Self-checks in the quarter"), _("checks"), "A"),
            Indicator("self_check_weeks", _("Weeks with a self-check"), _("weeks"), "A"),
            Indicator("self_checks_year", _("Self-checks in twelve months"), _("checks"), "A"),
            Indicator("key_checks_month_1", _("Key checks in the first month"), _("checks"), "A"),
            Indicator("key_checks_month_2", _("Key checks in the second month"), _("checks"), "A"),
            Indicator("key_checks_month_3", _("Key checks in the third month"), _("checks"), "A"),
        ),
        query=_self_checks,
    )
)
