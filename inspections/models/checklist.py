"""Versions of a bureau's checklists, and what an inspection answered by them."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Bureau, Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey, StationPolicy
from inspections.checklists.content import Answered, ListKind, Question
from inspections.models.inspection import Inspection


class Checklist(models.Model):
    """One version of a checklist 检查单 of a bureau: what an inspection asks.

    A draft until a supervisor publishes it (``published_at``), and from then on never changed; the next draft follows
    it. The latest published one is in force, the shipped one (number 1) until there is one. ``tried_at``: when the
    draft was tried out, cleared by each change.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    number = models.PositiveIntegerField(_("version"))
    version = models.PositiveIntegerField(default=1)  # of the draft, for two people who change it
    sections: Any = models.JSONField(default=list)
    tried_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    published_by = models.CharField(max_length=80, blank=True)
    published_by_id = models.BigIntegerField(default=0)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "-number"]
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "kind", "number"], name="checklist_number"),
            models.UniqueConstraint(
                fields=["bureau", "kind"], condition=models.Q(published_at=None), name="checklist_one_draft"
            ),
            # an enterprise answers what is published of it in its self-checks; selectors leave drafts out
            BureauPolicy(
                name="checklist_rls", read=("police", "system", "enterprise"), write=("police", "system")
            ),
            Kept(
                name="checklist_kept",
                columns=("bureau_id", "kind", "number"),
                once=(
                    (
                        *("published_at", "sections", "reason", "version"),
                        *("tried_at", "published_by", "published_by_id"),
                    ),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class OfInspection(models.Model):
    """A row that belongs to an inspection. It has the inspection's enterprise and station, and is handed over with them."""

    append_only = True

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


def of_inspection(name: str, departments: str | None = None) -> list[models.BaseConstraint]:
    """Return the constraints that each kind of such rows has: policy and composite keys.

    ``departments`` as of StationPolicy. They read answers through the inspection, which they see as long as it is not voided.
    """
    return [
        StationPolicy(name=f"{name}_rls", enterprise="enterprise", departments=departments),
        CompositeForeignKey(
            name=f"{name}_enterprise_fk",
            columns=("enterprise_id", "station_id"),
            to="enterprises.Enterprise",
            to_columns=("id", "station_id"),
        ),
        CompositeForeignKey(
            name=f"{name}_inspection_fk",
            columns=("inspection_id", "enterprise_id", "station_id"),
            to="inspections.Inspection",
            to_columns=("id", "enterprise_id", "station_id"),
        ),
    ]


def camera_words(number: str, at: dt.time | None) -> str:
    """Return the number of a body camera and when its recording began, as the summary that is signed says it."""
    return " ".join(each for each in (number, f"{at:%H:%M}" if at else "") if each)


class CheckRecord(OfInspection):
    """How an inspection was made: by which checklists, by whom, and what was explained. Written with it.

    ``lists``: kind and number of each checklist. ``officers``: id, name and police number of each, as they were on that
    day. ``left_reason``: why critical items were not answered. ``concluded_reason``: why the conclusion is another than
    follows from the findings. ``weight_asked``, ``weight_passed``: of the items that passed or failed, and of those that
    passed; ``critical_failed``: how many critical ones failed; ``passed`` and ``failed``: the codes of the items. They follow
    from the answers and their corrections. ``camera`` and ``camera_at``: number of the body camera, and when its recording
    began. ``begun_at``: when answering began, by the clock of the phone. ``by_sheet``: the answers come in by sheets, row by row, so lists and officers
    are added until all have come. Nothing else here ever changes. A rating reads them (A7), and whoever counts which items fail, because a bureau has millions of answers.
    """

    append_only = False

    lists: Any = models.JSONField(default=list)
    officers: Any = models.JSONField(default=list)
    certificate_shown = models.BooleanField(default=False)
    camera = models.CharField(max_length=40, blank=True)
    camera_at = models.TimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    left_reason = models.TextField(max_length=2000, blank=True)
    concluded_reason = models.TextField(max_length=2000, blank=True)
    weight_asked = models.PositiveIntegerField(default=0, db_default=0)
    weight_passed = models.PositiveIntegerField(default=0, db_default=0)
    critical_failed = models.PositiveIntegerField(default=0, db_default=0)
    passed = ArrayField(models.CharField(max_length=20), default=list)
    failed = ArrayField(models.CharField(max_length=20), default=list)
    by_sheet = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["station"], name="checkrecord_station_idx")]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "inspection"], name="checkrecord_once"),
            Kept(
                name="checkrecord_kept",
                columns=(
                    *("enterprise_id", "inspection_id", "certificate_shown", "camera", "camera_at"),
                    *("begun_at", "left_reason", "concluded_reason", "by_sheet"),
                ),
                growing=("lists", "officers"),
                grows_where="by_sheet",
            ),
            *of_inspection("checkrecord", departments="true"),
        ]

    def __str__(self) -> str:
        return f"inspection {self.inspection_id}"

    @property
    def camera_words(self) -> str:
        """The number of the body camera, and when its recording began."""
        return camera_words(self.camera, self.camera_at)

    @property
    def named_lists(self) -> list[tuple[str, int]]:
        """The name and the version of each checklist."""
        return [(str(ListKind(each["kind"]).label), each["number"]) for each in self.lists]


class CheckedItem(OfInspection):
    """One item of a checklist as an inspection answered it, with the wording and the options of that version.

    ``asked`` is the question (:class:`inspections.checklists.content.Question`). ``answer`` is empty if it was left
    open. A failed one names the hazard that it became. Answer and note may be corrected; what stood there before is in an
    :class:`AnswerCorrection`.
    """

    append_only = False

    place = models.PositiveSmallIntegerField()  # in the order of the checklist
    section = models.CharField(max_length=60)
    section_en = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=20)
    asked: Any = models.JSONField(default=dict)
    answer = models.CharField(max_length=4, choices=Answered.choices, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    hazard_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["place"]
        indexes = [
            models.Index(fields=["station", "code"], name="checkeditem_station_idx"),
            models.Index(fields=["station", "-inspection", "place"], name="checkeditem_latest_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "inspection", "code"], name="checkeditem_once"),
            Kept(
                name="checkeditem_kept",
                columns=("enterprise_id", "inspection_id", "place", "section", "code", "asked", "hazard_id"),
            ),
            *of_inspection("checkeditem", departments="true"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.answer}"

    @property
    def question(self) -> Question:
        """What was asked, as it was worded."""
        return Question(**self.asked)


class AnswerCorrection(OfInspection):
    """That an answer of a recorded inspection was wrong: what stood there, what stands there now, why, by whom."""

    code = models.CharField(max_length=20)
    was_answer = models.CharField(max_length=4, choices=Answered.choices, blank=True)
    was_note = models.TextField(max_length=2000, blank=True)
    answer = models.CharField(max_length=4, choices=Answered.choices, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    reason = models.TextField(max_length=2000)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["station"], name="answercorrection_station_idx"),
            models.Index(fields=["enterprise", "inspection"], name="answercorrection_visit_idx"),
        ]
        constraints = [*of_inspection("answercorrection")]

    def __str__(self) -> str:
        return f"{self.code} {self.was_answer} {self.answer}"
