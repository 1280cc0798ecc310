"""Single acts: a small form about a record, a button without a form, and a response that shows a secret once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from foundation.accounts.access import WrongState
from foundation.ui.views.posting import Posting
from foundation.ui.views.records import RecordForm
from foundation.ui.views.writing import gone
from foundation.words import Words, sentences


class ActPage(RecordForm):
    """One act on a record: a small form in a dialog, or a page without JavaScript."""

    template_name = "ui/act.html"
    dialog_template = "_confirm.html"

    def get_about(self) -> Words:
        """Return what the act is done to, in words, so that nobody acts on the wrong record."""
        return str(self.record)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        context["is_in_row"] = self.is_in_row
        about, named = str(self.get_about()), f"{context.get('title', '')} {context.get('text', '')}"
        return context | {"about": "" if about in named else about}

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Show why. A form that did the act itself, and whose answer was lost, has been taken."""
        self.is_taken = self.made_present_version()
        super().take_refusal(form, error)


class ButtonPage(Posting):
    """A button without a form: it does one thing, reports it and leads back."""

    http_method_names = ["post", "options"]
    done_text: Words = ""
    result: Any = None

    def perform(self) -> Any:
        """Call the operation. What it returns is kept as ``result``, what it refuses is shown on the page behind."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        raise NotImplementedError

    def done(self) -> HttpResponse:
        """Respond after success."""
        if self.done_text:
            messages.success(self.request, self.done_text)
        return self.go(self.get_back_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.shown_again:
            return self.leave(self.get_back_url(), self.shown_again_text)
        if self.other_role:
            self.get_back_url()  # 404 if the acting role does not see the page behind
            return self.answer_other_role()
        try:
            with transaction.atomic():
                self.result = self.perform()
        except WrongState as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, sentences(*error.messages))
        except ObjectDoesNotExist as error:
            raise gone(error) from error
        else:
            return self.done()
        return self.go(self.get_back_url())


class ShownOnce(Posting):
    """Responds to success with a page that shows a secret. Precedes the view of the form or button in the bases.

    No browser stores the page, and error reports hide the variables that were used to make it.
    """

    shown_template = ""
    result: Any

    def get_shown(self) -> dict[str, Any]:
        """Return the context of the page. ``self.result`` is what the operation returned."""
        raise NotImplementedError

    @sensitive_variables()
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def done(self) -> HttpResponse:
        # rendered at once: a lazy template would render outside ``dispatch``, where variables are not hidden
        response = render(self.request, self.shown_template, self.get_shown())
        response.headers["Cache-Control"] = "no-store"
        return response
