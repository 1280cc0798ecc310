"""Acts of the plan: a proposal is taken, visits are planned, moved and taken off; the page of one visit."""

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

from enterprises.models import Enterprise
from enterprises.selectors import with_ids
from foundation.accounts.access import allows
from foundation.ids import id_of
from foundation.ui import links
from foundation.ui.views import (
    ActPage,
    Button,
    ButtonPage,
    Compared,
    CreatePage,
    Crumb,
    OfRecord,
    RecordPage,
)
from foundation.words import Words, labelled, listed, sentences
from inspections.access import Permission
from inspections.choices import VisitState
from inspections.models import PlannedVisit
from inspections.planning import planning, taking, visits
from inspections.planning.proposing import Trip
from inspections.planning.weeks import (
    monday_of,
    read,
    versions_of,
)
from inspections.staff.plan_forms import DropForm, VisitForm, WhenForm
from inspections.staff.plan_pages import MOST_AT_ONCE, TITLE, TONES, day_in


class PlanTake(ButtonPage):
    """Takes the trips of a proposal that were sent: all of them, or those that are ticked."""

    permission = Permission.PLAN_VISITS
    result: taking.Taken

    def get_back_url(self) -> str:
        first = self.request.POST.get("first", "")
        is_month = len(first) == 7
        name, query = ("plan_month", "month") if is_month else ("plan_week", "week")
        return links.to(f"inspections:{name}", **({query: first} if first else {}))

    def perform(self) -> taking.Taken:
        trips: list[Trip] = []
        for text in self.request.POST.getlist("trip")[:500]:
            try:
                trips.append(read(text, id_of))
            except ValueError as error:
                raise ValidationError(_("The proposal is not readable. Ask for a new one.")) from error
        if not trips:
            raise ValidationError(_("Tick at least one trip."))
        return taking.take_trips(actor=self.actor, station_id=self.actor.station_id, trips=trips)

    def done(self) -> HttpResponse:
        taken = self.result
        words = ngettext("%(number)d visit was planned.", "%(number)d visits were planned.", taken.number)
        if taken.number:
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
        return "" if len(self.firms) == 1 else listed(each.name for each in self.firms)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": visits.team_of(self.actor, self.firms[0].station_id)}

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        asked = self.given("on")
        on = day_in(asked) if asked else today
        people = {"officer": id_of(self.given("officer")) or self.actor.user_id}
        if second := id_of(self.given("second")):
            people["second"] = second
        return {"on": max(on, today)} | people

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


class MoveVisits(Compared):
    """Moves the visits in the URL (``?visit=``) to a day and two officers."""

    read_with_record = ("moved",)
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

    def find_record(self) -> PlannedVisit:
        return self.moved[0]

    def get_version(self) -> str:
        """Return what tells that none of the visits was changed."""
        return versions_of(self.moved)

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
        return now if len(self.moved) == 1 else listed(each.enterprise.name for each in self.moved)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": visits.team_of(self.actor, self.moved[0].station_id)}

    def get_initial(self) -> dict[str, Any]:
        first, asked = self.moved[0], self.given("on")
        on = day_in(asked) if asked else first.on
        officer = id_of(self.given("officer")) or first.officer_id
        # who is put in the first one's place does not go with themselves
        second = id_of(self.given("second")) or (first.second_id if first.second_id != officer else None)
        return {
            "on": max(on, timezone.localdate()),
            "part": first.half,
            "officer": officer,
            "second": second or None,
        }

    def perform(self, form: BaseForm) -> list[PlannedVisit]:
        return planning.move_visits(
            actor=self.actor,
            ids=[each.pk for each in self.moved],
            versions={each.pk: each.version for each in self.moved},
            **self.values(form),
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
            phone = links.to("field:shell", enterprise=visit.enterprise_id)
            check = links.to("inspections:inspection_check", enterprise=visit.enterprise_id)
            move = links.and_back(links.to("inspections:plan_move", visit=visit.pk), back)
            drop = reverse("inspections:plan_drop", args=[visit.pk])
            found += [
                Button(
                    _("Inspect on the phone"),
                    phone,
                    "device-mobile",
                    dialog=False,
                    is_primary=visit.is_approved or visit.urgent,
                ),
                Button(_("Inspect by checklist"), check, "clipboard-check", dialog=False, is_primary=False),
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
            may_not_yet=state in (VisitState.WAITING, VisitState.LEFT) and not self.record.is_approved,
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
