"""Disputes that can still be settled in the current quarter.

Enterprise users may not see disputes, which may name persons, so a step shows only the day a dispute was opened.
"""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from disputes.after import acts as after_settlement
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from foundation.contributions.measures import ACCEPTED, Act, Running, Step, register_act


def _settle(running: Running) -> Iterator[Step]:
    end = running.period.end
    rows = Dispute.objects.filter(
        DISPUTE_LIFE.applies("settle"), enterprise_id=running.enterprise_id, opened_on__lte=running.today
    )
    for dispute in rows.order_by(F("due_on").asc(nulls_last=True), "pk"):
        due_on = dispute.due_on
        in_time = due_on is not None and due_on >= running.today
        yield Step(
            key=str(dispute.pk),
            record=_("Dispute opened on %(day)s") % {"day": dispute.opened_on.isoformat()},
            from_on=running.today,
            by_on=min(due_on, end) if due_on is not None and in_time else end,
            due_on=due_on,
            adds={
                "disputes_settled": 1,
                "disputes_settled_on_time": int(in_time),
                "disputes_open": -1,
                "disputes_overdue": -int(due_on is not None and due_on < end),
            },
        )


register_act(
    Act(
        code="settle",
        label=gettext_lazy("Settle disputes"),
        unit=gettext_lazy("disputes"),
        who=ACCEPTED,
        icon="users",
        measures=("disputes_settled", "disputes_settled_on_time", "disputes_open", "disputes_overdue"),
        task=lambda number: (
            ngettext("Settle %(number)d dispute", "Settle %(number)d disputes", number) % {"number": number}
        ),
        hint=gettext_lazy("It counts once the police have recorded the settlement date."),
        steps=_settle,
        each=True,
    )
)

__all__ = ["after_settlement"]
