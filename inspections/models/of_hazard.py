"""What the rows that belong to a hazard have in common."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station

if TYPE_CHECKING:
    from inspections.models.hazard import Hazard


class OfHazard(models.Model):
    """A row that belongs to a hazard. It has the hazard's enterprise and station, and is handed over with them."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()  # of the hazard

    class Meta:
        abstract = True

    @classmethod
    def of(cls, hazard: "Hazard") -> "models.QuerySet[Self]":
        """Return the rows of a hazard."""
        return cls._default_manager.filter(enterprise_id=hazard.enterprise_id, record_id=hazard.pk)


def belonging_to(hazard: "Hazard") -> dict[str, Any]:
    """Return the values with which a new row belongs to a hazard."""
    return {"enterprise_id": hazard.enterprise_id, "station_id": hazard.station_id, "record_id": hazard.pk}
