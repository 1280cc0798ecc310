"""Pages of the plan: the week, the month, a day on paper; a proposal is taken, visits are planned, moved, taken off."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from enterprises.selectors import list_enterprises, list_stations
from foundation.accounts.access import Permission as PeoplePermission
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.ids import id_of
from foundation.ui import links
from foundation.ui.views import (
    Crumb,
    Page,
)
from foundation.words import Words, listed
from inspections.access import Permission
from inspections.choices import VisitState
from inspections.models import Inspection, PlannedVisit
from inspections.planning import visits
from inspections.planning.approving import waiting
from inspections.planning.due import BANDS, LEFT, Item
from inspections.planning.ways import way_of
from inspections.planning.weeks import (
    DAY,
    WEEK,
    Dragged,
    Plan,
    monday_of,
    month_of,
    month_plan,
    next_month,
    week_plan,
    written,
)

TITLE = gettext_lazy("Inspection plan")
SHOWN = 8  # rows of a band, unless the URL asks for one band
MOST_SHOWN = 200
MOST_AT_ONCE = 60  # visits that are planned or moved by one form
NAMED = 10  # enterprises that a proposal leaves out
TRIPS = "trips"
TONES = {
    VisitState.WAITING: "yellow",
    VisitState.APPROVED: "blue",
    VisitState.LEFT: "red",
    VisitState.DONE: "green",
    VisitState.REFUSED: "secondary",
    VisitState.DROPPED: "secondary",
}


def day_in(text: str) -> dt.date:
    """Return a day named in the URL, today for none. Raise Http404 for what is no day of this time."""
    if not text:
        return timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"no day {text}") from error
    if abs((day - timezone.localdate()).days) > 3660:
        raise Http404(f"no day {text}")
    return day


def named(items: Sequence[Item]) -> str:
    """Return the names of what a proposal leaves out: the first ones, and how many there are."""
    names = listed(each.enterprise.name for each in items[:NAMED])
    return f"{names} … ({len(items)})" if len(items) > NAMED else names


def approval_of(actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """Return what the page of an inspection shows of its approval: the visit that it did, or whose approval was refused. One query."""
    if inspection.is_voided or not allows(actor, Permission.VIEW_PLAN):
        return {}
    may_ask = allows(actor, Permission.PLAN_VISITS) and inspection.station_id in actor.stations
    visit, refused = visits.visit_or_refused(actor, inspection)
    return {
        "has_approval": True,
        "planned_visit": visit,
        "refused_visit": refused,
        "may_ask_afterwards": may_ask,
    }


def people_url(actor: Actor) -> str:
    """Return the address of the people, of whoever may record their police numbers; else nothing."""
    return reverse("accounts:users") if allows(actor, PeoplePermission.MANAGE_PEOPLE) else ""


class OfPlan(Page):
    """What the pages of a station's plan have in common."""

    permission = Permission.VIEW_PLAN

    @cached_property
    def station(self) -> Station:
        return visits.station_in(self.actor, self._station_asked)

    @property
    def _station_asked(self) -> int | None:
        named = self.given("station")
        found = id_of(named) if named else None
        if named and found is None:
            raise Http404(f"no station {named}")
        return found

    @property
    def of_station(self) -> dict[str, Any]:
        """What addresses of this plan name, for readers of several stations."""
        return {} if self.actor.station_id else {"station": self.station.pk}

    @property
    def may_plan(self) -> bool:
        return allows(self.actor, Permission.PLAN_VISITS)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, links.to("inspections:plan_week", **self.of_station))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        several = [] if self.actor.station_id else list(list_stations(self.actor))
        return super().get_context_data(
            station=self.station,
            stations=several if len(several) > 1 else [],
            may_plan=self.may_plan,
            may_approve=allows(self.actor, Permission.APPROVE_VISITS),
            today=timezone.localdate(),
            **context,
        )


class PlanPage(OfPlan, TemplateView):
    """A plan with its list of what is due, and a proposal if the URL asks for one.

    ``?propose=1`` draws it, ``?propose=trips`` offers its trips one by one; ``?band=`` shows one band in full.
    """

    def make_plan(self, *, proposes: bool) -> Plan:
        raise NotImplementedError

    def address(self, **changes: Any) -> str:
        raise NotImplementedError

    @cached_property
    def asked(self) -> str:
        return self.one_of("propose", ("1", TRIPS)) if self.may_plan else ""

    @cached_property
    def band(self) -> str:
        return self.one_of("band", BANDS)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        plan = self.make_plan(proposes=bool(self.asked))
        proposal, back = plan.proposal, self.request.get_full_path()
        names = {each.enterprise.pk: each.enterprise.name for each in plan.due.items}
        people = {each.pk: str(each) for each in plan.team}
        bands = []
        for code, title in BANDS.items():
            found = plan.due.in_band(code)
            if found and (not self.band or self.band == code):
                shown = found[: MOST_SHOWN if self.band else SHOWN]
                bands.append(
                    {
                        "code": code,
                        "title": title,
                        "total": plan.due.counts[code],
                        "rows": [self.row(plan, each, back) for each in shown],
                        "url": "" if len(shown) == plan.due.counts[code] else self.address(band=code),
                    }
                )
        return super().get_context_data(
            plan=plan,
            lines=plan.lines,
            people_url=people_url(self.actor),
            has_nobody_to_visit=not (plan.due.total or plan.visits)
            and not list_enterprises(self.actor, station_id=self.station.pk).exists(),
            bands=bands,
            is_band=bool(self.band),
            all_url=self.address(),
            tray=self.tray(plan, back),
            asked=self.asked,
            proposal=proposal,
            capped=named(plan.capped) if self.asked else "",
            list_url=self.list_url(plan),
            trips=[
                {
                    "value": written(each),
                    "on": each.on,
                    "street": each.street,
                    "officers": listed(people.get(who, "") for who in each.officers),
                    "names": [names.get(pk, "") for pk in each.jobs],
                    "shown": listed(names.get(pk, "") for pk in each.jobs),
                }
                for each in proposal.trips
            ],
            propose_url=self.address(propose="1"),
            trips_url=self.address(propose=TRIPS),
            waiting=waiting(self.actor).count() if allows(self.actor, Permission.APPROVE_VISITS) else 0,
            this_url=back,
            **context,
        )

    def list_url(self, plan: Plan) -> str:
        """Return the address of the visits of these days as a list, which can be downloaded."""
        since, until = plan.spans[0][0], plan.spans[-1][1]
        return links.to(
            "inspections:plan_visits", since=since.isoformat(), until=until.isoformat(), **self.of_station
        )

    def row(self, plan: Plan, item: Item, back: str) -> dict[str, Any]:
        """Return an item as the list shows it, with the address of planning it, or of moving what was left over.

        Proposed are who was drawn or looks after it, else whoever plans, and their first day with room of those shown.
        """
        if item.visit is not None:
            url = links.to("inspections:plan_move", visit=item.visit.pk)
        else:
            there = {each.pk for each in plan.nameable}
            pair = item.pair if item.pair and there.issuperset(item.pair) else None
            officer = pair[0] if pair else item.officer if item.officer in there else self.actor.user_id
            on = plan.first_with_room(officer)
            given: dict[str, Any] = {"enterprise": item.enterprise.pk, "officer": officer}
            given |= {"second": pair[1]} if pair else {}
            given |= {"on": on.isoformat()} if on else {}
            url = links.to("inspections:plan_new", **given)
        dragged = Dragged.of([item.visit], item.visit.officer_id) if item.visit else None
        return {"item": item, "url": links.and_back(url, back), "dragged": dragged}

    def tray(self, plan: Plan, back: str) -> list[dict[str, Any]]:
        """Return the unplanned by street, those with the most first, each with the address of planning them together."""
        of: dict[str, list[Item]] = {}
        for each in plan.due.items:
            if each.visit is None:
                of.setdefault(each.street, []).append(each)
        counted = Counter({street: len(found) for street, found in of.items()})
        tray = []
        for street, number in counted.most_common(12):
            ids = [each.enterprise.pk for each in of[street][:MOST_AT_ONCE]]
            query = "&".join(f"enterprise={pk}" for pk in ids)
            if on := plan.first_with_room(self.actor.user_id):
                query += f"&on={on.isoformat()}"
            url = links.and_back(f"{reverse('inspections:plan_new')}?{query}", back)
            tray.append({"street": street, "number": number, "url": url})
        return tray


class WeekPage(PlanPage):
    """A week: what is due at the left, officers and days at the right. ``?day=`` is the day that a phone shows."""

    template_name = "inspections/plan_week.html"

    @cached_property
    def monday(self) -> dt.date:
        return monday_of(day_in(self.given("week")))

    @cached_property
    def day(self) -> dt.date:
        asked = self.given("day")
        if asked:
            return day_in(asked)
        today = timezone.localdate()
        return today if monday_of(today) == self.monday else self.monday

    def make_plan(self, *, proposes: bool) -> Plan:
        return week_plan(self.actor, self.station, self.monday, proposes=proposes)

    def address(self, **changes: Any) -> str:
        week = {} if self.monday == monday_of(timezone.localdate()) else {"week": self.monday.isoformat()}
        return links.to("inspections:plan_week", **(self.of_station | week | changes))

    def get_title(self) -> Words:
        return _("Plan of the week from %(day)s") % {"day": self.monday.isoformat()}

    def get_trail(self) -> list[Crumb]:
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        plan, last_monday = context["plan"], self.monday - WEEK
        return context | {
            "monday": self.monday,
            "last_day": plan.spans[-1][0],
            "days": [
                {
                    "on": on,
                    "is_today": on == plan.today,
                    "is_shown": on == self.day,
                    "url": self.address(day=on.isoformat()),
                    "paper_url": links.to("inspections:plan_day", on=on.isoformat(), **self.of_station),
                }
                for on, _until in plan.spans
            ],
            "shown_day": self.day,
            "before_url": self.address(week=last_monday.isoformat()),
            "after_url": self.address(week=(self.monday + WEEK).isoformat()),
            "is_now": self.monday == monday_of(plan.today),
            "now_url": links.to("inspections:plan_week", **self.of_station),
            "month_url": links.to("inspections:plan_month", month=f"{self.monday:%Y-%m}", **self.of_station),
            "left": plan.due.counts.get(LEFT, 0),
            "unplanned": plan.due.total - plan.due.counts.get(LEFT, 0),
        }


class MonthPage(PlanPage):
    """A month by officer and week, with what is due in it; its proposal fills the working days that are left."""

    template_name = "inspections/plan_month.html"

    @cached_property
    def first(self) -> dt.date:
        named = self.given("month")
        if not named:
            return timezone.localdate().replace(day=1)
        try:
            found = month_of(named)
        except ValueError as error:
            raise Http404(f"no month {named}") from error
        return day_in(found.isoformat())

    def make_plan(self, *, proposes: bool) -> Plan:
        return month_plan(self.actor, self.station, self.first, proposes=proposes)

    def address(self, **changes: Any) -> str:
        named = {"month": f"{self.first:%Y-%m}"}
        return links.to("inspections:plan_month", **(self.of_station | named | changes))

    def get_title(self) -> Words:
        return _("Plan of %(month)s") % {"month": f"{self.first:%Y-%m}"}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        plan = context["plan"]
        return context | {
            "weeks": [
                {
                    "on": on,
                    "until_on": until_on,
                    "is_now": on <= plan.today <= until_on,
                    "url": links.to("inspections:plan_week", week=on.isoformat(), **self.of_station),
                }
                for on, until_on in plan.spans
            ],
            "before_url": self.address(month=f"{next_month(self.first, -1):%Y-%m}"),
            "after_url": self.address(month=f"{next_month(self.first):%Y-%m}"),
            "unplanned": plan.due.total - plan.due.counts.get(LEFT, 0),
            "left": plan.due.counts.get(LEFT, 0),
        }


class DayPage(OfPlan, TemplateView):
    """The visits of a day by officer and street, with their acts; on paper with room for notes. ``?officer=`` is one's."""

    template_name = "inspections/plan_day.html"

    @cached_property
    def on(self) -> dt.date:
        return day_in(self.given("on"))

    def get_title(self) -> Words:
        return _("Visits on %(day)s") % {"day": self.on.isoformat()}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = visits.between(self.actor, self.station.pk, self.on, self.on)
        officer = id_of(self.given("officer")) or 0
        found = [each for each in rows.order_by("half", "pk") if not officer or officer in each.officer_ids]
        found.sort(
            key=lambda each: (
                each.officer_name,
                each.second_name,
                not way_of(each.enterprise),
                way_of(each.enterprise),
            )
        )
        groups: dict[tuple[str, str], list[PlannedVisit]] = {}
        for each in found:
            groups.setdefault((each.officers, way_of(each.enterprise)), []).append(each)
        monday = monday_of(self.on)
        back = self.request.get_full_path()
        return super().get_context_data(
            on=self.on,
            groups=[
                {
                    "officers": officers,
                    "street": street,
                    "rows": [self.row(each, back) for each in of],
                    "move_url": self.move_url(of, back),
                }
                for (officers, street), of in groups.items()
            ],
            number=len(found),
            before_url=self.address(self.on - DAY),
            after_url=self.address(self.on + DAY),
            week_url=links.to("inspections:plan_week", week=monday.isoformat(), **self.of_station),
            **context,
        )

    def address(self, on: dt.date) -> str:
        officer = self.given("officer")
        more = {"officer": officer} if officer else {}
        return links.to("inspections:plan_day", on=on.isoformat(), **self.of_station, **more)

    def row(self, visit: PlannedVisit, back: str) -> dict[str, Any]:
        state = visits.state_of(visit)
        check = links.to("inspections:inspection_check", enterprise=visit.enterprise_id)
        is_open = state in (VisitState.WAITING, VisitState.APPROVED, VisitState.LEFT)
        return {
            "visit": visit,
            "state": state,
            "tone": TONES[state],
            "check_url": check if is_open and self.may_plan else "",
            "phone_url": links.to("field:shell", enterprise=visit.enterprise_id),
            "move_url": self.move_url([visit], back) if is_open else "",
        }

    def move_url(self, of: list[PlannedVisit], back: str) -> str:
        ids = [each.pk for each in of if not getattr(each, "done_id", None)]
        if not ids or not self.may_plan:
            return ""
        query = "&".join(f"visit={pk}" for pk in ids)
        return links.and_back(f"{reverse('inspections:plan_move')}?{query}", back)
