"""Pages of the chief's approval, of absences, of what the bureau publishes, and the list of all visits."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.concerned import left_by
from enterprises.open_work import OpenWorkFilter
from enterprises.selectors import list_stations
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.searching import as_typed, every_word
from foundation.ui.filters import PeriodForm, PicksFilter, day_filter
from foundation.ui.tables import Table, badge, opening
from foundation.ui.views import ActPage, ButtonPage, Compared, CreatePage, Crumb, ListPage, SentOnce
from foundation.words import Words, listed
from inspections.access import Permission
from inspections.choices import VisitSource, VisitState
from inspections.models import Absence, Inspection, PlannedVisit, PlanRule
from inspections.planning import absences, afterwards, approving, capping, visits
from inspections.selectors import list_inspections
from inspections.staff.plan_acts import OfVisit
from inspections.staff.plan_forms import (
    AbsenceForm,
    AfterwardsForm,
    ApproveForm,
    RefuseForm,
    RuleForm,
    as_shown,
)
from inspections.staff.plan_pages import TITLE, TONES, OfPlan, people_url
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import letterhead_of


class Approvals(SentOnce):
    """Everything that awaits the chief, ticked beforehand: one button approves it, each row can be refused."""

    permission = Permission.APPROVE_VISITS
    title = gettext_lazy("Visits to approve")
    template_name = "inspections/plan_approvals.html"
    form_class = ApproveForm

    @cached_property
    def found(self) -> list[PlannedVisit]:
        return list(approving.waiting(self.actor)[: approving.MOST_AT_ONCE])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"visits": self.found}

    def perform(self, form: Any) -> list[PlannedVisit]:
        versions = form.versions()
        return approving.approve_visits(actor=self.actor, ids=versions.keys(), versions=versions)

    def get_done_text(self) -> Words:
        number = len(self.result)
        words = ngettext(
            "%(number)d visit is approved. Its form has a number.",
            "%(number)d visits are approved. Each form has its number.",
            number,
        )
        return words % {"number": number}

    def get_back_url(self) -> str:
        return reverse("inspections:plan_approvals")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form: Any = context.get("form") or self.get_form()
        ticked = set(form.data.getlist("visit")) if form.is_bound else None
        rows = [
            {
                "visit": each,
                "value": as_shown(each),
                "is_ticked": as_shown(each) in ticked if ticked is not None else bool(each.second_id),
                "is_today": each.on == today,
                "is_late": each.approve_by < today,
                "is_done": each.done_id is not None,  # type: ignore[attr-defined]  # of list_visits
                "lacks_second": not (each.officer_id and each.second_id),
            }
            for each in self.found
        ]
        has_letterhead = letterhead_of(self.actor.station_id) is not None
        return super().get_context_data(
            **(context | {"form": form}),
            rows=rows,
            total=approving.waiting(self.actor).count() if len(rows) == approving.MOST_AT_ONCE else len(rows),
            ready=sum(bool(each["is_ticked"]) for each in rows),
            no_letterhead="" if has_letterhead else NO_LETTERHEAD,
        )


class RefuseVisit(OfVisit, ActPage):
    """Refuses one visit, for a reason that its officers read."""

    permission = Permission.APPROVE_VISITS
    form_class = RefuseForm
    title = gettext_lazy("Refuse the approval?")
    submit_label = gettext_lazy("Refuse")
    done_text = gettext_lazy("The approval was refused. The officers were told why.")
    danger = True

    def perform(self, form: BaseForm) -> PlannedVisit:
        return approving.refuse_visit(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )

    def get_back_url(self) -> str:
        return reverse("inspections:plan_approvals")


class Afterwards(CreatePage):
    """Enters the visit of an inspection that nobody had planned, so that the chief approves it afterwards."""

    permission = Permission.PLAN_VISITS
    title = gettext_lazy("Have an urgent inspection approved afterwards")
    form_class = AfterwardsForm
    submit_label = gettext_lazy("Ask for the approval")
    done_text = gettext_lazy("The chief was asked for the approval.")

    @cached_property
    def inspection(self) -> Inspection:
        found = list_inspections(self.actor).filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise Http404(f"no inspection {self.kwargs['id']}")
        return found

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.inspection, self.get_back_url())]

    def get_text(self) -> Words:
        return f"{self.inspection.enterprise} · {self.inspection}"

    @cached_property
    def team(self) -> list[User]:
        return visits.team_of(self.actor, self.inspection.station_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": self.team}

    def get_initial(self) -> dict[str, Any]:
        there = [each.pk for each in visits.inspectors_of(self.inspection, self.team)]
        return dict(zip(("officer", "second"), there or [self.actor.user_id], strict=False))

    def perform(self, form: BaseForm) -> PlannedVisit:
        return afterwards.note_urgent(actor=self.actor, inspection=self.inspection, **self.values(form))

    def get_back_url(self) -> str:
        return reverse("inspections:inspection", args=[self.inspection.pk])


# --- absences ------------------------------------------------------------------------------------------------------


class Absences(OfPlan, CreatePage):
    """Who is absent, and a form to enter the next absence; what was planned for these days is named."""

    permission = Permission.PLAN_VISITS
    title = gettext_lazy("Absences")
    template_name = "inspections/plan_absences.html"
    form_class = AbsenceForm
    submit_label = gettext_lazy("Enter the absence")
    done_text = gettext_lazy("The absence was entered.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": visits.team_of(self.actor, self.station.pk)}

    def get_initial(self) -> dict[str, Any]:
        return {"officer": self.actor.user_id}

    def perform(self, form: BaseForm) -> Absence:
        return absences.add_absence(actor=self.actor, station_id=self.station.pk, **self.values(form))

    def get_back_url(self) -> str:
        return reverse("inspections:plan_absences")

    def get_done_text(self) -> Words:
        found = absences.touched(self.actor, self.result)
        if not found:
            return self.done_text
        words = ngettext(
            "The absence was entered. %(number)d visit is planned for these days: %(names)s. Move it.",
            "The absence was entered. %(number)d visits are planned for these days: %(names)s. Move them.",
            len(found),
        )
        return words % {"number": len(found), "names": listed(map(str, found[:5]))}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = absences.list_absences(self.actor, self.station.pk)
        return super().get_context_data(
            absences=list(found[:200]),
            team=visits.team_of(self.actor, self.station.pk),
            people_url=people_url(self.actor),
            **context,
        )


class WithdrawAbsence(ButtonPage):
    """Takes an absence back."""

    permission = Permission.PLAN_VISITS
    done_text = gettext_lazy("The absence was taken back.")

    def perform(self) -> Absence:
        return absences.withdraw_absence(actor=self.actor, id=self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("inspections:plan_absences")


# --- what the bureau publishes -------------------------------------------------------------------------------------


class Rules(OfPlan, Compared):
    """How often enterprises are inspected a year at most; a supervisor publishes the next rule."""

    title = gettext_lazy("Yearly limits of inspections")
    template_name = "inspections/plan_rules.html"
    form_class = RuleForm
    submit_label = gettext_lazy("Publish")
    done_text = gettext_lazy("The limits are published.")

    read_with_record = ("rules",)

    def find_record(self) -> PlanRule:
        """Return the last rule, which the form begins with."""
        return self.rules[0] if self.rules else PlanRule()

    @cached_property
    def rules(self) -> list[PlanRule]:
        return list(PlanRule.objects.filter(bureau_id=self.actor.bureau_id)[:50])

    def get_initial(self) -> dict[str, Any]:
        last = self.rules[0] if self.rules else None
        names = ("red", "yellow", "green", "grey", "per_day")
        return {name: getattr(last, name) for name in names} if last else {"per_day": visits.PER_DAY}

    def perform(self, form: BaseForm) -> PlanRule:
        return capping.publish_rule(actor=self.actor, **self.values(form))

    def get_back_url(self) -> str:
        return reverse("inspections:plan_rules")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            rules=self.rules,
            in_force=visits.rule_on(self.actor, timezone.localdate()),
            default=visits.PER_DAY,
            may_publish=allows(self.actor, Permission.PUBLISH_PLAN_RULES),
            **context,
        )


# --- all visits ----------------------------------------------------------------------------------------------------

LEFT = "left"


class VisitFilter(OpenWorkFilter):
    """Enterprise or officer, state, reason, days, station; those whose officer has left."""

    q = django_filters.CharFilter(
        method="search", label=gettext_lazy("Enterprise or officer"), max_length=100
    )
    state = PicksFilter(
        label=gettext_lazy("State"),
        choices=VisitState.choices,
        empty_label=gettext_lazy("All"),
        condition="in_states",
    )
    source = PicksFilter(
        label=gettext_lazy("Reason"), choices=VisitSource.choices, empty_label=gettext_lazy("All")
    )
    since = day_filter(gettext_lazy("From"), field_name="on", lookup_expr="gte")
    until = day_filter(gettext_lazy("To"), field_name="on", lookup_expr="lte")
    who = django_filters.ChoiceFilter(
        label=gettext_lazy("Officer"),
        choices=[(LEFT, gettext_lazy("Works here no longer"))],
        empty_label=gettext_lazy("All"),
        method="of_leavers",
    )
    station = PicksFilter(
        field_name="station_id", label=gettext_lazy("Station"), empty_label=gettext_lazy("All")
    )

    class Meta:
        form = PeriodForm

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]

    def search(self, rows: QuerySet[PlannedVisit], name: str, value: str) -> QuerySet[PlannedVisit]:
        columns = ("enterprise__search_text", "officer_name", "second_name", "paper_number")
        return rows.filter(every_word(value, lambda word: as_typed(word, columns)))

    def in_states(self, values: list[str]) -> Q:
        """Return the condition that a visit is in one of these states."""
        found, today = Q(pk=0), timezone.localdate()
        for each in values:
            found |= visits.in_state(each, today)
        return found

    def of_leavers(self, rows: QuerySet[PlannedVisit], name: str, value: str) -> QuerySet[PlannedVisit]:
        return rows.filter(visits.is_open()).filter(left_by("officer_id") | left_by("second_id"))


class VisitTable(Table):
    """Visits with day, officers, reason, state and approval."""

    enterprise = tables.Column(verbose_name=gettext_lazy("Enterprise"), orderable=False)
    on = tables.Column(verbose_name=gettext_lazy("Day"), orderable=True)
    officer_name = tables.Column(verbose_name=gettext_lazy("Officers"), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("State"), orderable=False, empty_values=(), accessor="pk")
    paper_number = tables.Column(verbose_name=gettext_lazy("Approval"), orderable=False, empty_values=())

    sheet_labels = {"enterprise": (gettext_lazy("Enterprise"), gettext_lazy("Reason"), "")}

    class Meta:
        order_by_field = "sort"

    def render_enterprise(self, record: PlannedVisit) -> SafeString:
        url = reverse("inspections:plan_visit", args=[record.pk])
        words = record.get_source_display()
        line = f"{words} · {record.reference}" if record.reference else words
        return opening(url, record.enterprise.name, line)

    def render_officer_name(self, record: PlannedVisit) -> str:
        return record.officers or "–"

    def render_on(self, record: PlannedVisit) -> str:
        half = record.get_half_display()
        return f"{record.on.isoformat()} {half}" if half else record.on.isoformat()

    def render_state(self, record: PlannedVisit) -> SafeString:
        state = visits.state_of(record)
        return badge(TONES[state], state.label)

    def render_paper_number(self, record: PlannedVisit) -> Words:
        """Return the number of the form; without one, what is to be known of an inspection that was made."""
        if record.paper_number or record.is_approved or visits.state_of(record) is not VisitState.DONE:
            return record.paper_number or "—"
        return _("The approval was refused") if record.refused_at else _("not approved yet")


class Visits(ListPage):
    """All planned visits, the latest day first."""

    permission = Permission.VIEW_PLAN
    title = gettext_lazy("Planned visits")
    filterset_class = VisitFilter
    table_class = VisitTable
    icon = "calendar-week"
    empty_title = gettext_lazy("Nothing is planned yet")
    empty_text = gettext_lazy("The week shows what is due and makes a proposal.")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:plan_week"))]

    def get_queryset(self) -> QuerySet[PlannedVisit]:
        return visits.list_visits(self.actor).order_by("-on", "-pk")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        url = reverse("inspections:plan_week")
        return super().get_context_data(next_url=url, next_label=_("To the week"), **context)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}
