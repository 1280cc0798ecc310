"""Pages that write: a form of something new, of a change or of one act, and a button alone."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.generic import FormView
from redis.exceptions import RedisError

from foundation.accounts.access import StaleRecord, WrongState
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
        untold = {*GUARDS, "csrfmiddlewaretoken"}
        typed = [
            value
            for name, value in self.request.POST.items()
            if name not in untold and "password" not in name and str(value).strip()
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
            self.result = self.perform(form)
        except WrongState as error:
            self.take_refusal(form, error)
        except ValidationError as error:
            self.take_errors(form, error)
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error
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

    Where the operation keeps the form's key with the record (``key_is_stored``), that decides; else the key is
    remembered for a day. Without a cache a form sent twice is done twice, and nothing else changes.
    """

    key_is_stored = False
    sent_text: Words = gettext_lazy("This was recorded already.")

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        guard(form, FORM_KEY, initial=new_key)
        return form

    def form_valid(self, form: BaseForm) -> HttpResponse:
        key = key_of(form.cleaned_data.get(FORM_KEY))
        if not key or self.key_is_stored:
            return super().form_valid(form)
        actor = self.request.actor
        name = f"form:{actor.user_id if actor else 0}:{self.request.path}:{key}"
        with suppress(RedisError):
            if not cache.add(name, "", FORM_REMEMBERED_S):
                return self.sent_before(form, cache.get(name) or "")
        accepted = False
        try:
            accepted = self.attempt(form)
        finally:
            if not accepted:
                with suppress(RedisError):
                    cache.delete(name)
        if not accepted:
            return self.form_invalid(form)
        response = self.done()
        with suppress(RedisError):
            cache.set(
                name,
                response.headers.get("HX-Redirect") or response.headers.get("Location", ""),
                FORM_REMEMBERED_S,
            )
        return response

    def sent_before(self, form: BaseForm, url: str) -> HttpResponse:
        """Answer a form that was sent before; ``url`` is where its answer led, empty if nowhere."""
        if url:
            return self.leave(url, self.sent_text)
        form.add_error(None, self.sent_text)
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
            self.result = self.perform()
        except WrongState as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error
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
