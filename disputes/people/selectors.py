"""Reads of the parties of disputes. The police alone have any."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from disputes.following import latest_of
from disputes.models import Dispute, Party
from disputes.people import sealed
from disputes.people.masking import names_somebody
from foundation.accounts.actors import Actor
from foundation.database.sealed import UNREADABLE


def parties_of(actor: Actor, dispute: Dispute, *, voided: bool = False) -> QuerySet[Party]:
    """Return the parties of a dispute and of files merged into it, in the order in which they were entered."""
    rows = Party.objects.filter(
        station_id__in=actor.stations, enterprise_id=dispute.enterprise_id, dispute_id__in=dispute.file_ids
    )
    return rows if voided else rows.filter(voided_at=None)


def get_party(actor: Actor, dispute: Dispute, party_id: int) -> Party:
    """Return one party of a dispute, voided or not. Raise Http404 if it has none with this id."""
    found = parties_of(actor, dispute, voided=True).filter(pk=party_id).first()
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no party {party_id}")
    return found


def latest_party(actor: Actor, dispute: Dispute, party_id: int) -> Party:
    """Return the party that stands now for the one with this id, voided or not. Raise Http404 if there is none."""
    found = latest_of(parties_of(actor, dispute, voided=True), party_id)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no party {party_id}")
    return found


def names_in(parties: Iterable[Party]) -> list[str]:
    """Return the names of persons that a text about these parties may contain: theirs, and of who stands for them.

    Not what was entered in the place of a name and is a common word (``names_somebody``).
    """
    found = []
    for each in parties:
        found += [each.name] if each.is_person else []
        found += [each.representative, each.guardian]
    return [name for name in dict.fromkeys(found) if name and name != UNREADABLE and names_somebody(name)]


def names_to_mask(actor: Actor, dispute: Dispute) -> list[str]:
    """Return the names that texts about a dispute show to nobody: also of who was taken off, corrected or merged. One query."""
    return masking(parties_of(actor, dispute, voided=True))


def masking(parties: Iterable[Party]) -> list[str]:
    """Return the names that a text about these parties must not show, with the sign of one that cannot be read (``masked``)."""
    found, names = list(parties), []
    for each in found:
        names += [each.name, each.representative, each.guardian]
    return [*names_in(found), *([UNREADABLE] if UNREADABLE in names else [])]


def is_person(text: str) -> Q:
    """Return the condition for parties that are the person with exactly this name, identity number or telephone."""
    return (
        Q(name_index__in=sealed.name_indexes(text))
        | Q(identity_index__in=sealed.identity_indexes(text))
        | Q(phone_index__in=sealed.phone_indexes(text))
    )


def disputes_of_person(actor: Actor, text: str) -> QuerySet[Party]:
    """Return the parties that are this person, whoever they may be of, among those that the actor sees.

    Only for who may open a person; exact, by blind index.
    """
    rows = Party.objects.filter(station_id__in=actor.stations, voided_at=None)
    return rows.filter(is_person(text))
