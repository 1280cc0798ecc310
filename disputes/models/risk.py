"""How likely a dispute is to grow, and what is done against it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from disputes.choices import Risk, RiskReason
from disputes.models.of_dispute import OfDispute, of_dispute, of_dispute_indexes
from foundation.tenancy.kept import Kept


class RiskReview(OfDispute):
    """One look at the risk 激化风险 of a dispute: reasons, the level that follows from them, the level that was set.

    Rows are never changed; the latest one holds. ``why``: the reason, if another level was set than follows. ``next_on``:
    until when somebody looks at it again.
    """

    append_only = True

    on = models.DateField(_("reviewed on"))
    reasons = ArrayField(models.CharField(max_length=10, choices=RiskReason.choices), default=list)
    proposed = models.CharField(max_length=10, choices=Risk.choices)
    level = models.CharField(_("level"), max_length=10, choices=Risk.choices)
    why = models.TextField(_("why another level"), max_length=2000, blank=True)
    next_on = models.DateField(_("to be reviewed by"))
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("review of the risk")
        verbose_name_plural = _("reviews of the risk")
        indexes = of_dispute_indexes("riskreview")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=F("proposed")) | ~Q(why=""), name="riskreview_other_level_has_reason"
            ),
            *of_dispute("riskreview"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.level}"


class RiskMeasure(OfDispute):
    """What is done against the risk of a dispute: by whom, until when. It is done once (``done_on``)."""

    what = models.CharField(_("measure"), max_length=200)
    who = models.CharField(_("by whom"), max_length=80)
    until_on = models.DateField(_("until"))
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=80, blank=True)
    set_by = models.CharField(max_length=80, blank=True)
    set_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["until_on", "id"]
        verbose_name = _("measure against the risk")
        verbose_name_plural = _("measures against the risk")
        indexes = of_dispute_indexes("riskmeasure")
        constraints = [
            Kept(
                name="riskmeasure_kept",
                columns=("enterprise_id", "dispute_id", "what", "who", "until_on", "set_by", "set_by_id"),
                once=(("done_on", "done_by"),),
            ),
            *of_dispute("riskmeasure"),
        ]

    def __str__(self) -> str:
        return self.what
