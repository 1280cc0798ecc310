"""A complete import: all of it or nothing."""

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau
from foundation.ids import LARGEST_INTEGER
from foundation.inbox.notifying import notify
from foundation.spreadsheets.reading import Sheet, WorkbookSheet, open_sheet
from foundation.spreadsheets.unreadable import StrayText, Unreadable, WrongEncoding
from foundation.spreadsheets.writing import bare_cells
from foundation.suggestions import suggestion
from foundation.tenancy.scope import station_scope
from imports.access import Permission
from imports.choices import AuditAction, CauseCode, ImportState, Outcome
from imports.layouts import header_of
from imports.models import Import, ImportIssue
from imports.operations.organisations import Stations, open_bureau
from imports.operations.tally import Tally
from imports.operations.writing import Writer
from imports.profile import FileSpec, Profile
from imports.remarks import TOTALS, ImportFailed, Refused, Remark, Report, shown, warning
from imports.rows import Draft, RowReader, Totals

CHUNK = 2_000  # rows; larger chunks take more memory and are no faster
LOCK = 0x414E5149  # together with the bureau's id, allows one import into a bureau at a time


class Busy(ImportFailed, WrongState):
    """Another import into the bureau is running."""


class Progress(Protocol):
    """Called with each file; returns a function that is called with the number of rows read since the last call."""

    def __call__(self, sheet: Sheet, /) -> Callable[[int], None]: ...


def no_progress(_sheet: Sheet) -> Callable[[int], None]:
    """Report no progress."""
    return lambda _rows: None


@dataclass
class Result:
    """What an import did, or would have done in a dry run."""

    bureau: str
    dry_run: bool
    tallies: list[Tally] = field(default_factory=list)
    bureau_created: bool = False
    stations_created: int = 0
    remarks: int = 0
    import_id: int | None = None

    @property
    def refused(self) -> int:
        return sum(tally.refused for tally in self.tallies)


class _DryRunDone(Exception):
    """Rolls back the transaction of a dry run."""


def run_import(
    *,
    actor: Actor,
    profile: Profile,
    folder: Path,
    bureau_code: str,
    create: bool = False,
    dry_run: bool = False,
    report: Report | None = None,
    progress: Progress = no_progress,
    every_row: bool = False,
) -> Result:
    """Import the files of a folder into a bureau, creating bureau and stations if missing.

    One transaction: if it raises ImportFailed (an unreadable file, a missing column, a database error), no record was
    written. A row that cannot be imported is refused alone and reported. A dry run does everything and rolls it back. A
    run for an existing bureau is stored as an Import in every case. A bureau whose code or name is almost that of another
    one is created only if ``create`` insists.
    """
    access.require(actor, Permission.RUN_IMPORTS)
    report = report or Report(None)
    started = timezone.now()
    result = Result(bureau_code, dry_run)
    try:
        with transaction.atomic():
            bureau, result.bureau_created = open_bureau(
                code=bureau_code, name=profile.bureau_name, insist=create
            )
            lock_imports(bureau)
            stations = Stations(bureau)
            with ExitStack() as opened:
                # open all files first, so that a missing column is found before the first row is written
                sheets = [opened.enter_context(_open(folder, spec)) for spec in profile.files]
                run_id = 0 if dry_run else next_run_id()
                for spec, sheet in zip(profile.files, sheets, strict=True):
                    _read_file(
                        spec, sheet, stations, result, report, progress, profile.update, every_row, run_id
                    )
            result.stations_created, result.remarks = stations.created, report.count
            if dry_run:
                check_keys()
                raise _DryRunDone
            store_run(actor, bureau, profile.name, profile.title, result, report, started, run_id=run_id)
            check_keys()
    except _DryRunDone:
        _store_without_records(actor, profile, result, report, started, ImportState.TRIED)
    except (ImportFailed, Unreadable, DatabaseError, ValidationError, WrongState) as error:
        why = _failure_text(error)
        report.failed(why)
        _store_without_records(actor, profile, result, report, started, ImportState.FAILED, why)
        raise ImportFailed(why) from error
    return result


def lock_imports(bureau: Bureau) -> None:
    """Keep other imports into the bureau out until the transaction ends. Raise Busy if one is running."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, bureau.pk & LARGEST_INTEGER])
        if not cursor.fetchone()[0]:
            raise Busy(_("Another import into this bureau is running. Try again when it has finished."))


def check_keys() -> None:
    """Check the composite keys now, which otherwise are checked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def next_run_id() -> int:
    """Return the number of the import that is about to be stored: its records refer to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('imports_import', 'id'))")
        return int(cursor.fetchone()[0])


def _open(folder: Path, spec: FileSpec) -> Sheet:
    """Open the file of a profile; its header must have every column of the profile, and none twice."""
    path = folder / spec.path
    if not path.is_file():
        raise ImportFailed(
            _("There is no file %(file)s in %(folder)s.") % {"file": spec.path, "folder": folder}
        )
    sheet = open_sheet(path, spec.layout, label=spec.label)
    if spec.lenient or spec.header_rows > 1:
        try:
            below = [cells for _number, cells in islice(sheet.rows(), spec.header_rows - 1)]
        except BaseException:
            sheet.close()
            raise
        head = [sheet.header, *below]
        if spec.lenient and not isinstance(sheet, WorkbookSheet):
            head = list(map(bare_cells, head))
        sheet.header = header_of(head, spec.used)
    problems = []
    for column, where in spec.used.items():
        if column not in sheet.header:
            problems.append(
                _("no column “%(column)s” (profile: %(where)s).") % {"column": column, "where": where}
                + " "
                + suggestion(column, sheet.header)
            )
        elif sheet.header.count(column) > 1:
            problems.append(_("the column “%(column)s” appears twice.") % {"column": column})
    if problems:
        sheet.close()
        raise ImportFailed(
            _("%(file)s does not match the profile:") % {"file": spec.label}
            + "".join(f"\n- {each}" for each in problems)
        )
    return sheet


def _read_file(
    spec: FileSpec,
    sheet: Sheet,
    stations: Stations,
    result: Result,
    report: Report,
    progress: Progress,
    update: bool,
    every_row: bool,
    run_id: int,
) -> None:
    if spec.record.target.acts is not None:
        raise ImportFailed(_("Each row is the act of a person: take this sheet over by page."))
    file_number = len(result.tallies)
    tallies = {id(record): Tally(spec.label, record.target.code) for record in (spec.record, *spec.also)}
    result.tallies.extend(tallies.values())
    tally = tallies[id(spec.record)]
    reader = RowReader(spec, sheet.header, workbook=isinstance(sheet, WorkbookSheet), actor=stations.actor)
    writer = Writer(
        spec=spec,
        stations=stations,
        tallies=tallies,
        report=report,
        update=update,
        every_row=every_row,
        spelling=reader.spelling,
        run_id=run_id,
        file_number=file_number,
    )
    if sheet.hidden:
        report.add(spec.label, None, [warning("hidden_sheets", sheets=", ".join(sheet.hidden))])
    step = progress(sheet)
    chunk: list[Draft] = []
    rows = 0
    for number, cells in sheet.rows():
        rows += 1
        try:
            found = reader.read(number, cells)
        except Refused as refused:
            tally.refused += 1
            report.add(spec.label, number, [refused.remark])
        else:
            if isinstance(found, Draft):
                chunk.append(found)
            elif isinstance(found, Totals):
                tally.skipped[TOTALS] += 1
                values = shown({"value": found.text})
                remark = Remark(found.code, Outcome.SKIPPED, found.column, values)
                report.add(spec.label, number, [remark])
            else:
                tally.skipped[found] += 1
                if every_row:
                    report.line(spec.label, number, Remark("skipped", Outcome.SKIPPED, "", {"text": found}))
        if rows == CHUNK:
            tally.rows += rows
            writer.write(chunk)
            step(rows)
            chunk, rows = [], 0
    tally.rows += rows
    writer.write(chunk)
    writer.finish()
    step(rows)


def store_run(
    actor: Actor,
    bureau: Bureau,
    profile: str,
    title: str,
    result: Result,
    report: Report,
    started: dt.datetime,
    state: ImportState = ImportState.DONE,
    failure: str = "",
    run_id: int | None = None,
) -> None:
    """Store the run, its first remarks and, if these are not all, the count of each kind; audit what was written.

    ``run_id``: the number that its records refer to already.
    """
    system = system_actor(bureau_id=bureau.pk)
    files = [tally.as_json() for tally in result.tallies]
    if report.count > len(report.kept):
        # a file may have several tallies, for the kinds of records it becomes
        for number in {each["file"]: index for index, each in reversed(list(enumerate(files)))}.values():
            files[number]["kinds"] = report.counts_of(files[number]["file"])
    with station_scope(system.scope()):
        run = Import.objects.create(
            pk=run_id,
            bureau=bureau,
            profile=profile[:200],
            title=title[:200],
            state=state,
            dry_run=result.dry_run,
            files=files,
            stations_created=result.stations_created,
            issue_count=report.count,
            failure=failure[:10_000],
            started_by_id=actor.user_id,
            started_by_name=actor.name,
            started_at=started,
            finished_at=timezone.now(),
        )
        ImportIssue.objects.bulk_create(
            [
                ImportIssue(
                    bureau=bureau,
                    run=run,
                    file=file[:200],
                    row=row,
                    column=remark.column[:200],
                    outcome=remark.outcome,
                    code=remark.code,
                    values=remark.values,
                )
                for file, row, remark in report.kept
            ],
            batch_size=1_000,
        )
        if state == ImportState.DONE:
            auditing.write(
                [
                    auditing.entry(
                        actor=system, action=AuditAction.COMPLETE_IMPORT, target=run, after=tally.as_json()
                    )
                    for tally in result.tallies
                ],
                actor=system,
            )
        if not result.dry_run:
            notify(
                CauseCode.FINISHED if state == ImportState.DONE else CauseCode.FAILED,
                to=Q(bureau_id=bureau.pk, role=Role.SUPERVISOR),
                key=str(run.pk),
                object_id=run.pk,
                values={"object": str(run), "remarks": report.count, "reason": failure},
            )
    result.import_id = run.pk


def _store_without_records(
    actor: Actor,
    profile: Profile,
    result: Result,
    report: Report,
    started: dt.datetime,
    state: ImportState,
    failure: str = "",
) -> None:
    """Store a run that wrote no records, if the bureau exists anyway."""
    bureau = Bureau.objects.filter(code=result.bureau).first()
    if bureau:
        with transaction.atomic():
            store_run(actor, bureau, profile.name, profile.title, result, report, started, state, failure)


def _failure_text(error: Exception) -> str:
    """Return in a sentence for the user why an import failed."""
    match error:
        case WrongEncoding():
            hint = _('Set its encoding in the profile, for example encoding = "gb18030".')
            return f"{error} {hint}"
        case StrayText():
            return f"{error} " + _('If the file is meant to be like this, set quotes = "lenient".')
        case ImportFailed() | Unreadable():
            return str(error)
    # The message of the database or the register; somebody may be writing the same records at the same time.
    detail = " ".join(error.messages) if isinstance(error, ValidationError) else str(error).strip()
    first = (detail or type(error).__name__).splitlines()[0]
    return _("A record could not be written: %(why)s") % {"why": first}
