"""Self-checks of enterprises."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from facts.dates import check_days
from facts.models import Fact, fact_constraints
from foundation.accounts.models import Station
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.choices import CheckTarget


class SelfCheck(Fact):
    """Self-check 自查 that an enterprise held: at least one a week, forty a year."""

    dated_by = "checked_on"
    files_are_shared = True
    searched = ("checked_by", "findings")
    searched_by_police = ()  # a bureau has millions, all alike: found by their enterprise
    checked_on = models.DateField(_("checked on"))
    target = models.CharField(
        _("what was checked"), max_length=10, choices=CheckTarget.choices, default="general"
    )
    checked_by = models.CharField(_("checked by"), max_length=80, blank=True)
    findings = models.TextField(_("findings"), blank=True, max_length=4000)

    class Meta:
        ordering = ["-checked_on", "-id"]
        verbose_name = _("self-check")
        verbose_name_plural = _("self-checks")
        indexes = [
            models.Index(fields=["station", "checked_on"], name="selfcheck_station_idx"),
            models.Index(fields=["enterprise", "checked_on"], name="selfcheck_enterprise_idx"),
            models.Index(fields=["checked_on", "id"], name="selfcheck_latest_idx"),  # lists across stations
        ]
        constraints = fact_constraints("selfcheck")

    def __str__(self) -> str:
        return f"{self.get_target_display()} {self.checked_on}"

    def twins(self) -> Q | None:
        """Return the condition on the same report: one check of a target on a day counts, however often it is reported."""
        return Q(target=self.target, checked_on=self.checked_on)

    def clean(self) -> None:
        check_days(self, past=["checked_on"])


class SelfCheckAnswers(models.Model):
    """What a self-check by list answered, with the wording of that day. Written with it, never changed.

    ``lists``: kind and number of each checklist. ``answers``: of each item ``asked``
    (:class:`inspections.checklists.content.Question`), ``answer``, ``note`` and the ``hazard`` that a failed one became.
    """

    append_only = True

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()  # of the self-check
    lists: Any = models.JSONField(default=list)
    answers: Any = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["station"], name="selfcheckanswers_station_idx")]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "record_id"], name="selfcheckanswers_once"),
            StationPolicy(name="selfcheckanswers_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="selfcheckanswers_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"self-check {self.record_id}"
