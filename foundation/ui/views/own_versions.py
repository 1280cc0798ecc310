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

    read_with_record: tuple[str, ...] = ()  # cached properties of the view that go with the record

    def run(self, form: BaseForm) -> Any:
        """Call the operation. If only this very form changed the record since it was shown, continue from there."""
        try:
            with transaction.atomic():
                self.refuse_stale(form)
                result = self.perform(form)
        except StaleRecord:
            if not self.made_present_version():
                raise
            form.cleaned_data[VERSION] = self.get_version()
            result = self.perform(form)
        if claim := self._claim():
            version = self._version_now()
            # a version that is rolled back after all was never there: the next of that number may be somebody else's
            transaction.on_commit(lambda: caching.keep(claim, version, FORM_REMEMBERED_S))
        return result

    def refuse_stale(self, form: BaseForm) -> None:
        """Raise StaleRecord if the record has changed since it was shown. By default the operation judges the version."""

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
        """Forget the record, which somebody may have changed, and what the view has read with it."""
        for name in ("record", *self.read_with_record):
            self.__dict__.pop(name, None)

    def _version_now(self) -> int | str | None:
        """Return the version that the operation left behind. The page goes on with what it began with."""
        names = ("record", *self.read_with_record)
        before = {name: self.__dict__[name] for name in names if name in self.__dict__}
        self.read_again()
        try:
            return self.get_version()
        except Http404:  # the act took the record out of the person's sight
            return None
        finally:
            self.read_again()
            self.__dict__.update(before)
