"""What findings have in common that one officer records and another confirms."""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact
from inspections.choices import FindingState


class Finding(Fact):
    """A finding against an enterprise that counts in a rating only once somebody else has confirmed it.

    Until ``confirmed_on`` the enterprise's people see nothing of it. ``withdrawn_on``: it was not so after all, or a review
    decided otherwise; until that day it stays in force. What was confirmed takes two to be withdrawn: one asks for it
    (``withdrawal_asked_at``, ``…_by``, as long as nobody has decided), another decides.
    """

    hidden_until = "confirmed_on"
    decided = ("confirmed_on",)
    acted = ("confirmed_on", "withdrawn_on")
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_asked_at = models.DateTimeField(
        _("withdrawal asked for on"), null=True, blank=True, editable=False
    )
    withdrawal_asked_by = models.CharField(
        _("withdrawal asked for by"), max_length=80, blank=True, default="", db_default="", editable=False
    )
    withdrawal_asked_by_id = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def state(self) -> FindingState:
        """The state today."""
        if self.withdrawn_on:
            return FindingState.WITHDRAWN
        return FindingState.CONFIRMED if self.confirmed_on else FindingState.SUSPECTED

    @property
    def waits_for_withdrawal(self) -> bool:
        """Whether somebody has asked to withdraw it, and nobody has decided."""
        return self.withdrawal_asked_at is not None and self.withdrawn_on is None

    def clean(self) -> None:
        day, words = self.dated_by, _("This date cannot be before the day on which it was found.")
        check_days(
            self,
            past=[day, "confirmed_on", "withdrawn_on"],
            order=[
                ("confirmed_on", day, words),
                ("withdrawn_on", day, words),
                ("withdrawn_on", "confirmed_on", _("It cannot be withdrawn before it was confirmed.")),
            ],
        )


def days_in_order(day: str, name: str) -> Sequence[models.BaseConstraint]:
    """Return the constraint that a finding is confirmed and withdrawn in this order, not before ``day``."""
    return [
        models.CheckConstraint(
            condition=(Q(confirmed_on=None) | Q(confirmed_on__gte=F(day)))
            & (Q(withdrawn_on=None) | Q(withdrawn_on__gte=F(day)))
            & (Q(withdrawn_on=None) | Q(confirmed_on=None) | Q(withdrawn_on__gte=F("confirmed_on"))),
            name=name,
        )
    ]
