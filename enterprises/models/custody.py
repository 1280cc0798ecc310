"""Earlier custodians of an enterprise, and its times off the register."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.choices import InactiveReason
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class Custody(models.Model):
    """A finished custody: ``held_by_station`` had custody of the enterprise before ``until_on`` (exclusive).

    Written by the hand-over. The custodian on a day is that of the earliest row that ends after the day, or the
    current custodian if there is none. ``station`` is, as in every table, the station that has custody now. The moment
    comes from the database.
    """

    append_only = True

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="custodies", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    held_by_station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    until_on = models.DateField(_("until"))
    reason = models.TextField(_("reason"))
    handed_over_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["until_on", "id"]
        indexes = [
            models.Index(fields=["enterprise", "until_on"], name="custody_enterprise_idx"),
            models.Index(fields=["station"], name="custody_station_idx"),
        ]
        constraints = [
            StationPolicy(name="custody_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="custody_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]


class Inactivity(models.Model):
    """A time in which an enterprise is off the register: suspended, closed or merged into another.

    From ``from_on`` up to but not including ``until_on``; without ``until_on`` it has not ended. One recorded by mistake
    ends on the day on which it began, so no day is in it (``IS_VOID``); the audit log says what it was. The enterprise's
    people read the reason if the form said so when it was written (``reason_is_read``). ``recorded_at`` comes from the
    database.
    """

    IS_VOID = Q(until_on=F("from_on"))

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="inactivities", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("state"), max_length=10, choices=InactiveReason.choices)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    reason_is_read = models.BooleanField(
        _("the enterprise reads the reason"), default=False, db_default=False, editable=False
    )
    merged_into_id = models.BigIntegerField(_("merged into"), null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["from_on", "id"]
        indexes = [
            models.Index(fields=["enterprise", "from_on"], name="inactivity_enterprise_idx"),
            models.Index(fields=["station"], name="inactivity_station_idx"),
            models.Index(
                fields=["merged_into_id", "from_on"],
                condition=Q(merged_into_id__isnull=False),
                name="inactivity_merged_idx",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="inactivity_ends_after_start"
            ),
            Kept(name="inactivity_kept", columns=("enterprise_id", "reason_is_read")),
            # Suspensions stay with the police: they would tell where nobody is.
            StationPolicy(
                name="inactivity_rls", enterprise="enterprise", departments="kind IN ('closed', 'merged')"
            ),
            CompositeForeignKey(
                name="inactivity_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    @property
    def is_void(self) -> bool:
        return self.until_on == self.from_on
