"""What belongs to a dispute: rows beside it that only the police read."""

from django.db import models
from django.db.models import BigIntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from disputes.models.dispute import Dispute
from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from foundation.tenancy.scope import Audience

POLICE = (Audience.POLICE, Audience.SYSTEM)
# the dispute to whose file a row belongs: the surviving one of those that were merged
FILE = Coalesce(NullIf("dispute__merged_into_id", Value(0)), "dispute_id", output_field=BigIntegerField())


class OfDispute(models.Model):
    """A row that belongs to a dispute. It has the dispute's enterprise and station, and is handed over with them.

    Enterprises and departments read none of them, whatever a selector does: the database refuses (``of_dispute``).
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


def of_dispute(name: str) -> list[models.BaseConstraint]:
    """Return the constraints that each kind of such rows has: policies and composite keys."""
    return [
        StationPolicy(name=f"{name}_rls", enterprise="enterprise", audiences=POLICE),
        CompositeForeignKey(
            name=f"{name}_enterprise_fk",
            columns=("enterprise_id", "station_id"),
            to="enterprises.Enterprise",
            to_columns=("id", "station_id"),
        ),
        CompositeForeignKey(
            name=f"{name}_dispute_fk",
            columns=("dispute_id", "enterprise_id", "station_id"),
            to="disputes.Dispute",
            to_columns=("id", "enterprise_id", "station_id"),
        ),
    ]


def of_dispute_indexes(name: str) -> list[models.Index]:
    """Return the indexes that each kind of such rows has: by dispute for its page, by station for what is due."""
    return [
        models.Index(fields=["dispute"], name=f"{name}_dispute_idx"),
        models.Index(fields=["station"], name=f"{name}_station_idx"),
    ]


def of_files(rows: "QuerySet[OfDispute]") -> Q:
    """Return the condition on disputes that one of these rows belongs to them, or to a file merged into them.

    A merged file, which is voided, fulfils it too. Few were merged: they are joined, not all.
    """
    merged = rows.filter(dispute__merged_into_id__gt=0)
    return Q(pk__in=rows.order_by().values("dispute_id")) | Q(
        pk__in=merged.order_by().values("dispute__merged_into_id")
    )


def belonging_to(dispute: Dispute) -> dict[str, object]:
    """Return the columns that a row of a dispute takes over from it."""
    return {
        "dispute": dispute,
        "enterprise_id": dispute.enterprise_id,
        "station_id": dispute.station_id,
    }
