"""Photos that an inspection announced and that will never come: somebody says so, with the reason."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.operations import VOIDED, lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.faults import Faults
from foundation.words import listed
from inspections.access import Permission
from inspections.models import FieldPhoto, Inspection

ACT = "photos_lost"


def awaited_photos(actor: Actor, inspection: Inspection) -> list[FieldPhoto]:
    """Return the photos of an inspection that still may arrive. One query."""
    rows = FieldPhoto.objects.filter(station_id__in=actor.stations, inspection=inspection)
    return list(rows.filter(arrived_at=None, lost_at=None))


def refusal_to_lose(actor: Actor, inspection: Inspection) -> str:
    """Return why no photo of an inspection can be called lost; empty if one can."""
    if inspection.is_voided:
        return str(VOIDED)
    return "" if awaited_photos(actor, inspection) else _("No photo of this inspection is awaited.")


@transaction.atomic
@as_declared
def lose_photos(*, actor: Actor, id: int, photos: Collection[int], reason: str) -> list[FieldPhoto]:
    """Say of awaited photos that they will not come, by their ids. The row stays; one that arrives after all is taken.

    Writes an entry of the inspection's log that names them. Raise NotAllowed, Http404, WrongState if none is awaited,
    ValidationError at ``reason``, and at ``photos`` if none is named or one has arrived meanwhile.
    """
    require(actor, Permission.RECORD_INSPECTIONS)
    inspection = lock_fact(actor, Inspection, id)
    if words := refusal_to_lose(actor, inspection):
        raise WrongState(words)
    found = [each for each in awaited_photos(actor, inspection) if each.pk in photos]
    faults = Faults()
    with faults.of():
        reason = required_reason(reason)
    if not found or len(found) != len(set(photos)):
        words = _("Choose photos that are still awaited. One may have arrived in the meantime.")
        faults.add(ValidationError({"photos": words}))
    faults.refuse()
    now = timezone.now()
    for each in found:
        each.lost_at, each.lost_by, each.lost_reason = now, actor.name[:80], reason
        each.save(update_fields=["lost_at", "lost_by", "lost_reason"])
    auditing.record(
        actor=actor,
        action=kind_of_model(Inspection).action(ACT),
        target=inspection,
        after={"photos": listed(map(str, found))},
        reason=reason,
    )
    return found
