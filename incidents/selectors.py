"""Reads of incidents."""

from django.db.models import QuerySet

from facts.selectors import visible
from foundation.accounts.actors import Actor
from incidents.models import Incident


def list_incidents(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[Incident]:
    """Return the incidents this actor may see, latest first."""
    return visible(actor, Incident, voided=voided, enterprise_id=enterprise_id)
