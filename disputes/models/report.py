"""What an enterprise tells its station about a dispute: a new one, that it asks for mediation, or that it has paid."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes.choices import PaymentWay, ReportAbout, ReportState, ReportWay
from disputes.models.kind import KindField
from disputes.people.sealed import PURPOSE
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.database.sealed import SealedTextField
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from foundation.tenancy.scope import Audience


class EnterpriseReport(models.Model):
    """What an enterprise tells its station about a dispute 企业申报, and what the station answers, once.

    Written by the enterprise's people in their portal, or by an officer from signed paper or a call (``way``, ``by``,
    ``told_on``, ``entered_by``). ``dispute_id`` is a plain number: of a proof of payment the dispute it belongs to, which another
    enterprise may lead; of the others the one as which it was taken on, 0 until then. ``payment_id`` is the payment that a proof
    was confirmed into; ``undone_on`` is the day on which the enterprise was told that this payment was taken back, or the dispute
    voided: written by the task that tells the sides (``disputes.people.sides``), because the enterprise reads neither. ``file_id`` is the photo or file of a proof, kept with the files of the dispute. Only the enterprise itself and the police read a
    row; its words, who said them and whom to call are sealed. Rows keep what was told; the answer is added.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=40, blank=True)
    about = models.CharField(_("what it is"), max_length=10, choices=ReportAbout.choices)
    way = models.CharField(
        _("how it came"), max_length=10, choices=ReportWay.choices, default=ReportWay.PORTAL
    )
    by = SealedTextField(_("who told it"), purpose=PURPOSE, max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    told_on = models.DateField(_("told on"))
    entered_by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    kind = KindField(_("kind"), blank=True)
    said = SealedTextField(_("what happened"), purpose=PURPOSE, max_length=4000, blank=True)
    people = models.PositiveIntegerField(_("people involved"), null=True)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2, null=True)
    happened_on = models.DateField(_("day"), null=True)
    paid_by = models.CharField(_("way of payment"), max_length=10, choices=PaymentWay.choices, blank=True)
    contact = SealedTextField(_("whom to call"), purpose=PURPOSE, max_length=80, blank=True)
    sealed_phone = models.TextField(blank=True)
    file_id = models.BigIntegerField(default=0)
    dispute_id = models.BigIntegerField(default=0)
    payment_id = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    undone_on = models.DateField(null=True)
    answered_by_id = models.BigIntegerField(default=0)
    declined = models.TextField(_("why it was declined"), max_length=2000, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("report of an enterprise about a dispute")
        verbose_name_plural = _("reports of enterprises about disputes")
        indexes = [
            models.Index(fields=["station", "answered_at"], name="disputereport_station_idx"),
            models.Index(fields=["enterprise"], name="disputereport_enterprise_idx"),
            models.Index(fields=["dispute_id"], condition=~Q(dispute_id=0), name="disputereport_dispute_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "key"], condition=~Q(key=""), name="disputereport_sent_once"
            ),
            StationPolicy(
                name="disputereport_rls",
                enterprise="enterprise",
                audiences=(Audience.ENTERPRISE, Audience.POLICE, Audience.SYSTEM),
            ),
            CompositeForeignKey(
                name="disputereport_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="disputereport_kept",
                columns=(
                    *("enterprise_id", "key", "about", "way", "by", "by_id", "told_on", "entered_by", "at"),
                    *("kind", "said", "people", "amount", "happened_on", "paid_by", "contact"),
                    *("sealed_phone", "file_id"),
                ),
                once=(
                    (
                        *("answered_at", "answered_by", "answered_by_id", "declined"),
                        *("dispute_id", "payment_id"),
                    ),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.number}"

    @property
    def number(self) -> str:
        """The number on the receipt."""
        return f"{self.told_on:%Y%m%d}-{self.pk}"

    @property
    def waits(self) -> bool:
        """Whether the station has not answered yet."""
        return self.answered_at is None

    @property
    def state(self) -> ReportState:
        """What became of it."""
        if self.waits:
            return ReportState.WAITS
        if self.undone_on:
            return ReportState.UNDONE
        if self.declined:
            return ReportState.DECLINED
        return ReportState.PAID if self.payment_id else ReportState.TAKEN

    @property
    def is_payment(self) -> bool:
        """Whether it is a proof of payment."""
        return self.about == ReportAbout.PAYMENT

    @property
    def title(self) -> str:
        """What it is in few words that name nobody."""
        kind = self.get_kind_display()
        return f"{self.get_about_display()} · {kind}" if kind else self.get_about_display()
