"""The life of a finding: recorded, confirmed by another, withdrawn by two."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.asks import Day, Reason
from facts.lives import Act, Life, State, Unless, Wording
from foundation.accounts.actors import Actor
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import FindingState
from inspections.lives.hazard import READ_BY_ENTERPRISE
from inspections.models.finding import Finding

F = TypeVar("F", bound=Finding)
SUSPECTED, CONFIRMED, WITHDRAWN = FindingState.SUSPECTED, FindingState.CONFIRMED, FindingState.WITHDRAWN
WITHDRAWN_ON = Day("withdrawn_on", gettext_lazy("Withdrawn on"))
STATES = (
    State(SUSPECTED, "yellow", lambda today: Q(confirmed_on=None, withdrawn_on=None)),
    State(CONFIRMED, "red", lambda today: Q(confirmed_on__isnull=False, withdrawn_on=None)),
    State(WITHDRAWN, "secondary", lambda today: Q(withdrawn_on__isnull=False)),
)


def was_asked_to_withdraw(finding: Finding) -> str:
    """Return who asked to withdraw a finding and waits for the decision; "" if nobody does."""
    if not finding.waits_for_withdrawal:
        return ""
    words = _("%(person)s asked for it on %(day)s, and nobody has decided yet.")
    day = date_format(timezone.localtime(finding.withdrawal_asked_at), "Y-m-d")
    return words % {"person": finding.withdrawal_asked_by, "day": day}


def refuses_withdrawing(finding: Finding) -> str:
    """Return why a confirmed finding is not withdrawn before somebody has asked for it; "" if it may be."""
    if finding.state is not CONFIRMED or finding.waits_for_withdrawal:
        return ""
    return _("What was confirmed is withdrawn by two people: one asks for it, another decides.")


def refuses_withdrawing_to(finding: Finding, actor: Actor) -> str:
    """Return why this person does not withdraw a confirmed finding: it was their own request; "" if they may."""
    is_own = actor.user_id and actor.user_id == finding.withdrawal_asked_by_id
    if finding.state is CONFIRMED and is_own:
        return _("You asked for this yourself, so somebody else of your station decides.")
    return ""


def was_not_asked_to_withdraw(finding: Finding) -> str:
    """Return that nobody has asked to withdraw a finding; "" if somebody has."""
    return "" if finding.waits_for_withdrawal else _("Nobody has asked to withdraw it.")


@dataclass(frozen=True)
class FindingWords:
    """What the acts of one kind of finding are called: titles of the questions, answers, and what confirming means."""

    confirm: Words
    confirmed_means: Words
    confirmed: Words
    ask: Words
    withdraw: Words
    withdrawn: Words
    keep: Words
    kept: Words


def finding_life(
    model: type[F], may_confirm: Permission, may_withdraw: Permission, words: FindingWords
) -> Life[F]:
    """Return the life of a kind of finding. Who may confirm it, and who may withdraw it or keep it."""
    return Life(
        model,
        states=STATES,
        acts=(
            Act(
                "confirm",
                states={SUSPECTED},
                to={CONFIRMED},
                permission=may_confirm,
                by_another=True,
                wording=Wording(
                    pgettext_lazy("forgery", "Confirm"),
                    words.confirmed_means,
                    asks=(Day("confirmed_on", gettext_lazy("Confirmed on")),),
                    title=words.confirm,
                ),
                past=pgettext_lazy("forgery", "Confirmed"),
                done=words.confirmed,
                icon="circle-check",
                hue="red",
            ),
            Act(
                "ask_withdrawal",
                states={CONFIRMED},
                permission=may_withdraw,
                unless=Unless("it was asked for already", was_asked_to_withdraw),
                wording=Wording(
                    gettext_lazy("Ask to withdraw it"),
                    gettext_lazy("It stays confirmed until a colleague decides, who reads the reason."),
                    asks=(Reason(),),
                    title=words.ask,
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
                permission=may_withdraw,
                unless=Unless(
                    "it was confirmed and nobody else has asked for it",
                    refuses_withdrawing,
                    refuses_withdrawing_to,
                ),
                wording=Wording(
                    pgettext_lazy("forgery", "Withdraw"),
                    gettext_lazy(
                        "Until this day it stays confirmed; ratings of later quarters leave it out."
                    ),
                    asks=(WITHDRAWN_ON, Reason(hint=READ_BY_ENTERPRISE)),
                    title=words.withdraw,
                ),
                past=pgettext_lazy("forgery", "Withdrawn"),
                done=words.withdrawn,
                icon="arrow-back-up",
                reopens=True,
                instead={
                    SUSPECTED: Wording(
                        pgettext_lazy("forgery", "Withdraw"),
                        gettext_lazy("It was not confirmed, so the enterprise never sees it."),
                        asks=(WITHDRAWN_ON, Reason()),
                        title=words.withdraw,
                    )
                },
            ),
            Act(
                "keep",
                states={CONFIRMED},
                permission=may_withdraw,
                unless=Unless("nobody has asked to withdraw it", was_not_asked_to_withdraw),
                wording=Wording(
                    pgettext_lazy("forgery", "Keep it confirmed"),
                    gettext_lazy("The request is over, and the finding stays as it is."),
                    asks=(Reason(),),
                    title=words.keep,
                ),
                past=pgettext_lazy("forgery", "Kept as confirmed"),
                done=words.kept,
                icon="shield-check",
                reopens=True,
            ),
        ),
    )
