"""The log of an enterprise and its records, read from the audit log."""

from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from enterprises.choices import AuditAction
from enterprises.models import Enterprise
from foundation.accounts import audit_words, auditing
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import Kind, action_of, kind_of
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
    "about_kind",
    "about_id",
    "about_file",
    "voided_at",
    "void_reason",
    "external_key",
    "source_values",
    "submitted_by_id",
    "withdrawal_asked_by_id",
    "lead_id",
    "absorbed",
    "earlier",
    "earlier_until_on",
}
# what the entries of these acts say besides their reason
_SHOWN_OF: dict[str, tuple[str, ...]] = {
    AuditAction.DEACTIVATE_ENTERPRISE: ("kind", "from_on", "merged_into_id"),
    AuditAction.ABSORB_ENTERPRISE: ("merged_id", "on"),
    AuditAction.NOT_ABSORBED: ("merged_id", "on"),
    AuditAction.REACTIVATE_ENTERPRISE: ("on",),
}


def as_events(entries: Sequence[AuditEntry]) -> list[Event]:
    """Return each entry as an event: what was done, by whom, why, what changed."""
    auditing.reveal(entries)
    names = audit_words.names_of(entries)
    return [_as_event(entry, names) for entry in entries]


def _as_event(entry: AuditEntry, names: audit_words.Names) -> Event:
    act, kind = action_of(entry.action), kind_of(entry.object_type)
    parts = []
    if kind is not None and kind.model is not Enterprise:
        parts.append(
            _("%(kind)s: %(label)s")
            % {"kind": kind.model._meta.verbose_name, "label": audit_words.object_name(entry, names)}
        )
    parts.append(audit_words.reason(entry))
    if shown := _SHOWN_OF.get(entry.action):
        parts += [
            _("%(field)s: %(value)s") % {"field": change.label, "value": change.after}
            for change in audit_words.changes(entry, names, only=shown)
            if change.after
        ]
    elif entry.before or entry.action == AuditAction.HAND_OVER_ENTERPRISE:
        parts += _changes(entry, kind, names)
    return Event(
        on=entry.at,
        title=act.words if act else entry.action,
        icon=act.icon if act else "point",
        colour=act.tone if act else "",
        by=audit_words.who(entry),
        text=" · ".join(filter(None, parts)),
    )


def _changes(entry: AuditEntry, kind: Kind | None, names: audit_words.Names) -> Iterable[str]:
    fields = {each.attname: each for each in kind.model._meta.concrete_fields} if kind else {}
    for name, after in entry.after.items():
        if name in _NOT_SHOWN or (name not in fields and name not in ("main", "deputy")):
            continue
        before = entry.before.get(name)
        label: Words
        if kind and name in kind.unread:
            label, before, after = audit_words.field_words(fields[name]), "…", "…"
        elif name in fields:
            label = _("station") if name == "station_id" else audit_words.field_words(fields[name])
            before = audit_words.shown_value(fields[name], before, names)
            after = audit_words.shown_value(fields[name], after, names)
        else:
            label = _("liaison officer") if name == "main" else _("deputy")
        yield _("%(field)s: %(before)s → %(after)s") % {
            "field": capfirst(str(label)),
            "before": before or "–",
            "after": after or "–",
        }
