"""Ends of forms that the pages of ``deliveries`` still use; everything else about forms is the kit's."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from foundation.accounts import access

Result = TypeVar("Result")


def attempt(form: forms.BaseForm, act: Callable[[], Result]) -> Result | None:
    """Run an operation for a valid form; what it refuses becomes errors of the form, and the answer is None."""
    try:
        return act()
    except ValidationError as error:
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, messages in found.items():
            form.add_error(name if name in form.fields else None, messages)
    except access.WrongState as error:
        form.add_error(None, str(error))
    return None


class ReasonForm(forms.Form):
    """Why: kept in the audit log."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


def data_of(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a form is bound to: the posted fields, nothing on a GET."""
    return request.POST if request.method == "POST" else None
