"""The plan of inspections: visits, who is absent, what the bureau published about it, and what went on overdue."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Bureau, Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import AreaPolicy, BureauPolicy, CompositeForeignKey, StationPolicy
from foundation.words import listed
from inspections.choices import AbsenceKind, Half, InspectionKind, VisitSource, VisitStep

KINDS = {
    VisitSource.CYCLE: InspectionKind.ROUTINE,
    VisitSource.LOT: InspectionKind.UNANNOUNCED,
    VisitSource.REINSPECTION: InspectionKind.REINSPECTION,
    VisitSource.ORDERED: InspectionKind.SPECIAL,
    VisitSource.COMPLAINT: InspectionKind.COMPLAINT,
}


class PlannedVisit(models.Model):
    """Planned inspection 计划检查 of an enterprise on a day, by two officers. Written by the officers of its station.

    It is done once an inspection of the enterprise on ``since_on`` or later is recorded, whoever made it; what is not
    done on its day comes back as left over. ``second_id`` 0: the second officer is still to be named; ``officer_id`` 0:
    nobody has it, because whoever had it left.

    The chief approves it 检查审批 before it is made, an ``urgent`` one by ``approve_by`` afterwards. The approval holds
    until ``approved_until``, so that a visit moved within these days needs no second one; ``paper_id`` is its form.
    ``voided_at``: taken off the plan. Moves stand in the audit log.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(_("reason of the visit"), max_length=14, choices=VisitSource.choices)
    reference = models.CharField(_("order from above"), max_length=120, blank=True)
    since_on = models.DateField()
    on = models.DateField(_("planned day"))
    half = models.CharField(_("part of the day"), max_length=2, choices=Half.choices, blank=True)
    officer_id = models.BigIntegerField(default=0)
    officer_name = models.CharField(_("officer"), max_length=80, blank=True)
    second_id = models.BigIntegerField(default=0)
    second_name = models.CharField(_("second officer"), max_length=80, blank=True)
    departments = models.CharField(_("with these departments"), max_length=200, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.TextField(_("why it is urgent"), max_length=500, blank=True)
    approve_by = models.DateField(_("to be approved by"))
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(_("approved by"), max_length=80, blank=True)
    approved_by_id = models.BigIntegerField(default=0)
    approved_until = models.DateField(_("approval holds until"), null=True)
    paper_id = models.BigIntegerField(default=0)
    paper_number = models.CharField(_("number of the approval"), max_length=80, blank=True)
    refused_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=80, blank=True)
    refusal = models.TextField(_("why the approval was refused"), max_length=2000, blank=True)
    voided_at = models.DateTimeField(null=True)
    planned_by = models.CharField(max_length=80, blank=True)
    planned_by_id = models.BigIntegerField(default=0)
    planned_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["on", "id"]
        verbose_name = _("planned visit")
        verbose_name_plural = _("planned visits")
        indexes = [
            models.Index(fields=["station", "on"], name="plannedvisit_day_idx"),
            models.Index(fields=["enterprise", "since_on"], name="plannedvisit_firm_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(officer_id=0) | ~Q(officer_id=models.F("second_id")), name="plannedvisit_two"
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None) | Q(approved_at=None), name="plannedvisit_decided"
            ),
            StationPolicy(name="plannedvisit_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="plannedvisit_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="plannedvisit_kept",
                columns=("enterprise_id", "source", "since_on", "planned_by", "planned_by_id", "planned_at"),
                once=(("refused_at", "refused_by", "refusal"), ("voided_at",)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise.name} {self.on:%Y-%m-%d}"

    @property
    def kind(self) -> InspectionKind:
        """The kind of inspection that it becomes."""
        return KINDS[VisitSource(self.source)]

    @property
    def is_approved(self) -> bool:
        """Whether its approval holds on its day."""
        return self.approved_until is not None and self.on <= self.approved_until

    @property
    def is_approved_late(self) -> bool:
        """Whether the chief approved it after the period for that had ended."""
        return self.approved_at is not None and timezone.localdate(self.approved_at) > self.approve_by

    @property
    def officer_ids(self) -> tuple[int, ...]:
        return tuple(each for each in (self.officer_id, self.second_id) if each)

    @property
    def officers(self) -> str:
        """Its officers in one line."""
        return listed(each for each in (self.officer_name, self.second_name) if each)


class Absence(models.Model):
    """Days on which an officer of a station makes no visits 不在岗. Entered by the station; withdrawn, it counts no more."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    stations = ArrayField(models.BigIntegerField(), default=list)  # this station, for the policy
    officer_id = models.BigIntegerField()
    officer_name = models.CharField(_("officer"), max_length=80)
    kind = models.CharField(_("reason"), max_length=8, choices=AbsenceKind.choices)
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    made_by_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["from_on", "id"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes = [models.Index(fields=["station", "until_on"], name="absence_station_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="absence_begins_before_it_ends"
            ),
            AreaPolicy(name="absence_rls", read=("police", "system"), write=("police", "system")),
            Kept(
                name="absence_kept",
                columns=(
                    "officer_id",
                    "officer_name",
                    "kind",
                    "from_on",
                    "until_on",
                    "made_by_id",
                    "made_at",
                ),
                once=(("withdrawn_at",),),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_name} {self.from_on:%Y-%m-%d} – {self.until_on:%Y-%m-%d}"

    def covers(self, day: dt.date) -> bool:
        """Return whether the officer is away on that day."""
        return self.withdrawn_at is None and self.from_on <= day <= self.until_on


class PlanRule(models.Model):
    """What a bureau published about its inspections 年度检查频次上限: how often a year, and how many visits a day.

    Written by a supervisor, never changed; of those that have come into force the latest counts. A colour without a
    number has no upper limit. Inspections by the whole police count; 国办发〔2024〕54号 asks for the publication.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    effective_from = models.DateField(_("in force from"))
    published = models.CharField(_("where it was published"), max_length=200)
    per_day = models.PositiveSmallIntegerField(_("visits of an officer a day"), default=6)
    red = models.PositiveSmallIntegerField(_("red enterprises, a year"), null=True, blank=True)
    yellow = models.PositiveSmallIntegerField(_("yellow enterprises, a year"), null=True, blank=True)
    green = models.PositiveSmallIntegerField(_("green enterprises, a year"), null=True, blank=True)
    grey = models.PositiveSmallIntegerField(_("enterprises not rated, a year"), null=True, blank=True)
    made_by = models.CharField(max_length=80, blank=True)
    made_by_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-effective_from", "-id"]
        verbose_name = _("rule of the plan")
        verbose_name_plural = _("rules of the plan")
        indexes = [models.Index(fields=["bureau", "effective_from"], name="planrule_force_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(per_day__gte=1), name="planrule_has_visits"),
            BureauPolicy(name="planrule_rls", read=("police", "system"), write=("police", "system")),
        ]

    def __str__(self) -> str:
        return self.published

    def cap(self, colour: str) -> int | None:
        """Return how often an enterprise of this colour is inspected a year at most; None without a limit."""
        found: int | None = getattr(self, colour) if colour in Colour.values else None
        return found


class VisitEscalation(models.Model):
    """One step of an enterprise whose inspection is overdue: who was told, and when it fell due.

    ``was_due_on`` is the day on which the inspection was due. An enterprise with another due day begins anew.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    was_due_on = models.DateField()
    step = models.CharField(max_length=8, choices=VisitStep.choices)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["station"], name="visitescalation_station_idx")]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "was_due_on", "step"], name="visitescalation_once"),
            StationPolicy(name="visitescalation_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="visitescalation_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="visitescalation_kept",
                columns=("enterprise_id", "was_due_on", "step", "due_on", "made_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"enterprise {self.enterprise_id} {self.step} {self.due_on:%Y-%m-%d}"
