"""The versions a form made itself: saving again from the same form, after "Back" or by a double click, is no conflict."""

from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import Http404

from foundation.accounts.access import StaleRecord
from foundation.database import caching
from foundation.ui.forms import FORM_KEY, VERSION, key_of
from foundation.ui.views.reading import OfRecord

FORM_REMEMBERED_S = 24 * 3600


class OwnVersions(OfRecord):
    """Runs the operation of a form about a record, and remembers under the form's key which version it led to."""

    def run(self, form: BaseForm) -> Any:
        """Call the operation. If only this very form changed the record since it was shown, continue from there."""
        try:
            with transaction.atomic():
                result = self.perform(form)
        except StaleRecord:
            if not self.made_present_version():
                raise
            form.cleaned_data[VERSION] = self.get_version()
            result = self.perform(form)
        if claim := self._claim():
            caching.keep(claim, self._version_now(), FORM_REMEMBERED_S)
        return result

    def perform(self, form: BaseForm) -> Any:
        """Call the operation (FormPage)."""
        raise NotImplementedError

    def get_version(self) -> int | str | None:
        """Return the present version of the record: a number, or a hash of its values; None if there is none."""
        return getattr(self.record, VERSION, None)

    def _claim(self) -> caching.Key | None:
        key = key_of(self.request.POST.get(FORM_KEY))
        actor = self.request.actor
        return ("ui:version", actor.user_id if actor else 0, self.request.path, key) if key else None

    def made_present_version(self) -> bool:
        """Return whether the record is as this very form left it, when it was sent before."""
        claim, made = self._claim(), None
        if claim:
            with caching.tolerated():
                made = caching.kept(claim)
        if made is None:
            return False
        self.read_again()
        return bool(made == self.get_version())

    def read_again(self) -> None:
        """Forget the record, which somebody may have changed."""
        self.__dict__.pop("record", None)

    def _version_now(self) -> int | str | None:
        """Return the version that the operation left behind. The page goes on with the record it began with."""
        before = self.record
        self.read_again()
        try:
            return self.get_version()
        except Http404:  # the act took the record out of the person's sight
            return None
        finally:
            self.record = before
