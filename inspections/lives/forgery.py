"""The life of a finding of forgery: suspected, confirmed, withdrawn."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.asks import Day, Reason
from facts.lives import Act, Life, State, Unless, Wording
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.choices import ForgeryState
from inspections.lives.hazard import READ_BY_ENTERPRISE
from inspections.models import Forgery

SUSPECTED, CONFIRMED, WITHDRAWN = ForgeryState.SUSPECTED, ForgeryState.CONFIRMED, ForgeryState.WITHDRAWN
_WITHDRAWN_ON = Day("withdrawn_on", gettext_lazy("Withdrawn on"))


def _was_asked_to_withdraw(forgery: Forgery) -> str:
    if not forgery.waits_for_withdrawal:
        return ""
    words = _("%(person)s asked for it on %(day)s, and nobody has decided yet.")
    day = date_format(timezone.localtime(forgery.withdrawal_asked_at), "Y-m-d")
    return words % {"person": forgery.withdrawal_asked_by, "day": day}


def _refuses_withdrawing(forgery: Forgery) -> str:
    if forgery.state is not CONFIRMED or forgery.waits_for_withdrawal:
        return ""
    return _("What was confirmed is withdrawn by two people: one asks for it, another decides.")


def _refuses_withdrawing_to(forgery: Forgery, actor: Actor) -> str:
    is_own = actor.user_id and actor.user_id == forgery.withdrawal_asked_by_id
    if forgery.state is CONFIRMED and is_own:
        return _("You asked for this yourself, so somebody else of your station decides.")
    return ""


def _was_not_asked_to_withdraw(forgery: Forgery) -> str:
    return "" if forgery.waits_for_withdrawal else _("Nobody has asked to withdraw it.")


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
            "ask_withdrawal",
            states={CONFIRMED},
            permission=Permission.WITHDRAW_FORGERIES,
            unless=Unless("it was asked for already", _was_asked_to_withdraw),
            wording=Wording(
                gettext_lazy("Ask to withdraw it"),
                gettext_lazy("It stays confirmed until a colleague decides, who reads the reason."),
                asks=(Reason(),),
                title=gettext_lazy("Ask to withdraw the finding of forgery"),
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
            permission=Permission.WITHDRAW_FORGERIES,
            unless=Unless(
                "it was confirmed and nobody else has asked for it",
                _refuses_withdrawing,
                _refuses_withdrawing_to,
            ),
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
        Act(
            "keep",
            states={CONFIRMED},
            permission=Permission.WITHDRAW_FORGERIES,
            unless=Unless("nobody has asked to withdraw it", _was_not_asked_to_withdraw),
            wording=Wording(
                pgettext_lazy("forgery", "Keep it confirmed"),
                gettext_lazy("The request is over, and the finding stays as it is."),
                asks=(Reason(),),
                title=gettext_lazy("Keep the finding of forgery"),
            ),
            past=pgettext_lazy("forgery", "Kept as confirmed"),
            done=gettext_lazy("The finding of forgery stays confirmed."),
            icon="shield-check",
            reopens=True,
        ),
    ),
)
