"""The key positions of enterprises."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.choices import PositionKind


class KeyPosition(models.Model):
    """Key position 重要部位 of an enterprise, which it protects above all (Order 421 Art. 14): a name and a kind.

    Added, renamed and ended by the station or by the enterprise's security manager; nothing is erased. One that ended
    (``ended_on``, the first day on which it is none) stays with its hazards. Hazards keep the words with which they were
    recorded; they name their key position by its number (``Hazard.key_position_id``).
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=PositionKind.choices)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("key position")
        verbose_name_plural = _("key positions")
        indexes = [
            models.Index(fields=["enterprise", "name"], name="keyposition_enterprise_idx"),
            models.Index(fields=["station"], name="keyposition_station_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"], condition=Q(ended_on=None), name="keyposition_one_of_a_name"
            ),
            Kept(name="keyposition_kept", columns=("enterprise_id", "added_at")),
            StationPolicy(name="keyposition_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="keyposition_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
