"""An act that is asked about: as a dialog or a page, afterwards back to where it was begun."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from foundation.accounts.forms import attempt


def answer_act(
    request: HttpRequest, form: forms.Form, act: Callable[[], Any], *, back: str, done: str, **words: Any
) -> HttpResponse:
    """Run ``act`` for a valid form; what is refused is said in the form, which stays open.

    ``words``: place, title, text, submit_label, danger.
    """
    if request.method == "POST" and form.is_valid() and attempt(form, act):
        messages.success(request, done)
        return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
    template = "_confirm.html" if request.htmx else "deliveries/confirm.html"
    wrong = form.is_bound and bool(form.errors)
    context = {"form": form, "cancel_url": back, **words}
    return render(request, template, context, status=422 if wrong else 200)
