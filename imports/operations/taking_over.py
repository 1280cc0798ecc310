"""What workers do with a sheet: read it, check its rows without keeping anything, write those that are decided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.accounts.selectors import actor_in_grant
from foundation.contributions.sheets import targets
from foundation.inbox.notifying import notify, system_scope
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import Layout, read_rows
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import bare_cells
from foundation.tenancy.scope import station_scope
from foundation.words import sentences
from imports import taken_away
from imports.choices import AT_WORK, CauseCode, Choice, Outcome, RowState, UploadState
from imports.layouts import Note, find_table, header_digest
from imports.models import Upload, UploadRow
from imports.naming import words_of
from imports.operations import undoing, uploads
from imports.operations.acting import ActWriter
from imports.operations.matching import Decision
from imports.operations.organisations import OwnStations
from imports.operations.run import Busy, Result, check_keys, lock_imports, next_run_id, store_run
from imports.operations.specs import spec_for
from imports.operations.tally import Tally
from imports.operations.uploads import MOST_ATTEMPTS, Superseded, hold
from imports.operations.writing import Writer
from imports.proposing import propose
from imports.remarks import ImportFailed, Refused, Remark, Report, short
from imports.rows import Draft, RowReader, Totals

T = TypeVar("T")
logger = structlog.get_logger(__name__)
CHUNK = 2_000
HEAD = 60  # rows in which the header is looked for
MOST_ROWS, MOST_COLUMNS = 200_000, 200
WAITED_FOR = 2_000  # rows whose check people wait for on the page, so nobody is told
SAMPLES = 500  # rows that a proposal of the columns looks at
_STATES = {
    Outcome.TAKEN: RowState.NEW,
    Outcome.WARNED: RowState.NEW,
    Outcome.ALREADY: RowState.SAME,
    Outcome.DIFFERS: RowState.CHANGED,
    Outcome.UPDATED: RowState.CHANGED,
    Outcome.DOUBTFUL: RowState.DOUBTFUL,
    Outcome.REFUSED: RowState.REFUSED,
}
_PLAIN: dict[str, tuple[str, list[dict[str, Any]], int]] = {
    state: (state, [], 0) for state in RowState.values
}


class RowReport(Report):
    """What became of each row, besides the counts of all remarks."""

    def __init__(self) -> None:
        super().__init__(None)
        self.rows: dict[int, tuple[str, list[dict[str, Any]], int]] = {}  # state, remarks, record
        self.before: dict[int, dict[str, Any]] = {}  # values and version of the records that were updated

    def leave_out(self, row: int, remark: Remark) -> None:
        """Take note that a row is none of the table's: totals."""
        self.rows[row] = (RowState.LEFT_OUT, [remark.__dict__], 0)

    def settle(self, row: int, outcome: Outcome, remarks: Iterable[Remark], of: int = 0) -> None:
        told = [{**remark.__dict__, "outcome": str(remark.outcome)} for remark in remarks]
        state = _STATES[outcome]
        self.rows[row] = (state, told, of) if told or of else _PLAIN[state]  # most rows: one tuple for all

    def updated(self, row: int, before: dict[str, Any], version: int) -> None:
        self.before[row] = {"values": before, "version": version}


def go_on(*, bureau_id: int, upload_id: int) -> None:
    """Do what the sheet waits for, unless another worker does or it is over."""
    with station_scope(system_scope(bureau_id)):
        sheet = Upload.objects.select_related("user").filter(pk=upload_id, state__in=AT_WORK).first()
        actor = actor_in_grant(sheet.user, sheet.grant_id) if sheet else None
    if sheet is None or actor is None:
        return
    with station_scope(actor.scope()):
        attempt = uploads.take(sheet)
    if attempt is None:
        return
    steps = {
        UploadState.READING: _read,
        UploadState.CHECKING: _check,
        UploadState.WRITING: _write,
        UploadState.UNDOING: _undo,
    }
    with translation.override(sheet.language):
        try:
            if attempt > MOST_ATTEMPTS:
                raise ImportFailed(_("It could not be finished. Try again, or a smaller sheet."))
            steps[UploadState(sheet.state)](sheet, actor, attempt)
        except Superseded:
            logger.info("sheet superseded", sheet=sheet.pk, attempt=attempt)
        except Busy:
            logger.info("sheet waits for another import", sheet=sheet.pk)
            with station_scope(actor.scope()):  # the sweep comes back, and this attempt does not count
                hold(sheet, attempt, leased_until=None, attempts=attempt - 1)
        except (Unreadable, ImportFailed, ValidationError, WrongState, PermissionDenied) as error:
            _fail(sheet, actor, attempt, sentences(*getattr(error, "messages", [str(error)])))
        except DatabaseError as error:
            logger.exception("sheet failed", sheet=sheet.pk)
            _fail(sheet, actor, attempt, str(error).splitlines()[0])
            raise


def _fail(sheet: Upload, actor: Actor, attempt: int, why: str) -> None:
    """Let the person go on where the sheet stood before, and say why."""
    back = UploadState.FAILED if sheet.state == UploadState.READING else UploadState.READY
    if sheet.state == UploadState.CHECKING:
        back = UploadState.COLUMNS
    with transaction.atomic(), station_scope(actor.scope()):
        try:
            hold(sheet, attempt, state=back, failure=why[:10_000], leased_until=None)
        except Superseded:
            return
        _tell(sheet, CauseCode.BROKEN, reason=why)


def _tell(sheet: Upload, code: str, **values: object) -> None:
    notify(
        code,
        to=Q(pk=sheet.grant_id),
        key=f"{sheet.pk}:{sheet.version}",
        object_id=sheet.pk,
        values={"object": sheet.file_name} | values,
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(sheet: Upload, actor: Actor, attempt: int) -> None:
    """Read the rows of the table into the database and propose what its columns become."""
    target = targets[sheet.kind]
    with uploads.file_of(sheet, actor) as path:
        outline = look(path, label=sheet.file_name)
        visible = [each.name for each in outline.sheets if not each.hidden]
        ours = [name for name in visible if not taken_away.is_about(name)]
        layout = outline.layout(sheet.layout.get("sheet") or next(iter(ours or visible), ""))
        lines = lines_of(path, layout, sheet.file_name)
        head = list(islice(lines, HEAD))
        listed = [line.number for line in head if taken_away.place_of_numbers(line.cells) is not None]
        table = find_table(
            [(line.number, line.cells) for line in head],
            words_of(target),
            sheet.layout.get("header_rows") or listed[:1],
        )
        numbers = taken_away.place_of_numbers(table.header)
        if len(table.header) > MOST_COLUMNS:
            raise ImportFailed(_("The table has more than %(count)d columns.") % {"count": MOST_COLUMNS})
        samples: list[list[str]] = []
        with transaction.atomic(), station_scope(system_scope(sheet.bureau_id)):
            UploadRow.objects.filter(upload_id=sheet.pk).delete()
            total = hidden = 0
            is_other = False  # below the header of a table with other columns
            for part in _parts(line for line in chain(head, lines) if line.number >= table.first_row):
                rows = []
                for line in part:
                    if not any(cell.strip() for cell in line.cells):
                        continue
                    is_known = numbers is not None and any(line.cells[numbers : numbers + 1])
                    note = None if is_known else table.ends_at(line.number, line.cells)
                    if is_other:
                        note = Note("other_table", line.number, next(filter(str.strip, line.cells)))
                    is_other = note is not None and note.code == "other_table"
                    total, hidden = total + (not note), hidden + line.hidden
                    rows.append(_row(sheet, line.number, line.cells[: len(table.header)], note))
                    if not note and len(samples) < SAMPLES:
                        samples.append(rows[-1].current(len(table.header)))
                UploadRow.objects.bulk_create(rows)
                if total > MOST_ROWS:
                    raise ImportFailed(
                        _("The table has more than %(count)s rows. Divide it into several files.")
                        % {"count": f"{MOST_ROWS:,}"}
                    )
    if not total:
        raise ImportFailed(
            _("There are no rows below the header in row %(row)s.")
            % {"row": max(table.header_rows, default=1)}
        )
    digest = header_digest(table.header)
    with transaction.atomic(), station_scope(actor.scope()):
        before = uploads.remembered(actor, digest, sheet.kind)
        hold(
            sheet,
            attempt,
            state=UploadState.COLUMNS,
            leased_until=None,
            total=total,
            header=table.header,
            header_digest=digest,
            columns=[asdict(column) for column in propose(target, table.header, samples, before)],
            layout={
                "sheet": layout.sheet,
                "header_rows": list(table.header_rows),
                "first_row": table.first_row,
            },
            outline={
                "kind": outline.kind,
                "encoding": outline.encoding,
                "delimiter": outline.delimiter,
                "sheets": [asdict(each) for each in outline.sheets],
                "notes": list(outline.notes),
                "left_out": [asdict(note) for note in table.notes][:50],
                "hidden_rows": hidden,
            },
        )


def lines_of(path: Path, layout: Layout, label: str) -> Iterator[Any]:
    """Return the lines of a file; those of a text file without the guard against formulas."""
    for line in read_rows(path, layout, label=label):
        yield line._replace(cells=bare_cells(line.cells)) if layout.kind == "csv" else line


def _row(sheet: Upload, number: int, cells: list[str], note: Note | None) -> UploadRow:
    row = UploadRow(
        user_id=sheet.user_id,
        grant_id=sheet.grant_id,
        bureau_id=sheet.bureau_id,
        upload_id=sheet.pk,
        number=number,
        cells=cells,
    )
    if note:
        row.state = RowState.LEFT_OUT
        row.remarks = [Remark(note.code, Outcome.SKIPPED, "", {"value": short(note.text)}).__dict__]
    return row


def _parts(lines: Iterable[T]) -> Iterator[list[T]]:
    lines = iter(lines)
    while part := list(islice(lines, CHUNK)):
        yield part


# --- checking and writing ---------------------------------------------------------------------------------------------


def _check(sheet: Upload, actor: Actor, attempt: int) -> None:
    """Do with all open rows what writing them would do, keep what became of each, and take everything back."""
    report = try_out(sheet, _open_rows(sheet), actor)
    with transaction.atomic(), station_scope(actor.scope()):
        hold(sheet, attempt, state=UploadState.READY, leased_until=None)
        _keep(sheet, report)
        store_counts(sheet)
        if sheet.total > WAITED_FOR:
            _tell(sheet, CauseCode.CHECKED, rows=sum(sheet.counts.values()))


@transaction.atomic
def recheck(*, actor: Actor, upload_id: int, numbers: Sequence[int]) -> None:
    """Check a few rows again, at once. What they mean for other rows is found when all are checked or written."""
    sheet = uploads.get_upload(actor, upload_id)
    report = try_out(sheet, _open_rows(sheet).filter(number__in=numbers), actor)
    _keep(sheet, report)
    store_counts(sheet)


def try_out(sheet: Upload, rows: QuerySet[UploadRow], actor: Actor) -> RowReport:
    """Return what would become of the rows. Nothing is kept."""
    report = RowReport()
    with transaction.atomic():
        _engine(sheet, rows, actor, report)
        check_keys()
        transaction.set_rollback(True)
    return report


def _write(sheet: Upload, actor: Actor, attempt: int) -> None:
    """Write the rows that are decided, all or none. The others stay in the sheet with what is wrong with them."""
    started = timezone.now()
    report = RowReport()
    with transaction.atomic():
        bureau = Bureau.objects.get(pk=sheet.bureau_id or 0)
        run_id = next_run_id()
        tallies = _engine(sheet, uploads.ready_rows(sheet), actor, report, run_id)
        result = Result(bureau.code, dry_run=False, tallies=tallies, remarks=report.count)
        store_run(actor, bureau, sheet.kind, sheet.file_name, result, report, started, run_id=run_id)
        with station_scope(actor.scope()):
            hold(sheet, attempt, state=UploadState.READY, leased_until=None, run_ids=[*sheet.run_ids, run_id])
            _keep(sheet, report, written=True)
            store_counts(sheet)
            _tell(sheet, CauseCode.WRITTEN, rows=sum(t.taken + t.updated for t in tallies))


def _undo(sheet: Upload, actor: Actor, attempt: int) -> None:
    """Take back everything that was written from the sheet, or nothing; its rows are open again."""
    with transaction.atomic(), station_scope(actor.scope()):
        count = sum(undoing.undo(actor=actor, run_id=run_id) for run_id in reversed(sheet.run_ids))
        sheet.rows.filter(state=RowState.WRITTEN).update(
            state=RowState.UNCHECKED, choice="", stays=[], before={}
        )
        hold(sheet, attempt, state=UploadState.READY, leased_until=None, run_ids=[])
        store_counts(sheet)
        _tell(sheet, CauseCode.UNDONE, rows=count)


def _open_rows(sheet: Upload) -> QuerySet[UploadRow]:
    """Return the rows that are neither written nor left out."""
    closed = (RowState.WRITTEN, RowState.LEFT_OUT)
    return sheet.rows.exclude(state__in=closed).exclude(choice=Choice.LEAVE)


def _in_parts(rows: QuerySet[UploadRow], actor: Actor) -> Iterator[list[UploadRow]]:
    """Return the rows in the order of the file, a few thousand at a time."""
    last = 0
    while True:
        with station_scope(actor.scope()):
            part = list(rows.filter(number__gt=last).order_by("number")[:CHUNK])
        if not part:
            return
        yield part
        last = part[-1].number


def _engine(
    sheet: Upload, rows: QuerySet[UploadRow], actor: Actor, report: RowReport, run_id: int = 0
) -> list[Tally]:
    """Write the rows as an import does. Needs an open transaction. Return the counts."""
    bureau = Bureau.objects.get(pk=sheet.bureau_id or 0)
    lock_imports(bureau)
    stations = OwnStations(bureau, sheet.station_id)
    with station_scope(actor.scope()):  # choices may be those of the bureau
        spec = spec_for(sheet, stations)
        reader = RowReader(spec, sheet.header, workbook=True, actor=stations.actor)
    tally = Tally(spec.label, spec.record.target.code)
    choices: dict[int, Decision] = {}
    options: dict[str, Any] = {
        "spec": spec,
        "stations": stations,
        "tallies": {id(spec.record): tally},
        "report": report,
        "update": False,
        "every_row": False,
        "spelling": reader.spelling,
        "choices": choices,
        "run_id": run_id,
    }
    writer = (Writer if spec.record.target.acts is None else ActWriter)(person=actor, **options)
    width = len(sheet.header)
    for part in _in_parts(rows, actor):
        drafts = []
        tally.rows += len(part)
        for row in part:
            if row.choice:
                choices[row.number] = Decision(row.choice, row.twin_id, frozenset(row.stays))
            try:
                found = reader.read(row.number, row.current(width))
            except Refused as refused:
                tally.refused += 1
                report.add(spec.label, row.number, [refused.remark])
                report.settle(row.number, Outcome.REFUSED, [refused.remark])
                continue
            if isinstance(found, Draft):
                drafts.append(found)
            else:
                code, text = (found.code, found.text) if isinstance(found, Totals) else ("skipped", found)
                report.leave_out(row.number, Remark(code, Outcome.SKIPPED, "", {"value": short(text)}))
        writer.write(drafts)
    writer.finish()
    return [tally]


def _keep(sheet: Upload, report: RowReport, *, written: bool = False) -> None:
    """Store what became of the rows; ``written``: those that were taken or updated are in the register now."""
    plain: dict[str, list[int]] = {}
    told: list[int] = []
    for number, (state, remarks, twin) in report.rows.items():
        if remarks or twin:
            told.append(number)
        else:
            plain.setdefault(_after(state, written), []).append(number)
    for state, numbers in plain.items():
        for part in _parts(numbers):
            sheet.rows.filter(number__in=part).update(state=state, remarks=[], twin_id=0)
    for part in _parts(told):
        rows = list(sheet.rows.filter(number__in=part))
        for row in rows:
            state, row.remarks, twin = report.rows[row.number]
            # a difference is written only if the person chose it, and nobody was quicker
            is_written = written and (state != RowState.CHANGED or row.number in report.before)
            row.state, row.twin_id = _after(state, is_written), twin
            row.before = report.before.get(row.number, {}) if written else {}
        UploadRow.objects.bulk_update(rows, ["state", "remarks", "twin_id", "before"], batch_size=500)


def _after(state: str, written: bool) -> str:
    return RowState.WRITTEN if written and state in (RowState.NEW, RowState.CHANGED) else state


def store_counts(sheet: Upload) -> None:
    """Store how many rows are in each state."""
    sheet.counts = uploads.count(sheet)
    Upload.objects.filter(pk=sheet.pk).update(counts=sheet.counts)
