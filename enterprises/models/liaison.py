"""Liaison officers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.choices import LiaisonKind
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station, User
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class Liaison(models.Model):
    """Liaison officer 警企联络员 of an enterprise, or the deputy, with history.

    From ``from_on`` up to but not including ``until_on``; without ``until_on`` the officer serves now. A hand-over of
    the enterprise ends it.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="liaisons", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    officer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="liaisons", verbose_name=_("officer")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=LiaisonKind.choices, default=LiaisonKind.MAIN)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["-from_on", "-id"]
        verbose_name = _("liaison officer")
        verbose_name_plural = _("liaison officers")
        indexes = [
            models.Index(fields=["station"], name="liaison_station_idx"),
            models.Index(fields=["enterprise", "from_on"], name="liaison_enterprise_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=Q(until_on=None), name="liaison_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="liaison_ends_after_start"
            ),
            Kept(name="liaison_kept", columns=("enterprise_id", "officer_id", "kind", "from_on")),
            StationPolicy(name="liaison_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="liaison_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)
