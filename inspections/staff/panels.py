"""Panels of a hazard's page: what a part of hazards shows below the act, such as its papers' or its supervision's.

A panel is a function of the reader, the hazard and its log (newest first) that returns what its template reads, or None if it has nothing to show.
It is registered where it is written, with ``@panel("inspections/_supervision.html")``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from inspections.models import Hazard

Shows = Callable[[Actor, Hazard, Sequence[AuditEntry]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A panel as the page includes it: its template reads ``panel.values``."""

    template: str
    values: Mapping[str, Any]


_panels: list[tuple[str, Shows]] = []


def panel(template: str) -> Callable[[Shows], Shows]:
    """Register a panel; they stand in the order of their registration."""

    def register(shows: Shows) -> Shows:
        _panels.append((template, shows))
        return shows

    return register


def panels_of(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Iterator[Panel]:
    """Yield the panels that have something to show."""
    for template, shows in _panels:
        values = shows(actor, hazard, log)
        if values is not None:
            yield Panel(template, values)
