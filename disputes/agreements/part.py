"""Agreement and performance on the page of a dispute: what was paid, what is overdue, each instalment with its state."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from disputes.access import Permission
from disputes.agreements import confirming, settling, undoing
from disputes.agreements.performance import PAID, Performance, Standing, State, Whole, yuan_of
from disputes.agreements.reading import LOADED, Agreements, Concluded, agreements_of, debts_in
from disputes.choices import ConfirmationStep, PaymentWay, Side, Signer, Stage
from disputes.models import Dispute, Payment
from disputes.parts import Clock, Of, Owed, Part, register
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.ui.views import Button
from papers.access import Permission as PaperPermission

CODE = "agreements"
_LOOKS = {  # icon and tone of a state
    State.ON_TIME: ("circle-check", "green"),
    State.LATE: ("circle-check", "yellow"),
    State.PART: ("progress", "yellow"),
    State.BREACH: ("alert-circle", "red"),
    State.DUE: ("clock", "yellow"),
    State.AHEAD: ("circle-dashed", "grey"),
}
NOT_IN_EFFECT = gettext_lazy("Not in effect yet")


@dataclass(frozen=True)
class Row:
    """One instalment as the table shows it."""

    standing: Standing
    words: str
    icon: str
    tone: str
    payments: Sequence[Payment]
    way: str
    pay_url: str = ""
    declare_url: str = ""

    @property
    def number(self) -> int:
        return self.standing.instalment.number

    @property
    def due_on(self) -> dt.date:
        return self.standing.instalment.due_on

    @property
    def fen(self) -> int:
        return self.standing.instalment.fen


def state_in_words(each: Standing) -> str:
    """Return the state of an instalment as its row says it."""
    late = -each.days
    if each.state in PAID:
        words = _("On time, %(day)s") if each.state == State.ON_TIME else _("Late, %(day)s")
        return words % {"day": each.paid_on.isoformat() if each.paid_on else ""}
    if each.state == State.BREACH:
        words = ngettext("In breach for %(days)d day", "In breach for %(days)d days", late)
        return words % {"days": late}
    if each.state == State.PART:
        words = ngettext("Part paid, %(days)d day overdue", "Part paid, %(days)d days overdue", late)
        return words % {"days": late}
    if each.state == State.DUE:
        if not each.days:
            return _("Due today")
        words = ngettext("Due in %(days)d day", "Due in %(days)d days", each.days)
        return words % {"days": each.days}
    return _("Not due yet")


def before_effect(stands: Performance) -> Performance:
    """Return how an agreement stands that not all have signed: what was paid under a wrong record of it, and nothing is overdue."""
    return Performance(
        tuple(replace(each, state=State.AHEAD) if each.open else each for each in stands.standings)
    )


def bar_of(stands: Performance) -> list[tuple[str, float, float]]:
    """Return the bar of an agreement: tone, beginning and width of each part, of 100."""
    found, begin = [], 0.0
    for tone, fen in (("green", stands.paid), ("red", stands.overdue), ("grey", stands.to_come)):
        width = 100 * fen / stands.total if stands.total else 0
        if fen:
            found.append((tone, round(begin, 2), round(width, 2)))
        begin += width
    return found


@register
class AgreementPart(Part):
    """The agreement in force, with its instalments and payments; those before it are folded away."""

    code = CODE
    order = 10
    template = "disputes/agreements/part.html"

    def load(self, actor: Actor, dispute: Dispute) -> Agreements:
        found = agreements_of(dispute)
        dispute.__dict__[LOADED] = found  # for closing, which asks what is owed
        return found

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        loaded: Agreements = of.loaded[CODE]
        found = loaded.in_force
        may = _may(of)
        acts = {"may": may, "may_paper": may and allows(of.actor, PaperPermission.ISSUE_PAPERS)}
        if found is None:
            return {"found": None, "ended": loaded.ended, **acts} if loaded.ended else None
        stands = found.performance_on(of.today)
        if found.agreement.effective_on is None:
            stands = before_effect(stands)
        payments = {each.pk: each for each in found.payments}
        rows = [self._row(of, found, each, payments, may=may) for each in stands.standings]
        return {
            "found": found,
            "agreement": found.agreement,
            "stands": stands,
            "rows": rows,
            "bar": bar_of(stands),
            "ended": loaded.ended,
            **acts,
            "still_to_sign": [Signer(each).label for each in found.still_to_sign],
            "waits": self._settlement(of, found, stands),
            "confirmation": self._confirmation(found),
            "steps": confirming.next_steps(found) if may else [],
            "late_breach": next(iter(undoing.never_was(found)), None),
            "may_undo": may and allows(of.actor, Permission.CORRECT_DISPUTES),
        }

    def _row(
        self, of: Of, found: Concluded, each: Standing, payments: Mapping[int, Payment], *, may: bool
    ) -> Row:
        icon, tone = _LOOKS[each.state]
        id, number = of.dispute.pk, each.instalment.number
        in_effect = found.agreement.effective_on is not None
        declared = number in {breach.number for breach in found.breaches}
        is_part = each.state == State.PART
        way = next(one.way for one in found.instalments if one.number == number)
        return Row(
            each,
            state_in_words(each) + (f" · {_('declared in breach')}" if is_part and declared else "")
            if in_effect or not each.open
            else str(NOT_IN_EFFECT),
            icon,
            "red" if is_part and declared else tone,
            [payments[key] for key in each.keys],
            str(PaymentWay(way).label),
            f"{reverse('disputes:payment_record', args=[id])}?number={number}"
            if may and in_effect and each.open
            else "",
            reverse("disputes:breach_declare", args=[id, number]) if may and is_part and not declared else "",
        )

    def _settlement(self, of: Of, found: Concluded, stands: Performance) -> dict[str, str] | None:
        """Return what is to be said while the agreement is in effect and the dispute is not settled."""
        if of.dispute.settled_on is not None or of.dispute.is_voided or found.agreement.effective_on is None:
            return None
        if stands.breached:
            advice = _(
                "Tell both sides that the creditor may sue on the agreement, and that the debtor should pay at once."
            )
            if found.step(ConfirmationStep.CONFIRMED):
                advice = _(
                    "The court has confirmed the agreement: the creditor may apply to the court for enforcement."
                )
            title = _("An instalment is in breach: the dispute is open again.")
            if of.dispute.begun_again_on is None:  # recorded late: nobody had settled it
                title = _("An instalment is in breach.")
            return {"title": title, "text": advice}
        if found.breaches and len(undoing.never_was(found)) == len(found.breaches):
            return None  # undoing the breach brings the settlement back
        words = settling.refusal_to_settle(of.actor, of.dispute)
        again = bool(found.breaches)
        title = _("What was in breach is paid.") if again else _("All sides have agreed.")
        return {
            "title": title,
            "text": words or _("Record that the dispute is settled."),
            "url": "" if words else reverse("disputes:settle_as_agreed", args=[of.dispute.pk]),
        }

    def _confirmation(self, found: Concluded) -> dict[str, Any] | None:
        """Return the last step of the judicial confirmation, in words."""
        if not found.confirmations:
            return None
        last = found.confirmations[-1]
        return {
            "words": ConfirmationStep(last.step).label,
            "on": last.on,
            "number": last.number,
            "court": next((each.court for each in found.confirmations if each.court), ""),
            "is_confirmed": last.step == ConfirmationStep.CONFIRMED,
            "is_refused": last.step == ConfirmationStep.REFUSED,
            "pk": last.pk,
        }

    def clocks(self, of: Of) -> Iterable[Clock]:
        loaded: Agreements = of.loaded[CODE]
        found = loaded.in_force
        if found is None or found.agreement.effective_on is None:
            return
        stands = found.performance_on(of.today)
        owed = [each for each in stands.standings if each.open]
        overdue = stands.breached or [each for each in owed if each.days < 0]
        coming = [each for each in owed if each.days >= 0]
        url = reverse("disputes:payment_record", args=[of.dispute.pk]) if _may(of) else ""
        for each in [*overdue[:1], *coming[:1]]:
            number = each.instalment.number
            label = (
                _("In breach: instalment %(number)d")
                if each.state == State.BREACH
                else _("Instalment %(number)d")
            )
            yield Clock(
                label % {"number": number},
                each.instalment.due_on,
                _("%(amount)s yuan are owed of it.") % {"amount": f"{yuan_of(each.open):,}"},
                f"{url}?number={number}" if url else "",
            )
        until = found.agreement.confirm_by
        if until and found.confirmation_waits() and until >= of.today:
            yield Clock(
                gettext_lazy("Joint request for judicial confirmation"),
                until,
                gettext_lazy("Both sides ask the court together, if they want to."),
                reverse("disputes:confirmation_step", args=[of.dispute.pk, ConfirmationStep.APPLIED.value])
                if _may(of)
                else "",
            )

    def stage(self, of: Of) -> Stage | None:
        loaded: Agreements = of.loaded[CODE]
        found = loaded.in_force
        if found is None:
            return Stage.MEDIATION if loaded.all else None
        if found.agreement.effective_on is None:
            return Stage.AGREEMENT
        is_over = found.performance_on(of.today).state in (Whole.PERFORMED, Whole.NOTHING_OWED)
        return Stage.FOLLOW_UP if is_over else Stage.PERFORMANCE

    def owed(self, of: Of, side: Side) -> Owed | None:
        loaded: Agreements = of.loaded[CODE]
        debt = next((each for each in debts_in(loaded, of.today) if each.side == side and each.open), None)
        return Owed(yuan_of(debt.open), debt.next_on) if debt else None

    def buttons(self, of: Of) -> Iterable[Button]:
        loaded: Agreements = of.loaded[CODE]
        found, id = loaded.in_force, of.dispute.pk
        if found is None or not _may(of):
            return
        stands = found.performance_on(of.today)
        if found.still_to_sign:
            url = reverse("disputes:agreement_sign", args=[id, found.agreement.pk])
            yield Button(gettext_lazy("Sign the agreement"), url, "signature", dialog=False)
        elif stands.open:
            url = reverse("disputes:payment_record", args=[id])
            yield Button(gettext_lazy("Record a payment"), url, "cash")
        waits = self._settlement(of, found, stands)
        if waits and waits.get("url"):
            yield Button(gettext_lazy("Settle as agreed"), waits["url"], "circle-check")


@register
class NoAgreementPart(Part):
    """That a dispute has no agreement in force yet, and the way to record one. Below what else matters then."""

    code = "no_agreement"
    order = 45
    template = "disputes/agreements/none.html"

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        if of.loaded[CODE].in_force is not None or not _may(of):
            return None
        return {"url": reverse("disputes:agreement_create", args=[of.dispute.pk])}


def _may(of: Of) -> bool:
    return not of.dispute.is_voided and allows(of.actor, Permission.RECORD_AGREEMENTS)
