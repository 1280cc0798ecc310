"""How likely a dispute is to grow, from the reasons that an officer ticks. Pure; the levels are the system's, not the law's."""

from collections.abc import Collection
from decimal import Decimal

from disputes.choices import Risk, RiskReason

# one of these alone makes it high
GRAVE = frozenset({RiskReason.WEAPONS, RiskReason.THREATS, RiskReason.VIOLENCE, RiskReason.SELF_HARM})
MANY_REASONS = 3  # that make it high together
MANY_PEOPLE = 10
LARGE_AMOUNT = Decimal(500_000)  # yuan


def level_by(reasons: Collection[str]) -> Risk:
    """Return the level that follows from the reasons: high for a grave one or three, medium for any, else low."""
    given = set(reasons)
    if given & GRAVE or len(given) >= MANY_REASONS:
        return Risk.HIGH
    return Risk.MEDIUM if given else Risk.LOW


def reasons_in_figures(people: int | None, amount: Decimal | None) -> set[RiskReason]:
    """Return the reasons that follow from how many people are involved, and how much money."""
    found = set()
    if people is not None and people >= MANY_PEOPLE:
        found.add(RiskReason.PEOPLE)
    if amount is not None and amount >= LARGE_AMOUNT:
        found.add(RiskReason.AMOUNT)
    return found
