"""Pages of the plan: the week, the month, a day on paper; a proposal is taken, visits are planned, moved, taken off."""

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from enterprises.models import Enterprise
from enterprises.selectors import list_stations, with_ids
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.ids import id_of
from foundation.ui import links
from foundation.ui.views import (
    ActPage,
    Button,
    ButtonPage,
    CreatePage,
    Crumb,
    FormPage,
    OfRecord,
    Page,
    RecordPage,
)
from foundation.words import Words, labelled, sentences
from inspections.access import Permission
from inspections.choices import VisitState
from inspections.models import Inspection, PlannedVisit
from inspections.planning import planning, visits
from inspections.planning.approving import waiting
from inspections.planning.due import BANDS, LEFT, Item
from inspections.planning.proposing import Trip
from inspections.planning.ways import way_of
from inspections.planning.weeks import (
    DAY,
    WEEK,
    Plan,
    monday_of,
    month_of,
    month_plan,
    next_month,
    read,
    week_plan,
    written,
)
from inspections.staff.plan_forms import DropForm, VisitForm, WhenForm

TITLE = gettext_lazy("Inspection plan")
SHOWN = 8  # rows of a band, unless the URL asks for one band
MOST_SHOWN = 200
MOST_AT_ONCE = 60  # visits that are planned or moved by one form
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


def approval_of(actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """Return what the page of an inspection shows of its approval: the visit that it did. One query."""
    if inspection.is_voided or not allows(actor, Permission.VIEW_PLAN):
        return {}
    may_ask = allows(actor, Permission.PLAN_VISITS) and inspection.station_id in actor.stations
    return {
        "has_approval": True,
        "planned_visit": visits.visit_of(actor, inspection),
        "may_ask_afterwards": may_ask,
    }


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
                        "rows": [self.row(each, back) for each in shown],
                        "url": "" if len(shown) == plan.due.counts[code] else self.address(band=code),
                    }
                )
        return super().get_context_data(
            plan=plan,
            lines=plan.lines,
            bands=bands,
            is_band=bool(self.band),
            all_url=self.address(),
            tray=self.tray(plan, back),
            asked=self.asked,
            proposal=proposal,
            trips=[
                {
                    "value": written(each),
                    "on": each.on,
                    "street": each.street,
                    "officers": "、".join(people.get(who, "") for who in each.officers),
                    "names": [names.get(pk, "") for pk in each.jobs],
                }
                for each in proposal.trips
            ],
            propose_url=self.address(propose="1"),
            trips_url=self.address(propose=TRIPS),
            waiting=waiting(self.actor).count() if allows(self.actor, Permission.APPROVE_VISITS) else 0,
            this_url=back,
            **context,
        )

    def row(self, item: Item, back: str) -> dict[str, Any]:
        """Return an item as the list shows it, with the address of planning it, or of moving what was left over."""
        if item.visit is not None:
            url = links.to("inspections:plan_move", visit=item.visit.pk)
        else:
            url = links.to("inspections:plan_new", enterprise=item.enterprise.pk)
        return {"item": item, "url": links.and_back(url, back)}

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
            "move_url": self.move_url([visit], back) if is_open else "",
        }

    def move_url(self, of: list[PlannedVisit], back: str) -> str:
        ids = [each.pk for each in of if not getattr(each, "done_id", None)]
        if not ids or not self.may_plan:
            return ""
        query = "&".join(f"visit={pk}" for pk in ids)
        return links.and_back(f"{reverse('inspections:plan_move')}?{query}", back)


# --- acts -----------------------------------------------------------------------------------------------------------


class PlanTake(ButtonPage):
    """Takes the trips of a proposal that were sent: all of them, or those that are ticked."""

    permission = Permission.PLAN_VISITS
    result: planning.Taken

    def get_back_url(self) -> str:
        first = self.request.POST.get("first", "")
        is_month = len(first) == 7
        name, query = ("plan_month", "month") if is_month else ("plan_week", "week")
        return links.to(f"inspections:{name}", **({query: first} if first else {}))

    def perform(self) -> planning.Taken:
        trips: list[Trip] = []
        for text in self.request.POST.getlist("trip")[:500]:
            try:
                trips.append(read(text, id_of))
            except ValueError as error:
                raise ValidationError(_("The proposal is not readable. Ask for a new one.")) from error
        if not trips:
            raise ValidationError(_("Tick at least one trip."))
        return planning.take_trips(actor=self.actor, station_id=self.actor.station_id, trips=trips)

    def done(self) -> HttpResponse:
        taken = self.result
        words = ngettext("%(number)d visit was planned.", "%(number)d visits were planned.", taken.number)
        messages.success(self.request, words % {"number": taken.number})
        if taken.refused:
            named = sentences(*(labelled(name, why) for name, why in taken.refused[:5]))
            more = ngettext("%(number)d was not.", "%(number)d were not.", len(taken.refused))
            messages.warning(self.request, sentences(more % {"number": len(taken.refused)}, named))
        return self.go(self.get_back_url())


class PlanVisits(CreatePage):
    """Plans a visit of the enterprises in the URL (``?enterprise=``) on one day, with two officers."""

    permission = Permission.PLAN_VISITS
    template_name = "inspections/plan_form.html"
    dialog_template = "_confirm.html"
    form_class = VisitForm
    submit_label = gettext_lazy("Plan")

    @cached_property
    def firms(self) -> list[Enterprise]:
        named = self.request.GET.getlist("enterprise")[: MOST_AT_ONCE + 1]
        found = {each.pk: each for each in with_ids(self.actor, named)}
        wanted = [id_of(each) for each in named]
        if not wanted or any(pk not in found for pk in wanted) or len(named) > MOST_AT_ONCE:
            raise Http404("no such enterprises")
        return [found[pk] for pk in dict.fromkeys(wanted) if pk]

    def get_title(self) -> Words:
        if len(self.firms) == 1:
            return _("Plan a visit of %(enterprise)s") % {"enterprise": self.firms[0].name}
        return _("Plan %(number)d visits on one day") % {"number": len(self.firms)}

    def get_text(self) -> Words:
        return "" if len(self.firms) == 1 else "、".join(each.name for each in self.firms)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": visits.team_of(self.actor, self.firms[0].station_id)}

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        asked = self.given("on")
        on = day_in(asked) if asked else today
        return {"on": max(on, today), "officer": id_of(self.given("officer")) or self.actor.user_id}

    def perform(self, form: BaseForm) -> list[PlannedVisit]:
        return planning.plan_visits(
            actor=self.actor, enterprise_ids=[each.pk for each in self.firms], **self.values(form)
        )

    def get_done_text(self) -> Words:
        number = len(self.result)
        words = ngettext("%(number)d visit is planned.", "%(number)d visits are planned.", number)
        return words % {"number": number}

    def get_back_url(self) -> str:
        return reverse("inspections:plan_week")

    def get_success_url(self) -> str:
        return links.to("inspections:plan_week", week=monday_of(self.result[0].on).isoformat())


class MoveVisits(FormPage):
    """Moves the visits in the URL (``?visit=``) to a day and two officers."""

    permission = Permission.PLAN_VISITS
    template_name = "inspections/plan_form.html"
    dialog_template = "_confirm.html"
    form_class = WhenForm
    submit_label = gettext_lazy("Move")

    @cached_property
    def moved(self) -> list[PlannedVisit]:
        named = self.request.GET.getlist("visit")[: MOST_AT_ONCE + 1]
        wanted = [id_of(each) for each in named]
        found = visits.list_visits(self.actor).in_bulk([pk for pk in wanted if pk])
        if not wanted or any(pk not in found for pk in wanted) or len(named) > MOST_AT_ONCE:
            raise Http404("no such visits")
        return [found[pk] for pk in dict.fromkeys(wanted) if pk]

    def get_title(self) -> Words:
        if len(self.moved) == 1:
            return _("Move the visit of %(enterprise)s") % {"enterprise": self.moved[0].enterprise.name}
        return _("Move %(number)d visits") % {"number": len(self.moved)}

    def get_text(self) -> Words:
        first = self.moved[0]
        now = _("Planned for %(day)s by %(officers)s.") % {
            "day": first.on.isoformat(),
            "officers": first.officers or "–",
        }
        return now if len(self.moved) == 1 else "、".join(each.enterprise.name for each in self.moved)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": visits.team_of(self.actor, self.moved[0].station_id)}

    def get_initial(self) -> dict[str, Any]:
        first, asked = self.moved[0], self.given("on")
        on = day_in(asked) if asked else first.on
        officer = id_of(self.given("officer")) or first.officer_id
        # who is put in the first one's place does not go with themselves
        second = first.second_id if first.second_id != officer else None
        return {
            "on": max(on, timezone.localdate()),
            "part": first.half,
            "officer": officer,
            "second": second or None,
        }

    def perform(self, form: BaseForm) -> list[PlannedVisit]:
        return planning.move_visits(
            actor=self.actor, ids=[each.pk for each in self.moved], **self.values(form)
        )

    def get_done_text(self) -> Words:
        number = len(self.result)
        words = ngettext("%(number)d visit was moved.", "%(number)d visits were moved.", number)
        return words % {"number": number}

    def get_back_url(self) -> str:
        return reverse("inspections:plan_week")

    def get_success_url(self) -> str:
        return links.to("inspections:plan_week", week=monday_of(self.result[0].on).isoformat())


class OfVisit(OfRecord):
    """A page about the visit named in the URL."""

    record: PlannedVisit

    def find_record(self) -> PlannedVisit:
        return visits.get_visit(self.actor, self.kwargs["id"])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_back_url(self) -> str:
        return reverse("inspections:plan_visit", args=[self.record.pk])


class VisitPage(OfVisit, RecordPage):
    """One visit: when, by whom, why, its approval, and the inspection that did it."""

    permission = Permission.VIEW_PLAN
    template_name = "inspections/plan_visit.html"

    def get_title(self) -> Words:
        return self.record.enterprise.name

    def get_buttons(self) -> list[Button]:
        visit, state = self.record, visits.state_of(self.record)
        found, back = [], self.get_back_url()
        may_decide = allows(self.actor, Permission.APPROVE_VISITS)
        if may_decide and not visit.is_approved and state in (VisitState.WAITING, VisitState.DONE):
            found.append(Button(_("Approve"), reverse("inspections:plan_approvals"), "gavel", dialog=False))
        if allows(self.actor, Permission.PLAN_VISITS) and state in (
            VisitState.WAITING,
            VisitState.APPROVED,
            VisitState.LEFT,
        ):
            check = links.to("inspections:inspection_check", enterprise=visit.enterprise_id)
            move = links.and_back(links.to("inspections:plan_move", visit=visit.pk), back)
            drop = reverse("inspections:plan_drop", args=[visit.pk])
            found += [
                Button(_("Inspect by checklist"), check, "clipboard-check", dialog=False),
                Button(_("Move"), move, "calendar-time", is_primary=False),
                Button(_("Take off the plan"), drop, "calendar-off", danger=True, is_primary=False),
            ]
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        state = visits.state_of(self.record)
        return super().get_context_data(
            visit=self.record,
            state=state,
            tone=TONES[state],
            is_late=not self.record.is_approved and self.record.approve_by < timezone.localdate(),
            day_url=links.to(
                "inspections:plan_day",
                on=self.record.on.isoformat(),
                **({} if self.actor.station_id else {"station": self.record.station_id}),
            ),
            **context,
        )


class DropVisit(OfVisit, ActPage):
    """Takes a visit off the plan, for a reason."""

    permission = Permission.PLAN_VISITS
    form_class = DropForm
    title = gettext_lazy("Take this visit off the plan?")
    text = gettext_lazy("If its enterprise is due, it stands among the unplanned again.")
    submit_label = gettext_lazy("Take off the plan")
    done_text = gettext_lazy("The visit was taken off the plan.")
    danger = True

    def perform(self, form: BaseForm) -> PlannedVisit:
        return planning.drop_visit(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )
