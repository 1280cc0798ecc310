"""Which hazards of before a visit closed or sent back 复查, and which visit did: kept in the logs of both."""

from collections.abc import Iterable, Mapping, Sequence

from facts.selectors import visible
from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from inspections.checklists.answering import CLOSE, SEND_BACK, SeenAgain
from inspections.models import Hazard, Inspection

# acts of the log: two of the inspection, one of the hazard
ACTS = {CLOSE: "close_again", SEND_BACK: "send_back_again"}
SEEN = "see_again"


def log_seen_again(
    actor: Actor, inspection: Inspection, again: Iterable[SeenAgain], hazards: Mapping[int, Hazard]
) -> None:
    """Let the inspection's log name the hazards that it closed or sent back, and theirs the inspection."""
    again = list(again)
    for act, verb in ACTS.items():
        ids = [each.hazard_id for each in again if each.act == act]
        if ids:
            action = kind_of_model(Inspection).action(verb)
            auditing.record(actor=actor, action=action, target=inspection, after={"hazard_id": ids})
    for each in again:
        auditing.record(
            actor=actor,
            action=kind_of_model(Hazard).action(SEEN),
            target=hazards[each.hazard_id],
            after={"inspection_id": inspection.pk},
        )


def hazards_seen_again(
    actor: Actor, inspection: Inspection, log: Sequence[AuditEntry]
) -> list[tuple[str, Hazard]]:
    """Return the hazards that an inspection closed or sent back, each with what it did. One query if there are any."""
    acts = {kind_of_model(Inspection).action(verb): act for act, verb in ACTS.items()}
    found = {
        id: acts[entry.action]
        for entry in log
        if entry.action in acts
        for id in entry.after.get("hazard_id", ())
    }
    if not found:
        return []
    rows = visible(actor, Hazard, voided=True, enterprise_id=inspection.enterprise_id)
    return [(found[each.pk], each) for each in rows.filter(pk__in=found).order_by("pk")]


def visits_that_saw(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> list[Inspection]:
    """Return the later inspections that closed a hazard or sent it back. One query if there are any."""
    action = kind_of_model(Hazard).action(SEEN)
    ids = {entry.after.get("inspection_id") for entry in log if entry.action == action}
    if not ids or not actor.is_police:
        return []
    rows = visible(actor, Inspection, voided=True, enterprise_id=hazard.enterprise_id)
    return list(rows.filter(pk__in=ids).order_by("-inspected_on", "-pk"))
