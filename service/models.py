"""Legal education, drills, trainings."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints
from service.choices import ActivityKind


class Activity(Fact):
    """Legal education 法治宣传, emergency drill 应急演练 or safety training held at an enterprise."""

    dated_by = "held_on"
    files_are_shared = True
    searched = ("topic",)
    searched_by_police = (*searched, "note")
    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind.choices)
    held_on = models.DateField(_("held on"))
    topic = models.CharField(_("topic"), max_length=200)
    attendance = models.PositiveIntegerField(
        _("people present"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    photo_on_file = models.BooleanField(_("photo on file"), default=False)

    class Meta:
        ordering = ["-held_on", "-id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["station", "held_on"], name="activity_station_idx"),
            models.Index(fields=["enterprise", "held_on"], name="activity_enterprise_idx"),
        ]
        constraints = fact_constraints("activity")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on}"

    def twins(self) -> Q | None:
        """Return the condition on the same report: an activity of this kind and topic on this day."""
        return Q(kind=self.kind, topic=self.topic, held_on=self.held_on)

    def clean(self) -> None:
        check_days(self, past=["held_on"])
