"""Sessions of mediation: appointments to come, sessions that were held, what the sides offered, what was added."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.choices import Side
from disputes.mediation.choices import Ended, Manner
from disputes.models.entered import Entered, entered, of_dispute_indexes, part_of
from disputes.models.of_dispute import OfDispute, of_dispute
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField

MOST_PRESENT = 10_000
LARGEST_OFFER = 1_000_000_000  # yuan
MOST_INSTALMENTS = 360
_WHEN = ("on", "begins_at", "ends_at", "manner", "place")
_OFFICERS = (
    *("officer_id", "officer_name", "officer_number"),
    *("second_id", "second_name", "second_number"),
)


class Meeting(Entered):
    """When, where and by which officers: what an appointment and a session have in common."""

    on = models.DateField(_("day"))
    begins_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))
    manner = models.CharField(_("how"), max_length=10, choices=Manner.choices)
    place = models.CharField(pgettext_lazy("disputes", "place"), max_length=120)
    officer_id = models.BigIntegerField()
    officer_name = models.CharField(max_length=80)
    officer_number = models.CharField(max_length=20, blank=True)
    second_id = models.BigIntegerField(null=True)
    second_name = models.CharField(max_length=80, blank=True)
    second_number = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True

    @property
    def officers(self) -> list[dict[str, str]]:
        """Name and police number of each officer."""
        found = [{"name": self.officer_name, "number": self.officer_number}]
        return [*found, {"name": self.second_name, "number": self.second_number}] if self.second_id else found


class Appointment(Meeting):
    """A session that is planned. It ends once: held, moved to another one, or cancelled with a reason.

    ``moves_id`` is the appointment before it, 0 if it was not moved.
    """

    moves_id = models.BigIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_as = models.CharField(max_length=10, choices=Ended.choices, blank=True, editable=False)
    ended_by = models.CharField(max_length=80, blank=True, editable=False)
    ended_reason = models.TextField(max_length=2000, blank=True, editable=False)

    class Meta:
        ordering = ["on", "begins_at", "id"]
        verbose_name = _("planned session")
        verbose_name_plural = _("planned sessions")
        indexes = [
            *of_dispute_indexes("disputeappointment"),
            models.Index(fields=["on"], condition=Q(ended_at=None), name="disputeappointment_on_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="disputeappointment_ends_after"
            ),
            *entered(
                "disputeappointment",
                (*_WHEN, *_OFFICERS, "moves_id"),
                once=(("ended_at", "ended_as", "ended_by", "ended_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.begins_at:%H:%M}"


class MediationSession(Meeting):
    """A session that was held: who was there, what was said, what comes next.

    ``present``: role and name of each member of the team. ``led_by`` is the member who led it, "" if the officers did.
    ``is_standard``: in the standard rooms of the police, where one officer is enough with ``is_recorded``, the full
    recording. ``late_reason``: why public-security mediation was later than its clock. A wrong one is voided and
    replaced (``replaces_id``). It is text of the police: nothing of it is shown to others.
    """

    led_by = models.CharField(max_length=80, blank=True)
    present: Any = models.JSONField(default=list)
    applicants = models.PositiveIntegerField(
        _("people of the applicants"), default=0, validators=[MaxValueValidator(MOST_PRESENT)]
    )
    respondents = models.PositiveIntegerField(
        _("people of the respondents"), default=0, validators=[MaxValueValidator(MOST_PRESENT)]
    )
    others = models.PositiveIntegerField(
        _("others concerned"), default=0, validators=[MaxValueValidator(MOST_PRESENT)]
    )
    minutes = SealedTextField(_("minutes"), purpose=PURPOSE, max_length=20_000)
    next_step = models.CharField(_("next step"), max_length=500, blank=True)
    next_on = models.DateField(_("by"), null=True, blank=True)
    camera = models.CharField(_("body camera or recording no."), max_length=40, blank=True)
    is_standard = models.BooleanField(_("in standard rooms of the police"), default=False)
    is_recorded = models.BooleanField(_("recorded in full, picture and sound"), default=False)
    late_reason = SealedTextField(_("why it was late"), purpose=PURPOSE, max_length=500, blank=True)
    appointment_id = models.BigIntegerField(default=0, editable=False)
    replaces_id = models.BigIntegerField(default=0, editable=False)

    offered: Any  # of rows that were read by ``sessions_of``: what each side offered
    documents: Any  # the number of its documents

    class Meta:
        ordering = ["-on", "-begins_at", "-id"]
        verbose_name = _("mediation session")
        verbose_name_plural = _("mediation sessions")
        indexes = [
            *of_dispute_indexes("disputesession"),
            models.Index(fields=["officer_id", "on"], name="disputesession_officer_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="disputesession_ends_after"),
            *entered(
                "disputesession",
                (
                    *(*_WHEN, *_OFFICERS, "led_by", "present", "applicants", "respondents", "others"),
                    *("minutes", "next_step", "next_on", "camera", "is_standard", "is_recorded"),
                    *("late_reason", "appointment_id", "replaces_id"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.begins_at:%H:%M}"


class Offer(OfDispute):
    """What a side offered or asked for in a session. Rows are never changed."""

    append_only = True

    session = models.ForeignKey(
        MediationSession, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    amount = models.DecimalField(
        _("amount (yuan)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_OFFER)],
    )
    instalments = models.PositiveSmallIntegerField(
        _("instalments"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_INSTALMENTS)],
    )
    words = SealedTextField(_("in words"), purpose=PURPOSE, max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [
            *of_dispute_indexes("disputeoffer"),
            models.Index(fields=["session"], name="disputeoffer_session_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "side"], name="disputeoffer_once"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="disputeoffer_not_negative"
            ),
            *of_dispute("disputeoffer"),
            part_of("disputeoffer", "session", "disputes.MediationSession"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.amount}"


class SessionDocument(OfDispute):
    """That a file of the dispute (``facts.Attachment``) belongs to a session."""

    append_only = True

    session = models.ForeignKey(
        MediationSession, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    attachment_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("document of a session")
        verbose_name_plural = _("documents of sessions")
        indexes = [
            *of_dispute_indexes("disputesessiondoc"),
            models.Index(fields=["session"], name="disputesessiondoc_session_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "attachment_id"], name="disputesessiondoc_once"),
            *of_dispute("disputesessiondoc"),
            part_of("disputesessiondoc", "session", "disputes.MediationSession"),
        ]
