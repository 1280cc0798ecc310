"""The parties on the page of their dispute, masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from disputes.access import Permission
from disputes.choices import Side
from disputes.models import Dispute, Party
from disputes.parts import Column, Of, Part, register
from disputes.people.masking import masked_name, masked_phone
from disputes.people.selectors import parties_of
from enterprises.selectors import with_ids
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.file import address_of

FIRST = 3  # parties of each side on the page of the dispute


@dataclass(frozen=True)
class Loaded:
    """The parties of a dispute, which of those on the register the reader sees, and all whom texts may name: who was taken off, too."""

    parties: Sequence[Party]
    seen: frozenset[int]
    named: Sequence[Party]


@dataclass(frozen=True)
class Shown:
    """A party as pages show it to who has not opened it."""

    party: Party
    name: str
    phone: str
    representative: str
    guardian: str
    is_minor: bool
    file_url: str = ""

    @property
    def needs_power(self) -> bool:
        """Whether somebody stands for the party whose power of attorney is not there."""
        return bool(self.representative) and not self.party.power_id


def as_shown(party: Party, seen: frozenset[int] = frozenset()) -> Shown:
    """Return a party masked. ``seen``: the enterprises of the register that the reader may open."""
    return Shown(
        party,
        name=party.masked_name,
        phone=masked_phone(party.phone),
        representative=masked_name(party.representative),
        guardian=masked_name(party.guardian),
        is_minor=party.is_person and party.is_minor,
        file_url=address_of(party.registered_id) if party.registered_id in seen else "",
    )


def seen_of(actor: Actor, parties: Sequence[Party], own: int = 0) -> frozenset[int]:
    """Return which enterprises among the parties the reader may open. One query, none if there is only ``own``."""
    registered = {each.registered_id for each in parties if each.registered_id}
    others = registered - {own}
    found = {each.pk for each in with_ids(actor, others)} if others else set()
    return frozenset(found | (registered & {own}))


@register
class PartiesPart(Part):
    """Who stands on which side: the first of each, how many there are, and the way to all."""

    code = "people"
    order = 10
    column: Column = "side"
    template = "disputes/people/_part.html"

    def load(self, actor: Actor, dispute: Dispute) -> Loaded:
        may = actor.is_police or actor.role == "system"
        named = list(parties_of(actor, dispute, voided=True)) if may else []
        parties = [each for each in named if each.voided_at is None]
        seen = seen_of(actor, parties, dispute.enterprise_id) if actor.is_police else frozenset()
        return Loaded(parties, seen, named)

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        loaded: Loaded = of.loaded[self.code]
        may_record = allows(of.actor, Permission.RECORD_DISPUTES) and not of.dispute.is_voided
        groups = []
        for side in Side:
            rows = [each for each in loaded.parties if each.side == side]
            if rows:
                groups.append(
                    {
                        "label": side.label,
                        "total": len(rows),
                        "shown": [as_shown(each, loaded.seen) for each in rows[:FIRST]],
                        "more": max(len(rows) - FIRST, 0),
                    }
                )
        return {
            "groups": groups,
            "may_open": allows(of.actor, Permission.OPEN_PERSON),
            "may_record": may_record,
            "list_url": reverse("disputes:parties", args=[of.dispute.pk]),
            "add_url": reverse("disputes:party_add", args=[of.dispute.pk]),
            "sheet_url": reverse("disputes:party_sheet", args=[of.dispute.pk]),
        }
