"""Downloads: taken away at once, asked for, made by a worker, forgotten after a day."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from foundation.accounts import auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.exports.choices import UNFINISHED, AuditAction, CauseCode, ExportState
from foundation.exports.models import Export, ExportPart
from foundation.exports.sheets import MOST_ROWS, Sheet
from foundation.exports.source import actor_of, is_allowed, sheet_at
from foundation.inbox.notifying import notify, system_scope
from foundation.tenancy.scope import station_scope
from foundation.words import labelled

logger = structlog.get_logger(__name__)
MOST_AT_ONCE = 2_000  # rows that are made while the page waits
MOST_UNFINISHED = 3  # downloads of one role at a time
MOST_KEPT = 30  # of one role, each kept for a day
MOST_ATTEMPTS = 3  # of workers that were killed
KEPT = dt.timedelta(days=1)
LEASE = dt.timedelta(minutes=3)  # a batch takes less than a second
PART = 1_000_000  # bytes


class Superseded(Exception):
    """Another worker has taken the download over, or it is gone: this one stores nothing."""


# --- at once --------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_away(*, actor: Actor, sheet: Sheet, kind: str) -> bytes:
    """Return a short list as a file, and record that it was taken away."""
    with _folder() as folder:
        path = folder / "sheet"
        with sheet.file(kind, path) as file:
            for keys in sheet.batches():
                file.add(sheet.rows(keys))
            file.tell(sheet.about(actor, file.count))
        made = Export(title=_cut(sheet.title), format=kind, total=file.count, filters=_filters(sheet))
        record_download(actor=actor, export=made)
        return path.read_bytes()


def record_file(*, actor: Actor, title: str, kind: str, rows: int) -> None:
    """Record that somebody took a file away that is no list of a page: what it is, and how many rows it has."""
    record_download(actor=actor, export=Export(title=_cut(title), format=kind, total=rows))


def record_download(*, actor: Actor, export: Export) -> None:
    """Record in the audit log who took which list away, with which filters and how many rows."""
    auditing.record(
        actor=actor,
        action=AuditAction.TAKE_AWAY,
        target=export,
        after={"format": export.format, "rows": export.total, "filters": export.filters},
        place=(actor.bureau_id, actor.station_id),
    )


def _filters(sheet: Sheet) -> str:
    return pgettext("list", "; ").join(labelled(label, value) for label, value in sheet.told)


# --- by a worker ----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, actor: Actor, title: str, path: str, query: str, kind: str) -> Export:
    """Ask for a long list. Whoever asks again before it is ready gets the same download.

    Raise WrongState if the role already waits for too many, or has had too many within a day.
    """
    language = translation.get_language() or ""
    digest = hashlib.sha256("\n".join((path, query, kind, language)).encode()).hexdigest()
    waiting = Export.objects.filter(grant_id=actor.grant_id, state__in=UNFINISHED)
    if not waiting.filter(digest=digest).exists():
        if waiting.count() >= MOST_UNFINISHED:
            words = ngettext(
                "%(count)d download is still being made. Wait until it is ready.",
                "%(count)d downloads are still being made. Wait until one of them is ready.",
                MOST_UNFINISHED,
            )
            raise WrongState(words % {"count": MOST_UNFINISHED})
        if list_exports(actor).count() >= MOST_KEPT:
            words = _("This role has made %(count)d downloads within a day. More are possible later.")
            raise WrongState(words % {"count": MOST_KEPT})
        asked = Export(
            user_id=actor.user_id,
            grant_id=actor.grant_id,
            bureau_id=actor.bureau_id or None,
            title=_cut(title),
            path=path,
            query=query,
            format=kind,
            language=language,
            digest=digest,
        )
        with station_scope(system_scope(actor.bureau_id)):
            Export.objects.bulk_create([asked], ignore_conflicts=True)  # somebody may ask twice at once
    # the one that was being made may be ready by now
    return Export.objects.filter(grant_id=actor.grant_id, digest=digest).latest("pk")


def make(*, bureau_id: int, export_id: int) -> None:
    """Make the file of a download, unless another worker does or it is over."""
    with station_scope(system_scope(bureau_id)):
        export = Export.objects.select_related("user").filter(pk=export_id, state__in=UNFINISHED).first()
        actor = actor_of(export) if export else None
        if export and actor is None:  # the role was revoked: nobody may read it any more
            _delete([export.pk])
    if export is None or actor is None:
        return
    with station_scope(actor.scope()):
        attempt = _take(export)
    if attempt is None:
        return
    with translation.override(export.language):
        try:
            if attempt > MOST_ATTEMPTS:
                raise WrongState(f"{MOST_ATTEMPTS} workers ended")
            _make(export, actor, attempt)
        except Superseded:
            logger.info("download superseded", export=export.pk, attempt=attempt)
        except WrongState as error:
            logger.warning("download refused", export=export.pk, path=export.path, why=str(error))
            _fail(export, actor, attempt)
        except Exception:
            _fail(export, actor, attempt)
            raise


def _take(export: Export) -> int | None:
    """Lease the download. Return the number of this attempt, None if another worker holds it."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    taken = Export.objects.filter(free, pk=export.pk, state__in=UNFINISHED).update(
        state=ExportState.RUNNING, leased_until=now + LEASE, attempts=F("attempts") + 1, done=0
    )
    return Export.objects.values_list("attempts", flat=True).get(pk=export.pk) if taken else None


def _hold(export: Export, attempt: int, **values: object) -> None:
    """Store progress or result, and prolong the lease. Raise Superseded."""
    held = Export.objects.filter(pk=export.pk, attempts=attempt, state=ExportState.RUNNING)
    if not held.update(leased_until=timezone.now() + LEASE, **values):
        raise Superseded


def _make(export: Export, actor: Actor, attempt: int) -> None:
    """Read the list in short transactions, each in the actor's scope, and store the file in one."""
    if not is_allowed(actor, export.path):
        raise WrongState("not allowed any more")
    with station_scope(actor.scope()):
        sheet = sheet_at(export, actor, most=MOST_ROWS)
        _hold(export, attempt, total=len(sheet.keys))
    with _folder() as folder:
        path = folder / "sheet"
        with sheet.file(export.format, path) as file:
            for keys in sheet.batches():
                with station_scope(actor.scope()):
                    file.add(sheet.rows(keys))
                    _hold(export, attempt, done=file.count)
            file.tell(sheet.about(actor, file.count))
        if actor_of(export) is None:
            raise WrongState("the role was revoked")
        with transaction.atomic(), station_scope(actor.scope()):
            ended = {"state": ExportState.READY, "ended_at": timezone.now(), "total": file.count}
            _hold(export, attempt, size=path.stat().st_size, filters=_filters(sheet), **ended)
            with path.open("rb") as stream:
                _store(export, stream)
            _notify(export, CauseCode.READY, rows=file.count)


def _store(export: Export, stream: BinaryIO) -> None:
    owner = {"user_id": export.user_id, "grant_id": export.grant_id, "bureau_id": export.bureau_id}
    number = 0
    with station_scope(system_scope(export.bureau_id)):
        while data := stream.read(PART):
            ExportPart.objects.bulk_create([ExportPart(**owner, export=export, number=number, data=data)])
            number += 1


def _fail(export: Export, actor: Actor, attempt: int) -> None:
    with station_scope(actor.scope()):
        held = Export.objects.filter(pk=export.pk, attempts=attempt, state=ExportState.RUNNING)
        if held.update(state=ExportState.FAILED, ended_at=timezone.now()):
            _notify(export, CauseCode.FAILED)


def _notify(export: Export, code: str, **values: object) -> None:
    values = {"object": export.title} | values
    notify(code, to=Q(pk=export.grant_id), key=str(export.pk), object_id=export.pk, values=values)


# --- afterwards -----------------------------------------------------------------------------------------------------


def list_exports(actor: Actor) -> QuerySet[Export]:
    """Return the downloads of the actor's role that are still kept, newest first."""
    return Export.objects.filter(grant_id=actor.grant_id, asked_at__gt=timezone.now() - KEPT)


def unfinished_in(bureau_id: int | None) -> list[int]:
    """Delete what is older than ``KEPT`` in a bureau, or on the platform (None). Return the downloads to go on with."""
    with station_scope(system_scope(bureau_id)):
        own = Export.objects.filter(Q(bureau=None) if bureau_id is None else Q(bureau_id=bureau_id))
        now = timezone.now()
        _delete(list(own.filter(asked_at__lt=now - KEPT).values_list("pk", flat=True)))
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return list(own.filter(free, state__in=UNFINISHED).values_list("pk", flat=True))


def _delete(ids: list[int]) -> None:
    ExportPart.objects.filter(export_id__in=ids).delete()
    Export.objects.filter(pk__in=ids).delete()


def _cut(title: str) -> str:
    return title[: Export._meta.get_field("title").max_length]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="anqi-sheet-") as name:
        yield Path(name)
