"""Is company X red? The colours of everything the department's subscriptions cover: a list, many codes, one enterprise."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfIds
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Window
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from deliveries import answers, colours
from deliveries.access import Permission
from deliveries.covering import Coverage, coverage
from deliveries.department import reading
from deliveries.department.colour_filter import TURNED_RED, ColourFilter
from deliveries.department.colour_table import ColourTable
from deliveries.models import Answer
from enterprises.choices import Colour as ColourCode
from foundation.exports.sheets import Sheet
from foundation.ids import LARGEST_ID
from foundation.periods import Period
from foundation.ui.views import Crumb, ListPage, Page
from foundation.words import Words
from ratings import comparing
from ratings import list_selectors as reads
from ratings.api import payloads
from ratings.models import Evaluation, Rating
from ratings.page_selectors import moved
from ratings.standards.parsing import book_of
from ratings.tables import SORTS, sorted_by

COLOURS = gettext_lazy("Colours")
PER_PAGE = 20  # on a phone each is a card
LONGEST_CODES = 8_000  # characters that are typed or pasted
LONGEST_NAME = 100  # characters that the search takes
BETWEEN = re.compile(r"[\s,;|/，、；。]")  # what people put between codes


def line_of(rating: Rating, run: Evaluation, replaced: Rating | None = None) -> reading.RatingLine:
    """Return a rating in words, as messages tell it."""
    row = payloads.enterprise_fields(rating) | payloads.rating_fields(rating, run, replaced)
    station = {"code": rating.station.code, "name": rating.station.name}
    return reading.line_of(row | {"station": station}, book_of(run.standard.body))


def names_one_enterprise(codes: Sequence[str]) -> bool:
    """Return whether one thing alone was typed that cannot be a code, so that a name was meant."""
    return len(codes) == 1 and not codes[0].isascii() and len(codes[0]) <= LONGEST_NAME


class OfColours(Page):
    """A page about what the department's subscriptions cover."""

    permission = Permission.RECEIVE_MESSAGES

    @cached_property
    def cover(self) -> Coverage:
        found = coverage(self.actor)
        figures = {"deliveries:inbox": found.waiting, "deliveries:push_logs": found.troubled}
        self.request.badges = figures  # of the navigation: two statements less
        return found

    @cached_property
    def last(self) -> colours.Publication | None:
        """The latest publication, which an answer is as of."""
        return colours.last_publication(self.actor)


class Colours(OfColours, ListPage):
    """What is covered and rated in the latest quarter, worst first."""

    title = COLOURS
    template_name = "deliveries/department/colours.html"
    filterset_class = ColourFilter
    table_class = ColourTable
    choices = ("sort",)
    table_pagination = False  # get_table_data reads the rows of one page only
    icon = "traffic-lights"
    empty_title = gettext_lazy("Nothing is covered yet")
    empty_text = gettext_lazy(
        "Colours of the area and industries that the bureau subscribed your department to are listed here once a quarter "
        "is rated."
    )

    @cached_property
    def last(self) -> colours.Publication | None:
        """The latest publication of the quarter that is listed."""
        moments = [run.completed_at for run in self.runs if run.completed_at]
        return colours.Publication(self.runs[0].period_code, max(moments)) if moments else None

    @cached_property
    def runs(self) -> list[Evaluation]:
        """The runs of the latest rated quarter."""
        return comparing.runs_of(self.actor, None)

    def get_queryset(self) -> QuerySet[Rating]:
        return Rating.objects.none()

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        lines: list[tuple[str, str]] = []
        if self.runs:
            book = book_of(self.runs[-1].standard.body)
            lines = [(code, book.label(code)) for code in book.line_codes]
        query = super().get_filterset_kwargs(filterset_class)
        return query | {"stations": list(self.cover.stations.values()), "lines": lines}

    def asked_value(self, name: str) -> Any:
        """Return the value of a valid filter, "" if it is not set."""
        return (self.filterset.form.cleaned_data.get(name) or "") if self.is_valid else ""

    @property
    def is_valid(self) -> bool:
        """Whether there are ratings, and the filters in the URL can be answered."""
        valid = hasattr(self, "filterset") and self.filterset.is_valid()
        return bool(self.runs and self.cover.stations) and valid

    @property
    def sort(self) -> str:
        """The order that the URL asks for."""
        return self.asked_for("sort", [*SORTS, *(f"-{each}" for each in SORTS)])

    @cached_property
    def found(self) -> tuple[QuerySet[Rating], str]:
        """The ratings that the URL asks for in its order, and the name of that order. To be read in the cover's scope."""
        station = self.asked_value("station")
        rows = comparing.rated(
            self.cover.actor,
            self.runs,
            station_id=int(station) if station else None,
            text=self.asked_value("q"),
            colour=self.asked_value("colour"),
        ).filter(self.cover.of_rows())
        if lost := self.asked_value("lost"):
            rows = rows.filter(colours.lost_at(self.runs, lost))
        if section := self.asked_value("section"):
            rows = rows.filter(enterprise__industry_code__startswith=section)
        if since := self.asked_value("since"):
            rows = rows.filter(visible_from__date__gte=since)
        if (way := self.asked_value("way")) == TURNED_RED:
            rows = rows.filter(colour=ColourCode.RED).exclude(previous_colour=ColourCode.RED)
        elif way:
            rows = moved(rows, way)
        return sorted_by(rows, self.sort, one_station=bool(station) or len(self.cover.stations) < 2)

    @cached_property
    def shown(self) -> PageOfIds:
        """Ids of the page, read in the cover's scope."""
        if not self.is_valid:
            return Paginator([], PER_PAGE).get_page(1)
        ids: Any = self.found[0].values_list("pk", flat=True)
        if self.request.GET.get("page", "1") != "1":
            return Paginator(ids, PER_PAGE).get_page(self.request.GET.get("page"))
        # the first page and the number of all in one statement
        first = list(self.found[0].annotate(all=Window(Count("pk"))).values_list("pk", "all")[:PER_PAGE])
        page = Paginator(range(first[0][1] if first else 0), PER_PAGE).get_page(1)
        page.object_list = [pk for pk, _all in first]
        return page

    def get_table_data(self) -> Sequence[Rating]:
        with self.cover.reading():
            return self.read(list(self.shown.object_list))

    def read(self, ids: Sequence[int]) -> list[Rating]:
        """Return these ratings with ``line``, what they say in words."""
        found: list[Any] = reads.rows(self.cover.actor, ids) if ids else []
        runs = {run.pk: run for run in self.runs}
        for rating in found:
            rating.line = line_of(rating, runs[rating.evaluation_id])
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        one = len(self.cover.stations) < 2
        return {"one_station": one, "sort": self.found[1] if self.is_valid else ""}

    def get_tabs(self) -> list[dict[str, Any]]:
        begin = timezone.localdate().replace(day=1).isoformat()
        asked = (self.request.GET.get("way", ""), self.request.GET.get("since", ""))
        every = reverse("deliveries:colours")
        tabs = {
            ("", ""): (_("All"), every),
            (TURNED_RED, ""): (_("Turned red"), f"{every}?way={TURNED_RED}"),
            (TURNED_RED, begin): (_("Turned red this month"), f"{every}?way={TURNED_RED}&since={begin}"),
        }
        shown = asked if asked in tabs else ("", "")
        return [
            {"label": label, "url": url, "active": narrowed == shown}
            for narrowed, (label, url) in tabs.items()
        ]

    def get_whole_table(self) -> ColourTable:
        return ColourTable([], **self.get_table_kwargs())

    def get_sheet(self, most: int) -> Sheet:
        with self.cover.reading():
            return super().get_sheet(most)

    def get_sheet_rows(self, table: Any) -> QuerySet[Rating]:
        return self.found[0] if self.is_valid else Rating.objects.none()

    def get_sheet_records(self, keys: Sequence[int]) -> list[Rating]:
        with self.cover.reading():
            return self.read(list(keys))

    @property
    def is_pickable(self) -> bool:
        return False

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)  # reads the page in its scope
        return context | {
            "shown": self.shown,
            "last": self.last,
            "period": Period.parse(self.last.period) if self.last else None,
            "most_codes": colours.MOST_CODES,
        }


class ColourCodes(OfColours, TemplateView):
    """Many credit codes at once, typed or pasted. The codes are posted, as two hundred do not fit into an address."""

    title = gettext_lazy("Which colour?")
    template_name = "deliveries/department/colour_codes.html"
    http_method_names = ["get", "head", "post", "options"]

    def get_trail(self) -> list[Crumb]:
        return [Crumb(COLOURS, reverse("deliveries:colours"))]

    @property
    def typed(self) -> str:
        return self.request.POST.get("codes", "")[:LONGEST_CODES]

    @property
    def codes(self) -> list[str]:
        """What was typed or pasted, in its order."""
        return [each for each in BETWEEN.split(self.typed) if each]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if names_one_enterprise(self.codes):
            return redirect(reverse("deliveries:colours") + "?" + urlencode({"q": self.codes[0]}))
        return self.get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        typed, codes = self.typed, self.codes
        found = colours.look_up(self.actor, self.cover, codes[: colours.MOST_CODES]) if codes else []
        for code in found:
            for each in code.found:
                if each.rating:
                    rating: Any = each.rating
                    rating.line = line_of(each.rating, each.rating.evaluation)
        return super().get_context_data(
            typed=typed,
            answers=found,
            is_blank=self.request.method == "POST" and not codes,
            too_many=len(codes) - colours.MOST_CODES,
            most_codes=colours.MOST_CODES,
            last=self.last,
            period=Period.parse(self.last.period) if self.last else None,
            **context,
        )


class Colour(OfColours, TemplateView):
    """One enterprise: its quarters, what messages told of it, and what the department answered."""

    template_name = "deliveries/department/colour.html"

    @cached_property
    def history(self) -> colours.History:
        pk = self.kwargs["enterprise"]
        found = colours.history(self.actor, self.cover, pk) if pk <= LARGEST_ID else None
        if found is None:
            raise Http404("the enterprise is not covered, and no message names it")
        return found

    @property
    def named(self) -> dict[str, Any]:
        """Name, credit code, station and industry: of the register if it is covered, else of the last message."""
        enterprise = self.history.enterprise
        if enterprise is None:
            return self.history.messages[0].rating
        return {
            "name": enterprise.name,
            "credit_code": enterprise.credit_code,
            "site": enterprise.site,
            "industry": enterprise.industry_code,
            "station": {"name": enterprise.station.name},
        }

    def get_title(self) -> Words:
        return str(self.named["name"])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(COLOURS, reverse("deliveries:colours"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        said: list[Answer] = answers.about(self.actor, self.kwargs["enterprise"])
        quarters = []
        for rating, older in self.history.quarters:
            if enterprise := self.history.enterprise:
                rating.enterprise, rating.station = enterprise, enterprise.station
            quarters.append((rating, line_of(rating, rating.evaluation, older)))
        return super().get_context_data(
            history=self.history,
            named=self.named,
            quarters=quarters,
            messages_about=[
                (told, reading.line_of({"groups": {}, **told.rating}, None)) for told in self.history.messages
            ],
            said=said[::-1],
            last=self.last,
            **context,
        )
