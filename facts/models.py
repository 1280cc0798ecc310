"""What all dated records about an enterprise have in common."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from facts.dates import Order, check_days
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.contributions.limits import Limit, earliest, latest, wording
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class Fact(models.Model):
    """A dated record about an enterprise that a rating may measure.

    A wrong one is corrected or voided with a reason, never deleted. A voided one (``voided_at``) drops out of every
    measure and list but stays in the log. ``recorded_by_id`` and ``issued_by_station_id`` say who acted and never
    change; ``station`` has custody now. ``version`` guards against two officers changing it at once. Each concrete
    model names the field that dates it and adds ``fact_constraints`` and ``fact_indexes``.
    """

    dated_by: ClassVar[str]  # the field with the day on which it happened
    stepped: ClassVar[tuple[tuple[str, ...], ...]] = ()  # see SteppedFact
    undated: ClassVar[frozenset[str]] = frozenset()
    # fields that acts set together with those days, and what they hold without; undoing an act brings them back
    carried: ClassVar[Mapping[str, Any]] = {}
    reported_day: ClassVar[str] = (
        ""  # the day of a report that an act records; whoever moves it reports it, too
    )
    decided: ClassVar[tuple[str, ...]] = ()  # fields that only somebody else than who reported it may fill
    # fields that were decided upon: from then on, only somebody else than who reported it may correct them
    judged: ClassVar[tuple[str, ...]] = ()
    # fields that only acts fill; a correction may change what an import brought
    acted: ClassVar[tuple[str, ...]] = ()
    # fields in whose words a search of the enterprise's people looks, and a search of the police
    searched: ClassVar[tuple[str, ...]] = ()
    searched_by_police: ClassVar[tuple[str, ...]] = ("note",)
    # the field without which the enterprise's people do not see a record: what the police still examine
    hidden_until: ClassVar[str] = ""
    # the values without which they do not see one: what is about somebody else
    shown_to_enterprise: ClassVar[Mapping[str, Any]] = {}
    # whether the enterprise's people see the photos and files that the police add; their own they always see
    files_are_shared: ClassVar[bool] = False

    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="%(class)s_records",
        db_constraint=False,  # the composite key enforces it
        db_index=False,
        verbose_name=_("enterprise"),
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_key = models.CharField(max_length=80, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True, max_length=4000)
    issued_by_station_id = models.BigIntegerField(default=0, editable=False)
    recorded_by_id = models.BigIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    # columns of an import that became no field: personal, in no search, no list and no file
    source_values = models.JSONField(default=dict, blank=True, editable=False)
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None

    def refuse_reason(self, actor: Actor, reason: str) -> None:
        """Raise ValidationError at ``reason`` for words that may not stand in the log of this kind. All may, unless a kind says so."""

    @classmethod
    def usual_limits(cls) -> list[Limit]:
        """Return the limits of plausibility of every kind: days from 1990 to ten years ahead, texts with words."""
        found: list[Limit] = []
        for field in cls._meta.local_fields:
            if field.name in INTERNAL_FIELDS or not field.editable:
                continue
            if isinstance(field, models.DateField):
                found += [earliest(field.name), latest(field.name, LONGEST_DEADLINE_DAYS)]
            elif field.get_internal_type() == "CharField" and not field.choices:
                found.append(wording(field.name))
        return found

    @property
    def is_open_to_enterprise(self) -> bool:
        """Whether the enterprise's people may see it, as far as it depends on the record."""
        is_shown = all(getattr(self, name) == value for name, value in self.shown_to_enterprise.items())
        return is_shown and (not self.hidden_until or getattr(self, self.hidden_until) is not None)

    def reporters(self) -> tuple[set[int], set[str]]:
        """Return who reported it, by id and by name: they do not decide about it (:mod:`facts.four_eyes`)."""
        return {self.recorded_by_id} - {0}, set()

    def held_files(self) -> Collection[str]:
        """Return the digests of the files that the enterprise's people cannot take away, because they belong to an answer."""
        return ()

    def twins(self) -> Q | None:
        """Return the condition on records that report the same again; None if each report is one of its own."""
        return None


LONGEST_DEADLINE_DAYS = 3660


class SteppedFact(Fact):
    """A fact whose days later acts may replace: what is sent back, reopened or extended again.

    ``stepped`` groups the columns whose values belong together. Those in ``undated`` hold from the day of the act that
    sets them, the others from the day that they name. The columns hold what is true now. When an act replaces a value,
    ``earlier`` keeps the group as it was until that day, oldest first; a day in the past is read with :meth:`as_of`, in
    SQL with ``facts.steps.AsOf``. ``earlier_until_on`` is the last of those days. Both follow from the steps of the
    record (:class:`FactStep`); only ``facts.steps`` writes them.
    """

    stepped_deadlines: ClassVar[frozenset[str]] = frozenset()  # stepped columns that may lie ahead
    # acts with whose days a later deadline is counted
    counted_with: ClassVar[frozenset[str]] = frozenset()
    # days whose order acts hold; imports bring what they have
    acts_in_order: ClassVar[tuple[Order, ...]] = ()

    earlier = models.JSONField(null=True, blank=True, editable=False)
    earlier_until_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def credit(self, before: Mapping[str, Any], user_id: int) -> None:
        """Set who counts as having done what a correction changed; ``before`` are the values it found."""

    def check_acts_in_order(self) -> None:
        """Raise ValidationError at a day that an act would refuse because of another act."""
        check_days(self, past=(), order=self.acts_in_order)

    @property
    def begun_again_on(self) -> dt.date | None:
        """The last day on which an act such as reopening replaced the deadline; a new one counts from then."""
        return max(
            (dt.date.fromisoformat(each["until"]) for each in self.earlier or () if "due_on" in each),
            default=None,
        )

    def as_of(self, name: str, day: dt.date) -> Any:
        """Return the value of a stepped column that was in force on a day."""
        for entry in self.earlier or ():
            if name in entry and entry["until"] > day.isoformat():
                return dt.date.fromisoformat(entry[name]) if entry[name] else None
        return getattr(self, name)


class FactStep(models.Model):
    """One act on a record: which, from which day on it holds, by whom and why. Rows are never changed.

    Number, moment and who acted come from the database, as in the audit log.
    ``values`` are the days that it set, by column, and what went with them (``carried``). The columns of the record follow from its steps in their order
    (``facts.steps.replay``). A record without steps has what was entered or imported; its first step takes that over
    (TAKEN_OVER). A step that was recorded wrongly is corrected by another one (``corrects_id``).
    """

    TAKEN_OVER, CORRECTED = "recorded", "correct"  # besides the acts of the record's life
    append_only = True

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    act = models.CharField(max_length=30)
    on = models.DateField()
    values = models.JSONField(default=dict)
    was_on = models.DateField(
        null=True, blank=True
    )  # the day that it replaced: of the closing that was undone
    reason = models.TextField(blank=True)
    actor_name = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    corrects_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["enterprise", "kind", "record_id"], name="step_record_idx"),
            models.Index(fields=["station"], name="step_station_idx"),
        ]
        constraints = [
            StationPolicy(name="step_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="step_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.act} {self.on}"


class Attachment(models.Model):
    """A photo or file 附件 of a record. Its bytes are kept under ``key`` (:mod:`foundation.attachments.files`).

    ``sha256`` is the digest of the bytes that are kept, ``received_sha256`` of those that were sent: the same file comes
    to a record once. ``shows`` says of what was found or put right a picture is. It is taken away only by voiding with a
    reason; then nobody opens it any more, and the row says who voided it.
    """

    class Shows(models.TextChoices):
        """What a picture of a hazard shows; "" where there is no before and after."""

        FOUND = "found", _("As found")
        PUT_RIGHT = "put_right", _("Put right")

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    shows = models.CharField(max_length=10, choices=Shows.choices, blank=True)
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    received_sha256 = models.CharField(max_length=64)
    difference_hash = models.CharField(max_length=16, blank=True)
    captured_at = models.DateTimeField(null=True)
    by_enterprise = models.BooleanField(default=False)
    added_by = models.CharField(max_length=80, blank=True)
    added_by_id = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=80, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("photo or file")
        verbose_name_plural = _("photos and files")
        indexes = [
            models.Index(fields=["enterprise", "kind", "record_id"], name="attachment_record_idx"),
            models.Index(fields=["station"], name="attachment_station_idx"),
            models.Index(
                fields=["station", "difference_hash"],
                condition=~Q(difference_hash=""),
                name="attachment_alike_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "record_id", "received_sha256"],
                condition=Q(voided_at=None),
                name="attachment_once",
            ),
            models.UniqueConstraint(fields=["key", "enterprise"], name="attachment_key"),
            StationPolicy(name="attachment_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="attachment_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="attachment_kept",
                columns=(
                    *("enterprise_id", "kind", "record_id", "shows", "name", "content_type", "size"),
                    *("width", "height", "key", "sha256", "received_sha256", "difference_hash"),
                    *("captured_at", "by_enterprise", "added_by", "added_by_id", "added_at"),
                ),
                once=(("voided_at", "voided_by", "void_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.width > 0

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None

    @property
    def captured_on(self) -> dt.date | None:
        """The day on which the camera says it was taken."""
        return timezone.localdate(self.captured_at) if self.captured_at else None


# they follow from the steps, or say how a day of theirs was counted
DERIVED_FIELDS = frozenset({"earlier", "earlier_until_on", "counted_as", "call_from_on"})
# fields that nobody types
INTERNAL_FIELDS = (
    frozenset(field.name for field in Fact._meta.local_fields) - {"note"}
    | {"submitted_by_id"}
    | DERIVED_FIELDS
)


def fact_indexes(table: str, day: str) -> list[models.Index]:
    """Return the two indexes of a concrete fact: by station for the engine, by enterprise for its file."""
    return [
        models.Index(fields=["station", day], name=f"{table}_station_idx"),
        models.Index(fields=["enterprise", day], name=f"{table}_enterprise_idx"),
    ]


def fact_constraints(table: str, *, departments: str | None = None) -> list[models.BaseConstraint]:
    """Return the constraints of a concrete fact: tenant policy, composite key, one row per import key, what stays.

    ``departments`` is the condition, in SQL, under which a department's key may read a row (StationPolicy).
    """
    return [
        models.UniqueConstraint(
            fields=["enterprise", "external_key"],
            condition=~models.Q(external_key=""),
            name=f"{table}_external_key_unique",
        ),
        StationPolicy(name=f"{table}_rls", enterprise="enterprise", departments=departments),
        CompositeForeignKey(
            name=f"{table}_enterprise_fk",
            columns=("enterprise_id", "station_id"),
            to="enterprises.Enterprise",
            to_columns=("id", "station_id"),
        ),
        Kept(
            name=f"{table}_kept",
            columns=("recorded_at", "recorded_by_id", "issued_by_station_id", "enterprise_id"),
            once=(("voided_at", "void_reason"),),
        ),
    ]
