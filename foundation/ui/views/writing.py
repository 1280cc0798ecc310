"""Forms that create something or change a record."""

import hashlib
from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from django_htmx.http import trigger_client_event

from foundation.accounts.access import WrongState
from foundation.database import caching
from foundation.faults import UNCHANGED
from foundation.ui import links
from foundation.ui.forms import (
    ACTING,
    FORM_KEY,
    GUARDS,
    fill_faulted,
    guard,
    key_of,
    new_key,
    renew,
    take_errors,
    values_of,
)
from foundation.ui.views.own_versions import FORM_REMEMBERED_S
from foundation.ui.views.posting import Posting
from foundation.words import Words, sentences

UNDER_WAY_S = (
    120  # how long a form counts as being processed; a worker that was killed must not block it for ever
)
TAKEN = (
    "Anqi-Taken"  # the header of a response to a form whose content is stored: nobody need keep it any longer
)
DONE = "-"  # stands for a response that was no redirect, such as a page that shows a secret

logger = structlog.get_logger(__name__)


def gone(error: ObjectDoesNotExist) -> Http404:
    """Return the 404 for an object that an operation did not find. It is gone, or this is a bug, so it is logged."""
    logger.warning("operation.found_nothing", exc_info=error)
    return Http404(str(error))


_DIGEST = "anqi_digest"  # the attribute of a file


def plain(value: Any) -> str:
    """Return a value of a form as text that is the same for the same input."""
    if isinstance(value, list | tuple | QuerySet):
        return repr([plain(each) for each in value])
    if isinstance(value, File):
        return repr((value.name, _digest(value)))
    return str(value.pk) if isinstance(value, Model) else repr(value)


def _digest(file: File) -> str:
    """Return a digest of what a file holds: cameras give many photos one name. It is read from its beginning again.

    The digest is kept on the file, which an operation may close.
    """
    kept: str | None = file.__dict__.get(_DIGEST)
    if kept is None:
        digest = hashlib.sha256()
        file.seek(0)
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
        kept = file.__dict__[_DIGEST] = digest.hexdigest()
    return kept


class FormPage(Posting, FormView):
    """A form whose fields are the arguments of one operation.

    A subclass defines ``form_class``, ``perform()`` and ``get_back_url()``. ``get_parts()`` returns further forms of
    the page; each has ``is_valid()``.
    """

    template_name = "ui/form.html"
    dialog_template = ""  # replaces ``template_name`` for htmx
    http_method_names = ["get", "post", "head", "options"]
    submit_label: Words = gettext_lazy("Save")
    text: Words = ""
    danger = False
    done_text: Words = gettext_lazy("Saved.")
    tries_out = False  # whether the operation also judges a form with faults, see try_out()
    refused_at = ""  # the field that a WrongState is about, if there is one
    result: Any = None
    is_taken = False  # whether the content of the form is stored now

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if self.is_taken and response.status_code < 500:
            response.headers[TAKEN] = "yes"
        return response

    # --- where it leads ---

    @property
    def back(self) -> str:
        """The page of this site that the URL names as the one to lead back to, empty if it names none."""
        url = self.request.GET.get(links.BACK, "")
        return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) and url.startswith("/") else ""

    def go(self, url: str) -> HttpResponse:
        """Respond with a redirect to where the person came from, else to ``url``. A list is told to read itself again."""
        if not self.is_in_row:
            return super().go(self.back or url)
        said = list(messages.get_messages(self.request))
        response = HttpResponse(status=204)
        trigger_client_event(response, "anqi:done", {})
        if said:
            text = {"text": sentences(*(each.message for each in said)), "level": said[-1].level_tag}
            trigger_client_event(response, "anqi:message", text)
        return response

    # --- for subclasses ---

    def perform(self, form: BaseForm) -> Any:
        """Call the operation. What it returns is kept as ``result``, what it refuses is shown in the form."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        """Return where "Cancel" leads, and "Save" too without ``get_success_url()``. Empty: no "Cancel"."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_done_text(self) -> Words:
        return self.done_text

    def get_text(self) -> Words:
        """Return the text above the fields."""
        return self.text

    def get_parts(self) -> dict[str, Any]:
        return {}

    # --- the form ---

    def run(self, form: BaseForm) -> Any:
        """Call ``perform()``. A subclass of the kit may try twice."""
        return self.perform(form)

    def values(self, form: BaseForm) -> dict[str, Any]:
        """Return the input as arguments of the operation."""
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
        if self.shown_again:
            return self.show_again(form)
        if self.other_role:
            return self.answer_other_role(may_continue=True)
        is_valid = all([self.is_valid(form), *(part.is_valid() for part in self.parts.values())])
        if not is_valid and self.tries_out:
            self.try_out(form)
        return self.form_valid(form) if is_valid else self.form_invalid(form)

    def try_out(self, form: BaseForm) -> None:
        """Add to the faults of a form what the operation refuses of the rest, so that all is said at once.

        Nothing is kept. Where the form has a fault already, the operation only sees that the value is missing.
        """
        fill_faulted(form)
        try:
            with transaction.atomic():
                self.perform(form)
                transaction.set_rollback(True)
        except WrongState as error:
            if self.refused_at and self.refused_at not in form.errors:
                self.take_refusal(form, error)
        except ValidationError as error:
            if getattr(error, "code", "") != UNCHANGED:
                self.take_errors(form, error)

    def show_again(self, form: BaseForm) -> HttpResponse:
        """Show what was typed under the acting role, as a page that was opened under it."""
        renew(form, ACTING, self.actor.grant_id)
        if not self.request.htmx:
            messages.info(self.request, self.shown_again_text)
        return self.say_shown_again(self.render_to_response(self.get_context_data(form=form)))

    def is_valid(self, form: BaseForm) -> bool:
        """Return whether the form may be passed to the operation. A subclass may add its own checks."""
        return form.is_valid()

    def form_valid(self, form: BaseForm) -> HttpResponse:
        return self.done() if self.attempt(form) else self.form_invalid(form)

    def attempt(self, form: BaseForm) -> bool:
        """Return whether the operation accepted the form. Otherwise its refusal is added to the form."""
        try:
            with transaction.atomic():  # a refusal half-way leaves nothing written
                self.result = self.run(form)
        except WrongState as error:
            self.take_refusal(form, error)
        except ValidationError as error:
            self.take_errors(form, error)
        except ObjectDoesNotExist as error:
            raise gone(error) from error
        else:
            self.is_taken = True
            return True
        return False

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Show above the form, or at ``refused_at``, why the operation refused the record in its present state."""
        form.add_error(self.refused_at or None, str(error))

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        """Show what the operation refused at the fields where it was typed."""
        take_errors(form, error)

    def done(self) -> HttpResponse:
        """Respond after success."""
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
                "cancel_url": self.back or self.get_back_url(),
                "form_parts": list(self.parts.values()),
                **self.parts,
                **context,
            }
        )


class SentOnce(FormPage):
    """A form with a key. If it is sent twice, it takes effect once and the second response leads where the first one led.

    The form's key is remembered with a hash of the input. A person who goes back and types something else into the same
    form keeps that input, and can send it as a second record. If the operation stores the key with the record
    (``key_is_stored``), the record itself shows for ever whether the same was sent before. Otherwise, without a cache,
    a form sent twice takes effect twice.
    """

    key_is_stored = False
    may_change_again = False  # whether other content under the same key goes on from what the form did before
    sent_text: Words = gettext_lazy("This has already been recorded.")
    used_text: Words = gettext_lazy(
        "This form was already submitted with different content. What you have typed now is not "
        "saved yet. Submit it again to record it as well."
    )
    under_way_text: Words = gettext_lazy(
        "This form was submitted a moment ago and is still being processed. Wait a moment, then "
        "submit it again."
    )

    @property
    def is_sent_once(self) -> bool:
        """Whether the key decides what was sent before. Not of a form whose record has a version, which decides it."""
        return True

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if self.is_sent_once:
            guard(form, FORM_KEY, initial=new_key)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._hash_as_sent()  # while its files are open
        try:
            response = super().post(request, *args, **kwargs)
        except Http404:  # what it did itself took the record out of sight
            taken = self.answer_taken()
            if taken is None:
                raise
            return taken
        if response.status_code != 422 or self.other_role or self.shown_again:
            return response
        return self.answer_taken() or response

    def answer_taken(self) -> HttpResponse | None:
        """Respond to the very form that was taken before, and is refused now because of what it did itself."""
        claim, taken = self._claim_of("ui:taken", self.request.POST.get(FORM_KEY)), None
        if claim:
            with caching.tolerated():
                taken = caching.kept(claim)
        if not taken or taken[0] != self._hash_as_sent() or not self.stands():
            return None
        self.is_taken = True
        return self.leave(taken[1], self.sent_text)

    def stands(self) -> bool:
        """Return whether what the form did before is still so, as far as a version says it."""
        return True

    def _claim_of(self, what: str, typed: Any) -> caching.Key | None:
        """Return the key under which is remembered what became of the form; None if it has no valid key."""
        key, actor = key_of(typed), self.request.actor
        return (what, actor.user_id if actor else 0, self.request.path, key) if key else None

    def _hash_as_sent(self) -> str:
        left_out = GUARDS | {"csrfmiddlewaretoken"}
        typed = sorted((name, each) for name, each in self.request.POST.lists() if name not in left_out)
        files = sorted((name, plain(found)) for name, found in self.request.FILES.lists())
        return hashlib.sha256(repr((typed, files)).encode()).hexdigest()

    def form_valid(self, form: BaseForm) -> HttpResponse:
        claim = self._claim_of("ui:form", form.cleaned_data.get(FORM_KEY)) if self.is_sent_once else None
        if claim is None:
            return self.answer_taken() or self.form_valid_again(form)
        mark = self.hash_of_input(form)
        try:
            before = None if caching.first_time(claim, UNDER_WAY_S, (mark, "")) else caching.kept(claim)
        except caching.Unavailable:
            logger.warning("form.key_not_remembered", path=self.request.path, exc_info=True)
            before = None
        is_same = before is not None and before[0] == mark
        goes_on = self.key_is_stored if is_same else self.may_change_again and before and before[1]
        if before is not None and not goes_on:
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
        transaction.on_commit(lambda: self._remember(claim, mark, url))
        return response

    def form_valid_again(self, form: BaseForm) -> HttpResponse:
        """Call the operation, whatever the form did before: the version decides."""
        response = super().form_valid(form)
        key = self._claim_of("ui:taken", self.request.POST.get(FORM_KEY))
        url = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
        if key and url and self.is_taken:
            mark = self._hash_as_sent()
            transaction.on_commit(lambda: caching.keep(key, (mark, url), FORM_REMEMBERED_S))
        return response

    def _remember(self, claim: caching.Key, mark: str, url: str) -> None:
        caching.keep(claim, (mark, url or DONE), FORM_REMEMBERED_S)
        if url:
            caching.keep(("ui:taken", *claim[1:]), (self._hash_as_sent(), url), FORM_REMEMBERED_S)

    def hash_of_input(self, form: BaseForm) -> str:
        """Return a hash that tells different inputs of the same form apart.

        Only what was entered counts: not what was typed to find it, nor rows that were left empty.
        """
        entered = [form.cleaned_data]
        for part in self.parts.values():
            entered += part.cleaned_data if isinstance(part.cleaned_data, list) else [part.cleaned_data]
        typed = [
            sorted((name, plain(value)) for name, value in values.items() if name not in GUARDS)
            for values in entered
            if values
        ]
        return hashlib.sha256(repr(typed).encode()).hexdigest()

    def sent_before(self, form: BaseForm, mark: str, url: str) -> HttpResponse:
        """Respond to a form whose key was seen before. ``url``: where its response led, empty while there is none."""
        if not url:
            return self.keep_typed(form, self.under_way_text)
        if mark != self.hash_of_input(form):
            return self.keep_typed(form, self.used_text, again=True)
        if url == DONE:
            self.is_taken = True
            return self.keep_typed(form, self.sent_text, again=True)
        self.is_taken = True
        return self.leave(url, self.sent_text)

    def keep_typed(self, form: BaseForm, words: Words, *, again: bool = False) -> HttpResponse:
        """Show the form with what was typed. ``again``: the next time it counts as another form."""
        form.add_error(None, words)
        if again:
            renew(form, FORM_KEY, new_key())
        return self.form_invalid(form)


class CreatePage(SentOnce):
    """A form that creates something. If it is sent twice, one record is made and the second response leads to it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        # A form that was sent must come back with its key: a fresh one would be another record.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
