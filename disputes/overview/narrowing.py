"""Conditions on disputes that a list filters by, a board counts, and the bureau's picture leads to."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from disputes.agreements.reading import UNPAID, OfFile, with_open
from disputes.choices import Stage
from disputes.mediation.choices import StepKind, WayKind
from disputes.models import FILE, Breach, Dispute, FollowUp, Instalment, Way, WayStep, of_files
from disputes.overview.standing import CLOCKS, one_of, stands
from foundation.accounts.actors import Actor
from foundation.spans import Span

WEEK, LATE, NO_CLOCK = "week", "late", "none"
ENDS = ((WEEK, _("This week")), (LATE, _("Has passed")), (NO_CLOCK, _("No clock runs")))
NOW, EVER = "now", "ever"
BREACHES = ((NOW, _("In breach now")), (EVER, _("An instalment was once in breach")))
NOT_PLANNED, MISSED, DONE, RELAPSED = "none", "late", "done", "relapse"
FOLLOWED = (
    (NOT_PLANNED, _("Settled, none planned or done")),
    (MISSED, _("Its day has passed")),
    (DONE, _("Done, somebody was reached")),
    (RELAPSED, _("It had broken out again")),
)
SETTLED_BY, FAILED_BY = "settled", "failed"
RESULTS = tuple(
    (way.label, ((f"{way}-{SETTLED_BY}", _("Settled by it")), (f"{way}-{FAILED_BY}", _("Not settled by it"))))
    for way in WayKind
)

_STAGES = {stage.name.lower(): stage for stage in Stage}
STAGES = [(code, stage.label) for code, stage in _STAGES.items()]


def in_stages(actor: Actor, codes: Collection[str], today: dt.date) -> Q:
    """Return the condition on disputes that they have reached one of these stages (STAGES) and no further one."""
    numbers = ", ".join(str(_STAGES[code].value) for code in codes)
    return stands(actor, today, f"stage IN ({numbers})")


def ends(actor: Actor, which: str, today: dt.date) -> Q:
    """Return the condition on disputes that a clock of theirs ends so (ENDS). "This week" is from today to Sunday."""
    if which == NO_CLOCK:
        return stands(actor, today, "next_on IS NULL")
    if which == LATE:
        return stands(actor, today, f"next_on < DATE '{today.isoformat()}'")
    last = Span.THIS_WEEK.days(today)[1]
    span = f"BETWEEN DATE '{today.isoformat()}' AND DATE '{last.isoformat()}'"
    return stands(actor, today, " OR ".join(f"{clock} {span}" for clock in CLOCKS))


# --- breach -----------------------------------------------------------------------------------------------------------


def _breached(of: Q | None = None) -> QuerySet[Instalment]:
    """Return the instalments that were found in breach, or declared so, and of which something is still owed.

    ``of`` narrows the breaches, also where the query on instalments narrows itself: behind the policies PostgreSQL begins with
    the breaches of all stations.
    """
    found = Breach.objects.filter(
        agreement_id=OuterRef("agreement_id"), number=OuterRef("number"), undone_at=None
    )
    if of is not None:
        found = found.filter(of)
    return with_open(Instalment.objects.filter(Exists(found))).filter(UNPAID)


def with_breaches(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Annotate disputes with ``ever_breached``, for :func:`mark_breaches`."""
    breaches = Breach.objects.filter(
        OfFile(F("dispute_id"), OuterRef("absorbed"), OuterRef("pk")), undone_at=None
    )
    return rows.annotate(ever_breached=Exists(breaches))


def mark_breaches(disputes: Sequence[Any]) -> None:
    """Set ``in_breach`` of the disputes of a page, as :func:`breached` says of NOW. One query, if one of them ever was in breach.

    As an expression of the page's own query it would be planned each time, for 13 ms, and hardly ever be asked.
    """
    files = {file: each.pk for each in disputes if each.ever_breached for file in each.file_ids}
    of = Q(dispute_id__in=list(files))
    now = _breached(of).filter(of).values_list("dispute_id", flat=True) if files else ()
    breached_now = {files[file] for file in now}
    for each in disputes:
        each.in_breach = each.pk in breached_now


def breached(which: str) -> Q:
    """Return the condition on disputes that an instalment is in breach, or once was (BREACHES).

    A breach is found by an hourly job, so a dispute is in breach at most an hour after the day of the instalment. Who is in
    breach now is asked at once: a list counts its rows and then reads them, and composing this query takes Django 10 ms.
    """
    if which != NOW:
        return of_files(Breach.objects.filter(undone_at=None))
    files = _breached().values_list("dispute_id", FILE)
    return one_of(list({file for both in files for file in both}))


# --- ways -------------------------------------------------------------------------------------------------------------


def _latest_ways() -> QuerySet[Way]:
    place = Window(RowNumber(), partition_by=FILE, order_by=[F("from_on").desc(), F("pk").desc()])
    return Way.objects.filter(voided_at=None).order_by().annotate(place=place).filter(place=1)


def led_by(kinds: Sequence[str]) -> Q:
    """Return the condition on disputes that the last way chosen is one of these."""
    return of_files(Way.objects.filter(pk__in=_latest_ways().values("pk"), kind__in=kinds))


def without_way() -> Q:
    """Return the condition on disputes that no way was chosen."""
    return ~of_files(Way.objects.filter(voided_at=None))


def settled_by(kind: str) -> Q:
    """Return the condition on disputes that they were settled on this way: it is the last one, and they are settled."""
    return led_by([kind]) & Q(settled_on__isnull=False)


def failed_by(kind: str) -> Q:
    """Return the condition on disputes that this way did not settle them: it failed, a party refused it, or another one followed.

    One that failed and was settled on the same way in the end was settled by it.
    """
    steps = WayStep.objects.filter(
        way_id=OuterRef("pk"), kind__in=(StepKind.FAILED, StepKind.REFUSED), voided_at=None
    )
    tried = Way.objects.filter(kind=kind, voided_at=None)
    followed = tried.exclude(pk__in=_latest_ways().values("pk"))
    return (of_files(tried.filter(Exists(steps))) | of_files(followed)) & ~settled_by(kind)


def with_result(code: str) -> Q:
    """Return the condition on disputes that a way had this result for them (RESULTS)."""
    kind, result = code.split("-")
    return settled_by(kind) if result == SETTLED_BY else failed_by(kind)


# --- follow-up --------------------------------------------------------------------------------------------------------


def _follow_ups() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(voided_at=None)


def followed(which: str, today: dt.date) -> Q:
    """Return the condition on disputes that their follow-up stands so (FOLLOWED)."""
    if which == NOT_PLANNED:
        return Q(settled_on__isnull=False, closed_on=None) & ~of_files(_follow_ups().filter(dropped_on=None))
    if which == MISSED:
        waiting = _follow_ups().filter(done_on=None, dropped_on=None, planned_on__lt=today)
        return Q(settled_on__isnull=False, closed_on=None) & of_files(waiting)
    if which == RELAPSED:
        return of_files(_follow_ups().filter(reopened=True))
    return of_files(_follow_ups().filter(reached=True))
