"""What an act asks for: the fields of its small form, each an argument of its operation."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from foundation.accounts.actors import Actor
from foundation.ui.forms import answer_field, day_field, reason_field
from foundation.words import Words


class Ask(Protocol):
    """One field of an act's form, and one argument of its operation."""

    @property
    def name(self) -> str: ...

    def field_for(self, record: Any, actor: Actor) -> forms.Field | None:
        """Return the field for this record and actor, None if it is not asked."""


@dataclass(frozen=True)
class Day:
    """A day; by default today unless ``starts_empty``. ``police_only``: an enterprise's people are not asked for it.

    ``proposes`` returns the day that a rule gives, with which the field then starts, and why.
    """

    name: str
    label: Words
    starts_empty: bool = False
    police_only: bool = False
    required: bool = True
    help_text: Words = ""
    proposes: Callable[[Any, Actor], tuple[dt.date | None, Words]] = lambda record, actor: (None, "")

    def field_for(self, record: Any, actor: Actor) -> forms.Field | None:
        if self.police_only and actor.is_enterprise:
            return None
        proposed, words = self.proposes(record, actor)
        initial = proposed if self.starts_empty else timezone.localdate
        return day_field(
            self.label, initial=initial, required=self.required, help_text=words or self.help_text
        )


@dataclass(frozen=True)
class Text:
    """A short text, required. ``police_only``: an enterprise's people are not asked for it. ``initial`` takes the record."""

    name: str
    label: Words
    max_length: int
    help_text: Words = ""
    police_only: bool = False
    initial: Callable[[Any], str] = lambda record: ""

    def field_for(self, record: Any, actor: Actor) -> forms.Field | None:
        if self.police_only and actor.is_enterprise:
            return None
        return forms.CharField(
            label=self.label,
            max_length=self.max_length,
            help_text=self.help_text,
            initial=self.initial(record),
        )


@dataclass(frozen=True)
class Reason:
    """The reason, kept in the audit log; required or optional.

    With a ``hint`` the enterprise reads it; with ``read_with`` besides, only if the act set that field.
    """

    required: bool = True
    name: str = "reason"
    hint: Words = ""
    label: Words = ""
    read_with: str = ""

    def is_read(self, after: Mapping[str, Any]) -> bool:
        """Return whether the enterprise reads the reason of an act that set these values."""
        return bool(self.hint) and (not self.read_with or bool(after.get(self.read_with)))

    def field_for(self, record: Any, actor: Actor) -> forms.Field | None:
        return reason_field(required=self.required, help_text=self.hint, label=self.label)


def reopening(hint: Words = "", **deadline: Any) -> tuple[Ask, ...]:
    """Return what the act asks that takes up something settled or closed again. ``hint``: who reads the reason."""
    return (
        Day("reopened_on", gettext_lazy("Reopened on")),
        Day("due_on", gettext_lazy("New deadline"), starts_empty=True, **deadline),
        Reason(hint=hint),
    )


@dataclass(frozen=True)
class Answer:
    """Yes or no, starting with what is recorded. ``required`` may depend on the record; else "not known" is offered."""

    name: str
    label: Words
    required: Callable[[Any], bool] = lambda record: False

    def field_for(self, record: Any, actor: Actor) -> forms.Field | None:
        field = answer_field(self.label, required=self.required(record))
        if (recorded := getattr(record, self.name, None)) is not None:
            field.initial = "true" if recorded else "false"
        return field
