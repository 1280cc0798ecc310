"""Two files on one matter: one survives, the other is voided and leads to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements.concluding import end_agreement
from disputes.agreements.reading import agreements_of
from disputes.choices import AgreementEnd
from disputes.filing.risk import reviews_of
from disputes.mediation.ways import count_again
from disputes.models import Agreement, Dispute, Party
from disputes.people.masking import TITLE_FIELDS, names_one_of
from disputes.people.parties import marks_of, renumbered, void_row
from disputes.people.selectors import names_in, parties_of
from disputes.people.telling import tell_sides
from disputes.selectors import list_disputes
from facts.operations import change_fact, lock_enterprise, lock_fact, void_fact
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model

MERGE = "merge"  # act of the log
MOST_OFFERED = 50
THIS, OTHER = "this", "other"  # whose agreement counts


def others(actor: Actor, dispute: Dispute) -> list[Dispute]:
    """Return the disputes of the same enterprise into which this one may be merged, the latest first. One query."""
    rows = list_disputes(actor, enterprise_id=dispute.enterprise_id).exclude(pk=dispute.pk)
    return list(rows.select_related(None)[:MOST_OFFERED])


def _refuse_named(actor: Actor, *files: Dispute) -> None:
    """Raise ValidationError at ``into`` if the title or place of a file names a party of the other, as it may not of its own."""
    people = names_in([party for each in files for party in parties_of(actor, each)])
    if any(names_one_of(getattr(each, name), people) for each in files for name in TITLE_FIELDS):
        words = _(
            "The title or place of one file names a party of the other. Correct it first, without the name."
        )
        raise ValidationError({"into": words})


def _refuse_both_sides(actor: Actor, *files: Dispute) -> None:
    """Raise ValidationError at ``into`` for a party that stands on one side in one file and on another in the other."""
    sides: dict[tuple[str, ...], str] = {}
    for party in (each for file in files for each in parties_of(actor, file)):
        for mark in marks_of(party):
            if sides.setdefault(mark, party.side) != party.side:
                words = _(
                    "A party of one file stands on another side in the other one (no. %(number)d). Correct that first."
                )
                raise ValidationError({"into": words % {"number": party.number}})


def _agreement_to_end(dispute: Dispute, survivor: Dispute, counts: str) -> tuple[Dispute, Agreement] | None:
    """Return the agreement that ends with the merger, and its file; None unless both have one in force."""
    both = [(file, agreements_of(file).in_force) for file in (dispute, survivor)]
    if not all(found for _file, found in both):
        return None
    if counts not in (THIS, OTHER):
        words = _(
            "Both files have an agreement in force. Choose which one counts; the other one ends, and what was paid stays with it."
        )
        raise ValidationError({"counts": words})
    file, found = both[1] if counts == THIS else both[0]
    assert found
    return file, found.agreement


def _move_parties(actor: Actor, dispute: Dispute, survivor: Dispute, reason: str) -> str:
    """Take off who stands in both files, give the next number to whose number is taken, and return what became of each, in numbers."""
    there = list(parties_of(actor, survivor))
    marks = {mark: each.number for each in there for mark in marks_of(each)}
    taken = {each.number for each in parties_of(actor, survivor, voided=True)}
    said, made = [], []
    for party in parties_of(actor, dispute):
        same = next((marks[mark] for mark in marks_of(party) if mark in marks), None)
        if same is None and party.number not in taken:
            taken.add(party.number)
            continue
        void_row(actor, party, reason)
        if same is not None:
            said.append(f"{party.number} = {same}")
            continue
        number = max(taken) + 1
        taken.add(number)
        said.append(f"{party.number} → {number}")
        made.append(renumbered(actor, party, number))
    Party.objects.bulk_create(made)
    return ", ".join(said)


@transaction.atomic
@as_declared
def merge_into(
    *, actor: Actor, id: int, version: int | None, into: int, reason: str, counts: str = ""
) -> Dispute:
    """Merge a dispute into another one of the same enterprise. Return the one that survives.

    Everything recorded with the first counts from now on with the second, and the first leads to it. Merging twice changes
    nothing. The first drops out of every measure, so nobody merges what they reported themselves (as voiding). ``counts``: whose
    agreement counts if both have one in force (THIS, OTHER); the other one ends, and what was paid stays with it. Who is a party to
    both stands once, and whose number is taken gets the next one; the log says which.

    Raise NotAllowed, Http404, StaleRecord, WrongState for one that was voided or merged elsewhere, and for an open one into a
    settled one or one that is not closed into a closed one, in which nobody would see what is still to do, ValidationError at ``into``, ``reason`` or ``counts``.
    """
    require(actor, Permission.CORRECT_DISPUTES)
    reason = required_reason(reason)
    dispute = lock_fact(actor, Dispute, id)
    lock_enterprise(actor, dispute.enterprise_id)  # whoever merges them the other way round waits here
    if dispute.merged_into_id == into != 0:
        return lock_fact(actor, Dispute, into)
    survivor = next((each for each in others(actor, dispute) if each.pk == into), None)
    if survivor is None:
        raise ValidationError({"into": _("Choose a dispute of the same enterprise.")})
    if dispute.merged_into_id:
        raise WrongState(_("This file was merged into another one already."))
    if survivor.settled_on is not None and dispute.settled_on is None:
        raise WrongState(
            _(
                "This file is open and the other one is settled. Merge the other one into this one, or reopen it first."
            )
        )
    if survivor.closed_on is not None and dispute.closed_on is None:
        raise WrongState(
            _(
                "This file still has follow-ups or payments to come and the other one is closed. Merge the other one into"
                " this one, or reopen it first."
            )
        )
    _refuse_named(actor, dispute, survivor)
    _refuse_both_sides(actor, dispute, survivor)
    ends = _agreement_to_end(dispute, survivor, counts)
    absorbed = dispute.file_ids
    if ends is not None:
        end_agreement(actor, *ends, AgreementEnd.REPLACED, reason)
    moved = _move_parties(actor, dispute, survivor, reason)
    void_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=id,
        version=version,
        reason=reason,
    )
    Dispute.objects.filter(pk=dispute.pk, enterprise_id=dispute.enterprise_id).update(
        merged_into_id=survivor.pk
    )
    Dispute.objects.filter(merged_into_id=dispute.pk, enterprise_id=dispute.enterprise_id).update(
        merged_into_id=survivor.pk
    )

    def change(record: Dispute) -> Mapping[str, tuple[Any, Any]]:
        record.absorbed = [*record.absorbed, *absorbed]
        if latest := next(iter(reviews_of(record)), None):  # its measures and its next review come along
            record.risk, record.risk_next_on = latest.level, latest.next_on
        found: dict[str, tuple[Any, Any]] = {"merged": (None, f"{dispute} (#{dispute.pk})")}
        if ends is not None:
            found["agreement_ended"] = (None, ends[1].concluded_on.isoformat())
        return found | ({"party_numbers": (None, moved)} if moved else {})

    tell_sides(dispute)
    tell_sides(survivor)
    merged = change_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=survivor.pk,
        version=None,
        action=kind_of_model(Dispute).action(MERGE),
        change=change,
        reason=reason,
    )
    count_again(actor, merged)
    return merged
