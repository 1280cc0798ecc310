"""Pages of hazards: the board by state, the record, and one small form for each act."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from facts.staff.forms import ActForm
from facts.staff.pages import Act, FactPages
from foundation.accounts.access import allows, page
from foundation.accounts.actors import Actor
from inspections import operations, selectors
from inspections.choices import HazardState, Origin, Severity
from inspections.models import Hazard
from inspections.staff import forms, tables

OPEN, OVERDUE, REFUSED = HazardState.OPEN, HazardState.OVERDUE, HazardState.REFUSED
SUBMITTED, CLOSED = HazardState.SUBMITTED, HazardState.CLOSED
LIVE = frozenset({OPEN, OVERDUE, REFUSED, SUBMITTED})


@dataclass(frozen=True)
class HazardAct:
    """One act on a hazard: who, in which states, with which words and which fields."""

    code: str
    permission: str
    states: frozenset[HazardState]
    operation: Callable[..., Hazard]
    label: Promise
    text: Promise
    done: Promise
    icon: str
    days: tuple[tuple[str, Promise], ...] = ()
    reason: bool | None = None  # needed, welcome, not asked
    danger: bool = False
    when: Callable[[Hazard], bool] = lambda hazard: True


def _is_ordinary(hazard: Hazard) -> bool:
    return hazard.major_from_on is None


def _is_major(hazard: Hazard) -> bool:
    return hazard.severity is Severity.MAJOR


def _may_be_extended(hazard: Hazard) -> bool:
    return hazard.due_on is not None and hazard.extended_due_on is None


# In the order of a page: the first that is possible is its primary act.
ACTS = (
    HazardAct(
        "close", "hazards:close", frozenset({SUBMITTED}), operations.close_hazard, _("Accept and close"),
        _("The re-inspection was passed: the hazard is rectified."), _("The hazard is closed."), "circle-check",
        days=(("closed_on", _("Re-inspected on")),),
    ),
    HazardAct(
        "send-back", "hazards:send_back", frozenset({SUBMITTED}), operations.send_back_hazard, _("Send back"),
        _("The re-inspection was not passed. The hazard is open again under its deadline."), _("The hazard was sent back."),
        "arrow-back-up", reason=True,
    ),
    HazardAct(
        "rectify", "hazards:rectify", frozenset({OPEN, OVERDUE, REFUSED}), operations.rectify_hazard,
        _("Submit as rectified"),
        _("The hazard then waits for re-inspection. The day decides whether it was on time."),
        _("The hazard waits for re-inspection."), "send", days=(("rectified_on", _("Rectified on")),),
    ),
    HazardAct(
        "close", "hazards:close", frozenset({OPEN, OVERDUE, REFUSED}), operations.close_hazard, _("Close at once"),
        _("You saw for yourself that it is rectified. The day decides whether it was on time."), _("The hazard is closed."),
        "circle-check", days=(("closed_on", _("Closed on")),),
    ),
    HazardAct(
        "extend", "hazards:extend", frozenset({OPEN}), operations.extend_hazard, _("Extend the deadline"),
        _("Once, before the deadline has passed, and to a later day."), _("The deadline was extended."), "calendar-plus",
        days=(("extended_due_on", _("New deadline")), ("extension_granted_on", _("Granted on"))), reason=False,
        when=_may_be_extended,
    ),
    HazardAct(
        "major", "hazards:grade", LIVE, operations.mark_major, _("Mark as major"),
        _("An open major hazard keeps the enterprise from green."), _("The hazard is now a major one."), "alert-triangle",
        days=(("on", _("Major since")),), reason=False, when=_is_ordinary,
    ),
    HazardAct(
        "ordinary", "hazards:grade", LIVE, operations.mark_ordinary, _("Mark as ordinary"),
        _("From this day on it counts as an ordinary hazard."), _("The hazard is now an ordinary one."), "arrow-down",
        days=(("on", _("Ordinary since")),), reason=False, when=_is_major,
    ),
    HazardAct(
        "refuse", "hazards:refuse", frozenset({OPEN, OVERDUE}), operations.refuse_hazard, _("Note a refusal"),
        _("The enterprise refuses to rectify. This alone makes it red."), _("The refusal was noted."), "hand-stop",
        days=(("refused_on", _("Refused on")),), reason=True, danger=True,
    ),
)  # fmt: skip


class HazardPages(FactPages):
    """Hazards by state, due soonest first."""

    app, prefix, permission, icon = "inspections", "hazards/", "hazards", "alert-triangle"
    names = {
        "list": "hazards", "create": "hazard_create", "detail": "hazard",
        "correct": "hazard_correct", "void": "hazard_void",
    }  # fmt: skip
    kept = ("state",)
    model, table, filter = Hazard, tables.HazardTable, tables.HazardFilter
    new_form, correction_form = forms.NewHazardForm, forms.HazardCorrectionForm
    shown = (
        "item", "place", "description", "origin", "reported_on", "found_on", "due_on", "extended_due_on",
        "extension_granted_on", "major_from_on", "major_until_on", "rectified_on", "closed_on", "refused_on", "note",
    )  # fmt: skip
    create, correct, void = operations.create_hazard, operations.correct_hazard, operations.void_hazard
    detail_template = "inspections/hazard.html"

    title = _("Hazards")
    new_label = _("Record a hazard")
    new_title = _("Record a hazard")
    saved = _("The hazard was recorded.")
    empty_title = _("No hazard here")
    empty_text = _("Nothing stands in this state.")

    def urls(self) -> list[URLPattern]:
        acts: dict[str, URLPattern] = {}
        for act in ACTS:
            view = page(act.permission)(partial_view(self.act_page, act.code))
            acts[act.code] = path(
                f"{self.prefix}<int:id>/{act.code}/", view, name=f"hazard_{act.code.replace('-', '_')}"
            )
        return [*super().urls(), *acts.values()]

    def rows(self, actor: Actor) -> Any:
        return selectors.list_hazards(actor, voided=True)

    def list_page(self, request: HttpRequest) -> HttpResponse:
        state = self.state_of(request)
        pages = _InState(state)
        return FactPages.list_page(pages, request)

    def state_of(self, request: HttpRequest) -> str:
        state = request.GET.get("state", "")
        return state if state in {*map(str, LIVE), str(CLOSED), "all"} else str(OPEN)

    def asked(self, request: HttpRequest) -> dict[str, Any]:
        return {"inspection": request.GET.get("inspection", "")[:19]}

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"found_on": timezone.localdate(), "origin": Origin.POLICE}

    def save_new(self, actor: Actor, form: Any, parts: dict[str, Any]) -> Hazard:
        values = form.values()
        number = values.pop("inspection", None)
        if number:  # of another enterprise, or none of ours: then the hazard stands for itself
            found_by = (
                selectors.list_inspections(actor, enterprise_id=form.enterprise_id).filter(pk=number).first()
            )
            values["inspection"] = found_by
        return operations.create_hazard(actor=actor, enterprise_id=form.enterprise_id, **values)

    def acts(self, actor: Actor, fact: Hazard) -> list[Act]:
        state = fact.state
        return [
            Act(act.label, self.url(f"hazard_{act.code.replace('-', '_')}", fact.pk), act.icon, act.danger)
            for act in ACTS
            if state in act.states and act.when(fact) and allows(actor, act.permission)
        ]

    def summary(self, fact: Hazard) -> dict[str, Any]:
        state = fact.state
        return {
            "state": state.label, "tone": tables.STATE_TONES[state], "due_on": fact.deadline_on,
            "done": state in (CLOSED, SUBMITTED, HazardState.VOIDED), "is_major": _is_major(fact),
        }  # fmt: skip

    def act_page(self, request: HttpRequest, id: int, code: str) -> HttpResponse:
        """Ask for what the act needs and do it; the operation refuses what the state does not allow."""
        hazard = selectors.get_hazard(request.actor, id)
        variants = [act for act in ACTS if act.code == code]
        act = next((each for each in variants if hazard.state in each.states), variants[-1])
        if request.method == "GET" and not any(
            hazard.state in each.states and each.when(hazard) for each in variants
        ):
            return self.leave(
                request,
                hazard,
                gettext("This can no longer be done: the hazard is in the state “%(state)s” already.")
                % {"state": hazard.state.label},
            )
        form = ActForm(
            request.POST if request.method == "POST" else None, initial={"version": hazard.version}
        )
        for name, label in act.days:
            if not (request.actor.is_enterprise and name == "rectified_on"):  # an enterprise submits today
                form.add_day(name, label, **({"initial": None} if name == "extended_due_on" else {}))
        if act.reason is not None:
            form.add_reason(required=act.reason)

        def do(form: ActForm) -> None:
            act.operation(actor=request.actor, id=hazard.pk, **form.cleaned_data)

        return self.act_on(request, hazard, form, do, {
            "title": act.label, "text": act.text, "submit_label": act.label, "done": act.done, "danger": act.danger,
        })  # fmt: skip


class _InState(HazardPages):
    """The board as one request asked for it: one state, its order, the tabs."""

    def __init__(self, state: str) -> None:
        self.state = state

    def rows(self, actor: Actor) -> Any:
        rows = super().rows(actor)
        if self.state == "all":
            return rows.order_by("-found_on", "-pk")
        rows = rows.filter(selectors.in_state(self.state))
        return rows.order_by("-closed_on", "-pk") if self.state == CLOSED else rows.order_by("deadline", "pk")

    def tabs(self, request: HttpRequest) -> list[dict[str, Any]]:
        counts = selectors.hazard_counts(request.actor)
        states = [
            (OPEN, pgettext_lazy("hazard", "Open")), (OVERDUE, _("Overdue")), (SUBMITTED, _("For re-inspection")),
            (CLOSED, _("Closed")),
        ]  # fmt: skip
        if counts[REFUSED] or self.state == REFUSED:
            states.insert(2, (REFUSED, pgettext_lazy("hazard", "Refused")))
        found = [
            {
                "label": label,
                "url": f"?state={state}",
                "active": self.state == state,
                "count": counts.get(str(state), ""),
            }
            for state, label in states
        ]
        return [*found, {"label": _("All"), "url": "?state=all", "active": self.state == "all", "count": ""}]


def partial_view(view: Callable[..., HttpResponse], code: str) -> Callable[..., HttpResponse]:
    """The view of one act, with a module and a name so that the permission check finds it."""
    bound = partial(view, code=code)
    bound.__module__, bound.__name__ = __name__, f"hazard_{code}"
    return bound
