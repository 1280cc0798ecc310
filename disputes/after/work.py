"""Open work after the settlement: follow-ups that are due, answers to decide about, enterprises nobody has screened."""

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.models import FILE, Dispute, FollowUp, Screening
from disputes.selectors import led_by_person
from enterprises.models import Enterprise
from enterprises.selectors import on_register
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import PERSON, SOON, TODAY


class _Month(Func):
    """The first day of the month of a day, so many months later."""

    output_field = DateField()

    def __init__(self, day: object, later: int = 0) -> None:
        super().__init__(
            day, template=f"(date_trunc('month', %(expressions)s::date) + interval '{later} month')::date"
        )


class _LastDay(Func):
    """The last day of the month of a day, so many months later."""

    output_field = DateField()

    def __init__(self, day: object, later: int = 0) -> None:
        super().__init__(
            day,
            template=f"(date_trunc('month', %(expressions)s::date) + interval '{later + 1} month' - interval '1 day')::date",
        )


def _waiting() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(done_on=None, dropped_on=None, voided_at=None)


def _to_judge() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(relapse=True, judged_on=None, voided_at=None)


def _of_dispute(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    rows = rows.filter(enterprise_id=OuterRef("enterprise_id")).annotate(survivor=FILE)
    return rows.filter(survivor=OuterRef("pk"))


def _disputes(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp, int]:
    return rows.values_list(FILE, flat=True)


def _follow_ups() -> QuerySet[Dispute]:
    first = _of_dispute(_waiting()).order_by("planned_on", "pk").values("planned_on")[:1]
    waiting = _disputes(_waiting().filter(planned_on__lte=SOON))
    rows = Dispute.objects.filter(settled_on__isnull=False, closed_on=None, pk__in=waiting)
    return rows.annotate(follow_up_on=Subquery(first))


def _asked_by_person() -> Q:
    """Return the condition on disputes of which the reader is to do a follow-up that is due, or which they lead."""
    own = _waiting().filter(planned_on__lte=SOON, officer_id=PERSON)
    return Q(pk__in=_disputes(own)) | led_by_person()


def _answers() -> QuerySet[Dispute]:
    first = _of_dispute(_to_judge()).order_by("done_on", "pk").values("done_on")[:1]
    rows = Dispute.objects.filter(pk__in=_disputes(_to_judge()))
    return rows.annotate(answered_on=Subquery(first))


def _acts(rows_of: QuerySet[FollowUp], rows: Sequence[Row], label: object, page: str) -> dict[int, Next]:
    """Return the act on the first follow-up of each dispute. One query."""
    found = rows_of.annotate(survivor=FILE).filter(survivor__in=[row.key for row in rows])
    first = dict(
        found.order_by("-planned_on", "-pk").values_list("survivor", "pk")
    )  # the last one given stays: the earliest
    return {key: Next((Offer(str(label), reverse(page, args=[id])),)) for key, id in first.items()}


def _record(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    if not allows(actor, Permission.FOLLOW_UP_DISPUTES):
        return {}
    return _acts(_waiting(), rows, _("Record the follow-up"), "disputes:follow_up_done")


def _judge(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    if not allows(actor, Permission.FOLLOW_UP_DISPUTES):
        return {}
    return _acts(_to_judge(), rows, _("Decide about the answer"), "disputes:follow_up_judge")


def _screened(month: Any) -> Q:
    return Q(Exists(Screening.objects.filter(enterprise_id=OuterRef("pk"), month=month, voided_at=None)))


def _unscreened() -> QuerySet[Enterprise]:
    """Return the enterprises that are to be screened: this month's last days have come, or last month was missed.

    A station that has screened nobody by the last month is not told that it missed one.
    """
    last_month = _Month(TODAY, -1)
    begun = Screening.objects.filter(station_id=OuterRef("station_id"), month__lte=last_month, voided_at=None)
    missed = (
        Q(Exists(begun))
        & ~_screened(last_month)
        & (Q(registered_on=None) | Q(registered_on__lte=_Month(TODAY, -1)))
    )
    takes_part = Screening.objects.filter(station_id=OuterRef("station_id"), voided_at=None)
    rows = Enterprise.objects.filter(on_register(TODAY), ~_screened(_Month(TODAY)), Exists(takes_part))
    rows = rows.annotate(
        screening_due_on=Case(When(missed, then=_LastDay(TODAY, -1)), default=_LastDay(TODAY))
    )
    return rows.filter(screening_due_on__lte=SOON)


WORKS = (
    Work(
        code="follow_up_answers",
        title=_("Surveys that say: not kept, or broken out again"),
        noun=_("Not kept or broken out again, says a survey"),
        icon="message-exclamation",
        rank=15,
        rows=_answers,
        text="summary",
        due="answered_on",
        page="disputes:detail",
        acts=_judge,
        list_page="disputes:list",
        also=led_by_person,
    ),
    Work(
        code="follow_ups",
        title=_("Settled disputes to follow up"),
        noun=_("Follow-up of a dispute"),
        icon="phone-check",
        rank=52,
        rows=_follow_ups,
        text="summary",
        due="follow_up_on",
        page="disputes:detail",
        acts=_record,
        list_page="disputes:list",
        also=_asked_by_person,
    ),
    Work(
        code="screenings",
        title=_("Enterprises to screen for disputes"),
        noun=_("Screening for disputes"),
        icon="zoom-question",
        rank=70,
        rows=_unscreened,
        enterprise="",
        due="screening_due_on",
        act=_("Screen"),
        act_page="disputes:screenings",
        act_query="enterprise",
        list_page="enterprises:list",
    ),
)
