"""The parties of the showcase's latest wage dispute: the workers, the enterprise, and a contractor of another station."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from stdnum.cn import ric

from demo.register import Plan, person, random_for
from disputes.choices import DisputeKind
from disputes.models import Dispute
from disputes.people import parties, sides
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor, system_actor
from foundation.tenancy.scope import station_scope

DISTRICT = "439901"  # there is none with this code
WORKERS, MINOR = 11, 4


def enter(actor: Actor, plans: Sequence[Plan]) -> int:
    """Enter them. Return how many parties were entered; 0 without a showcase."""
    showcase = next((plan.enterprise for plan in plans if plan.is_showcase), None)
    if showcase is None:
        return 0
    rows = Dispute.objects.filter(enterprise=showcase, voided_at=None).order_by("-opened_on")
    dispute = rows.filter(kind=DisputeKind.WAGES).first()
    if dispute is None:
        return 0
    contractor = next(
        plan.enterprise
        for plan in plans
        if plan.enterprise.station_id != showcase.station_id and plan.enterprise.credit_code
    )
    bodies: list[dict[str, Any]] = [
        {
            "name": showcase.name,
            "credit_code": showcase.credit_code,
            "side": "respondent",
            "role": "employer",
        },
        {
            "name": contractor.name,
            "credit_code": contractor.credit_code,
            "side": "respondent",
            "role": "contractor",
            "jointly_liable": True,
        },
    ]
    entries = [*workers(WORKERS, MINOR), *({"kind": "body"} | each for each in bodies)]
    return len(parties.add_parties(actor=actor, dispute_id=dispute.pk, entries=entries))


def tell(showcase: Enterprise) -> None:
    """Write what the showcase sees of its disputes: while the demo is made, no worker does it."""
    actor = system_actor(bureau_id=showcase.bureau_id, stations=[showcase.station_id])
    with station_scope(actor.scope()):
        ids = list(Dispute.objects.filter(enterprise=showcase).values_list("pk", flat=True))
    for pk in ids:
        sides.write_sides(showcase.bureau_id, showcase.station_id, pk)


def workers(many: int, minor: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield so many invented persons; the one with the number ``minor`` is a minor with her guardian."""
    rng = random_for("parties of a dispute")
    for number in range(many):
        is_minor = number == minor
        entry: dict[str, Any] = {
            "side": "applicant",
            "role": "worker",
            "name": person(rng),
            "identity": _identity(rng, (2010, 2010) if is_minor else (1966, 2003), number),
            "phone": _phone(rng),
        }
        if is_minor:
            guardian = {"guardian": person(rng), "guardian_identity": _identity(rng, (1979, 1984), many)}
            entry |= guardian | {"guardian_phone": _phone(rng)}
        yield entry


def _identity(rng: Random, born: tuple[int, int], number: int) -> str:
    day = f"{rng.randint(*born)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    stem = f"{DISTRICT}{day}{number:03d}"
    return stem + ric.calc_check_digit(f"{stem}0")


def _phone(rng: Random) -> str:
    return f"13{rng.randint(0, 9)}{rng.randint(10_000_000, 99_999_999)}"
