"""What a record page shows: its fields in words, its history from the audit log, and how it differs from some input."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from facts.asks import Reason
from facts.choices import FactAction
from facts.lives import all_lives
from facts.models import INTERNAL_FIELDS, Fact, FactStep
from facts.own import is_by_enterprise
from facts.selectors import field_of
from facts.steps import replay
from foundation.accounts import audit_words, auditing
from foundation.accounts.audit_words import shown_value
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import Action, action_of, kind_of_model
from foundation.contributions.limits import names_in, people_fields
from foundation.ui.timeline import Event
from foundation.words import listed

# shown elsewhere on the page, or internal
_NOT_SHOWN = {
    "id",
    "submitted_by_id",
    "withdrawal_asked_at",
    "withdrawal_asked_by",
    "withdrawal_asked_by_id",
    *("lead_id", "absorbed"),  # their names stand beside them
    *(field.attname for field in Fact._meta.local_fields if field.name in INTERNAL_FIELDS),
}


def fields_of(fact: Fact, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return label, value and kind (day, text, number, amount, plain) of the filled fields."""
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
            if not value and not field.editable:  # nobody was asked
                continue
            value = _("Yes") if value else _("No")
        elif field.choices:
            value = getattr(fact, f"get_{name}_display")()
        elif isinstance(field, models.TextField):
            kind = "text"
        elif name in people_fields(type(fact)):
            value = listed(names_in(value))
        elif isinstance(field, models.DecimalField):
            kind = "amount"
        elif isinstance(field, models.IntegerField):
            kind = "number"
        found.append({"label": field.verbose_name, "value": value, "kind": kind})
    return found


Who = Callable[[AuditEntry, FactStep | None], str]


def history_of(
    fact: Fact,
    log: Iterable[AuditEntry],
    steps: Sequence[FactStep] = (),
    *,
    who: Who = lambda entry, step: audit_words.who(entry),
) -> list[Event]:
    """Return the acts on one record as the police see them, newest first. ``who`` says who did one.

    An act has the day from which it holds, and if that is another one, when it was recorded: the newest entry of an
    action is the newest step with its code. A step that was corrected shows the corrected day, or is struck out because
    it never happened; the entry of the correction says what it was. The lines after it tell what they changed as if it
    had been recorded rightly. A record of a batch begins with the day it was recorded.
    """
    events, is_created, log = [], False, list(log)
    auditing.reveal(log)
    names = audit_words.names_of(log)
    kind, of_act = kind_of_model(type(fact)), _by_act(steps)
    undone_steps = {step.corrects_id for step in steps if step.corrects_id and not step.values}
    corrections = [step for step in steps if step.act == FactStep.CORRECTED]
    acts = [
        next(
            (rows.pop() for code, rows in of_act.items() if rows and kind.action(code) == entry.action), None
        )
        for entry in log
    ]
    undone = [step is not None and step.pk in undone_steps for step in acts]
    for number, (entry, step) in enumerate(zip(log, acts, strict=True)):
        act = action_of(entry.action) or Action(entry.action, entry.action)
        is_creation = act.code.endswith(f".{FactAction.CREATE}")
        is_created = is_created or is_creation
        for earlier, is_undone in zip(log[number + 1 :], undone[number + 1 :], strict=True):
            if is_undone:
                _forget(entry, earlier)
        told = step or _correction_of(entry, corrections)
        day = step.on if step else _day_in(entry, act)
        events.append(
            Event(
                on=day or entry.at,
                recorded_at=entry.at if day else None,
                title=act.words,
                icon=act.icon,
                colour=act.tone,
                by=who(entry, step),
                text=audit_words.reason(entry),
                voided=undone[number],
                changes=[]
                if is_creation or undone[number]
                else list(changes_of(fact, entry, names.at(entry), days_of(fact, steps, told))),
            )
        )
    if not is_created:
        events.append(Event(on=fact.recorded_at, title=_("Recorded"), icon="plus"))
    return events


def _day_in(entry: AuditEntry, act: Action) -> dt.date | None:
    """Return the day that an entry says its act has, None if it is that of the entry."""
    value = (entry.after or {}).get(act.day) if act.day else None
    return dt.date.fromisoformat(value) if value else None


def shown_to_enterprise(log: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Return the entries as an enterprise's people may read them: who did what and when.

    Of acts of the police they read no values, and the reason only where its form says so (``Reason.hint``).
    """
    shown = []
    for entry in log:
        if not is_by_enterprise(entry):
            act = action_of(entry.action)
            reason = _read_by_enterprises().get(act.code) if act else None
            is_read = reason is not None and reason.is_read(entry.after)
            entry.reason, entry.before, entry.after = entry.reason if is_read else "", {}, {}
        shown.append(entry)
    return shown


@cache
def _read_by_enterprises() -> Mapping[str, Reason]:
    """Return, by action, the reasons that are written for the enterprise."""
    return {
        life.action(act): each
        for life in all_lives().values()
        for act in life.acts.values()
        for each in act.asks()
        if isinstance(each, Reason) and each.hint
    }


def _by_act(steps: Sequence[FactStep]) -> Mapping[str, list[FactStep]]:
    """Return the steps that were acts, as they were corrected since, by the code of the act, oldest first."""
    instead = {step.corrects_id: step for step in steps if step.corrects_id}
    found: dict[str, list[FactStep]] = {}
    for step in steps:
        if step.act not in (FactStep.TAKEN_OVER, FactStep.CORRECTED) and not step.corrects_id:
            said = instead.get(step.pk)
            if said:
                step.on = said.on
            found.setdefault(step.act, []).append(step)
    return found


def _forget(entry: AuditEntry, undone: AuditEntry) -> None:
    """Let an entry begin with what an earlier one found, where that one never happened."""
    found = {
        name: undone.before.get(name)
        for name, value in undone.after.items()
        if name in entry.before and entry.before[name] == value
    }
    entry.before = entry.before | found


def _correction_of(entry: AuditEntry, corrections: Sequence[FactStep]) -> FactStep | None:
    """Return the step of an entry that corrected days of the record by hand."""
    for step in reversed(corrections):
        if all(name in entry.after and entry.after[name] == day for name, day in step.values.items()):
            return step
    return None


def days_of(fact: Fact, steps: Sequence[FactStep], step: FactStep | None) -> Mapping[str, tuple[Any, Any]]:
    """Return the days before and after a step, by column, as they are known since other steps were corrected.

    Not where no step was corrected, nor where the correction of an earlier step has taken the place of this one.
    """
    if step is None:
        return {}
    corrected = {each.corrects_id for each in steps if each.corrects_id}
    concerned = {name for each in steps if each.corrects_id or each.pk in corrected for name in each.values}
    earlier = {each.pk for each in steps if each.pk < step.pk}
    known = [each for each in steps if (each.corrects_id or each.pk) in earlier]
    said = next((each for each in steps if each.corrects_id == step.pk), step)
    replaced: set[str] = set()
    if step.act == FactStep.CORRECTED:
        since = {each.corrects_id for each in known if each.pk > step.pk}
        replaced = {name for each in known if each.pk in since for name in each.values}
    before = replay(type(fact), known).days
    return {
        name: (day.isoformat() if (day := before.get(name)) else None, after)
        for name, after in said.values.items()
        if name in concerned and name not in replaced and name not in fact.carried
    }


def changes_of(
    fact: Fact, entry: AuditEntry, names: audit_words.Known, days: Mapping[str, tuple[Any, Any]]
) -> Iterable[tuple[Any, str, str]]:
    """Yield what one entry changed: the field, its value before (empty for none), its value after.

    ``days``: before and after as they are known since. The correction of a step names the step and its days.
    """
    life = all_lives().get(str(fact._meta.model_name))
    if life and (corrected := entry.after.keys() & life.acts.keys()):
        for code in sorted(corrected):
            yield life.acts[code].past, entry.before.get(code) or "", entry.after[code] or _("never happened")
        return
    fields = {field.attname: field for field in fact._meta.concrete_fields}
    act = action_of(entry.action)
    labels = {name: words for name, words in act.labels.items() if name != act.day} if act else {}
    for name, was_after in entry.after.items():
        if name not in fields and name in labels:
            is_sum = act is not None and name in act.amounts
            known = kind_of_model(type(fact)).values.get(name, {})
            yield labels[name], "", audit_words.grouped(was_after) if is_sum else _said(known, was_after)
            continue
        before, after = days.get(name, (entry.before.get(name), was_after))
        is_taken_back = before == after or (before in (None, "") and after in (None, ""))
        if name in fields and name not in _NOT_SHOWN and not is_taken_back:
            field = fields[name]
            words = shown_value(field, before, names) if before not in (None, "") else ""
            yield audit_words.field_words(field), words, shown_value(field, after, names)


def _said(words: Mapping[str, Any], value: Any) -> str:
    """Return a value of an entry that is no field of the record; codes in their words."""
    if isinstance(value, list):
        return listed(str(words.get(each, each)) for each in value)
    return str(words.get(value, value))


def differences(fact: Fact, typed: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """Return label, present value and typed value of each field in which a record differs from the input."""
    found = []
    for name, value in typed.items():
        field, present = field_of(type(fact), name), getattr(fact, name)
        if (present or None) != (value or None):
            found.append((field.verbose_name, shown_value(field, present), shown_value(field, value)))
    return found
