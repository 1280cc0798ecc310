"""What was done to an enterprise and its records, told from the audit log."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.selectors import Event, shown_value
from facts.staff.history import ACTS
from foundation.accounts.models import AuditEntry

REGISTER_ACTS: dict[str, tuple[Any, str, str]] = {
    "register": (gettext_lazy("Entered in the register"), "plus", ""),
    "edit": (gettext_lazy("Entry changed"), "pencil", "yellow"),
    "hand_over": (gettext_lazy("Handed over"), "arrows-exchange", ""),
    "set_inactive": (gettext_lazy("Taken off the register"), "door-exit", "red"),
    "reactivate": (gettext_lazy("Put back on the register"), "door-enter", "green"),
    "liaison": (gettext_lazy("Liaison officer designated"), "user-check", ""),
}
_SILENT = {
    "id", "bureau_id", "enterprise_id", "search_text", "sort_key", "version", "created_at", "changed_at", "recorded_at",
    "recorded_by_id", "issued_by_station_id", "voided_at", "void_reason", "external_key", "source_values",
}  # fmt: skip


def told(entries: Iterable[AuditEntry], *, organisations: dict[int, str]) -> list[Event]:
    """Each entry as one step: what, by whom, why, what changed. ``organisations`` names stations by id."""
    return [_told(entry, organisations) for entry in entries]


def _told(entry: AuditEntry, organisations: dict[int, str]) -> Event:
    verb = entry.action.rpartition(".")[2]
    title, icon, hue = REGISTER_ACTS.get(verb) or ACTS.get(verb) or (entry.action, "point", "")
    model = _model(entry.object_type)
    parts = [] if entry.object_type == "enterprises.Enterprise" or model is None else [
        _("%(kind)s: %(label)s") % {"kind": model._meta.verbose_name, "label": entry.object_label}
    ]  # fmt: skip
    parts.append(entry.reason)
    if entry.before or verb == "hand_over":
        parts += _changes(entry, model, organisations)
    return Event(
        on=entry.at,
        title=title,
        icon=icon,
        colour=hue,
        by=entry.actor_name,
        text=" · ".join(filter(None, parts)),
    )


def _changes(
    entry: AuditEntry, model: type[models.Model] | None, organisations: dict[int, str]
) -> Iterable[str]:
    fields = {each.attname: each for each in model._meta.concrete_fields} if model else {}
    for name, after in entry.after.items():
        if name in _SILENT or (name not in fields and name not in ("main", "deputy")):
            continue
        before = entry.before.get(name)
        if name == "station_id":
            label, before, after = (
                _("station"),
                organisations.get(before, before),
                organisations.get(after, after),
            )
        elif name in fields:
            label = fields[name].verbose_name
            before, after = shown_value(fields[name], before), shown_value(fields[name], after)
        else:
            label = _("liaison officer") if name == "main" else _("deputy")
        yield _("%(field)s: %(before)s → %(after)s") % {
            "field": label,
            "before": before or "–",
            "after": after or "–",
        }


@cache
def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
