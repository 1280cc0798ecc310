"""What the forms for people, organisations and keys have in common."""

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse

from foundation.ui.views import ActPage, EditPage
from foundation.words import sentences


class DirectoryEdit(EditPage):
    """An edit of a row of the directory, whose version is its mark."""

    tries_out = True

    def get_version(self) -> str:
        return self.record.mark


class Confirmation(ActPage):
    """An act that only asks for confirmation. It has no fields, so a refusal leads back and is shown there."""

    form_class = forms.Form

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        messages.error(self.request, sentences(*form.non_field_errors()))
        return self.go(self.get_back_url())
