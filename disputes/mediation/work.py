"""Open work of mediation on Today: planned sessions of the reader, and clocks that end."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.db.models import CharField, DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from disputes.access import Permission
from disputes.mediation.choices import Running
from disputes.models import Appointment, Dispute, Way
from disputes.models.of_dispute import OfDispute
from disputes.selectors import led_by_person
from enterprises.left_behind import for_chief
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import PERSON, SOON

R = TypeVar("R", bound=OfDispute)
# rows of an outer query's dispute, and of those that were merged into it
_OF_FILE = Q(dispute_id=OuterRef("pk")) | Q(dispute__merged_into_id=OuterRef("pk"))


def of_file(rows: QuerySet[R]) -> QuerySet[R]:
    """Return those rows that belong to an outer query's dispute, or to one that was merged into it."""
    return rows.filter(_OF_FILE, enterprise_id=OuterRef("enterprise_id"))


def planned_sessions() -> Q:
    """Return the condition on disputes of which a session is planned."""
    return Q(Exists(_planned()))


def _planned() -> QuerySet[Appointment]:
    """Return the planned sessions of an outer query's dispute, the next first."""
    rows = of_file(Appointment.objects.filter(ended_at=None, voided_at=None))
    return rows.order_by("on", "begins_at", "pk")


def _clocks() -> QuerySet[Way]:
    """Return the ways of an outer query's dispute on which a clock runs, the one that ends first first."""
    rows = of_file(Way.objects.filter(voided_at=None)).exclude(running="")
    # of the file that survived, if two were merged
    settled_on = ExpressionWrapper(OuterRef("settled_on"), output_field=DateField())
    unsettled = Q(running=Running.CASE) | Q(file_settled_on=None)
    return (
        rows.alias(file_settled_on=settled_on)
        .filter(unsettled, due_on__isnull=False)
        .order_by("due_on", "pk")
    )


def _with_sessions() -> QuerySet[Dispute]:
    return Dispute.objects.filter(Exists(_planned().filter(on__lte=SOON)))


def _of_person() -> Q:
    """Return the condition on disputes of which the reader holds a planned session; or whose officers have all left, for the chief."""
    own = _planned().filter(on__lte=SOON)
    nobodys = own.filter(for_chief("officer_id"), for_chief("second_id"))
    return Q(Exists(own.filter(Q(officer_id=PERSON) | Q(second_id=PERSON)))) | Q(Exists(nobodys))


def _with_clocks() -> QuerySet[Dispute]:
    return Dispute.objects.filter(Exists(_clocks().filter(due_on__lte=SOON)))


def _hold(actor: Actor, rows: Sequence[Row]) -> Mapping[int, Next]:
    """Return the act on the planned session of each dispute: recorded from its day on, moved before. One query."""
    if not allows(actor, Permission.MEDIATE_DISPUTES):
        return {}
    of_them = Q(dispute_id__in=[row.key for row in rows]) | Q(
        dispute__merged_into_id__in=[row.key for row in rows]
    )
    open_ones = Appointment.objects.filter(of_them, ended_at=None, voided_at=None).select_related("dispute")
    today, found = timezone.localdate(), {}
    for each in open_ones.order_by("-on", "-begins_at", "-pk"):  # the next one stands last, and stays
        id = each.dispute.merged_into_id or each.dispute_id
        if each.on <= today:
            act = Offer(
                _("Record the session"),
                f"{reverse('disputes:session_new', args=[id])}?appointment={each.pk}",
            )
        else:
            act = Offer(
                pgettext("session", "Move"),
                reverse("disputes:session_move", args=[id, each.pk]),
                in_place=True,
            )
        found[id] = Next((act,))
    return found


def _lead(actor: Actor, rows: Sequence[Row]) -> Mapping[int, Next]:
    """Return the act that a clock waits for: a session is planned, anything else is recorded on the way."""
    if not allows(actor, Permission.MEDIATE_DISPUTES):
        return {}
    plan, look = _("Plan a session"), _("See the way")
    return {
        row.key: Next(
            (
                Offer(plan, reverse("disputes:session_plan", args=[row.key]))
                if row.more in (Running.FIRST, Running.SECOND)
                else Offer(look, f"{reverse('disputes:detail', args=[row.key])}#way"),
            )
        )
        for row in rows
    }


def _words(row: Row) -> str:
    return f"{row.text} · {Running(row.more).label}" if row.more else row.text


WORKS = (
    Work(
        code="mediation_sessions",
        title=_("Planned mediation sessions"),
        noun=_("Mediation session"),
        icon="messages",
        rank=27,
        rows=_with_sessions,
        text="summary",
        more=ExpressionWrapper(Subquery(_planned().values("place")[:1]), output_field=CharField()),
        due=ExpressionWrapper(Subquery(_planned().values("on")[:1]), output_field=DateField()),
        page="disputes:detail",
        acts=_hold,
        list_page="disputes:list",
        mine=_of_person,
    ),
    Work(
        code="mediation_clocks",
        title=_("Time limits of mediation"),
        noun=_("Mediation"),
        icon="clock",
        rank=26,
        rows=_with_clocks,
        text="summary",
        more=ExpressionWrapper(Subquery(_clocks().values("running")[:1]), output_field=CharField()),
        due=ExpressionWrapper(Subquery(_clocks().values("due_on")[:1]), output_field=DateField()),
        words_of=_words,
        page="disputes:detail",
        acts=_lead,
        list_page="disputes:list",
        also=led_by_person,
    ),
)
