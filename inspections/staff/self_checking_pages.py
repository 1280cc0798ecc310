"""The self-check by list, for an enterprise's people on a phone: a few items, one tap each."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, own_inactivity
from facts.lives import AWAY
from facts.staff.views import FactCreate, FactList, FactRecord
from foundation.faults import by_field
from foundation.ui.forms import day_field, renew, take_errors, today_field
from inspections.checklists.answering import LISTS
from inspections.checklists.content import Question
from inspections.choices import CheckTarget
from inspections.models import SelfCheck
from inspections.self_checking import (
    PROPOSED_DAYS,
    SEEN_ON_A_WALK,
    Said,
    ShortList,
    answers_of_self_check,
    create_self_check_by_list,
    short_list,
)
from inspections.staff.checking_forms import LONGEST_LISTS, read_lists, write_lists

PER_ITEM = ("answer", "note", "place", "due_on", "photo")
TARGET = "target"


def photo_field(label: Any) -> forms.FileField:
    """Return a field for one photo, which a phone takes with its camera."""
    return forms.FileField(
        label=label,
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class SelfCheckingForm(forms.Form):
    """The answers to the items of a self-check. The fields of an item are named ``<field>-<code>``."""

    use_required_attribute = False

    checked_on = today_field(_("Checked on"))
    checked_by = forms.CharField(label=_("Checked by"), max_length=80, required=False)
    photo = photo_field(_("Photo of the check"))
    lists = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_LISTS)

    def __init__(self, *args: Any, asked: Sequence[Question], actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = asked
        due_on = timezone.localdate() + dt.timedelta(days=PROPOSED_DAYS)
        for each in asked:
            choices = [("", ""), *((option.value, option.label) for option in each.options)]
            named = f"{each.code} {each.words}"
            self.fields |= {
                f"answer-{each.code}": forms.ChoiceField(label=named, choices=choices, required=False),
                f"note-{each.code}": forms.CharField(label=_("Note"), max_length=2000, required=False),
                f"place-{each.code}": forms.CharField(label=_("Place"), max_length=160, required=False),
                f"due_on-{each.code}": day_field(_("To be rectified by"), required=False, initial=due_on),
                f"photo-{each.code}": photo_field(_("Photo")),
            }

    def rows(self) -> list[dict[str, Any]]:
        """Return each item with its fields, as the page shows it."""
        return [
            {
                "number": number,
                "question": each,
                "errors": [error for name in PER_ITEM for error in self[f"{name}-{each.code}"].errors],
                **{name: self[f"{name}-{each.code}"] for name in PER_ITEM},
            }
            for number, each in enumerate(self.asked, 1)
        ]

    def said(self) -> dict[str, Said]:
        """Return what was answered. What has a fault counts as empty."""
        data = self.cleaned_data
        return {
            each.code: Said(
                answer=data.get(f"answer-{each.code}") or "",
                note=data.get(f"note-{each.code}") or "",
                place=data.get(f"place-{each.code}") or "",
                due_on=data.get(f"due_on-{each.code}"),
                photo=data.get(f"photo-{each.code}"),
            )
            for each in self.asked
        }

    def title_of(self, name: str) -> str:
        """Return of which item a field is, for the summary of errors."""
        kind, _dash, key = name.partition("-")
        return key if kind in PER_ITEM and kind != "answer" else ""


class SelfCheckByList(FactCreate):
    """A self-check by list. The police, who enter one from paper, are led to the plain form."""

    title = _("Self-check by list")
    template_name = "inspections/self_checking.html"
    tries_out = False  # a photo is read once

    def get_title(self) -> Any:
        return self.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.actor.is_enterprise:
            return self.go(self.pages.url("create"))
        if own_inactivity(self.actor) is not None:
            return self.leave(self.get_back_url(), AWAY)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.actor.is_enterprise:  # the plain form refuses what was shown under another role
            answer: Any = FactCreate.as_view(pages=self.pages)(request, *args, **kwargs)
            return answer
        return super().post(request, *args, **kwargs)

    @cached_property
    def enterprise(self) -> Enterprise:
        return get_enterprise(self.actor, self.actor.enterprise_id)

    @cached_property
    def target(self) -> str:
        """What is checked; the URL names another than all of it."""
        return self.one_of(TARGET, CheckTarget.values, CheckTarget.GENERAL)

    @cached_property
    def short(self) -> ShortList:
        return short_list(self.actor, self.enterprise, self.target)

    def get_form_class(self) -> Any:
        return SelfCheckingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asked": self.short.questions}

    def get_initial(self) -> dict[str, Any]:
        return {"checked_by": self.actor.name, LISTS: write_lists(self.short.lists)}

    def values(self, form: Any) -> dict[str, Any]:
        kept = ("checked_on", "checked_by", "external_key")
        return {name: value for name, value in super().values(form).items() if name in kept}

    def perform(self, form: Any) -> SelfCheck:
        return create_self_check_by_list(
            actor=self.actor,
            enterprise_id=self.enterprise.pk,
            target=self.target,
            lists=read_lists(form.cleaned_data.get(LISTS) or ""),
            said=form.said(),
            photo=form.cleaned_data.get("photo"),
            **self.values(form),
        )

    def take_errors(self, form: Any, error: ValidationError) -> None:
        found: dict[str, Any] = {}
        for name, problems in by_field(error).items():
            at = self.field_of(form, name) or NON_FIELD_ERRORS
            found.setdefault(at, []).extend(problems if isinstance(problems, list) else [problems])
        if LISTS in found:
            found.setdefault(NON_FIELD_ERRORS, []).extend(found.pop(LISTS))
            renew(form, LISTS, write_lists(self.short.lists))
        take_errors(form, ValidationError(found))

    def field_of(self, form: Any, name: str) -> str | None:
        """Return the field of the form for a fault of the operation; None: it stands above the form."""
        place, dot, field = name.rpartition(".")
        if not dot:
            return name if name in form.fields else None
        field = {"description": "note"}.get(field, field)
        code = place.partition("-")[2]
        found = f"{field}-{code}" if field in PER_ITEM else f"answer-{code}"
        return found if found in form.fields else None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form: Any = context.pop("form", None) or self.get_form()
        return super().get_context_data(
            form=form,
            rows=form.rows(),
            targets=[(each, each == self.target) for each in SEEN_ON_A_WALK],
            plain_url=self.pages.url("create"),
            **context,
        )


class SelfCheckList(FactList):
    """The self-checks. An enterprise's people begin a new one by list."""

    def get_create_url(self) -> str:
        return self.pages.url("by_list") if self.actor.is_enterprise else super().get_create_url()


class SelfCheckRecord(FactRecord):
    """A self-check, with its answers if it was made by list."""

    template_name = "inspections/self_check.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        answers = answers_of_self_check(self.actor, self.record)
        return super().get_context_data(answers=answers, **context)
