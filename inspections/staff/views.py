"""Pages of inspections and self-checks; those of hazards are in hazard_pages."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.selectors import own_inactivity
from facts.models import Fact
from facts.staff.changing import FactCorrect, FactVoid
from facts.staff.pages import FactPages, Tab
from facts.staff.views import FactCreate, FactList, FactRecord
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.deadlines.views import CountForm
from foundation.faults import by_field
from foundation.ui.forms import take_errors
from foundation.ui.views import Button
from foundation.words import Words
from inspections import operations
from inspections.access import Permission
from inspections.checkins.selectors import check_in_of
from inspections.checklists.answering import answers_of, record_of
from inspections.checklists.content import Answered, in_language
from inspections.field.arriving import FromPhone
from inspections.first_deadline import Suggestion, suggestion
from inspections.items import Items, items_in_force
from inspections.lives import HAZARD_LIFE, OBSTRUCTION_LIFE
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection, SelfCheck
from inspections.obstructing import obstructions_of
from inspections.photos import pictures_of
from inspections.seen_again import hazards_seen_again
from inspections.selectors import ANSWERED_WITHIN, hazards_of, voided_of
from inspections.staff import forms, tables
from inspections.staff.afterwards import (
    Afterwards,
    add_corrections,
    afterwards_of,
    afterwards_urls,
    changed_conclusion,
    may_sign,
)
from inspections.staff.checking_pages import ChecklistInspection
from inspections.staff.checklist_pages import checklist_urls
from inspections.staff.failing_pages import FailingPage
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.obstruction_pages import obstruction_link
from inspections.staff.own_pages import own_urls
from inspections.staff.plan_pages import approval_of
from inspections.staff.reply_pages import reply_urls
from inspections.staff.self_checking_pages import SelfCheckByList, SelfCheckList, SelfCheckRecord

PICTURES = 3  # of a hazard on its inspection's page


class InspectionCreate(FactCreate):
    """A new inspection with the hazards it found, saved together."""

    template_name = "inspections/new_inspection.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "row" in request.GET:
            return self.hazard_row(request.GET["row"])
        return super().get(request, *args, **kwargs)

    def hazard_row(self, text: str) -> HttpResponse:
        """Return one more empty row for a hazard, with the formset's updated counters."""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        number = max(0, min(number, forms.MOST_HAZARDS - 1))
        prefix = f"{forms.PREFIX}-{number}"
        row = forms.HazardRowForm(
            prefix=prefix, empty_permitted=True, use_required_attribute=False, suggest=self.suggest
        )
        context = {"row": row, "number": number, "next": number + 1, "most": forms.MOST_HAZARDS}
        return render(self.request, "inspections/_more_hazards.html", context)

    @cached_property
    def items(self) -> Items:
        return items_in_force(self.actor)

    def suggest(self, item: str, day: str) -> Suggestion:
        """Return what is proposed for a hazard of this inspection; as long as no day is typed, for one found today."""
        asked = CountForm({"start": day or self.request.GET.get("inspected_on", "")})
        found_on = asked.cleaned_data["start"] if asked.is_valid() else None
        key = (item if self.items.named(item) else "", found_on)
        if key not in self.suggested:
            self.suggested[key] = suggestion(self.actor, self.items, *key)
        return self.suggested[key]

    @cached_property
    def suggested(self) -> dict[tuple[str, dt.date | None], Suggestion]:
        """What was proposed already: most rows have no item of their own."""
        return {}

    def get_parts(self) -> dict[str, Any]:
        data = self.request.POST if self.request.method == "POST" else None
        options = {"suggest": self.suggest, "items": self.items}
        return {"hazards": forms.HazardFormSet(data, prefix=forms.PREFIX, form_kwargs=options)}

    def perform(self, form: Any) -> Inspection:
        hazards = self.parts["hazards"].values()
        return operations.create_inspection(
            actor=self.actor, enterprise_id=form.enterprise_id, hazards=hazards, **self.values(form)
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        hazards = self.parts["hazards"]
        rest = {
            name or NON_FIELD_ERRORS: problems
            for name, problems in by_field(error).items()
            if not hazards.take_error(name, problems)
        }
        if rest:
            take_errors(form, ValidationError(rest))


class Answers:
    """The answers of an inspection as its page shows them: counted, and by section."""

    def __init__(self, items: list[CheckedItem]) -> None:
        self.items = items

    @property
    def figures(self) -> list[tuple[str, Words, int]]:
        """The code, the words and the number of each answer that was given, then of what was left open."""
        counts = Counter(each.answer for each in self.items)
        given = [(each.value, each.label, counts[each]) for each in Answered]
        return [*given, ("", _("Not answered"), counts[""])]

    @property
    def sections(self) -> list[tuple[str, list[CheckedItem], int]]:
        """Each section with its answers and how many of them failed."""
        found: dict[str, list[CheckedItem]] = {}
        for each in self.items:
            found.setdefault(in_language(each.section, each.section_en), []).append(each)
        return [
            (section, items, sum(each.answer == Answered.FAIL for each in items))
            for section, items in found.items()
        ]

    @property
    def failed_words(self) -> Words:
        return Answered.FAIL.label


class InspectionRecord(FactRecord):
    """An inspection with the hazards it found."""

    template_name = "inspections/inspection.html"

    @cached_property
    def found(self) -> list[Hazard]:
        """The hazards it found."""
        return hazards_of(self.actor, self.record)

    @cached_property
    def checked(self) -> CheckRecord | None:
        """What was recorded with its checklists; None if it had none."""
        return record_of(self.actor, self.record)

    @cached_property
    def items(self) -> list[CheckedItem]:
        """The answers to its checklists."""
        return answers_of(self.actor, self.record) if self.checked else []

    @cached_property
    def after(self) -> Afterwards:
        """Its signatures, papers and replies."""
        return afterwards_of(self.actor, self.record, self.checked, self.items, self.found)

    @property
    def is_recent(self) -> bool:
        """Whether somebody still asks for what is missing: not of old and imported inspections."""
        return timezone.localdate() - self.record.inspected_on <= ANSWERED_WITHIN

    def get_buttons(self) -> list[Button]:
        """Return first what is to be done next: a recent inspection that nobody signed is signed."""
        found = super().get_buttons()
        if self.is_recent and may_sign(self.actor, self.record) and self.after.signing is None:
            url = reverse("inspections:inspection_sign", args=[self.record.pk])
            found.insert(0, Button(_("Sign, or add the signed paper"), url, "signature", dialog=False))
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found, checked, items = self.found, self.checked, self.items
        pictures = pictures_of(found)
        hazards = [
            {
                "hazard": each,
                "state": each.state,
                "tone": HAZARD_LIFE.tone(each.state),
                "pictures": pictures.get(each.pk, ())[:PICTURES],
                "more": max(len(pictures.get(each.pk, ())) - PICTURES, 0),
            }
            for each in found
        ]
        without = "" if hazards else self.get_without()
        add_corrections(self.actor, self.record, items)
        lacking = self.add_lacking_hazards(items, found)
        obstructed = [
            (each, OBSTRUCTION_LIFE.tone(each.state)) for each in obstructions_of(self.actor, self.record)
        ]
        return super().get_context_data(
            hazards=hazards,
            seen_again=[
                (act, each, HAZARD_LIFE.tone(each.state))
                for act, each in hazards_seen_again(self.actor, self.record, self.log)
            ],
            without=without,
            checked=checked,
            from_phone=FromPhone.of(self.actor, self.record) if checked else None,
            answered=Answers(items) if checked else None,
            lacking=lacking,
            after=self.after,
            is_recent=self.is_recent,
            may_sign=may_sign(self.actor, self.record),
            may_correct=allows(self.actor, Permission.CORRECT_INSPECTIONS) and not self.record.is_voided,
            concluded=changed_conclusion(self.log),
            check_in=check_in_of(self.actor, self.record.pk),
            obstructed=obstructed,
            **approval_of(self.actor, self.record),
            **context,
        )

    def add_lacking_hazards(self, items: list[CheckedItem], found: list[Hazard]) -> list[CheckedItem]:
        """Return the failed items without a hazard, as a correction leaves them, each with ``add_url`` to record one."""
        known = {each.item_code for each in found} | {each.item for each in found}
        lacking = []
        for each in items:
            if each.answer != Answered.FAIL or each.hazard_id:
                continue
            if each.code in known or each.question.hazard_words in known:
                continue
            more = urlencode({"inspection": self.record.pk, "item": each.question.hazard_words})
            button = _add_hazard(
                self.actor, self.record, _("Record the hazard"), self.record.inspected_on, f"&{more}"
            )
            each.add_url = button[0].url if button and not self.record.is_voided else ""  # type: ignore[attr-defined]  # for the page
            lacking.append(each)
        return lacking

    def get_without(self) -> Words:
        """Return why no hazard is listed: none was found, or all were voided, with the inspection or one by one."""
        voided = voided_of(self.actor, self.record)
        if not voided:
            return _("This inspection found no hazards.")
        if number := sum(each.voided_at == self.record.voided_at for each in voided):
            words = ngettext(
                "%(number)d hazard was voided with this inspection.",
                "%(number)d hazards were voided with this inspection.",
                number,
            )
        else:
            number = len(voided)
            words = ngettext(
                "%(number)d hazard of this inspection was voided.",
                "%(number)d hazards of this inspection were voided.",
                number,
            )
        return words % {"number": number}


class InspectionCorrect(FactCorrect):
    """Says before which hazards have the day of the inspection, and move with it."""

    def get_text(self) -> Words:
        day = self.record.inspected_on
        found = [str(each) for each in hazards_of(self.actor, self.record) if each.found_on == day]
        if not found:
            return super().get_text()
        words = _("If you change the day, the hazards found on it move with it: %(hazards)s.")
        return f"{words % {'hazards': '; '.join(found)}} {super().get_text()}"


class InspectionVoid(FactVoid):
    """Offers to void also the hazards found, closed ones too, and lists them."""

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        found = hazards_of(self.actor, self.record)
        if found and allows(self.actor, Permission.CORRECT_HAZARDS):
            listed = format_html_join("", "<li>{} · {}</li>", [[each, each.state.label] for each in found])
            form.fields["hazards_too"] = django_forms.BooleanField(
                label=_("Void its hazards too"),
                required=False,
                initial=True,
                help_text=format_html(
                    '{}<ul class="mb-0">{}</ul>', _("Those that stay keep counting, closed ones too:"), listed
                ),
            )
        return form


class InspectionList(FactList):
    """The inspections, with the ways to record one."""

    template_name = "inspections/inspections.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "may_check": allows(self.actor, Permission.RECORD_INSPECTIONS),
            "may_answer": allows(self.actor, Permission.ANSWER_COMPLAINTS),
            "may_compare": allows(self.actor, Permission.VIEW_FIGURES),
        }


class InspectionPages(FactPages):
    """Police inspections; a new one is recorded together with the hazards it found."""

    model, permission, icon = Inspection, Permission.VIEW_INSPECTIONS, "clipboard-check"
    noun, nouns = "inspection", "inspections"
    tab = Tab("work", _("Police inspections"), order=1)
    fields = ("inspected_on", "kind", "conclusion", "inspectors", "note")
    half = ("inspected_on", "kind", "conclusion", "inspectors")
    new_form, correction_form = forms.NewInspectionForm, forms.InspectionCorrectionForm
    table, filter = tables.InspectionTable, tables.InspectionFilter
    writes = operations.INSPECTION_WRITES
    list_view, create_view, record_view = InspectionList, InspectionCreate, InspectionRecord
    correct_view, void_view = InspectionCorrect, InspectionVoid

    title = _("Inspections")
    new_label = _("Record an inspection")
    saved = _("The inspection was recorded.")
    empty_title = _("No inspections yet")
    empty_text = _("Record the first one. Whatever it finds becomes a hazard with a deadline.")

    def urls(self) -> list[URLPattern]:
        check = ChecklistInspection.as_view(pages=self, permission=Permission.RECORD_INSPECTIONS)
        return [
            path("check/", check, name="inspection_check"),
            *checklist_urls(failing=FailingPage),
            *afterwards_urls(self),
            *own_urls(self),
            *reply_urls(self),
            *super().urls(),
        ]

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"inspected_on": timezone.localdate(), "inspectors": actor.name}

    def links(self, actor: Actor, fact: Inspection) -> list[Button]:
        hazard = _add_hazard(actor, fact, _("Add a hazard"), fact.inspected_on, f"&inspection={fact.pk}")
        return [replace(each, is_primary=False) for each in hazard] + obstruction_link(actor, fact)

    def summary(self, fact: Inspection) -> dict[str, Any]:
        if not fact.conclusion:
            return {}
        return {"state": fact.get_conclusion_display(), "tone": tables.CONCLUSION_TONES[fact.conclusion]}


class SelfCheckPages(FactPages):
    """Self-checks, entered by the enterprise in its portal or by an officer from a paper form."""

    model, permission, icon = SelfCheck, Permission.VIEW_SELF_CHECKS, "checklist"
    prefix, noun, nouns = "self-checks/", "self_check", "self_checks"
    tab = Tab("work", _("Self-checks"), order=2)
    fields = ("checked_on", "target", "checked_by", "findings", "note")
    half = ("checked_on", "target", "checked_by")
    portal_fields = operations.OWN_SELF_CHECK
    table, filter = tables.SelfCheckTable, tables.SelfCheckFilter
    writes = operations.SELF_CHECK_WRITES
    list_view, record_view = SelfCheckList, SelfCheckRecord

    title = _("Self-checks")
    new_label = _("Record a self-check")
    saved = _("The self-check was recorded.")
    empty_title = _("No self-checks yet")
    empty_text = _("At least one self-check a week and forty a year are expected.")

    def urls(self) -> list[URLPattern]:
        by_list = SelfCheckByList.as_view(pages=self, permission=Permission.RECORD_SELF_CHECKS)
        return [path(f"{self.prefix}by-list/", by_list, name="self_check_by_list"), *super().urls()]

    def initial(self, actor: Actor) -> dict[str, Any]:
        return super().initial(actor) | ({"checked_by": actor.name} if actor.is_enterprise else {})

    def links(self, actor: Actor, fact: SelfCheck) -> list[Button]:
        return _add_hazard(actor, fact, _("Report a hazard it found"), fact.checked_on)


def _add_hazard(actor: Actor, fact: Fact, label: Any, found_on: dt.date, more: str = "") -> list[Button]:
    """Return a button to record a hazard found by this inspection or self-check, on its day."""
    if not allows(actor, Permission.RECORD_HAZARDS) or own_inactivity(actor):
        return []
    url = f"{HazardPages().url('create')}?enterprise={fact.enterprise_id}&found_on={found_on}{more}"
    return [Button(label, url, "plus", dialog=False)]
