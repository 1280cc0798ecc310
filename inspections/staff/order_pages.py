"""Issuing and correcting an order to rectify, from the page of a hazard."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import selectors as accounts
from foundation.ui.forms import FORM_KEY, key_of
from foundation.words import Words
from inspections import orders
from inspections.choices import Origin
from inspections.findings import Finding, finding_of
from inspections.models import Hazard
from inspections.papers import ORDER
from inspections.staff.issuing_pages import IssuePage, named_in, officers_in
from inspections.staff.order_forms import OrderForm
from papers.models import Paper
from papers.operations.issuing import refusal_to_change
from papers.selectors import issued_by_form


class HazardOrder(IssuePage):
    """Issue an order about this hazard and others of the enterprise, or correct the one that is there."""

    template_name = "inspections/order.html"
    form_class = OrderForm
    issue_label = gettext_lazy("Issue the order")
    done_text = gettext_lazy(
        "The order was issued under its number. Print it, serve it, and record the service."
    )

    def is_of_this_kind(self, paper: Paper) -> bool:
        return paper.form == ORDER.code

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
        found = {each.pk: each for each in self.all_hazards if not self.is_elsewhere(each)}
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

    @cached_property
    def all_hazards(self) -> list[Hazard]:
        """The hazards of the enterprise that an order could contain, or that the one to correct contains."""
        found = {each.pk: each for each in self.corrected_hazards if orders.may_stay(each)}
        found |= {each.pk: each for each in orders.orderable(self.actor, self.record)}
        return list(found.values())

    @cached_property
    def finding(self) -> Finding | None:
        """On which day which officers found this hazard, as recorded: an order says the same."""
        return finding_of(self.record)

    def is_elsewhere(self, hazard: Hazard) -> bool:
        """Return whether others found a hazard, or on another day, so that it needs an order of its own."""
        found = finding_of(hazard)
        return bool(self.finding and found and found != self.finding)

    def is_of_same_visit(self, hazard: Hazard) -> bool:
        """Return whether the inspection that found this hazard found that one, too."""
        return hazard.inspection_id is not None and hazard.inspection_id == self.record.inspection_id

    def get_title_of_paper(self) -> Words:
        return ORDER.title

    def get_refusal(self) -> Words:
        """Return why no order can be issued here."""
        if self.corrects:
            may_be = any(map(orders.may_stay, self.corrected_hazards))
            return refusal_to_change(self.actor, self.corrects) or ("" if may_be else str(orders.NOT_ORDERED))
        if self.order:
            return _("This hazard is in an order already: %(number)s.") % {"number": self.order}
        return orders.refusal_to_order(self.record)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "hazards": self.hazards,
            "numbers": accounts.police_numbers(self.actor),
            "corrects": self.corrects,
            "finding": self.finding,
        }

    def get_initial(self) -> dict[str, Any]:
        if self.corrects:
            return super().get_initial() | self.get_initial_of(self.corrects)
        hazard = self.record
        initial: dict[str, Any] = {}
        if self.finding:
            initial |= self.get_initial_of_finding(self.finding)
        elif hazard.inspection or hazard.origin == Origin.POLICE:  # else nobody has inspected yet
            numbers = orders.numbers_of(self.actor, [self.actor.name])
            initial |= named_in([orders.Officer(self.actor.name, numbers.get(self.actor.name, ""))])
            initial["inspected_on"] = hazard.found_on
        for each in self.hazards:
            initial[f"hazard_{each.pk}"] = each.pk == hazard.pk or self.is_of_same_visit(each)
        return super().get_initial() | initial

    def get_initial_of_finding(self, finding: Finding, before: Sequence[Any] = ()) -> dict[str, Any]:
        """Return day and officers as recorded. ``before``: those of a paper, whose numbers stay."""
        numbers = orders.numbers_of(self.actor, finding.names) | {
            each["name"]: each["number"] for each in before if each["number"]
        }
        named = [orders.Officer(name, numbers.get(name, "")) for name in finding.names]
        return {"inspected_on": finding.on, **named_in(named)}

    def get_initial_of(self, paper: Paper) -> dict[str, Any]:
        """Return what an issued order said."""
        data = paper.data
        initial: dict[str, Any] = {"basis": data["basis"], "inspected_on": data["inspected_day"]}
        initial |= named_in([orders.Officer(**each) for each in data["officers_named"]])
        if self.finding:
            initial |= self.get_initial_of_finding(self.finding, data["officers_named"])
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

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        left_out = [each for each in self.corrected_hazards if not orders.may_stay(each)]
        elsewhere = [(each, finding_of(each)) for each in self.all_hazards if self.is_elsewhere(each)]
        return super().get_context_data(
            left_out=left_out, elsewhere=elsewhere, finding=self.finding, **context
        )
