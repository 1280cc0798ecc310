"""What is told of instalments: to whoever leads the dispute, of a breach to the chief as well. Named by the jobs that find it."""

from django.utils.translation import gettext_lazy as _

from disputes.agreements.sweeping import BREACHED, DUE_SOON, DUE_TODAY
from facts.causes import OFFICERS, day_of
from foundation.contributions.notifications import Cause
from foundation.words import Words


def _cause(code: str, words: Words, icon: str, tone: str) -> Cause:
    return Cause(code, words, OFFICERS, icon, page="disputes:detail", tone=tone, shown={"day": day_of})


AGREEMENT_CAUSES = (
    _cause(
        BREACHED,
        _("In breach: instalment %(number)s, due on %(day)s, was not paid: %(object)s"),
        "alert-circle",
        "red",
    ),
    _cause(
        DUE_SOON,
        _("Instalment %(number)s is due on %(day)s. Remind both sides: %(object)s"),
        "clock",
        "yellow",
    ),
    _cause(
        DUE_TODAY,
        _("Instalment %(number)s is due today. Remind both sides: %(object)s"),
        "clock",
        "yellow",
    ),
)
