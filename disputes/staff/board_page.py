"""The board of disputes: a lane for each stage, cards with the clock that ends next, and the list behind each lane."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes import bulk
from disputes.choices import RISK_TONES, Risk, Stage
from disputes.models import Dispute
from disputes.overview import board
from disputes.overview.narrowing import mark_breaches, with_breaches
from disputes.selectors import list_disputes
from disputes.staff.picture_page import picture_url
from facts.staff.views import FactList
from foundation.database.caching import remembered
from foundation.lists.operations import PLACES
from foundation.words import Words

FIRST = 6  # cards of a lane
KEPT_S = 60
SOON = 2  # days until a clock that is marked
ICONS = {
    Stage.RECEIVED: "inbox",
    Stage.MEDIATION: "messages",
    Stage.AGREEMENT: "signature",
    Stage.PERFORMANCE: "cash",
    Stage.FOLLOW_UP: "phone-check",
}
NAMED: dict[str, Words] = {
    "instalment": pgettext_lazy("clock of a dispute", "Instalment")
}  # which is also a number
NOT_SHARED = ("page", "sort", "columns", "view", "stage", "stage_not", *PLACES)  # by list and board


def with_filters(path: str, query: QueryDict, **more: str) -> str:
    """Return the address of the list or the board with the filters of the other one."""
    kept = query.copy()
    for name in NOT_SHARED:
        kept.pop(name, None)
    for name, value in more.items():
        kept[name] = value
    return f"{path}?{kept.urlencode() or 'view=0'}"


@dataclass(frozen=True)
class Card:
    """A dispute as its lane shows it. ``mark``: "late", "soon", or "" for a clock that ends later."""

    dispute: Any
    place: board.Place
    mark: str

    @property
    def label(self) -> str:
        return str(self.dispute)

    @property
    def clock(self) -> Words:
        return NAMED.get(self.place.clock) or board.LABELS.get(self.place.clock, "")

    @property
    def risk_tone(self) -> str:
        return RISK_TONES.get(Risk(self.dispute.risk), "") if self.dispute.risk else ""


@dataclass(frozen=True)
class Shown:
    """A lane with its first cards. ``rest`` are those that only the list shows."""

    lane: board.Lane
    icon: str
    cards: list[Card]
    url: str

    @property
    def code(self) -> str:
        return self.lane.stage.name.lower()

    @property
    def label(self) -> Words:
        return self.lane.stage.label

    @property
    def rest(self) -> int:
        return self.lane.count - len(self.cards)


class DisputeBoard(FactList):
    """What is not closed, in a lane for each stage; in each what ends soonest stands first.

    Filters, acts on many and the file are those of the list.
    """

    template_name = "disputes/board.html"
    bulk_acts = bulk.ACTS
    is_arrangeable = False  # lanes have no columns

    def get_title(self) -> Words:
        return _("Board of disputes")

    def get_queryset(self) -> QuerySet[Dispute]:
        rows = super().get_queryset().filter(voided_at=None, closed_on=None)
        return with_breaches(rows).order_by("-opened_on", "-pk")  # for the sheet of them

    def get_table(self, **options: Any) -> None:
        return None

    def count_found(self, table: Any) -> int:
        return sum(self.lanes[stage].count for stage in board.LANES) if self.filterset.is_valid() else 0

    @cached_property
    def lanes(self) -> dict[Stage, board.Lane]:
        """The lanes. Those of many stations are kept for KEPT_S: a hundred thousand disputes take half a second."""
        if len(self.actor.stations) < 2:
            return board.lanes(self.object_list, FIRST, self.get_closed())
        asked = sorted((name, tuple(values)) for name, values in self.request.GET.lists())
        key = ("board-with-closed", self.actor.stations, self.actor.user_id, asked, timezone.localdate())
        return remembered(key, lambda: board.lanes(self.object_list, FIRST, self.get_closed()), KEPT_S)

    def get_closed(self) -> QuerySet[Dispute]:
        """Return the closed disputes that the same filters leave. They are valid: otherwise nobody asks for the lanes."""
        rows = super().get_queryset().filter(voided_at=None, closed_on__isnull=False)
        found: QuerySet[Dispute] = self.filterset.filter_queryset(rows)
        return found

    def to_list(self, stage: Stage) -> str:
        return with_filters(self.pages.url("list"), self.request.GET, stage=stage.name.lower())

    def get_lanes(self) -> list[Shown]:
        """Return the lanes with their first cards."""
        today = timezone.localdate()
        shown = [self.lanes[stage] for stage in board.LANES]
        known = board.with_leads(
            with_breaches(list_disputes(self.actor)), [place.id for lane in shown for place in lane.first]
        )
        mark_breaches(list(known.values()))

        def card(place: board.Place) -> Card:
            left = (place.next_on - today).days if place.next_on else SOON + 1
            return Card(known[place.id], place, "late" if left < 0 else "soon" if left <= SOON else "")

        return [
            Shown(
                lane,
                ICONS[lane.stage],
                [card(place) for place in lane.first if place.id in known],
                self.to_list(lane.stage),
            )
            for lane in shown
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        is_valid = not self.get_invalid(context["filter"])
        shown = self.get_lanes() if is_valid else []
        context["object_list"] = [card for lane in shown for card in lane.cards]
        found = super().get_context_data(lanes=shown, **context)
        closed = self.lanes[Stage.CLOSED].count if is_valid else 0
        return found | {
            "is_empty": not found["object_list"],
            "closed": closed,
            "closed_url": self.to_list(Stage.CLOSED),
            "other_url": with_filters(self.pages.url("list"), self.request.GET),
            "picture_url": picture_url(self.actor),
            "many_stations": len(self.actor.stations) > 1,
            "empty_title": _("No disputes"),
            "empty_text": pgettext_lazy("board of disputes", "What is recorded from now on appears here."),
        }
