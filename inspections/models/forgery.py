"""Findings that something was forged."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.models import fact_constraints, fact_indexes
from inspections.choices import ForgedKind
from inspections.models.finding import Finding, days_in_order


class Forgery(Finding):
    """Finding of forgery 弄虚作假: a photo, a ledger or a paper that is not genuine, or a case that was concealed.

    From the day on which it is confirmed it is a veto of a rating (V5). ``about_…`` name the record and its file, if it was
    recorded on the page of one.
    """

    dated_by = "found_on"
    searched = ("what",)
    searched_by_police = ("what", "note")
    judged = ("kind", "what", "found_on")
    kind = models.CharField(_("what it is"), max_length=10, choices=ForgedKind.choices)
    what = models.CharField(
        _("what is forged, and how it shows"),
        max_length=200,
        help_text=_("Once it is confirmed, the enterprise reads this."),
    )
    found_on = models.DateField(_("found on"))
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
            *days_in_order("found_on", "forgery_days_in_order"),
            *fact_constraints("forgery"),
        ]

    def __str__(self) -> str:
        return self.what
