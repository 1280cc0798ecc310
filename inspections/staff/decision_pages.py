"""Issuing the paper about a decision on a hazard, or correcting it; and the cover of the hazard's file."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.staff.views import OfFact
from foundation.accounts import selectors as accounts
from foundation.accounts.access import allows
from foundation.ui.forms import FORM_KEY, key_of, reason_field
from foundation.ui.views import CreatePage, id_in
from foundation.words import Words
from inspections import decisions, orders
from inspections.covers import cover_of
from inspections.papers import COVER, OPINION
from inspections.staff.order_pages import add_officers, fields_of_officers, named_in, officers_in
from papers.access import Permission
from papers.models import Paper
from papers.operations import NO_LETTERHEAD, make_listing, refusal_to_change
from papers.selectors import get_paper, letterhead_of, papers_of
from papers.staff.views import MadeFile


class DecisionForm(forms.Form):
    """What was found, on which basis; for an opinion who re-inspected, and whether photos are attached."""

    finding = forms.CharField(
        label=gettext_lazy("Finding"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("As it stands on the paper, in Chinese."),
    )
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=200)

    def __init__(
        self,
        *args: Any,
        is_opinion: bool,
        numbers: Sequence[tuple[str, str]],
        corrects: Paper | None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if is_opinion:
            add_officers(self, numbers)
            self.fields["with_photos"] = forms.BooleanField(
                label=_("Attach the photos before and after"), required=False, initial=True
            )
        if corrects is not None:
            self.fields["reason"] = reason_field(label=_("What was wrong"))

    @property
    def officers(self) -> list[tuple[Any, Any]]:
        """The fields of each officer: name and police number; none for the answer to a request."""
        return fields_of_officers(self)


class HazardDecision(OfFact, CreatePage):
    """Issue the paper about the latest decision on this hazard that has none, or correct one that is there."""

    permission = Permission.ISSUE_PAPERS
    template_name = "inspections/decision.html"
    form_class = DecisionForm
    key_is_stored = True
    done_text = gettext_lazy(
        "The paper was issued under its number. Print it, serve it, and record the service."
    )

    @cached_property
    def corrects(self) -> Paper | None:
        """The paper to correct. Raise Http404 if it is not about this hazard."""
        id = id_in(self.request, "corrects")
        if id is None:
            return None
        found = get_paper(self.actor, id)
        if not found.records.get(decisions.STEP) or self.record.pk not in found.records.get(orders.KIND, ()):
            raise Http404("the paper is about something else")
        return found

    @cached_property
    def decision(self) -> decisions.Decision | None:
        """The decision that the paper is about; None if there is none to be put on paper."""
        if self.corrects:
            (step,) = self.corrects.records[decisions.STEP]
            return next((each for each in decisions.decisions_of(self.record) if each.step.pk == step), None)
        hazard = self.record
        papers = papers_of(self.actor, enterprise_id=hazard.enterprise_id, kind=orders.KIND, ids=[hazard.pk])
        if self.request.method == "POST":  # the same form again finds its paper
            key = key_of(self.request.POST.get(FORM_KEY)) or ""
            papers = [each for each in papers if not key or each.form_key != key]
        waiting = decisions.without_paper(hazard, papers)
        return waiting[0] if waiting else None

    @property
    def is_opinion(self) -> bool:
        return self.decision is not None and self.decision.form is OPINION

    def get_title(self) -> Words:
        if self.corrects:
            return _("Correct %(number)s") % {"number": self.corrects}
        return self.decision.form.title if self.decision else _("Papers")

    @property
    def submit_label(self) -> Words:  # type: ignore[override]
        return _("Issue the correction") if self.corrects else _("Issue the paper")

    def get_refusal(self) -> Words:
        """Return why no paper can be issued here."""
        if self.corrects and (words := refusal_to_change(self.actor, self.corrects)):
            return words
        return "" if self.decision and not self.record.is_voided else str(decisions.NOTHING)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "is_opinion": self.is_opinion,
            "numbers": accounts.police_numbers(self.actor) if self.is_opinion else [],
            "corrects": self.corrects,
        }

    def get_initial(self) -> dict[str, Any]:
        initial = super().get_initial()
        if self.decision is None:
            return initial
        if self.corrects:
            data = self.corrects.data
            officers = [orders.Officer(**each) for each in data["officers_named"]]
            initial |= {name: data[name] for name in ("finding", "basis")}
            return initial | {"with_photos": bool(data["photos"])} | named_in(officers)
        step = self.decision.step
        numbers = orders.numbers_of(self.actor, [step.actor_name])
        officers = [orders.Officer(step.actor_name, numbers.get(step.actor_name, ""))]
        return initial | {
            "finding": step.reason or decisions.FINDINGS[step.act],
            "basis": decisions.BASES[self.decision.form.code],
            **named_in(officers),
        }

    def perform(self, form: BaseForm) -> Paper:
        given = form.cleaned_data
        return decisions.issue_decision(
            actor=self.actor,
            hazard_id=self.record.pk,
            step_id=self.decision.step.pk if self.decision else 0,
            finding=given["finding"],
            basis=given["basis"],
            officers=officers_in(given),
            with_photos=given.get("with_photos", False),
            form_key=key_of(given.get(FORM_KEY)) or "",
            corrects=self.corrects,
            reason=given.get("reason", ""),
        )

    def get_success_url(self) -> str:
        return reverse("papers:paper", args=[self.result.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            corrects=self.corrects,
            decision=self.decision,
            no_letterhead="" if letterhead_of(self.actor.station_id) else NO_LETTERHEAD,
            may_fill_in=allows(self.actor, Permission.CHANGE_LETTERHEAD),
            **context,
        )


class HazardCover(OfFact, MadeFile):
    """Cover and contents of the hazard's file, made anew."""

    permission = Permission.VIEW_REGISTER

    def get_name(self) -> str:
        return f"{COVER.official_title} {self.record.pk}"

    def make(self, record: Any) -> bytes:
        return make_listing(self.actor, COVER, cover_of(self.actor, record))
