"""The log of an enterprise and its records, read from the audit log."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from enterprises.choices import AuditAction
from enterprises.models import Enterprise
from foundation.accounts.audit_words import shown_value
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import action_of, kind_of
from foundation.ui.timeline import Event
from foundation.words import Words

_NOT_SHOWN = {
    "id",
    "bureau_id",
    "enterprise_id",
    "search_text",
    "police_text",
    "sort_key",
    "version",
    "created_at",
    "changed_at",
    "recorded_at",
    "recorded_by_id",
    "issued_by_station_id",
    "voided_at",
    "void_reason",
    "external_key",
    "source_values",
}


def as_events(entries: Iterable[AuditEntry], *, organisations: dict[int, str]) -> list[Event]:
    """Return each entry as an event: what was done, by whom, why, what changed. ``organisations``: stations by id."""
    return [_as_event(entry, organisations) for entry in entries]


def _as_event(entry: AuditEntry, organisations: dict[int, str]) -> Event:
    act, kind = action_of(entry.action), kind_of(entry.object_type)
    parts = []
    if kind is not None and kind.model is not Enterprise:
        parts.append(
            _("%(kind)s: %(label)s") % {"kind": kind.model._meta.verbose_name, "label": entry.object_label}
        )
    parts.append(entry.reason)
    if entry.before or entry.action == AuditAction.HAND_OVER_ENTERPRISE:
        parts += _changes(entry, kind.model if kind else None, organisations)
    return Event(
        on=entry.at,
        title=act.words if act else entry.action,
        icon=act.icon if act else "point",
        colour=act.tone if act else "",
        by=entry.actor_name,
        text=" · ".join(filter(None, parts)),
    )


def _changes(
    entry: AuditEntry, model: type[models.Model] | None, organisations: dict[int, str]
) -> Iterable[str]:
    fields = {each.attname: each for each in model._meta.concrete_fields} if model else {}
    for name, after in entry.after.items():
        if name in _NOT_SHOWN or (name not in fields and name not in ("main", "deputy")):
            continue
        before = entry.before.get(name)
        label: Words
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
