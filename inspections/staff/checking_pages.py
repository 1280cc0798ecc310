"""The page on which officers answer checklists at an enterprise, made for a phone in one hand."""

import datetime as dt
import hashlib
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.models import Fact
from facts.operations import FROM_A_FORM, lock_enterprise
from facts.selectors import enterprise_or_none
from facts.staff.views import FactCreate
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.database.once import asking_once
from foundation.deadlines.selectors import changes_of
from foundation.faults import by_field
from foundation.ids import id_of
from foundation.ui.forms import FORM_KEY, GUARDS, key_of, renew, take_errors
from foundation.words import between_sentences, labelled
from inspections import operations
from inspections.accepting import own_report
from inspections.checkins.selectors import expected
from inspections.checklists.answering import (
    answers_of,
    eligible_officers,
    open_from_before,
    reworded,
    with_unasked,
)
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Answered, Content, ListKind, Question, together
from inspections.checklists.publishing import Version, versions_in_force
from inspections.checklists.reading_ahead import read_ahead
from inspections.deadlines import proposal
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Inspection
from inspections.staff.checking_forms import (
    FORMER,
    LISTS,
    LONGEST_LISTS,
    CheckingForm,
    ChooseForm,
    read_lists,
    read_said,
    write_lists,
)

CLOSING = HAZARD_LIFE.acts["close"]
ENTERPRISE = "enterprise"


def why_not_close(actor: Actor, hazard: Hazard) -> str:
    """Return why the actor cannot close a hazard now, as far as its own columns say; the operation asks its log, too."""
    return HAZARD_LIFE.refusal(CLOSING, hazard, actor, own_report)


def proposals(actor: Any, day: dt.date | None = None) -> Any:
    """Return a function from item and severity to the deadline that is proposed from a day, or today. One query."""
    today, changes = day or timezone.localdate(), changes_of(actor)

    @cache
    def last_on(is_major: bool, days: int | None) -> dt.date | None:
        return proposal(actor, today, is_major=is_major, days=days, changes=changes).last_on

    def due(question: Question, is_major: bool) -> dt.date | None:
        return last_on(is_major, question.days)

    return due


def day_of(text: str) -> dt.date | None:
    """Return the day that a form says; None for anything else, and for a day to come, on which nobody has inspected."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= timezone.localdate() else None


class ChecklistInspection(FactCreate):
    """A new inspection by its checklists: choose the enterprise, answer, record."""

    title = _("Inspect by checklist")
    template_name = "inspections/checking.html"

    @cached_property
    def enterprise(self) -> Enterprise | None:
        return self.asked_enterprise()

    @cached_property
    def kinds(self) -> list[ListKind]:
        """The checklists named in the URL, else those that are proposed for the enterprise."""
        named = [kind for kind in ListKind if kind.value in self.request.GET.getlist("list")]
        return named or (lists_for(self.enterprise) if self.enterprise else [])

    @cached_property
    def versions(self) -> dict[ListKind, Version]:
        return versions_in_force(self.actor, self.kinds)

    @cached_property
    def content(self) -> Content:
        return together(each.content for each in self.versions.values())

    @cached_property
    def former(self) -> str:
        """The versions on which the answers that were sent began, as a form carries them."""
        sent = self.request.POST
        named = read_lists(f"{sent.get(FORMER, '')} {sent.get(LISTS, '')}"[: 2 * LONGEST_LISTS])
        replaced = [each for each in dict.fromkeys(named) if each not in self.numbers.items()]
        return write_lists(replaced)

    @cached_property
    def content_with_answers(self) -> Content:
        """What is asked, and what is no longer asked but was answered with something that must not get lost."""
        said = read_said(self.request.POST)
        return with_unasked(self.actor, self.content, read_lists(self.former), said)

    @property
    def unasked(self) -> list[Question]:
        return self.content_with_answers.questions[len(self.content.questions) :]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if enterprise_or_none(self.actor, self.given(ENTERPRISE)):
            return super().get(request, *args, **kwargs)
        return self.choose(ChooseForm(request.GET if ENTERPRISE in request.GET else None, actor=self.actor))

    def choose(self, form: ChooseForm) -> HttpResponse:
        """Ask for the enterprise, or lead to the only one that fits what was typed and not picked."""
        if form.is_valid():
            query = self.request.GET.copy()
            query[ENTERPRISE] = str(form.cleaned_data[ENTERPRISE].pk)
            return HttpResponseRedirect(f"{self.request.path}?{query.urlencode()}")
        self.enterprise = None
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.given(ENTERPRISE):
            return self.leave(self.request.path, _("Choose the enterprise."))
        with asking_once():  # the form and the operation ask for the same
            self.enterprise = lock_enterprise(self.actor, id_of(self.given(ENTERPRISE)) or 0)
            key, day = key_of(request.POST.get(FORM_KEY, "")), day_of(request.POST.get("inspected_on", ""))
            if day:
                read_ahead(self.actor, self.enterprise, self.kinds, f"{FROM_A_FORM}{key}" if key else "", day)
            return super().post(request, *args, **kwargs)

    def get_title(self) -> Any:
        return self.enterprise.name if self.enterprise else self.title

    def get_form_class(self) -> Any:
        return CheckingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.enterprise
        options = super().get_form_kwargs()
        del options["actor"]
        hazards = open_from_before(self.actor, self.enterprise)
        return options | {
            "content": self.content_with_answers,
            "officers": self.people,
            "due": proposals(self.actor),
            "seen": [(each, why_not_close(self.actor, each)) for each in hazards],
        }

    @cached_property
    def people(self) -> list[User]:
        """Who may be named as having inspected."""
        assert self.enterprise
        return eligible_officers(self.actor, self.enterprise.pk)

    def get_initial(self) -> dict[str, Any]:
        """Begin, as on the phone, with who checked in at the door or was planned for today, and for what."""
        assert self.enterprise
        initial = {"officers": [self.actor.user_id], LISTS: write_lists(self.numbers.items())}
        if self.request.method == "POST":
            return initial
        coming = expected(self.actor, [self.enterprise.pk]).get(self.enterprise.pk)
        if coming is None or coming.on != timezone.localdate():
            return initial
        there = {each.pk for each in self.people} & {*coming.officers}
        return initial | {"kind": coming.kind, **({"officers": sorted(there)} if there else {})}

    @property
    def numbers(self) -> dict[ListKind, int]:
        return {kind: version.number for kind, version in self.versions.items()}

    def perform(self, form: Any) -> Inspection:
        assert self.enterprise
        return operations.create_inspection(
            actor=self.actor, enterprise_id=self.enterprise.pk, **self.values(form)
        )

    def hash_of_input(self, form: BaseForm) -> str:
        """Return a hash of what was sent, whatever is asked by now: a phone may send it again after a new version."""
        left_out = GUARDS | {"csrfmiddlewaretoken"}
        given = self.request.POST
        sent = sorted((name, given.getlist(name)) for name in given if name not in left_out)
        return hashlib.sha256(repr(sent).encode()).hexdigest()

    def differs(self, form: BaseForm, fact: Fact) -> bool:
        """Return whether something else was answered than what is recorded."""
        assert isinstance(fact, Inspection)
        return super().differs(form, fact) or any(
            form.data.get(f"answer-{each.code}", "") != each.answer
            or form.data.get(f"note-{each.code}", "").strip() != each.note
            for each in answers_of(self.actor, fact)
        )

    def take_errors(self, form: Any, error: ValidationError) -> None:
        found: dict[str, Any] = {}
        for name, problems in by_field(error).items():
            found.setdefault(form.field_of(name) or NON_FIELD_ERRORS, []).extend(
                problems if isinstance(problems, list) else [problems]
            )
        if LISTS in found:  # said above the form, which now asks what is in force
            found.setdefault(NON_FIELD_ERRORS, []).extend(found.pop(LISTS))
            found[NON_FIELD_ERRORS] += [self.kept_text(form, each) for each in self.unasked]
            found[NON_FIELD_ERRORS] += self.ask_anew(form)
            renew(form, LISTS, write_lists(self.numbers.items()))
            renew(form, FORMER, self.former)
        take_errors(form, ValidationError(found))

    def ask_anew(self, form: CheckingForm) -> list[str]:
        """Take back the answers to what is asked in other words by now, and return which; notes stay."""
        texts = []
        for question in reworded(self.actor, self.content, read_lists(form.data.get(LISTS, ""))):
            name = f"answer-{question.code}"
            if not (answer := form[name].value()):
                continue
            words = (
                _("Asked in other words now, answer it anew (it had failed): %(ask)s")
                if answer == Answered.FAIL
                else _("Asked in other words now, answer it anew: %(ask)s")
            )
            texts.append(words % {"ask": question.words})
            renew(form, name, "")
        return texts

    def kept_text(self, form: CheckingForm, question: Question) -> str:
        """Return what becomes of an answer to an item that is no longer asked."""
        answer, note = (form[f"{name}-{question.code}"].value() or "" for name in ("answer", "note"))
        words = (
            _("%(code)s %(hazard)s is no longer asked. It stands last and is still recorded as a hazard.")
            if answer == Answered.FAIL
            else _("%(code)s %(hazard)s is no longer asked. It stands last, and its note is still recorded.")
        )
        text = str(words % {"code": question.code, "hazard": question.hazard_words})
        return f"{text}{between_sentences()}{labelled(_('Note'), note.strip())}" if note.strip() else text

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.enterprise is None:
            return super().get_context_data(choosing=True, **context)
        form: Any = context.pop("form", None) or self.get_form()
        return super().get_context_data(
            form=form,
            enterprise=self.enterprise,
            lists=[(kind, kind in self.kinds) for kind in ListKind],
            versions=list(self.versions.values()),
            sections=list(form.sections()),
            again=form.again(),
            people=form.people(),
            total=len(self.content_with_answers.questions),
            **context,
        )

    def get_back_url(self) -> str:
        return self.pages.url("list")
