"""The pages that change a record: its correction, the correction of one step, voiding, and each act of its life."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts import four_eyes
from facts.access import Verb, sibling
from facts.corrections import not_correctable, watched
from facts.lives import Act
from facts.operations import VOIDED, correct_step
from facts.own import refusal_of_own
from facts.selectors import log_of
from facts.staff.forms import CorrectStepForm
from facts.staff.history import differences
from facts.staff.views import OfFact
from facts.steps import Course, acts_among, steps_of
from foundation.accounts import audit_words
from foundation.ui.forms import ReasonForm
from foundation.ui.views import (
    ActPage,
    EditPage,
)
from foundation.words import Words


class FactCorrect(OfFact, EditPage):
    """A correction, with its reason."""

    tries_out = True
    title = gettext_lazy("Correct the record")
    text = gettext_lazy(
        "The old and new values, your name and the reason are kept in the audit log. Published "
        "ratings do not change automatically."
    )
    stepped_text = gettext_lazy(
        "Correct only what was never true: past days change with it. What happened later (sent back, reopened, extended) "
        "is an act of its own, on the page of the record, and the day of such an act is corrected there too. The old and "
        "new values, your name and the reason are kept in the audit log. Published ratings do not change automatically."
    )
    own_text = gettext_lazy(
        "The old and new values, your name and the reason stay in the history of the record."
    )
    submit_label = gettext_lazy("Save the correction")
    done_text = gettext_lazy("The record was corrected. The old values are kept in the audit log.")

    def get_text(self) -> Words:
        if self.actor.is_enterprise:
            return self.own_text
        return self.stepped_text if self.pages.model.stepped else self.text

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED, messages.WARNING)
        if self.actor.is_enterprise and (words := refusal_of_own(self.actor, self.record)):
            return self.leave(self.get_back_url(), words, messages.WARNING)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED, messages.WARNING)
        return super().post(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return self.pages.form_classes[1]

    def get_form(self, form_class: Any = None) -> BaseForm:
        """Return the form without what a correction cannot change."""
        form = super().get_form(form_class)
        record = self.record
        known = {name: getattr(record, name) for name in watched(type(record))}
        for name in not_correctable(record, known, Course(record).set_by_acts()):
            form.fields.pop(name, None)
        return form

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def perform(self, form: BaseForm) -> Any:
        return self.pages.operations.correct(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            reason=form.cleaned_data.get("reason", ""),
            **self.values(form),
        )

    def differences(self, form: BaseForm) -> Sequence[tuple[Words, Words, Words]]:
        return differences(self.record, self.values(form))


class FactCorrectStep(OfFact, ActPage):
    """The correction of one step of a record: it was on another day, or never happened."""

    form_class = CorrectStepForm
    tries_out = True
    title = gettext_lazy("Correct a step")
    text = gettext_lazy(
        "For a mistake. The step stays in the record with your name and the reason. Published ratings do not change "
        "automatically."
    )
    submit_label = gettext_lazy("Save the correction")
    done_text = gettext_lazy("The step was corrected.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.actor is not None and self.request.actor.is_enterprise:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def steps(self) -> list[tuple[int, str]]:
        """The steps that can be corrected, newest first, in words."""
        life = self.pages.life
        assert life
        return [
            (step.pk, f"{life.acts[step.act].past} · {step.on}")
            for step in acts_among(steps_of(self.record))
            if step.act in life.acts
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"steps": self.steps}

    def get_refusal(self) -> Words:
        if self.record.is_voided:
            return VOIDED
        return "" if self.steps else _("No step was recorded. Correct the record instead.")

    def perform(self, form: BaseForm) -> Any:
        return correct_step(
            actor=self.actor,
            permission=sibling(self.pages.permission, Verb.CORRECT),
            model=self.pages.model,
            id=self.record.pk,
            version=self.version(form),
            **self.values(form),
        )


class FactVoid(OfFact, ActPage):
    """Voiding, with its reason."""

    form_class = ReasonForm
    tries_out = True
    title = gettext_lazy("Void this record?")
    text = gettext_lazy(
        "A voided record disappears from all lists and figures at once but stays in the audit "
        "log. This cannot be undone; if the record was right after all, enter it again."
    )
    own_text = gettext_lazy(
        "It disappears from all lists and figures at once but stays in the log, with your reason. This cannot be "
        "undone; if it was right after all, enter it again."
    )
    submit_label = gettext_lazy("Void the record")
    done_text = gettext_lazy("The record was voided.")
    danger = True

    def get_refusal(self) -> Words:
        if self.record.is_voided:
            return _("This record has already been voided.")
        if self.actor.is_enterprise:
            return refusal_of_own(self.actor, self.record)
        return four_eyes.refusal(self.actor, self.record)

    def get_title(self) -> Words:
        return _("Withdraw this record?") if self.actor.is_enterprise else self.title

    def get_done_text(self) -> Words:
        return _("The record was withdrawn.") if self.actor.is_enterprise else self.done_text

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"submit_label": _("Withdraw"), "text": self.own_text} if self.actor.is_enterprise else {}
        return super().get_context_data(**own, **context)

    def perform(self, form: BaseForm) -> Any:
        return self.pages.operations.void(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class FactAct(OfFact, ActPage):
    """One act of the kind's life, with the texts for the record's state."""

    act: Act = None  # type: ignore[assignment]  # given by FactPages.urls()
    form_class = forms.Form
    tries_out = True
    in_dialog = True  # over the page of the record; False: on a page of its own

    @property
    def wording(self) -> Any:
        return self.act.wording_for(self.record.state)

    def get_title(self) -> Words:
        return self.wording.title or self.wording.label

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        for ask in self.wording.asks:
            if field := ask.field_for(self.record, self.actor):
                form.fields[ask.name] = field
        return form

    def get_refusal(self) -> Words:
        life = self.pages.life
        return life.refusal(self.act, self.record, self.actor) if life else ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.act.is_done(self.record.state):  # sent twice, or somebody was quicker
            self.is_taken = self.made_present_version()
            return self.leave(self.get_back_url(), self.get_done_words())
        return super().post(request, *args, **kwargs)

    def get_done_words(self) -> Words:
        """Return that the act has been done, and by whom if the actor may read the log."""
        life = self.pages.life
        assert life
        actions = [life.action(act) for act in life.acts.values()]
        entry = log_of(self.actor, self.record).filter(action__in=actions).first()
        if entry is None or entry.action != life.action(self.act):  # something else led to this state
            return self.get_refusal()
        return f"{self.act.past} · {audit_words.who(entry)}"

    def perform(self, form: BaseForm) -> Any:
        assert self.pages.life
        operation = self.pages.life.operations[self.act.code]
        return operation(actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form))

    def get_done_text(self) -> Words:
        return self.act.done

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        wording = self.wording
        text = wording.text
        if self.actor.is_enterprise and wording.own_text:
            text = str(wording.own_text) % {"today": date_format(timezone.localdate(), "Y-m-d")}
        return super().get_context_data(
            **{"text": text, "submit_label": wording.label, "danger": self.act.danger, **context}
        )
