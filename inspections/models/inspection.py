"""Police inspections."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints
from foundation.contributions.limits import names_in
from foundation.words import listed
from inspections.choices import Conclusion, InspectionKind


class Inspection(Fact):
    """Police inspection 监督检查 of an enterprise on one day, with its conclusion.

    *Qualified* releases an enterprise from red (movement rule M2, vetoes). Without a conclusion it also counts.
    """

    dated_by = "inspected_on"
    searched_by_police = ("inspectors", "note")
    kind = models.CharField(
        _("kind"), max_length=14, choices=InspectionKind.choices, default=InspectionKind.ROUTINE
    )
    inspected_on = models.DateField(_("inspected on"))
    conclusion = models.CharField(_("conclusion"), max_length=12, choices=Conclusion.choices, blank=True)
    inspectors = models.CharField(
        _("inspectors"),
        max_length=200,
        blank=True,
        help_text=_("At least two officers, separated by commas."),
    )

    hazards_by_code: Mapping[str, Fact]  # of one that was recorded just now by a checklist

    class Meta:
        ordering = ["-inspected_on", "-id"]
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        indexes = [
            models.Index(fields=["station", "inspected_on"], name="inspection_station_idx"),
            models.Index(fields=["enterprise", "inspected_on"], name="inspection_enterprise_idx"),
            # lists across stations
            models.Index(fields=["inspected_on", "id"], name="inspection_latest_idx"),
            models.Index(fields=["station", "changed_at"], name="inspection_changed_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "enterprise", "station"], name="inspection_custody_key"),
            *fact_constraints("inspection", departments="voided_at IS NULL"),
        ]

    @property
    def inspectors_shown(self) -> str:
        """The inspectors as a list in the reader's language, whatever separates them as recorded."""
        return listed(names_in(self.inspectors))

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.inspected_on}"

    @property
    def says_qualified(self) -> bool:
        """Whether it says qualified and counts; a voided one says nothing."""
        return self.conclusion == Conclusion.QUALIFIED and not self.is_voided

    def reporters(self) -> tuple[set[int], set[str]]:
        """Return who recorded or held it."""
        ids, _names = super().reporters()
        return ids, set(names_in(self.inspectors))

    def clean(self) -> None:
        check_days(self, past=["inspected_on"])
