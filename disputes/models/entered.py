"""Rows of a dispute that somebody entered, and that are never changed: a wrong one is voided with a reason."""

from django.db import models
from django.db.models import Q

from disputes.models.of_dispute import OfDispute, of_dispute, of_dispute_indexes
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey

VOIDING = ("voided_at", "voided_by", "void_reason")


class Entered(OfDispute):
    """Who entered a row, when, by which form; and who voided it, and why.

    ``key`` is that of the form: sent twice, it makes one row.
    """

    key = models.CharField(max_length=40, blank=True, editable=False)
    by = models.CharField(max_length=80, blank=True, editable=False)
    by_id = models.BigIntegerField(default=0, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_by = models.CharField(max_length=80, blank=True, editable=False)
    void_reason = models.TextField(max_length=2000, blank=True, editable=False)

    class Meta:
        abstract = True


def entered(
    name: str, columns: tuple[str, ...], *, once: tuple[tuple[str, ...], ...] = ()
) -> list[models.BaseConstraint]:
    """Return the constraints of such rows. ``columns`` stay as entered, each group of ``once`` after it has a value."""
    own = ("enterprise_id", "dispute_id", "key", "by", "by_id", "at")
    return [
        models.UniqueConstraint(fields=["id", "enterprise", "station"], name=f"{name}_custody_key"),
        models.UniqueConstraint(fields=["dispute", "key"], condition=~Q(key=""), name=f"{name}_sent_once"),
        Kept(name=f"{name}_kept", columns=(*own, *columns), once=(*once, VOIDING)),
        *of_dispute(name),
    ]


def part_of(name: str, column: str, to: str) -> CompositeForeignKey:
    """Return the key of rows that belong to another row of the dispute."""
    return CompositeForeignKey(
        name=f"{name}_{column}_fk",
        columns=(f"{column}_id", "enterprise_id", "station_id"),
        to=to,
        to_columns=("id", "enterprise_id", "station_id"),
    )


__all__ = ["Entered", "entered", "of_dispute_indexes", "part_of"]
