"""The life of a finding of forgery: suspected, confirmed, withdrawn."""

from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.asks import Day, Reason
from facts.lives import Act, Life, State, Wording
from inspections.access import Permission
from inspections.choices import ForgeryState
from inspections.lives.hazard import READ_BY_ENTERPRISE
from inspections.models import Forgery

SUSPECTED, CONFIRMED, WITHDRAWN = ForgeryState.SUSPECTED, ForgeryState.CONFIRMED, ForgeryState.WITHDRAWN
_WITHDRAWN_ON = Day("withdrawn_on", gettext_lazy("Withdrawn on"))

FORGERY_LIFE = Life(
    Forgery,
    states=(
        State(SUSPECTED, "yellow", lambda today: Q(confirmed_on=None, withdrawn_on=None)),
        State(CONFIRMED, "red", lambda today: Q(confirmed_on__isnull=False, withdrawn_on=None)),
        State(WITHDRAWN, "secondary", lambda today: Q(withdrawn_on__isnull=False)),
    ),
    acts=(
        Act(
            "confirm",
            states={SUSPECTED},
            to={CONFIRMED},
            permission=Permission.CONFIRM_FORGERIES,
            by_another=True,
            wording=Wording(
                pgettext_lazy("forgery", "Confirm"),
                gettext_lazy(
                    "From this day the enterprise sees it. If the standard in force has a veto for forgery, it turns "
                    "red until an inspection after this day is qualified."
                ),
                asks=(Day("confirmed_on", gettext_lazy("Confirmed on")),),
                title=gettext_lazy("Confirm the forgery"),
            ),
            past=pgettext_lazy("forgery", "Confirmed"),
            done=gettext_lazy("The forgery was confirmed."),
            icon="circle-check",
            hue="red",
        ),
        Act(
            "withdraw",
            states={SUSPECTED, CONFIRMED},
            to={WITHDRAWN},
            permission=Permission.WITHDRAW_FORGERIES,
            wording=Wording(
                pgettext_lazy("forgery", "Withdraw"),
                gettext_lazy("Until this day it stays confirmed; ratings of later quarters leave it out."),
                asks=(_WITHDRAWN_ON, Reason(hint=READ_BY_ENTERPRISE)),
                title=gettext_lazy("Withdraw the finding of forgery"),
            ),
            past=pgettext_lazy("forgery", "Withdrawn"),
            done=gettext_lazy("The finding of forgery was withdrawn."),
            icon="arrow-back-up",
            reopens=True,
            instead={
                SUSPECTED: Wording(
                    pgettext_lazy("forgery", "Withdraw"),
                    gettext_lazy("It was not confirmed, so the enterprise never sees it."),
                    asks=(_WITHDRAWN_ON, Reason()),
                    title=gettext_lazy("Withdraw the finding of forgery"),
                )
            },
        ),
    ),
)
