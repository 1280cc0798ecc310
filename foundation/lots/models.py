"""A draw by lot, as it was frozen and as it was drawn."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau, Station
from foundation.contributions.lots import LotKind, lot_kinds
from foundation.lots.choices import DrawState
from foundation.lots.drawing import digest_of
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import AreaPolicy, CompositeForeignKey


class Draw(models.Model):
    """One draw by lot 随机抽取: a pool that was frozen, and what a later seed drew from it.

    Freezing writes filter, pool and digest; names are those of that moment. Drawing, in a later transaction, adds a seed
    and the result. Neither is changed or deleted afterwards: the database refuses a seed with a new row, and the moments
    are its own. ``excused`` were left out before the digest, each with a reason. ``people`` are drawn for those drawn,
    ``per`` for each; ``barred`` are pairs of a person and a member that must not meet, with the reason.

    ``station`` is the station that draws, None for the bureau; ``stations`` are those whose members are in the pool: who
    does not see all of them does not see the draw. One that ``redraws`` another has a reason, and waits until a second
    person of the chiefs and supervisors has approved it.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    stations = ArrayField(models.BigIntegerField(), default=list)
    kind = models.CharField(_("kind of draw"), max_length=40)
    criteria: Any = models.JSONField(default=dict)
    terms: Any = models.JSONField(
        default=dict
    )  # what is to be done about those drawn; without part in the lot
    take = models.PositiveIntegerField(_("how many are drawn"))
    per = models.PositiveSmallIntegerField(default=0)
    pool: Any = models.JSONField(default=list)  # [[id, name], …] by id
    people: Any = models.JSONField(default=list)  # [[id, name], …] by id
    excused: Any = models.JSONField(default=list)  # [[id, name, reason], …]
    excused_people: Any = models.JSONField(default=list)
    barred: Any = models.JSONField(default=list)  # [[person, id, reason], …]
    digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.CharField(max_length=80)
    frozen_by_id = models.BigIntegerField(default=0)
    redraws = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    redraw_reason = models.TextField(max_length=2000, blank=True)
    approved = models.BooleanField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_by_id = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(max_length=2000, blank=True)
    seed = models.CharField(max_length=64, null=True)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.CharField(max_length=80, blank=True)
    drawn_by_id = models.BigIntegerField(default=0)
    result: Any = models.JSONField(default=list)  # [[id, [person, …]], …] in the order drawn

    class Meta:
        ordering = ["-id"]
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        indexes = [models.Index(fields=["bureau", "kind"], name="draw_bureau_idx")]
        constraints = [
            models.UniqueConstraint(fields=["id", "bureau"], name="draw_bureau_key"),
            # asked for once, unless that was declined
            models.UniqueConstraint(
                fields=["redraws"],
                condition=models.Q(approved=None) | models.Q(approved=True),
                name="draw_again_once",
            ),
            models.CheckConstraint(
                condition=models.Q(seed=None, drawn_at=None)
                | models.Q(seed__isnull=False, drawn_at__isnull=False, drawn_at__gt=models.F("frozen_at")),
                name="draw_seed_after_freezing",
            ),
            models.CheckConstraint(
                condition=models.Q(seed=None)
                | models.Q(redraws=None)
                | models.Q(approved=True, approved__isnull=False),
                name="draw_again_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(approved=None) | ~models.Q(decided_by_id=models.F("frozen_by_id")),
                name="draw_again_decided_by_another",
            ),
            AreaPolicy(name="draw_rls", read=("police", "system"), write=("police", "system")),
            CompositeForeignKey(
                name="draw_redraws_fk",
                columns=("redraws_id", "bureau_id"),
                to="lots.Draw",
                to_columns=("id", "bureau_id"),
            ),
            Kept(
                name="draw_kept",
                columns=(
                    *("station_id", "stations", "kind", "criteria", "terms", "take", "per", "pool"),
                    *("people", "excused", "excused_people", "barred", "digest", "frozen_at"),
                    *("frozen_by", "frozen_by_id", "redraws_id", "redraw_reason"),
                ),
                once=(
                    ("approved", "decided_by", "decided_by_id", "decided_at", "decision"),
                    ("seed", "drawn_at", "drawn_by", "drawn_by_id", "result"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk or 0:04d}"

    @property
    def lot(self) -> LotKind:
        """The declaration of its kind."""
        return lot_kinds[self.kind]

    @property
    def state(self) -> DrawState:
        if self.seed:
            # what has replaced it is read by the selectors
            return DrawState.REPLACED if getattr(self, "later_id", None) else DrawState.DRAWN
        if self.approved is False:
            return DrawState.DECLINED
        waits = self.redraws_id is not None and self.approved is None
        return DrawState.ASKED if waits else DrawState.FROZEN

    @property
    def due_on(self) -> dt.date | None:
        """The day by which something is done about those drawn, None if its terms have none.

        The terms give it as of freezing. One that is drawn later, because somebody had to approve it first, leaves as many
        days; until then, what it would be if it were drawn today.
        """
        if not (given := self.terms.get("due_on")):
            return None
        drawn_on = timezone.localdate(self.drawn_at) if self.drawn_at else timezone.localdate()
        frozen_on = timezone.localdate(self.frozen_at) if self.frozen_at else drawn_on
        return dt.date.fromisoformat(given) + (drawn_on - frozen_on)

    @property
    def terms_now(self) -> dict[str, Any]:
        """The terms with that day."""
        return self.terms | ({"due_on": self.due_on.isoformat()} if self.due_on else {})

    def content(self) -> dict[str, Any]:
        """Return what the digest is over: everything that decides what a seed draws, and the names."""
        return {
            "kind": self.kind,
            "take": self.take,
            "per": self.per,
            "pool": self.pool,
            "people": self.people,
            "excused": self.excused,
            "excused_people": self.excused_people,
            "barred": self.barred,
        }

    def computed_digest(self) -> str:
        """Return the digest of what is stored now."""
        return digest_of(self.content())
