"""Open work that was promised in a dispute: measures against its risk, and the next step that a session set a day for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, DateField, F, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.mediation.work import of_file, planned_sessions
from disputes.models import FILE, Dispute, MediationSession, RiskMeasure
from disputes.selectors import led_by_person
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import SOON


def _measures() -> QuerySet[RiskMeasure]:
    """Return the measures of an outer query's dispute that are not done, what ends first first."""
    return of_file(RiskMeasure.objects.filter(done_on=None)).order_by("until_on", "pk")


def _latest() -> QuerySet[MediationSession]:
    """Return the sessions of an outer query's dispute, the latest first: its next step is the one that counts."""
    return of_file(MediationSession.objects.filter(voided_at=None)).order_by("-on", "-begins_at", "-pk")


def _steps() -> QuerySet[Dispute]:
    """Return the disputes of which a step is due: by its day, which no other work on Today has.

    What comes after a session waits no longer once another session is planned, or the dispute is settled.
    """
    measures = RiskMeasure.objects.filter(done_on=None, until_on__lte=SOON)
    sessions = MediationSession.objects.filter(voided_at=None, next_on__lte=SOON)
    some = Q(pk__in=measures.values_list(FILE, flat=True)) | Q(pk__in=sessions.values_list(FILE, flat=True))
    rows = Dispute.objects.filter(some, closed_on=None).alias(
        measure_on=Subquery(_measures().values("until_on")[:1], output_field=DateField()),
        after_session_on=Case(
            When(
                Q(settled_on=None) & ~planned_sessions(),
                then=Subquery(_latest().values("next_on")[:1], output_field=DateField()),
            ),
            output_field=DateField(),
        ),
    )
    rows = rows.annotate(step_on=Least("measure_on", "after_session_on"))
    return rows.filter(step_on__lte=SOON)


def _what() -> Any:
    """Return the step in words; neither kind of words may name a party."""
    return Case(
        When(step_on=F("measure_on"), then=Cast(Subquery(_measures().values("what")[:1]), TextField())),
        default=Cast(Subquery(_latest().values("next_step")[:1]), TextField()),
        output_field=TextField(),
    )


def _take(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    """Return where a step is taken: a measure on the page of the risk, what follows a session by planning the next. One query."""
    if not allows(actor, Permission.MEDIATE_DISPUTES):
        return {}
    waiting = RiskMeasure.objects.filter(done_on=None).annotate(survivor=FILE)
    measured = dict(
        waiting.filter(survivor__in=[row.key for row in rows])
        .order_by("-until_on")
        .values_list("survivor", "until_on")
    )
    see, plan = _("See the measure"), _("Plan a session")
    return {
        row.key: Next(
            (
                Offer(see, reverse("disputes:risk", args=[row.key]))
                if measured.get(row.key) == row.due_on
                else Offer(plan, reverse("disputes:session_plan", args=[row.key])),
            )
        )
        for row in rows
    }


WORKS = (
    Work(
        code="dispute_steps",
        title=_("Promised steps in disputes"),
        noun=_("Promised step"),
        icon="list-check",
        rank=48,
        rows=_steps,
        text="summary",
        more=_what(),
        due="step_on",
        page="disputes:detail",
        acts=_take,
        list_page="disputes:list",
        also=led_by_person,
    ),
)
