"""Writing the audit log: one call per act, in the transaction of the act."""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.accounts.digests import digest_of_value
from foundation.accounts.models import AuditEntry, AuditValue, Bureau, Station
from foundation.accounts.reasons import checked_reason
from foundation.contributions.audit import Kind, kind_of, kind_of_model
from foundation.contributions.notifications import Happening
from foundation.database.appending import append
from foundation.inbox.notifying import announce, announce_alike, announced_at_once
from foundation.tenancy.scope import acting

# secrets, and what is derived from personal values
_HIDDEN = {
    "password",
    "token_hash",
    "digest",
    "session_epoch",
    "has_password",
    "is_awaited",
    "sealed_secret",
    "sealed_previous",
    "search_text",
    "police_text",
    "sort_key",
}
COMMITMENT = "commitment"
_waiting: ContextVar[list[tuple[Actor, Sequence[AuditEntry]]] | None] = ContextVar("waiting", default=None)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return value.pk
    return value


def snapshot(instance: models.Model) -> dict[str, Any]:
    """Return the concrete fields of an object as JSON values, without secrets."""
    return {
        field.attname: _plain(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if field.name not in _HIDDEN
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only what differs, as (before, after)."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def entry(
    *,
    actor: Actor,
    action: str,
    target: models.Model | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    place: tuple[int, int] | None = None,
) -> AuditEntry:
    """Return an unsaved audit entry. Bulk operations write many at once (:func:`write`).

    Station and enterprise come from the target if it has them, the bureau otherwise from the actor. ``place`` is
    (bureau, station) for a target without an organisation of its own: a person, or None. Raise ValidationError for a
    reason that is too long.
    """
    kind = kind_of_model(target._meta.model) if target is not None else None
    station_id = target.pk if isinstance(target, Station) else getattr(target, "station_id", None)
    bureau_id = target.pk if isinstance(target, Bureau) else getattr(target, "bureau_id", None)
    if place is not None:
        bureau_id, station_id = place
    return AuditEntry(
        bureau_id=bureau_id or (0 if place is not None else actor.bureau_id),
        station_id=station_id or 0,
        enterprise_id=_enterprise_id(target),
        action=action,
        object_type=kind.code if kind else "",
        object_id=(target.pk if target is not None else 0) or 0,
        object_label=str(target)[:200] if target is not None else "",
        object_values=_name_values(kind, target),
        reason=checked_reason(reason),
        before=before or {},
        after=after or {},
    )


def write(entries: Sequence[AuditEntry], *, actor: Actor) -> None:
    """Write entries. Who acted is the transaction's actor; ``actor`` counts where it has none (log-ins, commands).

    Personal values are replaced by their commitments, here and in the given entries.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((actor, entries))
        return
    values = [value for each in entries for value in _commit(each)]
    with acting(actor.acting):
        # RETURNING would require that the writer sees the row, which is not so for a platform entry
        append(entries)
        append(values)


@contextmanager
def written_at_once() -> Iterator[None]:
    """Write the entries of the block when it ends, in their order, and announce what they say: one statement for all.

    If it raises, nothing is written. Nothing in the block may read the entries that it writes.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[tuple[Actor, Sequence[AuditEntry]]] = []
    token = _waiting.set(waiting)
    with announced_at_once():
        try:
            yield
        finally:
            _waiting.reset(token)
        for actor, of_actor in groupby(waiting, key=lambda each: each[0]):
            write([entry for _actor, entries in of_actor for entry in entries], actor=actor)


def _commit(entry: AuditEntry) -> Iterable[AuditValue]:
    """Replace the personal values of an entry by their commitments. Yield what the commitments stand for."""
    kind = kind_of(entry.object_type)
    personal = kind.personal if kind else frozenset()
    for side in ("before", "after"):
        stored = dict(getattr(entry, side))
        for key in personal & stored.keys():
            value = stored[key]
            if value in (None, "", {}, []) or isinstance(value, bool):
                continue
            salt = secrets.token_hex(16)
            digest = digest_of_value(salt, value)
            stored[key] = {COMMITMENT: digest}
            yield AuditValue(
                commitment=digest,
                salt=salt,
                value=value,
                object_type=entry.object_type,
                object_id=entry.object_id,
                bureau_id=entry.bureau_id,
                station_id=entry.station_id,
                enterprise_id=entry.enterprise_id,
            )
        setattr(entry, side, stored)


def commitment_in(value: Any) -> str:
    """Return the commitment that stands for a personal value in an entry; "" for any other value."""
    return value[COMMITMENT] if isinstance(value, dict) and value.keys() == {COMMITMENT} else ""


def reveal(entries: Iterable[AuditEntry]) -> None:
    """Put personal values back into entries that are to be shown: one query, of values the reader may see.

    What was erased becomes the word for it.
    """
    shown = list(entries)
    commitments = {
        commitment
        for entry in shown
        for value in (*entry.before.values(), *entry.after.values())
        if (commitment := commitment_in(value))
    }
    if not commitments:
        return
    known = dict(AuditValue.objects.filter(pk__in=commitments).values_list("commitment", "value"))
    for entry in shown:
        for side in (entry.before, entry.after):
            for key, value in side.items():
                if commitment := commitment_in(value):
                    side[key] = known.get(commitment, _("(erased)"))


def _name_values(kind: Kind | None, target: models.Model | None) -> dict[str, Any] | None:
    """Return the values that an object's name is made of, None if its name is the same in every language."""
    if kind is None or not kind.named_by:
        return None
    return {name: _plain(getattr(target, name)) for name in kind.named_by}


def _enterprise_id(target: models.Model | None) -> int:
    """Return the id of the enterprise an object is about, 0 for none."""
    return getattr(target, "audited_enterprise_id", None) or getattr(target, "enterprise_id", None) or 0


def record_alike(
    *, actor: Actor, action: str, after: Mapping[models.Model, dict[str, Any]]
) -> list[AuditEntry]:
    """Write an entry for each new object, and notify the people whom they concern: of all the same (``announce_alike``)."""
    entries = [
        entry(actor=actor, action=action, target=target, after=values) for target, values in after.items()
    ]
    write(entries, actor=actor)
    announce_alike([Happening(action, actor, target, {}, values, "") for target, values in after.items()])
    return entries


def record(
    *,
    actor: Actor,
    action: str,
    target: models.Model | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    place: tuple[int, int] | None = None,
) -> AuditEntry:
    """Write one audit entry, and notify the people whom the act concerns (``notifications.py`` of the apps)."""
    written = entry(
        actor=actor, action=action, target=target, before=before, after=after, reason=reason, place=place
    )
    write([written], actor=actor)
    if target is not None:
        announce(Happening(action, actor, target, before or {}, after or {}, reason))
    return written
