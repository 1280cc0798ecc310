"""Findings that something was forged."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints, fact_indexes
from inspections.choices import ForgedKind, ForgeryState


class Forgery(Fact):
    """Finding of forgery 弄虚作假: a photo, a ledger or a paper that is not genuine, or a case that was concealed.

    An officer records what looks forged; somebody else confirms it (``confirmed_on``), and from that day it is a veto of a
    rating (V5). Until then the enterprise's people see nothing of it. ``withdrawn_on``: it was not so after all, or a
    review decided otherwise; until that day it stays in force. What was confirmed takes two to be withdrawn: one asks for
    it (``withdrawal_asked_at``, ``…_by``, as long as nobody has decided), another decides. ``about_…`` name the record and
    its file, if it was recorded on the page of one.
    """

    dated_by = "found_on"
    hidden_until = "confirmed_on"
    searched = ("what",)
    searched_by_police = ("what", "note")
    decided = ("confirmed_on",)
    judged = ("kind", "what", "found_on")
    acted = ("confirmed_on", "withdrawn_on")
    kind = models.CharField(_("what it is"), max_length=10, choices=ForgedKind.choices)
    what = models.CharField(
        _("what is forged, and how it shows"),
        max_length=200,
        help_text=_("Once it is confirmed, the enterprise reads this."),
    )
    found_on = models.DateField(_("found on"))
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_asked_at = models.DateTimeField(
        _("withdrawal asked for on"), null=True, blank=True, editable=False
    )
    withdrawal_asked_by = models.CharField(
        _("withdrawal asked for by"), max_length=80, blank=True, default="", db_default="", editable=False
    )
    withdrawal_asked_by_id = models.BigIntegerField(default=0, db_default=0, editable=False)
    about_kind = models.CharField(max_length=30, blank=True, default="", editable=False)
    about_id = models.BigIntegerField(default=0, editable=False)
    about_file = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-found_on", "-id"]
        verbose_name = _("finding of forgery")
        verbose_name_plural = _("findings of forgery")
        indexes = [
            *fact_indexes("forgery", "found_on"),
            models.Index(fields=["found_on", "id"], name="forgery_latest_idx"),  # lists across stations
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(confirmed_on=None) | Q(confirmed_on__gte=F("found_on")))
                & (Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("found_on")))
                & (Q(withdrawn_on=None) | Q(confirmed_on=None) | Q(withdrawn_on__gte=F("confirmed_on"))),
                name="forgery_days_in_order",
            ),
            *fact_constraints("forgery"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def state(self) -> ForgeryState:
        """The state today."""
        if self.withdrawn_on:
            return ForgeryState.WITHDRAWN
        return ForgeryState.CONFIRMED if self.confirmed_on else ForgeryState.SUSPECTED

    @property
    def waits_for_withdrawal(self) -> bool:
        """Whether somebody has asked to withdraw it, and nobody has decided."""
        return self.withdrawal_asked_at is not None and self.withdrawn_on is None

    def clean(self) -> None:
        early = _("This date cannot be before the day on which it was found.")
        check_days(
            self,
            past=["found_on", "confirmed_on", "withdrawn_on"],
            order=[
                ("confirmed_on", "found_on", early),
                ("withdrawn_on", "found_on", early),
                ("withdrawn_on", "confirmed_on", _("It cannot be withdrawn before it was confirmed.")),
            ],
        )
