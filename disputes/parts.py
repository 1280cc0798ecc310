"""Parts of a dispute's file: parties, mediation, agreement, follow-up. Each brings what its page shows of it.

A part is a subclass of :class:`Part`, registered where it is written. The page loads each part once; what stands in its
head (the next clock, the risk, the stage) follows from what the parts loaded. What happened is read from the log: the
operations of a part write entries about the dispute, whose action names the value with the day (``Action.day``).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from disputes.choices import Side, Stage
from disputes.models import Dispute
from foundation.accounts.actors import Actor
from foundation.ui.views import Button
from foundation.words import Words

Column = Literal["head", "main", "side"]


@dataclass(frozen=True)
class Clock:
    """A day by which something has to be done. ``said``: what, in a sentence; ``url`` leads to where it is done."""

    label: Words
    due_on: dt.date
    said: Words = ""
    url: str = ""


@dataclass(frozen=True)
class Owed:
    """What one side still owes, in yuan, and by which day the next of it is to be paid."""

    amount: Decimal
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Of:
    """A dispute as a part is asked about it: who reads it, on which day, and what each part has loaded, by its code."""

    actor: Actor
    dispute: Dispute
    today: dt.date
    loaded: Mapping[str, Any] = field(default_factory=dict)


class Part:
    """One part of the file: its template, which reads ``part.values``, and its place by ``column`` and ``order``.

    In the head a part is one cell (``.dispute-cell``), elsewhere a card. All but :meth:`load` read only what was loaded, so a
    page costs as many statements as ``load`` does, whatever it shows.
    """

    code: str
    order: int
    column: Column = "main"
    template: str = ""

    def load(self, actor: Actor, dispute: Dispute) -> Any:
        """Return the rows of this part that the reader may see. At most two statements."""
        return None

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        """Return what the template shows; None if the part has nothing to show or to offer."""
        return None

    def clocks(self, of: Of) -> Iterable[Clock]:
        """Return the days by which something has to be done, those that passed too."""
        return ()

    def stage(self, of: Of) -> Stage | None:
        """Return the stage that the dispute has reached as far as this part knows."""
        return None

    def owed(self, of: Of, side: Side) -> Owed | None:
        """Return what a side still owes as far as this part knows. The enterprise of that side reads it in its portal."""
        return None

    def buttons(self, of: Of) -> Iterable[Button]:
        """Return acts of this part that stand above the page. The first primary one of all parts is filled."""
        return ()


@dataclass(frozen=True)
class Shown:
    """A part as the page includes it."""

    template: str
    column: Column
    values: Mapping[str, Any]


_parts: list[Part] = []


def register(part: type[Part]) -> type[Part]:
    """Register a part of the file. A class decorator."""
    if any(each.code == part.code for each in _parts):
        raise ValueError(f"declared twice among the parts of a dispute: {part.code}")
    _parts.append(part())
    _parts.sort(key=lambda each: each.order)
    return part


class File:
    """A dispute with all its parts, loaded once."""

    def __init__(self, actor: Actor, dispute: Dispute, today: dt.date) -> None:
        loaded = {each.code: each.load(actor, dispute) for each in _parts}
        self.of = Of(actor, dispute, today, loaded)

    @property
    def panels(self) -> Sequence[Shown]:
        """The parts that have something to show, in their order."""
        return [
            Shown(each.template, each.column, values)
            for each in _parts
            if (values := each.panel(self.of)) is not None
        ]

    @property
    def clocks(self) -> Sequence[Clock]:
        """What has to be done, the soonest first."""
        return sorted(
            (clock for each in _parts for clock in each.clocks(self.of)), key=lambda each: each.due_on
        )

    @property
    def stage(self) -> Stage:
        """How far the dispute has come. One that was settled without an agreement is followed up next."""
        reached = [stage for each in _parts if (stage := each.stage(self.of)) is not None]
        found = max(reached, default=Stage.RECEIVED)
        return Stage.FOLLOW_UP if self.of.dispute.settled_on and found < Stage.AGREEMENT else found

    def owed(self, side: Side) -> Owed | None:
        """Return what a side still owes."""
        return next((owed for each in _parts if (owed := each.owed(self.of, side)) is not None), None)

    @property
    def buttons(self) -> Sequence[Button]:
        """What the parts offer above the page."""
        return [button for each in _parts for button in each.buttons(self.of)]
