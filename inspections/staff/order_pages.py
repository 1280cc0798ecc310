"""Issuing and correcting an order to rectify, from the page of a hazard."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.staff.views import OfFact
from foundation.accounts import selectors as accounts
from foundation.accounts.access import allows
from foundation.contributions.limits import names_in
from foundation.ui.forms import FORM_KEY, day_field, key_of, reason_field
from foundation.ui.views import CreatePage, id_in
from foundation.words import Words
from inspections import orders
from inspections.choices import Origin
from inspections.models import Hazard
from inspections.papers import ORDER
from papers.access import Permission
from papers.models import Paper
from papers.operations import NO_LETTERHEAD, refusal_to_change
from papers.selectors import get_paper, issued_by_form, letterhead_of

LEAST_OFFICERS = 2
MOST_OFFICERS = 30


class NumberInput(forms.TextInput):
    """A field for a police number that proposes those of colleagues; another one can be typed."""

    def __init__(self, list_id: str, numbers: Sequence[tuple[str, str]]) -> None:
        super().__init__({"list": list_id, "autocomplete": "off", "inputmode": "numeric"})
        self.list_id, self.numbers = list_id, numbers

    def render(self, *args: Any, **options: Any) -> SafeString:
        offered = format_html_join(
            "", '<option value="{}">{}</option>', ((number, name) for name, number in self.numbers)
        )
        shown = super().render(*args, **options)
        return format_html('{}<datalist id="{}">{}</datalist>', shown, self.list_id, offered)


def add_officers(form: forms.Form, numbers: Sequence[tuple[str, str]]) -> None:
    """Add the fields of officers to a form: name and police number; the first is required.

    There are at least two, and as many as the form's initial values or what was sent name, so that nobody is left out.
    ``numbers`` are name and police number of those who are proposed.
    """
    given = {**form.initial, **form.data}
    named = (number for number in range(1, MOST_OFFICERS + 1) if given.get(f"name_{number}"))
    for number in range(1, max(LEAST_OFFICERS, *named, 0) + 1):
        form.fields[f"name_{number}"] = forms.CharField(
            label=_("Officer"), max_length=80, required=number == 1
        )
        form.fields[f"number_{number}"] = forms.CharField(
            label=_("Police number"),
            max_length=20,
            required=False,
            widget=NumberInput(f"police-numbers-{number}", numbers),
        )


def named_in(officers: Sequence[orders.Officer]) -> dict[str, str]:
    """Return the values of those fields."""
    initial: dict[str, str] = {}
    for number, each in enumerate(officers[:MOST_OFFICERS], start=1):
        initial |= {f"name_{number}": each.name, f"number_{number}": each.number}
    return initial


def fields_of_officers(form: forms.Form) -> list[tuple[Any, Any]]:
    """Return the fields of each officer: name and police number; none if the form asks for no officers."""
    numbers = (number for number in range(1, MOST_OFFICERS + 1) if f"name_{number}" in form.fields)
    return [(form[f"name_{number}"], form[f"number_{number}"]) for number in numbers]


def officers_in(given: Mapping[str, Any]) -> list[orders.Officer]:
    """Return the officers that a form names."""
    numbers = (
        number for number in range(1, MOST_OFFICERS + 1) if (given.get(f"name_{number}") or "").strip()
    )
    return [
        orders.Officer(given[f"name_{number}"].strip(), given[f"number_{number}"].strip())
        for number in numbers
    ]


class OrderForm(forms.Form):
    """Which hazards, what the enterprise does until they are put right, who inspected when, on which basis."""

    inspected_on = day_field(gettext_lazy("Inspected on"))
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=200, initial=orders.BASIS)

    def __init__(
        self,
        *args: Any,
        hazards: list[Hazard],
        numbers: Sequence[tuple[str, str]],
        corrects: Paper | None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.hazards = hazards
        for each in hazards:
            self.fields[f"hazard_{each.pk}"] = forms.BooleanField(
                label=str(each),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[f"measures_{each.pk}"] = forms.CharField(
                label=_("Measures until it is put right"),
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        add_officers(self, numbers)
        self.fields["certificate_shown"] = forms.BooleanField(
            label=_("The officers showed their certificates"),
            required=False,
            initial=True,
            help_text=_("The order says so only then. Without it the enterprise may refuse the inspection."),
        )
        self.fields["with_photos"] = forms.BooleanField(
            label=_("Attach the photos of what was found"), required=False, initial=True
        )
        if corrects is not None:
            self.fields["reason"] = reason_field(label=_("What was wrong"))

    def clean(self) -> None:
        """Refuse the form if a hazard that was chosen can no longer be in an order, rather than leave it out."""
        known = {f"hazard_{each.pk}" for each in self.hazards}
        if any(name.startswith("hazard_") and name not in known for name in self.data):
            words = _(
                "One of the hazards you chose can no longer be in this order: it was submitted, closed, became overdue, "
                "or is in another order. Check the remaining hazards and issue the order again."
            )
            raise forms.ValidationError(words)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The hazards with their two fields."""
        return [
            {"hazard": each, "box": self[f"hazard_{each.pk}"], "measures": self[f"measures_{each.pk}"]}
            for each in self.hazards
        ]

    @property
    def officers(self) -> list[tuple[Any, Any]]:
        """The fields of each officer: name and police number."""
        return fields_of_officers(self)


class HazardOrder(OfFact, CreatePage):
    """Issue an order about this hazard and others of the enterprise, or correct the one that is there."""

    permission = Permission.ISSUE_PAPERS
    template_name = "inspections/order.html"
    form_class = OrderForm
    key_is_stored = True
    done_text = gettext_lazy(
        "The order was issued under its number. Print it, serve it, and record the service."
    )

    @cached_property
    def corrects(self) -> Paper | None:
        """The order to correct. Raise Http404 if it is not about this hazard."""
        id = id_in(self.request, "corrects")
        if id is None:
            return None
        found = get_paper(self.actor, id)
        if found.form != ORDER.code or self.record.pk not in found.records.get(orders.KIND, ()):
            raise Http404("the paper is about something else")
        return found

    @cached_property
    def order(self) -> Paper | None:
        """The valid order that this hazard is in."""
        return orders.orders_of(self.actor, [self.record]).get(self.record.pk)

    @cached_property
    def made_before(self) -> Paper | None:
        """The order that was issued when this form was sent before."""
        key = key_of(self.request.POST.get(FORM_KEY))
        return issued_by_form(self.actor, self.record.enterprise_id, key) if key else None

    @cached_property
    def corrected_hazards(self) -> list[Hazard]:
        """The hazards of the order to correct."""
        return self.hazards_of(self.corrects) if self.corrects else []

    def hazards_of(self, paper: Paper) -> list[Hazard]:
        return list(
            self.pages.rows(self.actor).filter(
                pk__in=paper.records[orders.KIND], enterprise_id=self.record.enterprise_id
            )
        )

    @cached_property
    def hazards(self) -> list[Hazard]:
        """The hazards to choose from: those without an order, and those of the one to correct, which come first.

        Also those of the order that this form has issued, so that sending it again is recognised.
        """
        found = {each.pk: each for each in self.corrected_hazards if orders.may_stay(each)}
        found |= {each.pk: each for each in orders.orderable(self.actor, self.record)}
        if self.made_before:
            found |= {each.pk: each for each in self.hazards_of(self.made_before)}
        mine = self.record
        return sorted(
            found.values(),
            key=lambda each: (
                each.pk != mine.pk,
                self.corrects is None and not self.is_of_same_visit(each),
            ),
        )

    def is_of_same_visit(self, hazard: Hazard) -> bool:
        """Return whether the inspection that found this hazard found that one, too."""
        return hazard.inspection_id is not None and hazard.inspection_id == self.record.inspection_id

    def get_title(self) -> Words:
        if self.corrects:
            return _("Correct %(number)s") % {"number": self.corrects}
        return ORDER.title

    @property
    def submit_label(self) -> Words:  # type: ignore[override]
        return _("Issue the correction") if self.corrects else _("Issue the order")

    def get_refusal(self) -> Words:
        """Return why no order can be issued here."""
        if self.corrects:
            may_be = any(map(orders.may_stay, self.corrected_hazards))
            return refusal_to_change(self.actor, self.corrects) or ("" if may_be else str(orders.NOT_ORDERED))
        if self.order:
            return _("This hazard is in an order already: %(number)s.") % {"number": self.order}
        return orders.refusal_to_order(self.record)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "hazards": self.hazards,
            "numbers": accounts.police_numbers(self.actor),
            "corrects": self.corrects,
        }

    def get_initial(self) -> dict[str, Any]:
        if self.corrects:
            return super().get_initial() | self.get_initial_of(self.corrects)
        hazard = self.record
        visit = hazard.inspection
        named = names_in(visit.inspectors if visit else hazard.found_by)
        initial: dict[str, Any] = {}
        if visit or hazard.origin == Origin.POLICE:  # else nobody has inspected yet
            named = named or [self.actor.name]
            initial["inspected_on"] = visit.inspected_on if visit else hazard.found_on
        numbers = orders.numbers_of(self.actor, named)
        initial |= named_in([orders.Officer(name, numbers.get(name, "")) for name in named])
        for each in self.hazards:
            initial[f"hazard_{each.pk}"] = each.pk == hazard.pk or self.is_of_same_visit(each)
        return super().get_initial() | initial

    def get_initial_of(self, paper: Paper) -> dict[str, Any]:
        """Return what an issued order said."""
        data = paper.data
        initial: dict[str, Any] = {"basis": data["basis"], "inspected_on": data["inspected_day"]}
        initial |= named_in([orders.Officer(**each) for each in data["officers_named"]])
        initial["certificate_shown"] = data.get(
            "certificate_shown", True
        )  # templates before the third said so
        initial["with_photos"] = bool(data.get("photos"))  # the first template had none
        for id, each in zip(paper.records[orders.KIND], data["hazards"], strict=True):
            said = "" if each["measures"] == orders.NO_MEASURES else each["measures"]
            initial |= {f"hazard_{id}": True, f"measures_{id}": said}
        return initial

    def perform(self, form: BaseForm) -> Paper:
        given = form.cleaned_data
        return orders.issue_order(
            actor=self.actor,
            enterprise_id=self.record.enterprise_id,
            hazard_ids=[each.pk for each in self.hazards if given[f"hazard_{each.pk}"]],
            measures={each.pk: given[f"measures_{each.pk}"] for each in self.hazards},
            officers=officers_in(given),
            inspected_on=given["inspected_on"],
            basis=given["basis"],
            certificate_shown=given["certificate_shown"],
            with_photos=given["with_photos"],
            form_key=key_of(given.get(FORM_KEY)) or "",
            corrects=self.corrects,
            reason=given.get("reason", ""),
        )

    def get_success_url(self) -> str:
        return reverse("papers:paper", args=[self.result.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        letterhead = letterhead_of(self.actor.station_id)
        left_out = [each for each in self.corrected_hazards if not orders.may_stay(each)]
        return super().get_context_data(
            corrects=self.corrects,
            left_out=left_out,
            no_letterhead="" if letterhead else NO_LETTERHEAD,
            may_fill_in=allows(self.actor, Permission.CHANGE_LETTERHEAD),
            **context,
        )
