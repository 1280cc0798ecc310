"""Hazards and their rectification."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import SteppedFact, fact_constraints
from foundation.contributions.limits import names_in
from foundation.faults import Faults
from foundation.tenancy.policies import CompositeForeignKey
from inspections.choices import HazardState, Origin, Severity
from inspections.models.inspection import Inspection
from inspections.models.major import MajorStage
from inspections.models.submission import Submission

if TYPE_CHECKING:
    from foundation.accounts.models import AuditEntry

SAYS_QUALIFIED = _("The inspection that found it says qualified. Correct its conclusion first.")


class Hazard(SteppedFact):
    """Security hazard 治安隐患 at an enterprise, until it is closed.

    Its state on a day follows from its dates: open from ``found_on`` until ``closed_on``; major from ``major_from_on``
    until ``major_until_on``; its deadline is ``due_on``, or ``extended_due_on`` once an extension was granted on
    ``extension_granted_on``; ``extension_requested_on`` is the day on which that one was asked for, if it was. What the
    enterprise asks for and nobody has answered is in ``extension_asked_on``, ``extension_wanted_on`` and
    ``extension_asked_by``; it moves no deadline. Without a deadline it is never overdue and never closed on time. While its
    deadline stands still (``suspended_on``) it has none, and is on time. ``counted_as`` is how a deadline was counted, for
    as long as it is in force (:mod:`inspections.deadlines`); ``due_reason`` why it is longer than proposed.
    ``rectified_on`` is the
    day of a submission that was not sent back; a submitted hazard waiting for re-inspection is not overdue. A refusal
    ends with the submission. What was sent back, reopened, extended or major before is in ``earlier``.

    Who found it (``found_by``: the officers of the visit) or submitted it does not accept it. ``submitted_by`` is the
    person of the enterprise who reported the rectification, ``submitted_by_id`` the user who recorded that; whoever
    moved its day since, or undid what had ended it, does not accept it either (``facts.steps.who_set``). One put
    right ``on_the_spot``, before the eyes of two officers, was never submitted and needs no acceptance.
    """

    dated_by = "found_on"
    files_are_shared = True
    searched = ("item", "place", "description")
    searched_by_police = (*searched, "found_by", "note")
    stepped = (
        ("rectified_on", "closed_on", "refused_on"),
        ("due_on", "extended_due_on", "extension_granted_on", "extension_requested_on", "suspended_on"),
        ("major_from_on", "major_until_on"),
        ("extension_asked_on", "extension_wanted_on"),
    )
    undated = frozenset({"due_on"})
    carried = {
        "submitted_by": "",
        "submitted_by_id": 0,
        "on_the_spot": False,
        "extension_asked_by": "",
        "counted_as": None,
        "due_reason": "",
    }
    reported_day = "rectified_on"
    stepped_deadlines = frozenset(
        {"due_on", "extended_due_on", "extension_requested_on", "extension_wanted_on"}
    )
    counted_with = frozenset({"suspend", "resume"})
    decided = ("closed_on",)
    acted = (
        *("rectified_on", "closed_on", "refused_on"),
        *("extended_due_on", "extension_granted_on", "extension_requested_on", "suspended_on"),
        *("extension_asked_on", "extension_wanted_on", "major_from_on", "major_until_on"),
    )
    acts_in_order = (
        ("rectified_on", "refused_on", _("The enterprise cannot have submitted it before it refused.")),
        ("closed_on", "refused_on", _("It cannot have been closed before the enterprise refused.")),
    )
    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        related_name="hazards",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("inspection"),
    )
    item = models.CharField(_("item"), max_length=120)
    # of the bureau's list, if the item was one of it when it was recorded; the wording stays whatever the list says later
    item_code = models.CharField(
        _("code of the item"), max_length=20, blank=True, default="", db_default="", editable=False
    )
    place = models.CharField(_("place"), max_length=160, blank=True)
    # the number of the key position that was called so (KeyPosition), 0 for none; the words stay as they were recorded
    key_position_id = models.BigIntegerField(_("key position"), default=0, db_default=0, editable=False)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    origin = models.CharField(_("found by"), max_length=10, choices=Origin.choices, default=Origin.POLICE)
    found_by = models.CharField(
        _("finders"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("They do not accept the rectification themselves."),
    )
    reported_on = models.DateField(
        _("reported on"),
        null=True,
        blank=True,
        help_text=_("The day the enterprise or department reported it."),
    )
    found_on = models.DateField(_("found on"))
    major_from_on = models.DateField(_("major since"), null=True, blank=True)
    major_until_on = models.DateField(_("major until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    extended_due_on = models.DateField(_("extended to"), null=True, blank=True)
    extension_granted_on = models.DateField(_("extension granted on"), null=True, blank=True)
    suspended_on = models.DateField(_("deadline suspended since"), null=True, blank=True, editable=False)
    counted_as = models.JSONField(null=True, blank=True, editable=False)
    enterprise_person = models.CharField(
        _("responsible at the enterprise"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    territory_person = models.CharField(
        _("responsible for the area"), max_length=80, blank=True, default="", db_default="", editable=False
    )
    department_person = models.CharField(
        _("responsible at the department"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    # from this day the station calls, because nobody of the enterprise has opened what is new (inspections.calling)
    call_from_on = models.DateField(null=True, blank=True, editable=False)
    due_reason = models.TextField(
        _("reason for a longer deadline"),
        blank=True,
        max_length=2000,
        default="",
        db_default="",
        editable=False,
    )
    extension_requested_on = models.DateField(
        _("extension asked for on"), null=True, blank=True, editable=False
    )
    extension_asked_on = models.DateField(_("extension asked for on"), null=True, blank=True, editable=False)
    extension_wanted_on = models.DateField(_("deadline asked for"), null=True, blank=True, editable=False)
    extension_asked_by = models.CharField(
        _("extension asked for by"), max_length=80, blank=True, default="", editable=False, db_default=""
    )
    rectified_on = models.DateField(_("rectified on"), null=True, blank=True)
    submitted_by = models.CharField(
        _("reported as rectified by"), max_length=80, blank=True, default="", editable=False, db_default=""
    )
    submitted_by_id = models.BigIntegerField(default=0, editable=False, db_default=0)
    on_the_spot = models.BooleanField(
        _("put right on the spot"), default=False, editable=False, db_default=False
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    refused_on = models.DateField(_("rectification refused on"), null=True, blank=True)

    class Meta:
        ordering = ["-found_on", "-id"]
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")
        indexes = [
            models.Index(fields=["station", "found_on"], name="hazard_station_idx"),
            models.Index(fields=["enterprise", "found_on"], name="hazard_enterprise_idx"),
            # what a department's system asks for again and again
            models.Index(fields=["station", "changed_at"], name="hazard_changed_idx"),
            # lists across stations: all, closed, soonest deadline first
            models.Index(fields=["found_on", "id"], name="hazard_latest_idx"),
            models.Index(
                fields=["closed_on", "id"], condition=Q(closed_on__isnull=False), name="hazard_closed_idx"
            ),
            models.Index(
                Coalesce("extended_due_on", "due_on"),
                "id",
                condition=Q(closed_on=None, voided_at=None),
                name="hazard_deadline_idx",
            ),
            # lists of one station, and what is open there
            models.Index(
                "station",
                Coalesce("extended_due_on", "due_on"),
                "id",
                condition=Q(closed_on=None, voided_at=None),
                name="hazard_station_due_idx",
            ),
            models.Index(
                fields=["station", "call_from_on"],
                condition=Q(call_from_on__isnull=False, closed_on=None, voided_at=None),
                name="hazard_call_idx",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("found_on")),
                name="hazard_closed_after_found",
            ),
            models.CheckConstraint(
                condition=Q(rectified_on=None) | Q(rectified_on__gte=F("found_on")),
                name="hazard_rectified_after_found",
            ),
            models.CheckConstraint(
                condition=Q(extended_due_on=None, extension_granted_on=None)
                | Q(extended_due_on__isnull=False, extension_granted_on__isnull=False),
                name="hazard_extension_whole",
            ),
            CompositeForeignKey(
                name="hazard_inspection_fk",
                columns=("inspection_id", "enterprise_id", "station_id"),
                to="inspections.Inspection",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
            *fact_constraints("hazard", departments="voided_at IS NULL"),
        ]

    # what a page has read of the acts on it (entries of the log, newest first), so that nothing asks again
    acts_read: "Sequence[AuditEntry] | None" = None
    # whether a page has found any of them with the record; None: nobody has looked
    has_forgeries: bool | None = None
    has_penalties: bool | None = None
    may_be_again: bool | None = None  # the same at the same place, whenever it was found

    def __str__(self) -> str:
        return f"{self.item} · {self.place}" if self.place else self.item

    def reporters(self) -> tuple[set[int], set[str]]:
        """Return who recorded, found or submitted it."""
        ids, _names = super().reporters()
        return ids | {self.submitted_by_id} - {0}, set(names_in(self.found_by))

    def credit(self, before: Mapping[str, Any], user_id: int) -> None:
        """Whoever corrects the day of a submission of which nobody else is known counts as who submitted it."""
        if not self.rectified_on:
            self.submitted_by_id, self.submitted_by = 0, ""
        elif self.rectified_on != before["rectified_on"] and not self.submitted_by_id:
            self.submitted_by_id = user_id
        if not self.closed_on:
            self.on_the_spot = False

    def twins(self) -> Q | None:
        """Return the condition on the same report of the enterprise itself: item, place and day."""
        if self.origin != Origin.SELF:
            return None
        return Q(item=self.item, place=self.place, found_on=self.found_on, origin=Origin.SELF)

    @property
    def deadline_on(self) -> dt.date | None:
        """The deadline in force: the granted extension if there is one."""
        return self.extended_due_on or self.due_on

    @property
    def severity(self) -> Severity:
        """Severity today."""
        return Severity.MAJOR if self.major_from_on and self.major_until_on is None else Severity.ORDINARY

    def was_major_on(self, day: dt.date) -> bool:
        """Return whether it was major on a day, also if that was the day it became ordinary."""
        from_on, until_on = self.as_of("major_from_on", day), self.as_of("major_until_on", day)
        return from_on is not None and from_on <= day and (until_on is None or until_on >= day)

    @property
    def state(self) -> HazardState:
        """The state today."""
        return self.state_on(timezone.localdate())

    def state_on(self, day: dt.date) -> HazardState:
        """Return the state as of a day. A submitted hazard waiting for re-inspection is not overdue."""
        if self.is_voided:
            return HazardState.VOIDED
        for name, state in (
            ("closed_on", HazardState.CLOSED),
            ("rectified_on", HazardState.SUBMITTED),
            ("refused_on", HazardState.REFUSED),
        ):
            on = self.as_of(name, day)
            if on and on <= day:
                return state
        deadline_on = self.deadline_as_of(day)
        return HazardState.OVERDUE if deadline_on and deadline_on < day else HazardState.OPEN

    def deadline_as_of(self, day: dt.date) -> dt.date | None:
        """Return the deadline in force on a day."""
        granted_on = self.as_of("extension_granted_on", day)
        is_extended = granted_on is not None and granted_on <= day
        found: dt.date | None = self.as_of("extended_due_on" if is_extended else "due_on", day)
        return found

    @property
    def begun_again_on(self) -> dt.date | None:
        """The last day on which it was reopened: only that takes a closing back."""
        return max(
            (dt.date.fromisoformat(each["until"]) for each in self.earlier or () if each.get("closed_on")),
            default=None,
        )

    def deadline_before_extension(self) -> dt.date | None:
        """Return the deadline that the present extension moved: an earlier extension's, or the original one."""
        extended = [
            entry["extended_due_on"]
            for entry in self.earlier or ()
            if entry.get("extended_due_on") and self.due_on and entry["due_on"] == self.due_on.isoformat()
        ]
        return dt.date.fromisoformat(extended[-1]) if extended else self.due_on

    def _was_asked_in_time(self, deadline: dt.date) -> bool:
        """Return whether the extension was asked for before the deadline passed, so that it may be granted later."""
        return self.extension_requested_on is not None and self.extension_requested_on <= deadline

    @property
    def days_late(self) -> int | None:
        """Calendar days after its deadline (before it: negative) on which it was put right; None while it is not.

        It follows from days that closing does not change, so it stays as it was then; a reopened one begins anew.
        """
        on, deadline_on = self.rectified_on or self.closed_on, self.deadline_on
        return (on - deadline_on).days if on and deadline_on and not self.on_the_spot else None

    @property
    def waits_for_answer(self) -> bool:
        """Whether the enterprise has asked for an extension that it still needs, and nobody has answered."""
        return self.extension_asked_on is not None and self.state in (HazardState.OPEN, HazardState.OVERDUE)

    @cached_property
    def submissions(self) -> list[Submission]:
        """What the enterprise has submitted, newest first: also withdrawn, and not complete. One query."""
        return list(Submission.of(self))

    @cached_property
    def stages(self) -> list[MajorStage]:
        """The stages recorded while it is or was major, oldest first. One query."""
        return list(MajorStage.of(self))

    def held_files(self) -> Collection[str]:
        return {digest for each in self.submissions if each.is_in_force for digest in each.digests}

    def check_acts_in_order(self) -> None:
        faults = Faults()
        with faults.of():
            super().check_acts_in_order()
        visit = self.inspection
        if visit and visit.says_qualified and self.major_from_on and self.major_from_on <= visit.inspected_on:
            faults.add(ValidationError({"major_from_on": SAYS_QUALIFIED}))
        faults.refuse()

    def clean(self) -> None:
        faults = Faults()
        with faults.of():
            self._clean_days()
        with faults.of():
            self._clean_pairs()
        faults.refuse()

    def _clean_days(self) -> None:
        before_found = _("This date cannot be before the day the hazard was found.")
        check_days(
            self,
            past=[
                "found_on",
                "reported_on",
                "major_from_on",
                "major_until_on",
                "extension_granted_on",
                "suspended_on",
                "rectified_on",
                "closed_on",
                "refused_on",
            ],
            order=[
                ("due_on", "found_on", before_found),
                ("rectified_on", "found_on", before_found),
                ("closed_on", "found_on", before_found),
                ("refused_on", "found_on", before_found),
                ("major_from_on", "found_on", before_found),
                ("extension_granted_on", "found_on", before_found),
                ("suspended_on", "found_on", before_found),
                ("major_until_on", "major_from_on", _("The end date cannot be before the start date.")),
                ("closed_on", "rectified_on", _("The closing date cannot be before the rectification date.")),
            ],
        )

    def _clean_pairs(self) -> None:
        errors: dict[str, object] = {}
        if self.major_until_on and not self.major_from_on:
            errors["major_from_on"] = _("Enter the date from which it was major.")
        if self.suspended_on and (self.due_on or self.extended_due_on):
            name = "due_on" if self.due_on else "extended_due_on"
            errors[name] = _("The deadline is suspended. It comes back when it is resumed.")
        elif self.extended_due_on or self.extension_granted_on:
            if not self.due_on:
                errors["due_on"] = _("Without a deadline there is nothing to extend.")
            elif not self.extended_due_on:
                errors["extended_due_on"] = _("Enter the extended deadline.")
            elif not self.extension_granted_on:
                errors["extension_granted_on"] = _("Enter the date on which the extension was granted.")
            elif (before := self.deadline_before_extension()) and self.extended_due_on <= before:
                errors["extended_due_on"] = _("The extended deadline must be after the original one.")
            elif before and self.extension_granted_on > before and not self._was_asked_in_time(before):
                errors["extension_granted_on"] = _(
                    "An extension must be granted before the deadline has passed."
                )
        if errors:
            raise ValidationError(errors)
