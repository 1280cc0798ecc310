"""How to create a record in each state of its life.

An app with a new life declares in its ``factories.py``: ``STATES`` (state → the fields that produce it) and, if an act
needs more of a record, ``NEEDS`` (act → fields). Until then ``test_lives`` fails and names the app.
"""

from importlib import import_module
from typing import Any

from django.utils import timezone

from disputes.choices import DisputeState
from facts.lives import all_lives
from incidents.choices import IncidentState
from inspections.choices import FindingState, HazardState
from tests.factories import (
    DisputeFactory,
    ForgeryFactory,
    HazardFactory,
    IncidentFactory,
    ObstructionFactory,
    factory_of,
)
from tests.facts.people import ago, ahead

# kind → its factory, the fields of every record, and state → the fields that produce it
MAKERS: dict[str, tuple[Any, dict[str, Any], dict[Any, dict[str, Any]]]] = {
    "hazard": (
        HazardFactory,
        {"found_on": ago(20)},
        {
            HazardState.OPEN: {"due_on": ahead(5)},
            HazardState.OVERDUE: {"due_on": ago(5)},
            HazardState.REFUSED: {"due_on": ahead(5), "refused_on": ago(2)},
            HazardState.SUBMITTED: {"due_on": ago(5), "rectified_on": ago(1)},
            HazardState.CLOSED: {"due_on": ago(5), "rectified_on": ago(6), "closed_on": ago(1)},
        },
    ),
    "dispute": (
        DisputeFactory,
        {"opened_on": ago(20)},
        {
            DisputeState.OPEN: {"due_on": ahead(5)},
            DisputeState.OVERDUE: {"due_on": ago(5)},
            DisputeState.SETTLED: {"due_on": ago(5), "settled_on": ago(6)},
            DisputeState.CLOSED: {"due_on": ago(5), "settled_on": ago(6), "closed_on": ago(4)},
        },
    ),
    "incident": (
        IncidentFactory,
        {"occurred_on": ago(20)},
        {IncidentState.UNVERIFIED: {}, IncidentState.VERIFIED: {"verified_on": ago(6)}},
    ),
    "obstruction": (
        ObstructionFactory,
        {"obstructed_on": ago(20)},
        {
            FindingState.SUSPECTED: {},
            FindingState.CONFIRMED: {"confirmed_on": ago(6)},
            FindingState.WITHDRAWN: {"confirmed_on": ago(6), "withdrawn_on": ago(2)},
        },
    ),
    "forgery": (
        ForgeryFactory,
        {"found_on": ago(20)},
        {
            FindingState.SUSPECTED: {},
            FindingState.CONFIRMED: {"confirmed_on": ago(6)},
            FindingState.WITHDRAWN: {"confirmed_on": ago(6), "withdrawn_on": ago(2)},
        },
    ),
}
# fields a record needs besides so that an act applies to it: (kind, act) → fields
_ASKED = {"extension_asked_on": ago(6), "extension_wanted_on": ahead(20), "extension_asked_by": "Manager Ma"}
SUSPENDED: dict[str, Any] = {
    "due_on": None,
    "suspended_on": ago(9),
    "earlier": [{"until": ago(9).isoformat(), "due_on": ahead(5).isoformat(), "extended_due_on": None}],
    "earlier_until_on": ago(9),
}
NEEDS: dict[tuple[str, str], dict[str, Any]] = {
    ("hazard", "mark_ordinary"): {"major_from_on": ago(9)},
    ("hazard", "resume"): SUSPENDED,
    ("hazard", "extend"): _ASKED,
    ("hazard", "decline_extension"): _ASKED,
    ("obstruction", "withdraw"): {"withdrawal_asked_at": timezone.now()},
    ("obstruction", "keep"): {"withdrawal_asked_at": timezone.now()},
    ("forgery", "withdraw"): {"withdrawal_asked_at": timezone.now()},
    ("forgery", "keep"): {"withdrawal_asked_at": timezone.now()},
}


def _found() -> None:
    """Add the lives of apps that declare their own states."""
    for kind, life in all_lives().items():
        own = import_module(f"{life.model._meta.app_config.name}.factories") if kind not in MAKERS else None
        if own is not None:
            MAKERS[kind] = (factory_of(life.model), {}, own.STATES)
            NEEDS.update({(kind, act): fields for act, fields in getattr(own, "NEEDS", {}).items()})


_found()
