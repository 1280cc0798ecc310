"""Forms about one record, and what becomes of them if somebody else has changed it since they were shown."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from foundation.accounts.access import StaleRecord, WrongState
from foundation.database.turns import take_turn
from foundation.ui.forms import (
    FORM_KEY,
    GUARDS,
    SHOWN,
    VERSION,
    guard,
    key_of,
    marks_of,
    marks_shown,
    new_key,
    raw_values,
    renew,
    replace_values,
    untouched,
)
from foundation.ui.templatetags.anqi import chosen_words
from foundation.ui.views.own_versions import OwnVersions
from foundation.ui.views.writing import SentOnce, plain
from foundation.words import Words

Difference = tuple[Words, Words, Words]  # label, what is saved now, what was typed


class RecordForm(OwnVersions, SentOnce):
    """A form about one record. It carries the version that was shown, if such records have one, else a key.

    The slower of two people keeps what they changed, on top of the newer record: fields they left alone get the present
    values. Fields that the other person changed are listed with both values.
    """

    others: Sequence[Difference] = ()
    requires_version = True
    always_compares = False  # whether a conflict is worded as one though no field of the form differs

    def get_refusal(self) -> Words:
        """Return why there is nothing left to do, empty if there is."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    @property
    def is_sent_once(self) -> bool:
        return self.get_version() is None

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if (version := self.get_version()) is not None:
            guard(form, VERSION, initial=version, required=self.requires_version)
            guard(form, FORM_KEY, initial=new_key)
            guard(form, SHOWN, initial=lambda: json.dumps(marks_of(form)))
        return form

    def stands(self) -> bool:
        try:
            return self.get_version() is None or self.made_present_version()
        except Http404:  # what it did took the record out of sight
            return True

    def version(self, form: BaseForm) -> Any:
        """Return the version that the person saw."""
        return form.cleaned_data.get(VERSION)

    def present_form(self) -> BaseForm:
        """Return the form as it is shown for the record as it is now."""
        return self.get_form(partial(_unbound, self.get_form_class()))

    def get_others(self, form: BaseForm, present: BaseForm) -> Sequence[Difference]:
        """Return each field that somebody else changed since the form was shown. ``form`` has what this person typed."""
        shown, now, typed = marks_shown(form), marks_of(present), marks_of(form)
        found: list[Difference] = []
        for each in present:
            before, mark = shown.get(each.name), now.get(each.name)
            if (
                before is None
                or mark is None
                or before == mark
                or each.is_hidden
                or typed.get(each.name, mark) == mark
            ):
                continue
            is_left = typed[each.name] == before
            words = _("not changed by you") if is_left else in_words(form, each.name)
            found.append((each.label, in_words(present, each.name), words))
        return found

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Show why. Having read it, the person may continue from the present version."""
        if isinstance(error, StaleRecord) and SHOWN in form.fields:
            self.take_conflict(form, error)
            return
        super().take_refusal(form, error)
        self.read_again()  # with the other person's change
        renew(form, VERSION, self.get_version())

    def take_conflict(self, form: BaseForm, error: StaleRecord) -> None:
        """Put what this person changed on top of the newer record, and say what differs."""
        self.read_again()
        present, left_alone = self.present_form(), untouched(form)
        for name in left_alone:
            form.cleaned_data.pop(name, None)
        self.others = self.get_others(form, present)
        if self.others or self.always_compares:
            words = _("%(who)s What you typed is kept below. Review the differences and save again.")
            error = StaleRecord(words % {"who": error})
        super().take_refusal(form, error)
        replace_values(
            form,
            {
                name: value
                for name, value in raw_values(present).items()
                if name in left_alone and not present[name].is_hidden
            },
        )
        renew(form, SHOWN, json.dumps(marks_of(present)))
        renew(form, VERSION, self.get_version())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(others=self.others, **context)


class Compared(RecordForm):
    """A form whose operation takes no version: what it begins with is compared with what is there when it is sent.

    Forms of the same address are taken one after the other in a bureau, so two at once cannot both pass. ``get_version()`` is a hash of
    what the form begins with; a subclass whose record is replaced by another row returns the id of the row.
    """

    may_change_again = True
    requires_version = False  # who does not say what they saw means the row in the address

    def get_version(self) -> str:
        begin = sorted((name, plain(value)) for name, value in self.get_initial().items())
        return hashlib.sha256(repr(begin).encode()).hexdigest()[:16]

    @property
    def is_sent_once(self) -> bool:
        return True

    def key_of_content(self, form: BaseForm) -> str:
        """Return a key for the row that this content makes: the same form with other content makes another one."""
        key, version = key_of(form.cleaned_data.get(FORM_KEY)), form.cleaned_data.get(VERSION)
        return str(uuid.uuid5(uuid.UUID(key), f"{version} {self.hash_of_input(form)}")) if key else ""

    def run(self, form: BaseForm) -> Any:
        # before the savepoint of ``run()``, which gives a lock back when it finds the form stale and tries once more
        take_turn(self.request.path, self.actor.bureau_id)
        return super().run(form)

    def refuse_stale(self, form: BaseForm) -> None:
        self.read_again()
        if (seen := self.version(form)) and str(seen) != str(self.get_version()):
            raise StaleRecord(_("Somebody changed this in the meantime."))


class EditPage(RecordForm):
    """A form that changes one record, whose fields are those of the record. On a conflict, all that this person changed is listed."""

    always_compares = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.record}

    def get_others(self, form: BaseForm, present: BaseForm) -> Sequence[Difference]:
        return self.differences(form)

    def differences(self, form: BaseForm) -> Sequence[Difference]:
        """Return label, present value and typed value of each field that differs from what was typed."""
        found = []
        for name, typed in form.cleaned_data.items():
            present = getattr(self.record, name, typed)
            is_same = present == typed or not (present or typed)  # an empty text equals none
            if name not in GUARDS and not is_same:
                before, after = (
                    chosen_words(form[name], "" if each is None else each) for each in (present, typed)
                )
                found.append((form[name].label, before, after))
        return found


def _unbound(form_class: Any, **options: Any) -> BaseForm:
    form: BaseForm = form_class(
        **{name: each for name, each in options.items() if name not in ("data", "files")}
    )
    return form


def in_words(form: BaseForm, name: str) -> str:
    """Return what a field of a form holds, in words."""
    value = form[name].value()
    return chosen_words(form[name], "" if value is None else value)
