"""The board of hazards: a lane for each state, figures that are filters, and what its picker answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facts.lives import AWAY, AWAY_CHOICE
from facts.staff.views import FactList
from foundation.accounts.access import STATION_ROLES
from foundation.ui.pickers import Choice, names
from foundation.ui.views import Picker
from foundation.words import Words
from inspections import board, bulk, selectors
from inspections.access import Permission
from inspections.board import LANES, MAJOR, MINE, NO_OFFICER, Figures
from inspections.choices import HazardState, Severity
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from inspections.selectors import NO_DEADLINE, NOT_DUE, OVERDUE_NOW

FIRST, MORE = 5, 20  # tickets of a lane: at once, and with each "more"
SOON = 2  # days until a deadline that has the clock
MOST_ITEMS = 12
LANE, BEHIND = "lane", "behind"
PLACES = frozenset(
    {"page", "sort", "columns", "view", "state", LANE, BEHIND, "from"}
)  # what board and list do not share
ICONS = {
    HazardState.OPEN: "tool",
    HazardState.OVERDUE: "alert-circle",
    HazardState.REFUSED: "hand-stop",
    HazardState.SUBMITTED: "eye-check",
    AWAY: "building-off",
}


@dataclass(frozen=True)
class Ticket:
    """A hazard as its lane shows it. ``mark``: "late", "soon", or "" for a deadline far away or of no matter now."""

    hazard: Any
    mark: str
    is_major: bool

    @property
    def label(self) -> str:
        return str(self.hazard)


@dataclass(frozen=True)
class Lane:
    """A lane with some of its tickets. ``rest`` are those that are not loaded, behind the last one of these."""

    code: str
    label: Words
    icon: str
    count: int
    late: int
    tickets: list[Ticket]
    rest: int
    list_url: str
    more_url: str

    @property
    def is_resting(self) -> bool:
        """Whether its hazards are in none of the figures."""
        return self.code == AWAY


@dataclass(frozen=True)
class Figure:
    """A figure that is a filter: choosing it again lifts the filter. ``sign`` stands before it."""

    label: Words
    count: int
    url: str
    is_on: bool
    icon: str = ""
    sign: str = ""
    is_late: bool = False


def without_places(query: QueryDict) -> QueryDict:
    """Return the query of board or list as the other one takes it: the filters alone."""
    kept = query.copy()
    for name in PLACES:
        kept.pop(name, None)
    return kept


def ticket_of(hazard: Any) -> Ticket:
    """Return a hazard as a ticket: with a mark if it waits for its enterprise and is late or due soon."""
    deadline, mark = hazard.deadline_on, ""
    if deadline and hazard.rectified_on is None:
        left = (deadline - timezone.localdate()).days
        mark = "late" if left < 0 else "soon" if left <= SOON else ""
    return Ticket(hazard, mark, hazard.severity is Severity.MAJOR)


class HazardLanes(FactList):
    """What is open, in a lane for each state, due soonest first. htmx fetches more of one lane.

    Filters, acts on many and the file are those of the list, of what is open.
    """

    template_name = "inspections/board.html"
    bulk_acts = bulk.ACTS
    is_arrangeable = False  # lanes have no columns

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if LANE in request.GET and self.request.htmx:
            return self.show_more()
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Hazard]:
        return super().get_queryset().filter(board.OPEN_ROWS).order_by("deadline", "pk")

    def get_table(self, **options: Any) -> None:
        return None

    def count_found(self, table: Any) -> int:
        return sum(self.figures.lanes.values()) if self.filterset.is_valid() else 0

    @cached_property
    def figures(self) -> Figures:
        asked = {name: self.filterset.condition_of(name) for name in board.ASIDE}
        return board.figures(self.actor, self.filterset.without(board.ASIDE), asked, FIRST)

    # --- addresses ---

    def url_with(self, path: str = "", /, **values: Any) -> str:
        """Return an address with the filters in force and these values; an empty one lifts its filter."""
        query = without_places(self.request.GET)
        for name, value in values.items():
            query.pop(name, None)
            query.pop(f"{name}_not", None)
            if value != "":
                query[name] = value
        return f"{path or self.request.path}?{query.urlencode()}"

    # --- lanes ---

    def lanes_of(self, codes: Sequence[str]) -> list[Lane]:
        """Return these lanes with their first tickets."""
        ids = self.figures.first
        rests = {code: self.figures.lanes[code] - len(ids.get(code, ())) for code in codes}
        return self.filled(ids, rests, self.figures.lanes, self.figures.late)

    def filled(
        self,
        ids: Mapping[str, Sequence[int]],
        rests: Mapping[str, int],
        counts: Mapping[str, int],
        late: Mapping[str, int],
    ) -> list[Lane]:
        """Return lanes with these tickets, how many follow, and what is counted in all of each."""
        known = board.with_officers(self.actor, [pk for each in ids.values() for pk in each])
        labels = {code: state.tab or state.code.label for code, state in HAZARD_LIFE.states.items()}
        lanes = []
        for code, rest in rests.items():
            hazards = [known[pk] for pk in ids.get(code, ()) if pk in known]
            last = board.place_of(hazards[-1]) if hazards else ""
            lanes.append(
                Lane(
                    code,
                    labels.get(code, AWAY_CHOICE[1]),
                    ICONS[code],
                    counts[code],
                    late[code] if code != HazardState.OVERDUE else 0,
                    [ticket_of(each) for each in hazards],
                    rest if hazards else 0,
                    self.url_with(self.pages.url("list"), state=code),
                    self.url_with(**{LANE: code, BEHIND: last}),
                )
            )
        return lanes

    def show_more(self) -> HttpResponse:
        """Respond with the next tickets of one lane, which take the place of the link.

        They are those behind the last one shown: what has left the lane since, or come into it, shifts nothing.
        """
        lane, where = self.one_of(LANE, LANES), board.behind(self.request.GET.get(BEHIND, ""))
        found: list[Lane] = []
        if where is not None and self.is_answerable():
            left = board.in_lane(self.object_list.filter(where), lane).select_related(None).count()
            ids = board.next_ids(self.object_list, lane, MORE, where)
            found = self.filled({lane: ids}, {lane: left - len(ids)}, {lane: left}, {lane: 0})
        context = {"lane": found[0] if found else None, "many_stations": len(self.actor.stations) > 1}
        response = render(self.request, "inspections/_tickets.html", context)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    # --- figures ---

    def get_figures(self) -> list[Figure]:
        """Return the figures: what is open and its three parts, then what to look at first."""
        counts, term = self.figures.counts, self.request.GET.get("timely", "")
        shown = [
            Figure(pgettext_lazy("hazards", "Open"), counts[board.OPEN], self.url_with(timely=""), not term)
        ]
        for code, label, sign in (
            (OVERDUE_NOW, _("Overdue"), "="),
            (NOT_DUE, _("Not yet due"), "+"),
            (NO_DEADLINE, _("No deadline"), "+"),
        ):
            is_on, is_late = term == code, code == OVERDUE_NOW
            url = self.url_with(timely="" if is_on else code)
            icon = "alert-circle" if is_late else ""
            shown.append(Figure(label, counts[code], url, is_on, icon, sign, is_late))
        return shown

    def get_flags(self) -> list[Figure]:
        counts, asked = self.figures.counts, self.request.GET
        at_a_station = self.actor.role in STATION_ROLES
        return [
            Figure(label, counts[figure], self.url_with(**{name: "" if is_on else value}), is_on, icon)
            for figure, label, name, value, icon in (
                *([(MINE, _("Mine"), "liaison", "me", "user")] if at_a_station else []),
                (NO_OFFICER, _("No officer"), "liaison", "none", "user-question"),
                (MAJOR, Severity.MAJOR.label, "severity", Severity.MAJOR, "flame"),
            )
            for is_on in [asked.getlist(name) == [str(value)] and not asked.get(f"{name}_not")]
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        is_valid = not self.get_invalid(context["filter"])
        lanes = self.lanes_of(LANES) if is_valid else []
        context["object_list"] = [ticket for lane in lanes for ticket in lane.tickets]
        if is_valid:
            context |= {"figures": self.get_figures(), "flags": self.get_flags()}
        return super().get_context_data(lanes=lanes, **context) | {
            "other_url": self.url_with(self.pages.url("list"), view=0),
            "many_stations": len(self.actor.stations) > 1,
            "empty_title": _("No open hazards"),
            "empty_text": _("What is found from now on appears here."),
        }


class ItemPicker(Picker):
    """What is wrong in hazards that are open, the most frequent first."""

    permission = Permission.VIEW_HAZARD_BOARD

    def find(self, text: str) -> list[Choice]:
        return names(selectors.items_of_open(self.actor, text, most=MOST_ITEMS))

    def named(self, values: Sequence[str]) -> list[Choice]:
        return names(selectors.items_of_open(self.actor, items=values, most=MOST_ITEMS))
