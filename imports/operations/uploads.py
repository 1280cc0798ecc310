"""Taking a sheet over by page: uploaded, read by a worker, columns confirmed, rows mended and decided."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Stage, targets
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope
from foundation.texts import unstorable
from foundation.words import visible
from imports.access import Permission
from imports.choices import AT_WORK, AuditAction, Choice, RowState, UploadState
from imports.models import Upload, UploadPart, UploadRow
from imports.proposing import Column

PART = 1_000_000  # bytes
LARGEST = 150_000_000  # bytes of a file; the web server takes little more (config/web.py)
MOST_KEPT = 50  # sheets of one person in one role
MOST_BYTES = 1_250_000_000  # of all of them
LONGEST_TEXT = 4_000  # of a cell that is mended
LEASE = dt.timedelta(minutes=15)
MOST_ATTEMPTS = 3  # of workers that were killed
DECIDABLE = (RowState.CHANGED, RowState.DOUBTFUL, RowState.REFUSED, RowState.LEFT_OUT, RowState.NEW)


class Superseded(Exception):
    """Another worker has taken the sheet over, or it is gone: this one stores nothing."""


def list_uploads(actor: Actor) -> Any:
    """Return the sheets of the actor's role, newest first."""
    access.require(actor, Permission.TAKE_OVER_SHEETS)
    return Upload.objects.filter(grant_id=actor.grant_id)


def get_upload(actor: Actor, upload_id: int) -> Upload:
    """Return a sheet of the actor's role. Raise DoesNotExist."""
    return list_uploads(actor).get(pk=upload_id)


def kinds_for(actor: Actor) -> list[str]:
    """Return what the rows of the actor's sheets may be, in the order of a new bureau: acts only of whoever may do them."""
    allowed = [each for each in targets if not each.permission or access.allows(actor, each.permission)]
    return [target.code for target in sorted(allowed, key=lambda each: list(Stage).index(Stage(each.stage)))]


@transaction.atomic
def upload(*, actor: Actor, kind: str, name: str, stream: BinaryIO) -> Upload:
    """Keep a file, to be read by a worker. ``kind`` is the code of what its rows become.

    Raise ValidationError for a file that is empty or too large, WrongState if the role keeps too many.
    """
    access.require(actor, Permission.TAKE_OVER_SHEETS)
    if kind not in kinds_for(actor):
        raise ValidationError({"kind": _("Choose what the rows are.")})
    kept = list_uploads(actor).aggregate(sheets=Count("pk"), size=Coalesce(Sum("size"), 0))
    if kept["sheets"] >= MOST_KEPT:
        words = _("You keep %(count)d sheets. Delete those that are finished, then upload this one.")
        raise WrongState(words % {"count": MOST_KEPT})
    if kept["size"] >= MOST_BYTES:
        words = _(
            "Your sheets have %(count)s MB together. Delete those that are finished, then upload this one."
        )
        raise WrongState(words % {"count": f"{kept['size'] // 1_000_000:,}"})
    owner = {"user_id": actor.user_id, "grant_id": actor.grant_id, "bureau_id": actor.bureau_id}
    made = Upload(
        **owner,
        kind=kind,
        station_id=actor.station_id or None,
        language=get_language() or "",
        file_name=visible(name)[-200:] or _("sheet"),
    )
    with station_scope(system_scope(actor.bureau_id)):
        Upload.objects.bulk_create([made])
        number = 0
        while data := stream.read(PART):
            made.size += len(data)
            if made.size > LARGEST:
                raise ValidationError({"file": too_large()})
            UploadPart.objects.bulk_create([UploadPart(**owner, upload=made, number=number, data=data)])
            number += 1
    if not made.size:
        raise ValidationError({"file": _("The file is empty.")})
    Upload.objects.filter(pk=made.pk).update(size=made.size)
    auditing.record(
        actor=actor,
        action=AuditAction.UPLOAD,
        target=made,
        after={"file": made.file_name, "becomes": kind},
        place=(actor.bureau_id, actor.station_id),
    )
    _wake(made)
    return made


def too_large() -> str:
    """Return why a file is refused that is larger than LARGEST."""
    words = _("The file is larger than %(count)d MB. A CSV file may be packed (.gz).")
    return words % {"count": LARGEST // 1_000_000}


def _wake(sheet: Upload) -> None:
    from imports.tasks import go_on  # it calls the operations

    transaction.on_commit(lambda: go_on.delay(sheet.bureau_id or 0, sheet.pk))


@transaction.atomic
def read_again(*, actor: Actor, upload_id: int, sheet: str = "", header_rows: Sequence[int] = ()) -> None:
    """Read the file again, another sheet of it or with the header in other rows. Nothing of it may be written yet."""
    found = lock(actor, upload_id, UploadState.COLUMNS, UploadState.READY, UploadState.FAILED)
    if found.run_ids:
        raise WrongState(_("Rows of this sheet are written already. Undo that first."))
    found.layout = {"sheet": sheet, "header_rows": [int(row) for row in header_rows]}
    _begin(found, UploadState.READING)


@transaction.atomic
def confirm_columns(*, actor: Actor, upload_id: int, columns: list[dict[str, Any]]) -> None:
    """Store what the columns become, and have all rows checked."""
    found = lock(actor, upload_id, UploadState.COLUMNS, UploadState.READY)
    found.columns = columns
    _begin(found, UploadState.CHECKING)


@transaction.atomic
def check_again(*, actor: Actor, upload_id: int) -> None:
    """Have all rows that are not written checked again."""
    _begin(lock(actor, upload_id, UploadState.READY), UploadState.CHECKING)


@transaction.atomic
def write(*, actor: Actor, upload_id: int) -> None:
    """Have the rows written that a person has no more to decide about."""
    found = lock(actor, upload_id, UploadState.READY)
    if not ready_rows(found).exists():
        raise WrongState(_("No row is ready to be written."))
    _begin(found, UploadState.WRITING)


@transaction.atomic
def undo(*, actor: Actor, upload_id: int) -> None:
    """Have everything taken back that was written from a sheet; its rows can be checked and written again then."""
    found = lock(actor, upload_id, UploadState.READY)
    if not found.run_ids:
        raise WrongState(_("Nothing of this sheet is written."))
    _begin(found, UploadState.UNDOING)


def ready_rows(sheet: Upload) -> Any:
    """Return the rows that would be written now: new ones, and those whose update a person chose."""
    chosen = Q(state=RowState.CHANGED, choice__in=(Choice.UPDATE, Choice.IS_SAME))
    return sheet.rows.filter(Q(state=RowState.NEW) & ~Q(choice=Choice.LEAVE) | chosen)


def lock(actor: Actor, upload_id: int, *states: str) -> Upload:
    """Return the sheet, locked, if it is in one of these states. Raise WrongState."""
    found: Upload = list_uploads(actor).select_for_update().get(pk=upload_id)
    if found.state in AT_WORK and found.state not in states:
        raise WrongState(_("The sheet is being worked on. Wait until that is done."))
    if found.state not in states:
        raise WrongState(_("This is not possible in the present state of the sheet."))
    return found


def _begin(sheet: Upload, state: str) -> None:
    """Hand the sheet to a worker."""
    sheet.state, sheet.failure, sheet.done, sheet.attempts, sheet.leased_until = state, "", 0, 0, None
    sheet.version += 1
    sheet.save()
    _wake(sheet)


@transaction.atomic
def delete(*, actor: Actor, upload_id: int) -> None:
    """Delete the sheet with all rows that were not written. What was written stays."""
    found = list_uploads(actor).select_for_update().get(pk=upload_id)
    if found.state in AT_WORK and found.leased_until and found.leased_until > timezone.now():
        raise WrongState(_("The sheet is being worked on. Wait until that is done."))
    with station_scope(system_scope(found.bureau_id)):
        for model in (UploadRow, UploadPart):
            model._default_manager.filter(upload_id=found.pk).delete()
        Upload.objects.filter(pk=found.pk).delete()


# --- rows -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def mend(*, actor: Actor, upload_id: int, cells: Mapping[int, Mapping[int, str]]) -> Upload:
    """Set cells, by row and column; the rows are checked again. Raise ValidationError."""
    found = lock(actor, upload_id, UploadState.READY)
    for typed in cells.values():
        if not all(0 <= position < len(found.header) for position in typed):
            raise ValidationError(_("There is no such column."))
        for text in typed.values():
            if why := unstorable(text):
                raise ValidationError(why)
        if any(len(text) > LONGEST_TEXT for text in typed.values()):
            raise ValidationError(_("At most %(count)d characters.") % {"count": LONGEST_TEXT})
    rows = list(_open_rows(found).filter(number__in=list(cells)).select_for_update())
    for row in rows:
        for position, text in cells[row.number].items():
            if row.cells[position : position + 1] == [text]:
                row.mended.pop(str(position), None)
            else:
                row.mended[str(position)] = text
        row.choice = "" if row.choice == Choice.LEAVE else row.choice
    UploadRow.objects.bulk_update(rows, ["mended", "choice"], batch_size=1_000)
    return found


@transaction.atomic
def choose(
    *,
    actor: Actor,
    upload_id: int,
    numbers: Sequence[int] | None,
    choice: str,
    state: str = "",
    stays: Sequence[str] = (),
) -> Upload:
    """Decide about rows: ``numbers``, or all in one state. An empty choice takes a decision back.

    ``stays`` are the fields that are not to be updated.
    """
    found = lock(actor, upload_id, UploadState.READY)
    if choice and choice not in Choice.values:
        raise ValidationError(_("There is no such choice."))
    rows = _open_rows(found)
    rows = rows.filter(number__in=numbers) if numbers is not None else rows.filter(state=state)
    rows.update(choice=choice, stays=list(stays))
    found.counts = count(found)
    Upload.objects.filter(pk=found.pk).update(counts=found.counts)
    return found


def _open_rows(sheet: Upload) -> Any:
    return sheet.rows.filter(state__in=DECIDABLE)


def count(sheet: Upload) -> dict[str, int]:
    """Return how many rows are in each state."""
    found = sheet.rows.order_by().values_list("state", "choice").annotate(number=Count("pk"))
    counts = dict.fromkeys(RowState.values, 0)
    for state, choice, number in found:
        counts[RowState.LEFT_OUT if choice == Choice.LEAVE else state] += number
    return counts


# --- the file -------------------------------------------------------------------------------------------------------


@contextmanager
def file_of(sheet: Upload, actor: Actor) -> Iterator[Path]:
    """Return the uploaded file, as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="anqi-sheet-") as folder:
        path = Path(folder) / "sheet"
        with path.open("wb") as file, station_scope(actor.scope()):
            for part in sheet.parts.order_by("number").iterator(chunk_size=1):
                file.write(part.data)
        yield path


# --- leases -----------------------------------------------------------------------------------------------------------


def take(sheet: Upload) -> int | None:
    """Lease the sheet to a worker. Return the number of the attempt, None if another worker holds it."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    taken = Upload.objects.filter(free, pk=sheet.pk, state__in=AT_WORK).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1, done=0
    )
    return Upload.objects.values_list("attempts", flat=True).get(pk=sheet.pk) if taken else None


def hold(sheet: Upload, attempt: int, **values: Any) -> None:
    """Store the progress or the result of an attempt and prolong its lease. Raise Superseded."""
    held = Upload.objects.filter(pk=sheet.pk, attempts=attempt, state__in=AT_WORK)
    if not held.update(**{"leased_until": timezone.now() + LEASE, "changed_at": timezone.now()} | values):
        raise Superseded


def unfinished_in(bureau_id: int) -> list[int]:
    """Return the sheets of a bureau that wait for a worker, or whose worker was killed."""
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    with station_scope(system_scope(bureau_id)):
        return list(Upload.objects.filter(free, state__in=AT_WORK).values_list("pk", flat=True))


def remembered(actor: Actor, digest: str, kind: str) -> Mapping[str, Column] | None:
    """Return the columns that the role confirmed last for this header, None if it never did."""
    last = (
        list_uploads(actor)
        .filter(header_digest=digest, kind=kind, state=UploadState.READY)
        .exclude(columns=[])
        .first()
    )
    return {each.name: each for each in columns_of(last) if each.name} if last else None


def columns_of(sheet: Upload) -> list[Column]:
    """Return what the columns become, without their examples."""
    return [Column(**{**each, "becomes": tuple(each["becomes"]), "examples": []}) for each in sheet.columns]
