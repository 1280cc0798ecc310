"""The page of an act on many rows of a list: what it will do to how many, whom it refuses and why, and its form."""

import hashlib
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from foundation.bulk import operations
from foundation.bulk.acts import MOST, BulkAct, Judgement
from foundation.bulk.models import BulkRun
from foundation.bulk.tasks import work
from foundation.ids import id_of
from foundation.ui.forms import FORM_KEY, guard, key_of, new_key
from foundation.ui.views.reading import Crumb
from foundation.ui.views.writing import FormPage
from foundation.words import Words, sentences

ACT = "bulk"  # the field of the buttons that begin an act
PICK = "pick"  # the field of the rows' boxes
AWAY = "away"  # the field of the rows that are picked and not on the page, in one value: fields are limited
ALL = "all"  # the field that takes everything found instead
FROM_BAR = "picking"  # says that a form is about what is picked, even if that is nothing
STEP, DO, JUDGE = "step", "do", "judge"
SEEN = "seen"  # the mark of the judgement that the person has seen
NAMED = 10  # rows that the page names


def picked_values(request: HttpRequest) -> list[str]:
    """Return what was sent as rows picked, each once: those on the page, then the others."""
    away = (value for values in request.POST.getlist(AWAY) for value in values.split(",") if value)
    return list(dict.fromkeys([*request.POST.getlist(PICK), *away]))


def picked_ids(request: HttpRequest) -> list[int]:
    """Return the ids of the rows picked, in their order. What is no id is left out."""
    found = (id_of(value) for value in picked_values(request))
    return list(dict.fromkeys(pk for pk in found if pk is not None))


class BulkPage(FormPage):
    """An act on the rows picked in a list, or on all that it finds. A list answers with it what its bar posts.

    The form carries a mark of the judgement that was shown: the act begins only if the rows are judged the same now.
    Otherwise the page is shown again, with what has changed.
    """

    template_name = "ui/bulk.html"
    the_list: Any = None
    act: BulkAct = BulkAct()
    judged = Judgement()  # what the person has confirmed
    problem = ""  # what is wrong with the input itself

    def get_title(self) -> Words:
        return self.act.label

    def get_text(self) -> Words:
        return self.act.text

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.the_list.get_title(), self.get_back_url())]

    def get_back_url(self) -> str:
        return self.request.get_full_path()

    # --- the rows ---

    @property
    def is_all(self) -> bool:
        """Whether everything is meant that the list finds."""
        return ALL in self.request.POST

    @cached_property
    def ids(self) -> list[int]:
        """The rows meant that the list shows to the actor now; one more than are possible at once, if there are more."""
        return self.the_list.find_ids(None if self.is_all else picked_ids(self.request), MOST + 1)

    @property
    def missing(self) -> int:
        """How many of the rows picked the list does not show, or not any more."""
        return 0 if self.is_all else len(picked_values(self.request)) - len(self.ids)

    # --- the form ---

    def get_form_class(self) -> Any:
        return self.act.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        options = super().get_form_kwargs() | self.act.form_kwargs(self.actor)
        if STEP not in self.request.POST:  # the list's bar has none of the fields
            options.pop("data", None)
            options.pop("files", None)
        return options

    def get_initial(self) -> dict[str, Any]:
        is_asked = STEP not in self.request.POST and not (self.is_all and not self.the_list.is_answerable())
        if not is_asked or not 0 < len(self.ids) <= MOST:
            return super().get_initial()
        return super().get_initial() | self.act.initial(self.actor, self.ids)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        guard(form, FORM_KEY, initial=new_key)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if self.shown_again:
            return self.show_again(form)
        if self.other_role:
            return self.answer_other_role(may_continue=True)
        if self.is_all and not self.the_list.is_answerable():
            return self.go(self.get_back_url())
        before = self.begun_before(form)
        if before is not None:
            self.result = before
            return self.done()
        if not self.ids:
            words = _("None of the rows that you selected is on this list any more.")
            return self.leave(self.get_back_url(), words, messages.WARNING)
        if len(self.ids) > MOST:
            words = _("At most %(most)s at once. Narrow the list first.") % {"most": f"{MOST:,}"}
            return self.leave(self.get_back_url(), words, messages.WARNING)
        if request.POST.get(STEP) != DO:
            return self.render_to_response(self.get_context_data(form=form))
        if not self.is_valid(form):
            return self.form_invalid(form)
        judged = self.judge(form)
        if judged is None:
            return self.form_invalid(form)
        if self.request.POST.get(SEEN) != mark_of(judged) or not judged.ready:
            return self.render_to_response(self.get_context_data(form=form, has_changed=True), status=422)
        self.judged = judged
        return self.form_valid(form)

    def begun_before(self, form: BaseForm) -> BulkRun | None:
        """Return the run that this very form has begun, if it was sent before."""
        key = key_of(self.request.POST.get(FORM_KEY)) if self.request.POST.get(STEP) == DO else ""
        return operations.list_runs(self.actor).filter(key=key).first() if key else None

    def judge(self, form: BaseForm) -> Judgement | None:
        """Return what the act would do with what is typed; None if that does not say enough, or is wrong.

        Before anything is typed: with what the form begins with.
        """
        if form.is_bound:
            form.is_valid()
            given = form.cleaned_data
        else:
            begins = {name: form.get_initial_for_field(form.fields[name], name) for name in self.act.needs}
            given = {name: value for name, value in begins.items() if value not in (None, "")}
        if any(name not in given for name in self.act.needs):
            return None
        try:
            return self.act.judge(self.actor, self.ids, self.act.arguments(given))
        except ValidationError as error:
            self.problem = sentences(*error.messages)
            if form.is_bound:
                self.take_errors(form, error)
            return None

    def perform(self, form: BaseForm) -> BulkRun:
        arguments = self.act.arguments(form.cleaned_data)
        return operations.begin(
            actor=self.actor,
            title=str(self.the_list.get_title()),
            path=self.request.path,
            query=self.request.GET.urlencode(),
            act=self.act,
            judged=self.judged,
            arguments=arguments,
            key=key_of(form.cleaned_data.get(FORM_KEY)) or new_key(),
            said=operations.reasons(self.actor, self.act, self.ids, arguments, self.judged),
        )

    def done(self) -> HttpResponse:
        run: BulkRun = self.result
        if not run.is_over:
            # if the broker is away, the next sweep finds it
            transaction.on_commit(lambda: work.delay(self.actor.bureau_id, run.pk), robust=True)
        return self.go(reverse("accounts:bulk_run", args=[run.pk]))

    def get_template_names(self) -> list[str]:
        if self.request.htmx and self.request.POST.get(STEP) == JUDGE:
            return ["ui/_bulk_judged.html"]
        return super().get_template_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = context["form"]
        judged = self.judge(form)
        is_draft = self.request.POST.get(STEP) == JUDGE
        if is_draft:
            form.errors.clear()  # nobody has sent it yet
        ready = self.ids if judged is None else judged.ready
        names = self.act.names(self.actor, [*(judged.refused if judged else ()), *self.ids[:NAMED]])
        refused = judged.refused if judged else {}
        return super().get_context_data(
            act=self.act,
            judged=judged,
            count=len(self.ids),
            names=[names[pk] for pk in self.ids[:NAMED] if pk in names],
            more=len(self.ids) - NAMED,
            missing=self.missing,
            ready=len(ready),
            problem=self.problem if is_draft or not form.is_bound else "",
            refused=[(names.get(pk, ""), self.act.address(pk), why) for pk, why in refused.items()],
            same_text=self.act.same(len(judged.same)) if judged and judged.same else "",
            button=self.act.button(len(ready)) if ready else self.act.label,
            seen=mark_of(judged or Judgement(ready=self.ids)),
            replaces=replaced_in(judged) if judged else [],
            in_background=len(ready) > self.act.at_once,
            picked="" if self.is_all else ",".join(map(str, self.ids)),
            is_all=self.is_all,
            **context,
        )


def mark_of(judged: Judgement) -> str:
    """Return a mark that tells what an act does, and what the rows lose by it, from anything else."""
    seen = sorted((pk, judged.replaces.get(pk, "")) for pk in judged.ready)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def replaced_in(judged: Judgement) -> list[str]:
    """Return what the rows lose in words, the most frequent first."""
    counted = Counter(judged.replaces[pk] for pk in judged.ready if judged.replaces.get(pk))
    return [f"{number} × {each}" for each, number in counted.most_common(NAMED)]
