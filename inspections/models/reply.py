"""What an enterprise says after an inspection: that it has read it, its reply, and its complaint."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.tenancy.kept import Kept
from inspections.choices import ComplaintTo, ReplyKind, ReplyWay
from inspections.models.checklist import OfInspection, of_inspection


class Reply(OfInspection):
    """What an enterprise answers to an inspection 企业回复: that it has read it, or words. Rows are never changed.

    ``entered_by`` is the officer who entered it from paper or a call. ``due_on`` was the last day of the period then.
    """

    kind = models.CharField(max_length=10, choices=ReplyKind.choices)
    said = models.TextField(_("reply"), max_length=4000, blank=True)
    way = models.CharField(max_length=10, choices=ReplyWay.choices, default=ReplyWay.PORTAL)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    entered_by = models.CharField(max_length=80, blank=True)
    due_on = models.DateField(null=True)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("reply to an inspection")
        verbose_name_plural = _("replies to inspections")
        indexes = [models.Index(fields=["station"], name="inspectionreply_station_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "inspection"],
                condition=Q(kind=ReplyKind.READ.value),
                name="inspectionreply_read_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReplyKind.READ.value) | ~Q(said=""), name="inspectionreply_says_something"
            ),
            *of_inspection("inspectionreply"),
        ]

    def __str__(self) -> str:
        return f"inspection {self.inspection_id} {self.kind}"

    @property
    def is_late(self) -> bool:
        """Whether its period was over."""
        return self.due_on is not None and self.on > self.due_on


class Complaint(OfInspection):
    """A complaint 投诉 of an enterprise about an inspection, and the answer, which is given once.

    It goes to a chief who did not inspect (``to_id``), else to the bureau. Officers of the station are never shown it
    (:func:`inspections.complaining.complaints_for`).
    """

    append_only = False  # the answer is added

    said = models.TextField(_("complaint"), max_length=4000)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)
    goes_to = models.CharField(max_length=10, choices=ComplaintTo.choices)
    to_id = models.BigIntegerField(default=0)
    due_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_by_id = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("complaint about an inspection")
        verbose_name_plural = _("complaints about inspections")
        indexes = [
            models.Index(fields=["station", "answered_at"], name="complaint_station_idx"),
            models.Index(fields=["enterprise", "inspection"], name="complaint_inspection_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="complaint_answered_in_words"
            ),
            Kept(
                name="complaint_kept",
                columns=("enterprise_id", "inspection_id", "said", "by", "by_id", "at"),
                once=(("answered_at", "answer", "answered_by", "answered_by_id"),),
            ),
            *of_inspection("complaint"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}" if self.at else ""
