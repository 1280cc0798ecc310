"""The life of a dispute: opened, settled, closed."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disputes.access import Permission
from disputes.choices import DisputeState
from disputes.closing import why_not_closed
from disputes.models import Dispute
from facts.asks import Day, reopening
from facts.lives import Act, Life, State, Unless, Wording

OPEN, OVERDUE, SETTLED = DisputeState.OPEN, DisputeState.OVERDUE, DisputeState.SETTLED
CLOSED = DisputeState.CLOSED


def _is_settled(dispute: Dispute) -> str:
    if dispute.settled_on is None:
        return ""
    return _("This dispute was already settled on %(day)s.") % {"day": dispute.settled_on}


DISPUTE_LIFE = Life(
    Dispute,
    states=(
        State(
            OPEN,
            "blue",
            lambda today: Q(settled_on=None) & (Q(due_on=None) | Q(due_on__gte=today)),
        ),
        State(OVERDUE, "red", lambda today: Q(settled_on=None, due_on__lt=today)),
        State(SETTLED, "green", lambda today: Q(settled_on__isnull=False, closed_on=None)),
        State(CLOSED, "secondary", lambda today: Q(settled_on__isnull=False, closed_on__isnull=False)),
    ),
    acts=(
        Act(
            "settle",
            states={OPEN, OVERDUE},
            to={SETTLED},
            permission=Permission.SETTLE_DISPUTES,
            by_another=True,
            unless=Unless("it is settled", _is_settled),
            wording=Wording(
                pgettext_lazy("act", "Record the settlement"),
                gettext_lazy("This date decides whether the dispute was settled on time."),
                asks=(Day("settled_on", gettext_lazy("Settled on")),),
                title=gettext_lazy("Is the dispute settled?"),
            ),
            past=gettext_lazy("Settled"),
            done=gettext_lazy("The dispute is settled."),
            icon="circle-check",
            hue="green",
        ),
        Act(
            "close",
            states={SETTLED},
            to={CLOSED},
            permission=Permission.SETTLE_DISPUTES,
            unless=Unless(
                "a follow-up is still to be done or something is owed", lambda dispute: "", why_not_closed
            ),
            wording=Wording(
                pgettext_lazy("act", "Close the dispute"),
                gettext_lazy(
                    "The settlement has held: all follow-ups are done and nothing is owed any more. The file is then"
                    " complete. A dispute that breaks out again is reopened."
                ),
                asks=(Day("closed_on", pgettext_lazy("dispute", "Closed on")),),
                title=gettext_lazy("Close the dispute?"),
            ),
            past=pgettext_lazy("dispute", "Closed"),
            done=gettext_lazy("The dispute is closed."),
            icon="archive",
            hue="secondary",
            after_end=True,
        ),
        Act(
            "reopen",
            states={SETTLED, CLOSED},
            to={OPEN, OVERDUE},
            permission=Permission.SETTLE_DISPUTES,
            wording=Wording(
                gettext_lazy("Reopen"),
                gettext_lazy(
                    "The dispute was settled and has broken out again. Until the day of reopening it stays settled. If "
                    "it never was settled, correct that step or the record instead."
                ),
                asks=reopening(),
                title=gettext_lazy("Reopen the dispute"),
            ),
            past=gettext_lazy("Reopened"),
            done=gettext_lazy("The dispute is open again."),
            icon="rotate",
            hue="red",
            reopens=True,
        ),
    ),
    begins=(OPEN, OVERDUE),
    by_time=[(OPEN, OVERDUE, gettext_lazy("the deadline passes"))],
)
