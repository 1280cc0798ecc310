"""Acts of the police after the settlement that can still count in the current quarter: screening, follow-ups."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from disputes.after.measures import MONTHS
from disputes.models import Dispute, FollowUp, Screening
from foundation.contributions.measures import POLICE, Act, Running, Step, register_act


def _screen(running: Running) -> Iterator[Step]:
    """Yield a step for each month of the quarter that is not over and was not screened."""
    period, today = running.period, running.today
    rows = Screening.objects.filter(
        voided_at=None, enterprise_id=running.enterprise_id, month__range=(period.start, period.end)
    )
    screened = {month.month for month in rows.values_list("month", flat=True)}
    left = []
    for number in range(MONTHS):
        first = period.start.replace(month=period.start.month + number)
        following = period.end if number == MONTHS - 1 else first.replace(month=first.month + 1)
        last = following if number == MONTHS - 1 else following - dt.timedelta(days=1)
        if first.month not in screened and last >= today:
            left.append((first, last))
    for first, last in left:
        yield Step(
            key=first.isoformat(),
            record=_("of %(month)s") % {"month": f"{first:%Y-%m}"},
            from_on=max(first, today),
            by_on=last,
            page=("disputes:screenings", {"enterprise": running.enterprise_id}),
            adds={"screened_months": 1},
        )


def _follow_up(running: Running) -> Iterator[Step]:
    """Yield a step for each follow-up that is planned for the quarter and not done."""
    period = running.period
    survivor = Dispute.objects.filter(
        pk=OuterRef("dispute__merged_into_id"), voided_at=None, settled_on__isnull=False
    )
    rows = FollowUp.objects.filter(
        Q(dispute__voided_at=None, dispute__settled_on__isnull=False) | Q(Exists(survivor)),
        enterprise_id=running.enterprise_id,
        done_on=None,
        dropped_on=None,
        voided_at=None,
        planned_on__range=(period.start, period.end),
    )
    for each in rows:
        yield Step(
            key=str(each.pk),
            record=_("planned for %(day)s") % {"day": each.planned_on.isoformat()},
            from_on=running.today,
            by_on=period.end,
            due_on=each.planned_on,
            page=("disputes:detail", each.dispute_id),
            adds={"follow_ups_done": 1},
        )


register_act(
    Act(
        code="screen",
        label=gettext_lazy("Screen for disputes"),
        unit=gettext_lazy("months"),
        who=POLICE,
        icon="zoom-question",
        measures=("screened_months",),
        task=lambda number: (
            ngettext(
                "Screen for disputes in %(number)d month", "Screen for disputes in %(number)d months", number
            )
            % {"number": number}
        ),
        hint=gettext_lazy("An officer asks at the enterprise once a month; nothing found is a report too."),
        steps=_screen,
        each=True,
    )
)
register_act(
    Act(
        code="follow_up",
        label=gettext_lazy("Follow up settled disputes"),
        unit=gettext_lazy("follow-ups"),
        who=POLICE,
        icon="phone-check",
        measures=("follow_ups_done",),
        task=lambda number: (
            ngettext("Follow up %(number)d settled dispute", "Follow up %(number)d settled disputes", number)
            % {"number": number}
        ),
        steps=_follow_up,
        each=True,
    )
)
