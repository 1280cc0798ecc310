"""Pages that write: a form of something new, of a change or of one act, and a button alone."""

import hashlib
from collections.abc import Sequence
from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.generic import FormView

from foundation.accounts.access import StaleRecord, WrongState
from foundation.database import caching
from foundation.ids import id_of
from foundation.ui.forms import (
    ACTING,
    FORM_KEY,
    GUARDS,
    VERSION,
    guard,
    key_of,
    new_key,
    renew,
    take_errors,
    values_of,
)
from foundation.ui.templatetags.anqi import chosen_words
from foundation.ui.views.reading import OfRecord, Page
from foundation.words import Words

FORM_REMEMBERED_S = 24 * 3600
UNDER_WAY_S = (
    120  # so long a form counts as being worked on; a worker that was stopped does not hold it for ever
)
DONE = "-"  # stands for an answer that led nowhere, as a page that shows a secret

logger = structlog.get_logger(__name__)


def gone(error: ObjectDoesNotExist) -> Http404:
    """Return the 404 of something an operation did not find: it is gone, or a fault, so the log says where."""
    logger.warning("operation.found_nothing", exc_info=error)
    return Http404(str(error))


class Posting(Page):
    """A page that writes; it knows the role under which the form it receives was shown."""

    @cached_property
    def other_role(self) -> str:
        """Why a form shown under another role is refused; empty if it was not, and for forms that do not say."""
        shown, actor = self.request.POST.get(ACTING), self.request.actor
        if shown is None or actor is None or shown == str(actor.grant_id):
            return ""
        names = {grant.pk: str(grant) for grant in getattr(self.request, "grants", ())}
        now = names.get(actor.grant_id, actor.role)
        return _(
            "This form was opened as %(before)s; you now act as %(now)s. Nothing was saved. Change the role back,"
            " or send it again to do it as %(now)s."
        ) % {"before": names.get(id_of(shown), _("somebody in another role")), "now": now}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (Http404, PermissionDenied):
            # the present role does not even see this page: then the person learns why, and loses nothing either
            if request.method != "POST" or not self.other_role:
                raise
            return self.answer_other_role()

    def answer_other_role(self) -> HttpResponse:
        """Return the refusal alone, with what was typed, where the page itself cannot be shown."""
        hidden = {*GUARDS, "csrfmiddlewaretoken"}
        typed = [
            value
            for name, value in self.request.POST.items()
            if name not in hidden and "password" not in name and str(value).strip()
        ]
        template = "ui/_other_role.html" if self.request.htmx else "ui/other_role.html"
        return render(self.request, template, {"words": self.other_role, "typed": typed}, status=422)


class FormPage(Posting, FormView):
    """A form whose fields are the arguments of one operation.

    A subclass names ``form_class``, ``perform()`` and ``get_back_url()``. ``get_parts()`` gives further forms of the
    page; each has ``is_valid()``.
    """

    template_name = "ui/form.html"
    dialog_template = ""  # answers htmx in its place
    http_method_names = ["get", "post", "head", "options"]
    submit_label: Words = gettext_lazy("Save")
    text: Words = ""
    danger = False
    done_text: Words = gettext_lazy("Saved.")
    result: Any = None

    # --- what a subclass says ---

    def perform(self, form: BaseForm) -> Any:
        """Call the operation; what it returns is kept as ``result``, what it refuses is shown in the form."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        """Return where "Cancel" leads, and "Save" too unless ``get_success_url()`` says otherwise. Empty: no "Cancel"."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_done_text(self) -> Words:
        return self.done_text

    def get_text(self) -> Words:
        """Return what stands above the fields."""
        return self.text

    def get_parts(self) -> dict[str, Any]:
        return {}

    # --- the form ---

    def values(self, form: BaseForm) -> dict[str, Any]:
        """Return what was typed, as the operation takes it."""
        return values_of(form)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        guard(form, ACTING, initial=self.request.actor.grant_id if self.request.actor else "")
        return form

    @cached_property
    def parts(self) -> dict[str, Any]:
        return self.get_parts()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        is_valid = all([self.is_valid(form), *(part.is_valid() for part in self.parts.values())])
        if self.other_role:
            form.add_error(None, self.other_role)
            renew(form, ACTING, self.actor.grant_id)
            return self.form_invalid(form)
        return self.form_valid(form) if is_valid else self.form_invalid(form)

    def is_valid(self, form: BaseForm) -> bool:
        """Return whether the form may be sent to the operation; a subclass adds what it knows."""
        return form.is_valid()

    def form_valid(self, form: BaseForm) -> HttpResponse:
        return self.done() if self.attempt(form) else self.form_invalid(form)

    def attempt(self, form: BaseForm) -> bool:
        """Return whether the operation accepted the form; else what it refused stands in it."""
        try:
            with transaction.atomic():  # what is refused half-way is not written by halves
                self.result = self.perform(form)
        except WrongState as error:
            self.take_refusal(form, error)
        except ValidationError as error:
            self.take_errors(form, error)
        except ObjectDoesNotExist as error:
            raise gone(error) from error
        else:
            return True
        return False

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Say above the form why the operation refused the record as it is."""
        form.add_error(None, str(error))

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        """Put what the operation refused where it was typed."""
        take_errors(form, error)

    def done(self) -> HttpResponse:
        """Answer after success."""
        if words := self.get_done_text():
            messages.success(self.request, words)
        return self.go(self.get_success_url())

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_template_names(self) -> list[str]:
        if self.dialog_template and self.request.htmx:
            return [self.dialog_template]
        return super().get_template_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "submit_label": self.submit_label,
                "text": self.get_text(),
                "danger": self.danger,
                "cancel_url": self.get_back_url(),
                **self.parts,
                **context,
            }
        )


class CreatePage(FormPage):
    """A form of something new. Sent twice it makes one: the second time leads to what the first one made.

    The form's key is remembered with a mark of what was typed. Whoever goes back and types something else into the same
    form keeps it, and sends it as a second record. Where the operation keeps the key with the record
    (``key_is_stored``), that tells for ever whether the same was sent before. Elsewhere, without a cache, a form sent
    twice is done twice.
    """

    key_is_stored = False
    sent_text: Words = gettext_lazy("This was recorded already.")
    used_text: Words = gettext_lazy(
        "This form has been recorded once already, with other content. What you have typed now is not saved yet: send it"
        " again to record it as well."
    )
    under_way_text: Words = gettext_lazy(
        "This form was sent a moment ago and is still being worked on. Wait a little, then send it again."
    )

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        guard(form, FORM_KEY, initial=new_key)
        return form

    def form_valid(self, form: BaseForm) -> HttpResponse:
        key = key_of(form.cleaned_data.get(FORM_KEY))
        if not key:
            return super().form_valid(form)
        actor = self.request.actor
        claim = ("ui:form", actor.user_id if actor else 0, self.request.path, key)
        mark = self.mark_of_what_was_typed()
        try:
            before = None if caching.first_time(claim, UNDER_WAY_S, (mark, "")) else caching.kept(claim)
        except caching.Unavailable:
            logger.warning("form.key_not_remembered", path=self.request.path, exc_info=True)
            before = None
        if before is not None and not (self.key_is_stored and before[0] == mark):
            return self.sent_before(form, *before)
        response = None
        try:
            if self.attempt(form):
                response = self.done()
        finally:
            if response is None and before is None:
                caching.forget(claim)
        if response is None:
            return self.form_invalid(form)
        url = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
        transaction.on_commit(lambda: caching.keep(claim, (mark, url or DONE), FORM_REMEMBERED_S))
        return response

    def mark_of_what_was_typed(self) -> str:
        """Return what tells two contents of the same form apart."""
        hidden = {*GUARDS, "csrfmiddlewaretoken"}
        typed = sorted((name, values) for name, values in self.request.POST.lists() if name not in hidden)
        return hashlib.sha256(repr(typed).encode()).hexdigest()

    def sent_before(self, form: BaseForm, mark: str, url: str) -> HttpResponse:
        """Answer a form whose key was seen before; ``url`` is where its answer led, empty while there is none."""
        if not url:
            return self.keep_typed(form, self.under_way_text)
        if mark != self.mark_of_what_was_typed():
            return self.keep_typed(form, self.used_text, again=True)
        if url == DONE:
            return self.keep_typed(form, self.sent_text, again=True)
        return self.leave(url, self.sent_text)

    def keep_typed(self, form: BaseForm, words: Words, *, again: bool = False) -> HttpResponse:
        """Show the form with what was typed; ``again``: the next time it is sent, it is sent as another one."""
        form.add_error(None, words)
        if again:
            renew(form, FORM_KEY, new_key())
        return self.form_invalid(form)


class RecordForm(OfRecord, FormPage):
    """A form about one record: it carries the version that was shown, if records of this kind have one."""

    def get_refusal(self) -> Words:
        """Return why there is nothing to do any more; empty if there is."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_version(self) -> int | str | None:
        """Return the version of the record as it stands: a number, or a mark made of its values; None if there is none."""
        return getattr(self.record, VERSION, None)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if (version := self.get_version()) is not None:
            guard(form, VERSION, initial=version, required=True)
        return form

    def version(self, form: BaseForm) -> Any:
        """Return the version the person had before their eyes."""
        return form.cleaned_data.get(VERSION)

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Say why; having read it, the person may go on from the present version."""
        super().take_refusal(form, error)
        del self.record  # as it stands now, after whoever was quicker
        renew(form, VERSION, self.get_version())


class EditPage(RecordForm):
    """A form that changes one record; the slower of two people sees what differs."""

    others: Sequence[tuple[Words, Words, Words]] = ()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.record}

    def differences(self, form: BaseForm) -> Sequence[tuple[Words, Words, Words]]:
        """Return label, present value and typed value of each field in which the record differs from what was typed."""
        found = []
        for name, typed in form.cleaned_data.items():
            present = getattr(self.record, name, typed)
            is_same = present == typed or not (present or typed)  # an empty text and none at all
            if name not in GUARDS and not is_same:
                before, after = (
                    chosen_words(form[name], "" if each is None else each) for each in (present, typed)
                )
                found.append((form[name].label, before, after))
        return found

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        if not isinstance(error, StaleRecord):
            super().take_refusal(form, error)
            return
        kept = _("%(who)s What you typed is kept below. Look at what differs and save again.") % {
            "who": error
        }
        super().take_refusal(form, StaleRecord(kept))
        self.others = self.differences(form)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(others=self.others, **context)


class ActPage(RecordForm):
    """One act on a record: a small form in a dialog, or a page where there are no scripts."""

    template_name = "ui/act.html"
    dialog_template = "_confirm.html"


class ButtonPage(Posting):
    """A button without a form: it does one thing, says so and leads back."""

    http_method_names = ["post", "options"]
    done_text: Words = ""
    result: Any = None

    def perform(self) -> Any:
        """Call the operation; what it returns is kept as ``result``, what it refuses is said on the page behind."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        raise NotImplementedError

    def done(self) -> HttpResponse:
        """Answer after success."""
        if self.done_text:
            messages.success(self.request, self.done_text)
        return self.go(self.get_back_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if self.other_role:
                raise WrongState(self.other_role)
            with transaction.atomic():
                self.result = self.perform()
        except WrongState as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except ObjectDoesNotExist as error:
            raise gone(error) from error
        else:
            return self.done()
        return self.go(self.get_back_url())


class ShownOnce(Posting):
    """Answers success with a page that shows a secret. Stands before the view of the form or button.

    No browser keeps the page, and no report of an error shows what was at hand while it was made.
    """

    shown_template = ""
    result: Any

    def get_shown(self) -> dict[str, Any]:
        """Return what the page shows; ``self.result`` is what the operation returned."""
        raise NotImplementedError

    @sensitive_variables()
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def done(self) -> HttpResponse:
        # rendered at once: a template that renders later would do so outside of what hides its variables
        response = render(self.request, self.shown_template, self.get_shown())
        response.headers["Cache-Control"] = "no-store"
        return response
