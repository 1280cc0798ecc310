"""The life of an obstruction of an inspection: recorded, confirmed, withdrawn."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.asks import Day, Reason
from facts.lives import Act, Life, Unless, Wording
from inspections.access import Permission
from inspections.lives.finding import (
    CONFIRMED,
    STATES,
    SUSPECTED,
    WITHDRAWN,
    WITHDRAWN_ON,
    refuses_withdrawing,
    refuses_withdrawing_to,
    was_asked_to_withdraw,
    was_not_asked_to_withdraw,
)
from inspections.lives.hazard import READ_BY_ENTERPRISE
from inspections.models import Obstruction

OBSTRUCTION_LIFE = Life(
    Obstruction,
    states=STATES,
    acts=(
        Act(
            "confirm",
            states={SUSPECTED},
            to={CONFIRMED},
            permission=Permission.CONFIRM_OBSTRUCTIONS,
            by_another=True,
            wording=Wording(
                pgettext_lazy("forgery", "Confirm"),
                gettext_lazy(
                    "From this day the enterprise sees it. If the standard in force has a veto for obstruction, it turns "
                    "red until an inspection after this day is qualified."
                ),
                asks=(Day("confirmed_on", gettext_lazy("Confirmed on")),),
                title=gettext_lazy("Confirm the obstruction"),
            ),
            past=pgettext_lazy("forgery", "Confirmed"),
            done=gettext_lazy("The obstruction was confirmed."),
            icon="circle-check",
            hue="red",
        ),
        Act(
            "ask_withdrawal",
            states={CONFIRMED},
            permission=Permission.WITHDRAW_OBSTRUCTIONS,
            unless=Unless("it was asked for already", was_asked_to_withdraw),
            wording=Wording(
                gettext_lazy("Ask to withdraw it"),
                gettext_lazy("It stays confirmed until a colleague decides, who reads the reason."),
                asks=(Reason(),),
                title=gettext_lazy("Ask to withdraw the finding of obstruction"),
            ),
            past=gettext_lazy("Withdrawal asked for"),
            done=gettext_lazy("A colleague decides now. Until then it stays confirmed."),
            icon="message-question",
            hue="yellow",
            reopens=True,
        ),
        Act(
            "withdraw",
            states={SUSPECTED, CONFIRMED},
            to={WITHDRAWN},
            permission=Permission.WITHDRAW_OBSTRUCTIONS,
            unless=Unless(
                "it was confirmed and nobody else has asked for it",
                refuses_withdrawing,
                refuses_withdrawing_to,
            ),
            wording=Wording(
                pgettext_lazy("forgery", "Withdraw"),
                gettext_lazy("Until this day it stays confirmed; ratings of later quarters leave it out."),
                asks=(WITHDRAWN_ON, Reason(hint=READ_BY_ENTERPRISE)),
                title=gettext_lazy("Withdraw the finding of obstruction"),
            ),
            past=pgettext_lazy("forgery", "Withdrawn"),
            done=gettext_lazy("The finding of obstruction was withdrawn."),
            icon="arrow-back-up",
            reopens=True,
            instead={
                SUSPECTED: Wording(
                    pgettext_lazy("forgery", "Withdraw"),
                    gettext_lazy("It was not confirmed, so the enterprise never sees it."),
                    asks=(WITHDRAWN_ON, Reason()),
                    title=gettext_lazy("Withdraw the finding of obstruction"),
                )
            },
        ),
        Act(
            "keep",
            states={CONFIRMED},
            permission=Permission.WITHDRAW_OBSTRUCTIONS,
            unless=Unless("nobody has asked to withdraw it", was_not_asked_to_withdraw),
            wording=Wording(
                pgettext_lazy("forgery", "Keep it confirmed"),
                gettext_lazy("The request is over, and the finding stays as it is."),
                asks=(Reason(),),
                title=gettext_lazy("Keep the finding of obstruction"),
            ),
            past=pgettext_lazy("forgery", "Kept as confirmed"),
            done=gettext_lazy("The finding of obstruction stays confirmed."),
            icon="shield-check",
            reopens=True,
        ),
    ),
)
