"""Open work of agreements on Today: instalments that are due, breaches, and the time limit of judicial confirmation."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.agreements.reading import UNPAID, OfFile, with_open
from disputes.choices import ConfirmationStep
from disputes.models import FILE, Agreement, Confirmation, Dispute, Instalment
from disputes.models.of_dispute import of_files
from disputes.selectors import HIGH_RISK, led_by_person, with_high
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import TODAY, days_before_today

SOON_DAYS = 3  # before an instalment is due it stands on Today
CONFIRM_DAYS = 10  # before the time limit to apply for confirmation


def _owed() -> QuerySet[Instalment]:
    """Return the instalments of a dispute of which something is owed, the earliest first."""
    mine = OfFile(F("dispute_id"), OuterRef("absorbed"), OuterRef("pk"))
    # said of the agreement too, which PostgreSQL else looks for among all agreements of the station, for each dispute
    theirs = OfFile(F("agreement__dispute_id"), OuterRef("absorbed"), OuterRef("pk"))
    return with_open(Instalment.objects.filter(mine, theirs)).filter(UNPAID).order_by("due_on", "number")


def _with_instalments(**due: Any) -> QuerySet[Any]:
    """Return the disputes with instalments of an agreement in force that are due then; only of those is it asked what is owed."""
    rows = Instalment.objects.filter(agreement__ended_at=None, agreement__effective_on__isnull=False, **due)
    return Dispute.objects.filter(of_files(rows)).annotate(instalment_on=_first(_owed(), "due_on"))


def _first(rows: QuerySet[Instalment], column: str) -> Any:
    fields = {"due_on": DateField()}
    return Subquery(rows.values(column)[:1], output_field=fields.get(column, BigIntegerField()))


def overdue() -> QuerySet[Dispute]:
    """Return the disputes of which an instalment was not paid in full by its day, with the day of the earliest one."""
    return _with_instalments(due_on__lt=TODAY).filter(instalment_on__lt=TODAY)


def _due() -> QuerySet[Dispute]:
    soon = days_before_today(-SOON_DAYS)
    rows = _with_instalments(due_on__gte=TODAY, due_on__lte=soon)
    return rows.filter(instalment_on__gte=TODAY, instalment_on__lte=soon)


def is_overdue() -> Q:
    """Return the condition on disputes of which an instalment is overdue."""
    return Q(Exists(_owed().filter(due_on__lt=TODAY)))


def _in_force() -> QuerySet[Agreement]:
    """Return the agreement in force of an outer query's dispute."""
    return Agreement.objects.filter(
        OfFile(F("dispute_id"), OuterRef("absorbed"), OuterRef("pk")), ended_at=None
    )


def is_agreed() -> Q:
    """Return the condition on disputes whose sides have all agreed and nothing is overdue: they wait to be settled only."""
    return Q(Exists(_in_force().filter(effective_on__isnull=False)), settled_on=None) & ~is_overdue()


def agreed() -> QuerySet[Dispute]:
    """Return the disputes whose agreement is not complete: somebody has to sign it, or a colleague to settle by it."""
    waits = Q(Exists(_in_force().filter(effective_on=None))) | is_agreed()
    return Dispute.objects.filter(waits).annotate(
        agreed_on=Subquery(_in_force().values("concluded_on")[:1], output_field=DateField())
    )


def to_sign(rows: Sequence[Row]) -> dict[int, int]:
    """Return the agreement that is not signed by all of each dispute on Today. One query."""
    own = Agreement.objects.filter(ended_at=None, effective_on=None)
    own = own.annotate(survivor=FILE)
    return dict(own.filter(survivor__in=[row.key for row in rows]).values_list("survivor", "pk"))


def _to_confirm() -> QuerySet[Dispute]:
    """Return the disputes whose sides may still ask the court, with the last day for it."""
    applied = Confirmation.objects.filter(
        agreement_id=OuterRef("pk"), step=ConfirmationStep.APPLIED, taken_back_at=None
    )
    own = Agreement.objects.filter(
        ~Exists(applied),
        OfFile(F("dispute_id"), OuterRef("absorbed"), OuterRef("pk")),
        ended_at=None,
        confirm_by__gte=TODAY,
    ).filter(confirm_by__lte=days_before_today(-CONFIRM_DAYS))
    rows = Dispute.objects.annotate(
        confirm_on=Subquery(own.values("confirm_by")[:1], output_field=DateField())
    )
    return rows.filter(confirm_on__isnull=False)


def _pay(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    if not allows(actor, Permission.RECORD_PAYMENTS):
        return {}
    label = _("Record a payment")
    return {
        row.key: Next((Offer(label, reverse("disputes:payment_record", args=[row.key])),)) for row in rows
    }


def _apply(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    if not allows(actor, Permission.RECORD_AGREEMENTS):
        return {}
    label, step = _("Record the application"), ConfirmationStep.APPLIED.value
    return {
        row.key: Next((Offer(label, reverse("disputes:confirmation_step", args=[row.key, step])),))
        for row in rows
    }


AGREEMENT_WORKS = (
    Work(
        code="instalments_overdue",
        title=_("Instalments not paid"),
        noun=_("Instalment not paid"),
        icon="alert-circle",
        rank=7,
        rows=lambda: with_high(overdue()),
        grave="is_high",
        grave_words=HIGH_RISK,
        text="summary",
        due="instalment_on",
        page="disputes:detail",
        acts=_pay,
        list_page="disputes:list",
        also=led_by_person,
    ),
    Work(
        code="instalments",
        title=_("Instalments due"),
        noun=_("Instalment due"),
        icon="cash",
        rank=45,
        rows=lambda: with_high(_due()),
        grave="is_high",
        grave_words=HIGH_RISK,
        text="summary",
        due="instalment_on",
        page="disputes:detail",
        acts=_pay,
        list_page="disputes:list",
        also=led_by_person,
    ),
    Work(
        code="confirmations",
        title=_("Judicial confirmation still possible"),
        noun=_("Judicial confirmation"),
        icon="gavel",
        rank=55,
        rows=_to_confirm,
        text="summary",
        due="confirm_on",
        page="disputes:detail",
        acts=_apply,
        list_page="disputes:list",
        also=led_by_person,
    ),
)
