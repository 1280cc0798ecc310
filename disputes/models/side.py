"""What an enterprise of the register knows of a dispute: its own side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.choices import Side, Stage
from disputes.models.kind import KindField
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class DisputeSide(models.Model):
    """Snapshot of one enterprise's side of a dispute 纠纷快照: stage, next day, what it owes; no person and no text.

    The lead enterprise has one, and each other registered enterprise that is a party. ``dispute_id`` is a plain number, because
    the dispute may be another station's (``of_station_id``), whose rows nobody here reads. Written by the task
    ``disputes.tasks.tell_sides_of`` alone, whenever the dispute changes; never erased, but ``ended_at`` once the enterprise
    is no party any more or the dispute was voided.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    dispute_id = models.BigIntegerField()
    of_station_id = models.BigIntegerField(default=0, db_default=0)
    is_lead = models.BooleanField(default=False)
    side = models.CharField(_("side"), max_length=10, choices=Side.choices, blank=True)
    kind = KindField(_("kind"))
    stage = models.PositiveSmallIntegerField(_("stage"), choices=Stage.choices)
    opened_on = models.DateField(_("opened on"))
    settled_on = models.DateField(_("settled on"), null=True)
    next_on = models.DateField(_("next day"), null=True)
    owes = models.DecimalField(_("still owed (yuan)"), max_digits=14, decimal_places=2, null=True)
    owes_on = models.DateField(_("to be paid by"), null=True)
    told_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_on", "-id"]
        verbose_name = _("own side of a dispute")
        verbose_name_plural = _("own sides of disputes")
        indexes = [
            models.Index(fields=["station", "enterprise"], name="disputeside_station_idx"),
            models.Index(fields=["dispute_id"], name="disputeside_dispute_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "dispute_id"], name="disputeside_one_each"),
            StationPolicy(name="disputeside_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="disputeside_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_on}"

    @property
    def is_here(self) -> bool:
        """Whether the own station leads the dispute: true at once when an enterprise is handed over to the other one's station."""
        return self.is_lead or self.station_id == self.of_station_id
