"""Words for the audit log: acts, kinds of objects, fields and values."""

import datetime as dt
import re
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import DecimalField, Field, Model, Q
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Station, User
from foundation.contributions.audit import Action, Kind, Phrase, action_of, kind_of, kinds, phrases
from foundation.words import Words, labelled


class Names(dict[tuple[type[Model], int], str]):
    """Names of objects by model and id. ``then`` has those that were others when an entry was written, by its id."""

    then: dict[int, dict[tuple[type[Model], int], str]]

    def __init__(self) -> None:
        super().__init__()
        self.then = {}

    def at(self, entry: AuditEntry) -> Mapping[tuple[type[Model], int], str]:
        """Return the names as they were when an entry was written."""
        return ChainMap(self.then.get(entry.pk, {}), self)


Known = Mapping[tuple[type[Model], int], str]

_LONGEST = 300
# who, when and where of the entry itself, and what only machines need
_NOT_SHOWN = {
    "id",
    "search_text",
    "police_text",
    "sort_key",
    "version",
    "created_at",
    "changed_at",
    "recorded_at",
    "recorded_by_id",
    "submitted_by_id",
    "created_by_id",
    "made_at",
    "made_by",
    "made_by_id",
    "replaced_by_id",
    "issued_by_station_id",
    "first_id",
    "last_id",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_LABELS: dict[str, Words] = {
    "role": gettext_lazy("role"),
    "organisation": gettext_lazy("organisation"),
    "bureau": gettext_lazy("Bureau"),
    "station": gettext_lazy("Station"),
    "department": gettext_lazy("Department"),
    "enterprise": gettext_lazy("Enterprise"),
    "standard": gettext_lazy("Standard"),
}  # organisations and roles, which entries about many kinds of objects mention


@dataclass(frozen=True)
class Change:
    """One changed field of an entry, as the page shows it."""

    label: str
    before: str
    after: str


def act(action: str) -> str:
    """Return the words for an act. For a code that no app declares, they are made from the code."""
    known = action_of(action)
    return str(known.words) if known else capfirst(re.sub(r"[._:]", " ", action))


def act_on(action: str, object_type: str) -> str:
    """Return the words for an act when its object is not shown: "Hazard: Recorded"."""
    known = action_of(action)
    if known is None or not known.names_no_kind or not object_type:
        return act(action)
    return _("%(kind)s: %(act)s") % {"kind": kind(object_type), "act": known.words}


def grave(action: str) -> bool:
    """Return whether an act is marked for a second look."""
    known = action_of(action)
    return known is not None and known.grave


def kind(object_type: str) -> str:
    """Return the words for a kind of object."""
    known = kind_of(object_type)
    return capfirst(str(known.model._meta.verbose_name)) if known else object_type


def who(entry: AuditEntry) -> str:
    """Return the words for who acted: a person's name, or the system."""
    if entry.role == "system" and entry.actor_name == "system":
        return _("System")
    return _said(entry, entry.actor_name)


def reason(entry: AuditEntry) -> str:
    """Return why somebody acted: as a person typed it, or in the reader's language if the program gave the reason."""
    return _said(entry, entry.reason)


def _said(entry: AuditEntry, text: str) -> str:
    """Return a phrase of the program in the reader's language, and anything else as it is."""
    for pattern, phrase in _phrases():
        if (phrase.for_people or entry.role == "system") and (found := pattern.fullmatch(text)):
            return str(phrase.words) % found.groupdict()
    return text


def object_name(entry: AuditEntry, names: Known | None = None) -> str:
    """Return the name of an entry's object. Old entries have only the text of their time, which is read back."""
    declared = kind_of(entry.object_type)
    if declared is None:
        return entry.object_label
    if not entry.object_id and "records" in entry.after:
        return f"{entry.after['records']} × {declared.model._meta.verbose_name}"
    if not declared.named_by:
        return entry.object_label
    if entry.object_values:
        parts = (_word(declared, name, entry.object_values.get(name)) for name in declared.named_by)
        return declared.joined_by.join(part for part in parts if part)
    known = names.get((declared.model, entry.object_id)) if names else ""
    return known or _read_back(declared, entry.object_label)


def named_like(text: str) -> Q:
    """Return the condition for entries whose object's name contains a text in the reader's language."""
    found, text = Q(object_label__icontains=text), text.casefold()
    for declared in kinds:
        for name in declared.named_by:
            labels = _labels(declared, name)
            codes = {
                code for code, words in _choices(declared, name).items() if text in str(words).casefold()
            }
            for label in {label for label, code in labels if code in codes}:
                found |= Q(object_type__in=declared.codes, object_label__icontains=label)
    return found


def references(entries: Iterable[AuditEntry]) -> dict[type[Model], set[int]]:
    """Return the objects that entries mention by their id only, by model."""
    found: dict[type[Model], set[int]] = {}
    for entry in entries:
        declared = kind_of(entry.object_type)
        for model, pk in _mentioned(entry):
            found.setdefault(model, set()).add(pk)
        if declared and not entry.object_values and _needs_object(declared):
            found.setdefault(declared.model, set()).add(entry.object_id)
    return found


def _mentioned(entry: AuditEntry) -> Iterator[tuple[type[Model], int]]:
    """Yield the objects that the values of an entry point to, as model and id."""
    declared = kind_of(entry.object_type)
    for key, value in (*entry.before.items(), *entry.after.items()):
        ids = [each for each in (value if isinstance(value, list) else [value]) if type(each) is int]
        if key not in _NOT_SHOWN and ids and (model := _model_of(declared, key, value)):
            yield from ((model, each) for each in ids)


def names_of(entries: Iterable[AuditEntry]) -> Names:
    """Return the names of the objects that entries mention by id: one query for each model, of rows the reader may see."""
    found, entries, of_kind = Names(), list(entries), []
    for model, ids in references(entries).items():
        rows = model._default_manager.in_bulk(ids)
        found |= {(model, pk): str(row) for pk, row in rows.items()}
        declared = next((each for each in kinds if each.model is model and each.name_of), None)
        if declared and rows:
            of_kind.append((declared, rows))
    if of_kind:
        _add_former_names(found, of_kind, entries)
    return found


def _add_former_names(
    found: Names, of_kind: Sequence[tuple[Kind, Mapping[int, Model]]], entries: Sequence[AuditEntry]
) -> None:
    """Add what objects were called when entries mentioned them, where what makes up their name was changed since."""
    changed = Q()
    for declared, rows in of_kind:
        names = [name for name in declared.name_of if name not in declared.personal]
        changed |= Q(object_type__in=declared.codes, object_id__in=rows.keys(), before__has_any_keys=names)
    first = min(entry.pk for entry in entries)
    later: dict[tuple[str, int], list[AuditEntry]] = {}
    for each in AuditEntry.objects.filter(changed, pk__gt=first).order_by("-id"):
        if kind := kind_of(each.object_type):
            later.setdefault((kind.code, each.object_id), []).append(each)
    known = {declared.model: (declared, rows) for declared, rows in of_kind}
    for entry in entries:
        for model, pk in _mentioned(entry):
            if model not in known:
                continue
            declared, rows = known[model]
            since = [each for each in later.get((declared.code, pk), ()) if each.pk > entry.pk]
            if since:
                found.then.setdefault(entry.pk, {})[model, pk] = _name_before(declared, rows[pk], since)


def _name_before(declared: Kind, row: Model, since: Sequence[AuditEntry]) -> str:
    """Return what an object was called before these changes, the latest of which comes first."""
    values = {name: getattr(row, name) for name in declared.name_of}
    for each in since:
        values |= {
            name: each.before[name]
            for name in values.keys() & each.before.keys()
            if name not in declared.personal
        }
    parts = (_word(declared, name, value) for name, value in values.items())
    return declared.joined_by.join(part for part in parts if part)


def changes(entry: AuditEntry, names: Known, only: Collection[str] = ()) -> list[Change]:
    """Return before and after, field by field, or of some fields only. ``names`` are those of :func:`names_of`."""
    declared, act = kind_of(entry.object_type), action_of(entry.action)
    known = names.at(entry) if isinstance(names, Names) else names
    keys = [
        key
        for key in {**entry.before, **entry.after}
        if key not in _NOT_SHOWN and (not only or key in only) and not _has_name_beside(declared, key)
    ]
    found = [
        Change(
            _label(declared, act, key),
            *(_value(declared, act, key, side.get(key), known) for side in (entry.before, entry.after)),
        )
        for key in keys
    ]
    return [change for change in found if change.before != change.after or (entry.before and entry.after)]


def moment(text: str) -> str:
    """Format a moment stored in the log, in local time."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return (timezone.localtime(at) if timezone.is_aware(at) else at).strftime("%Y-%m-%d %H:%M")


def _field(declared: Kind | None, key: str) -> Any:
    for field in declared.model._meta.concrete_fields if declared else ():
        if key in (field.attname, field.name):
            return field
    return None


def _has_name_beside(declared: Kind | None, key: str) -> bool:
    """Return whether a field is a bare id whose name is stored in another: ``lead_id`` beside ``lead_name``."""
    base = key.removesuffix("_id")
    field = _field(declared, key) if base != key else None
    names = {base, f"{base}_name"}
    return field is not None and _related(field) is None and any(_field(declared, name) for name in names)


def _label(declared: Kind | None, act: Action | None, key: str) -> str:
    name = key.removesuffix("_id")
    own = {**(declared.labels if declared else {}), **(act.labels if act else {})}
    words = _LABELS.get(name) or own.get(name)
    if not words:
        field = _field(declared, key)
        words = field.verbose_name if field is not None else key.replace("_", " ")
    return capfirst(str(words))


@cache
def _phrases() -> list[tuple[re.Pattern[str], Phrase]]:
    """Return each phrase with the pattern of its text in each language."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for phrase in phrases:
                text = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.*)", re.escape(str(phrase.words)))
                found.append((re.compile(text, re.DOTALL), phrase))
    return found


def _word(declared: Kind, name: str, value: Any) -> str:
    """Return one part of an object's name."""
    if isinstance(value, dict):  # a word for each language
        language = (translation.get_language() or "en")[:2]
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    return str(_choices(declared, name).get(value, value if value is not None else ""))


def _choices(declared: Kind | None, name: str) -> dict[Any, Any]:
    field = _field(declared, name)
    each_of = getattr(field, "base_field", field)
    return dict(each_of.flatchoices or ()) if each_of is not None else {}


def _read_back(declared: Kind, label: str) -> str:
    """Return a name of the time before its values were stored: the label of a choice at one end is put in words."""
    for name, at_start in ((declared.named_by[0], True), (declared.named_by[-1], False)):
        for text, code in _labels(declared, name):
            rest = f"{declared.joined_by}{text}" if not at_start else f"{text}{declared.joined_by}"
            if at_start and label.startswith(rest):
                return _word(declared, name, code) + label[len(text) :]
            if not at_start and label.endswith(rest):
                return label[: -len(text)] + _word(declared, name, code)
    return label


def _needs_object(declared: Kind) -> bool:
    """Return whether the stored text of a name cannot be read back: none of its parts is a choice."""
    return bool(declared.named_by) and not any(_choices(declared, name) for name in declared.named_by)


@cache
def _labels(declared: Kind, name: str) -> list[tuple[str, Any]]:
    """Return the labels of a choice in all languages, the longest first, with their codes."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found += [(str(words), code) for code, words in _choices(declared, name).items() if str(words)]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _model_of(declared: Kind | None, key: str, value: Any) -> type[Model] | None:
    """Return the model that an id in an entry points to."""
    if key == "stations" and isinstance(value, list):
        return Station
    if declared and key in declared.refers:
        return declared.refers[key]
    field = _field(declared, key)
    if field is not None:
        return _related(field)
    if not key.endswith("_id"):
        return None
    kind = kind_of(key.removesuffix("_id"))
    return kind.model if kind else User if key.endswith("_by_id") else None


def _names_of_ids(model: type[Model], value: Any, names: Known) -> str:
    ids = value if isinstance(value, list) else [value]
    return pgettext("list", ", ").join(names.get((model, each), f"#{each}") for each in ids)


def _value(declared: Kind | None, act: Action | None, key: str, value: Any, names: Known) -> str:
    if value is None or value == "":
        return ""
    if declared and key in declared.unread:
        return _("(a text: see the record)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if model := _model_of(declared, key, value):
        return _names_of_ids(model, value, names)
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(value)
    if (act and key in act.amounts) or isinstance(_field(declared, key), DecimalField):
        return grouped(value)
    choices = _choices(declared, key) | dict(declared.values.get(key, {}) if declared else {})
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if isinstance(value, list):
        text = pgettext("list", ", ").join(str(choices.get(each, each)) for each in value)
    elif isinstance(value, dict):
        text = pgettext("list", ", ").join(
            f"{choices[name]} {each}" if name in choices else labelled(name, each)
            for name, each in value.items()
        )
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def grouped(value: Any) -> str:
    """Return a number of the log with grouped thousands, as pages show it; anything else as it is."""
    try:
        return f"{Decimal(str(value)):,}"
    except InvalidOperation:
        return str(value)


def field_words(model_field: Field) -> Words:
    """Return the words for a column in a history. A foreign key without words of its own has those of its model."""
    related = _related(model_field)
    known = _LABELS.get(model_field.name) or (related._meta.verbose_name if related else None)
    return known or model_field.verbose_name


def _related(field: Field) -> type[Model] | None:
    related = field.related_model
    return None if related is None or isinstance(related, str) else related


def shown_value(model_field: Field, value: Any, names: Known | None = None) -> str:
    """Return a logged value in words: the label of a choice, the name of what an id points to, a dash for none."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, list):
        return pgettext("list", ", ").join(shown_value(model_field, each, names) for each in value)
    if names is not None and (related := _related(model_field)):
        return _names_of_ids(related, value, names)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(dict(model_field.flatchoices).get(value, value))
