"""Words for the audit log: acts, kinds of objects, fields and values."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Field
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import Action, Kind, action_of, kind_of
from foundation.words import Words

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


def changes(entry: AuditEntry, names: dict[tuple[str, int], str]) -> list[Change]:
    """Return before and after, field by field. ``names``: organisations by (field, id), so that no query is needed."""
    declared, act = kind_of(entry.object_type), action_of(entry.action)
    keys = [key for key in {**entry.before, **entry.after} if key not in _NOT_SHOWN]
    found = [
        Change(
            _label(declared, act, key),
            *(_value(declared, key, side.get(key), names) for side in (entry.before, entry.after)),
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


def _label(declared: Kind | None, act: Action | None, key: str) -> str:
    name = key.removesuffix("_id")
    own = {**(declared.labels if declared else {}), **(act.labels if act else {})}
    words = _LABELS.get(name) or own.get(name)
    if not words:
        field = _field(declared, key)
        words = field.verbose_name if field is not None else key.replace("_", " ")
    return capfirst(str(words))


def _value(declared: Kind | None, key: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and (key, value) in names:
        return names[key, value]
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(value)
    field = _field(declared, key)
    each_of = getattr(field, "base_field", field)
    choices: dict[Any, Any] = dict(each_of.flatchoices or ()) if each_of is not None else {}
    choices |= declared.values.get(key, {}) if declared else {}
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if isinstance(value, list):
        text = ", ".join(str(choices.get(each, each)) for each in value)
    elif isinstance(value, dict):
        text = pgettext("list", ", ").join(
            f"{choices[name]} {each}" if name in choices else f"{name}: {each}"
            for name, each in value.items()
        )
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def shown_value(model_field: Field, value: Any) -> str:
    """Return a logged value in words: the label of a choice, a dash for an empty value."""
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(dict(model_field.flatchoices).get(value, value))
