"""What a record page tells: its fields in words, its history from the log, what differs from what somebody typed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.lives import AuditWords, all_lives
from facts.models import Fact
from facts.selectors import Event, field_of, shown_value
from foundation.accounts.models import AuditEntry

# what happens to facts of every kind; the acts of a life bring their own words
OF_EVERY_KIND: dict[str, AuditWords] = {
    "create": AuditWords(gettext_lazy("Recorded"), "plus", ""),
    "correct": AuditWords(gettext_lazy("Corrected"), "pencil", "yellow"),
    "void": AuditWords(gettext_lazy("Voided"), "ban", "red"),
}
# told elsewhere on the page, or nobody's business
_SILENT = {
    "id",
    "enterprise_id",
    "station_id",
    "issued_by_station_id",
    "recorded_by_id",
    "voided_at",
    "void_reason",
}


@cache
def acts_in_words() -> dict[str, AuditWords]:
    """Return action of the log → words, icon, hue, of every act of every life."""
    return {action: words for life in all_lives().values() for action, words in life.audit_words().items()}


def words_of(action: str) -> AuditWords:
    """Return how the log tells an action on a fact; one nobody declared is told by its name."""
    verb = action.rpartition(".")[2]
    return acts_in_words().get(action) or OF_EVERY_KIND.get(verb) or AuditWords(action, "point", "")


def _by_verb() -> dict[str, AuditWords]:
    return OF_EVERY_KIND | {action.rpartition(".")[2]: words for action, words in acts_in_words().items()}


# verb → (words, icon, hue): for the log of an enterprise, until its words come from the audit contributions
ACTS: Any = SimpleLazyObject(_by_verb)


def fields_of(fact: Fact, names: Sequence[str]) -> list[dict[str, Any]]:
    """Label, value and kind (day, text, answer, plain) of the fields that are filled in."""
    found = []
    for name in names:
        field = field_of(type(fact), name)
        value = getattr(fact, name)
        if value in (None, ""):
            continue
        kind = "plain"
        if isinstance(value, dt.date):
            kind = "day"
        elif isinstance(value, bool):
            value = _("Yes") if value else _("No")
        elif field.choices:
            value = getattr(fact, f"get_{name}_display")()
        elif isinstance(field, models.TextField):
            kind = "text"
        elif isinstance(field, models.IntegerField | models.DecimalField):
            kind = "number"
        found.append({"label": field.verbose_name, "value": value, "kind": kind})
    return found


def history_of(fact: Fact, log: Iterable[AuditEntry]) -> list[Event]:
    """The acts on one record, newest first. One that came with a batch begins with the day it was brought in."""
    events, is_created = [], False
    for entry in log:
        is_creation = entry.action.endswith(".create")
        is_created = is_created or is_creation
        words = words_of(entry.action)
        changes = [] if is_creation else list(changes_of(fact, entry))
        events.append(
            Event(
                on=entry.at,
                title=words.words,
                icon=words.icon,
                colour=words.hue,
                by=entry.actor_name,
                text=entry.reason,
                changes=changes,
            )
        )
    if not is_created:
        events.append(Event(on=fact.recorded_at, title=_("Recorded"), icon="plus"))
    return events


def changes_of(fact: Fact, entry: AuditEntry) -> Iterable[tuple[Any, str, str]]:
    """What one entry changed: the field, what stood there (empty for nothing), what stands there since."""
    fields = {field.attname: field for field in fact._meta.concrete_fields}
    for name, after in entry.after.items():
        if name in fields and name not in _SILENT:
            before = entry.before.get(name)
            words = shown_value(fields[name], before) if before not in (None, "") else ""
            yield fields[name].verbose_name, words, shown_value(fields[name], after)


def differences(fact: Fact, typed: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """Label, present value and typed value of each field in which a record differs from what somebody typed."""
    found = []
    for name, value in typed.items():
        field, present = field_of(type(fact), name), getattr(fact, name)
        if (present or None) != (value or None):
            found.append((field.verbose_name, shown_value(field, present), shown_value(field, value)))
    return found
