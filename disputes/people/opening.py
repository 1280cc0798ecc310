"""Opening a person: showing who a party is, to who may, for a reason that the log keeps."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from disputes.access import Permission
from disputes.models import Dispute, Party
from disputes.people import sealed
from disputes.people.masking import refuse_persons
from disputes.people.parties import OPENED
from disputes.people.selectors import get_party, names_in, parties_of
from facts.selectors import get_fact
from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model

FEWEST = 2  # characters of the reason for which somebody is opened: "x" is none
BY_SIDE = ("side", "number", "pk")  # the order of sheets and papers


@dataclass(frozen=True)
class Opened:
    """Who a party is, as it was entered."""

    party: Party
    name: str
    identity: str
    born_on: dt.date | None
    phone: str
    address: str
    representative: str
    representative_phone: str
    guardian: str
    guardian_identity: str
    guardian_phone: str


@transaction.atomic
@as_declared
def open_party(*, actor: Actor, dispute_id: int, party_id: int, reason: str) -> Opened:
    """Return who a party is. The log keeps who opened which party, when and why, and none of the values.

    Raise NotAllowed, Http404, ValidationError without a reason, or with one that names the person.
    """
    require(actor, Permission.OPEN_PERSON)
    dispute = get_fact(actor, Dispute, dispute_id)
    party = get_party(actor, dispute, party_id)
    reason = required_reason(reason, least=FEWEST)
    refuse_persons(reason, "reason", names_in([*parties_of(actor, dispute), party]))
    auditing.record(
        actor=actor,
        action=kind_of_model(Dispute).action(OPENED),
        target=dispute,
        after={"party": party.number},
        reason=reason,
    )
    return opened(party)


@transaction.atomic
@as_declared
def open_all(
    *, actor: Actor, dispute_id: int, reason: str, only: Collection[int] | None = None
) -> list[Opened]:
    """Return who the parties of a dispute are, in the order of the sides, for a sheet. One entry of the log names all.

    ``only``: the ids of those whom a paper names.

    Raise NotAllowed, Http404, ValidationError without a reason, or with one that names a person.
    """
    require(actor, Permission.OPEN_PERSON)
    dispute = get_fact(actor, Dispute, dispute_id)
    reason = required_reason(reason, least=FEWEST)
    everybody = list(parties_of(actor, dispute).order_by(*BY_SIDE))
    refuse_persons(reason, "reason", names_in(everybody))
    parties = [each for each in everybody if only is None or each.pk in only]
    if parties:
        auditing.record(
            actor=actor,
            action=kind_of_model(Dispute).action(OPENED),
            target=dispute,
            after={"party": _numbers(parties)},
            reason=reason,
        )
    return [opened(party) for party in parties]


def _numbers(parties: Sequence[Party]) -> str:
    """Return the numbers of parties as spans: 1–12, 14."""
    spans: list[list[int]] = []
    for number in sorted(party.number for party in parties):
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return ", ".join("–".join(map(str, span)) for span in spans)


def opened(party: Party) -> Opened:
    """Return what is sealed of a party. Of what is shown to people, :func:`open_party`, :func:`open_all` and papers alone call it."""
    return Opened(
        party=party,
        name=party.name,
        identity=party.identity,
        born_on=party.born_on,
        phone=party.phone,
        address=sealed.shown(party.sealed_address),
        representative=party.representative,
        representative_phone=sealed.shown(party.sealed_representative_phone),
        guardian=party.guardian,
        guardian_identity=sealed.shown(party.sealed_guardian_identity),
        guardian_phone=sealed.shown(party.sealed_guardian_phone),
    )
