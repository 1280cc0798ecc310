"""The progress back to whoever sent a sheet: the sheet as it came, with the columns filled that they left for the answer."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Reply, targets
from foundation.exports.choices import Format
from foundation.exports.models import Export
from foundation.exports.operations import record_download
from foundation.identifiers import folded
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.writing import LONGEST_TEXT, NARROWEST, WIDEST, sheet_name, text_of, width_of
from foundation.words import sentences
from imports.access import Permission
from imports.choices import AT_WORK, Choice, Outcome, RowState
from imports.models import Import, ImportedRecord, Upload, UploadRow
from imports.operations import uploads
from imports.operations.taking_over import lines_of
from imports.remarks import sentence

MOST_ROWS = 5_000  # of a sheet that is told back while the page waits
NO_LONGER = gettext_lazy("No longer at this station")
_IN_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")


def reply_of(sheet: Upload) -> Reply | None:
    """Return what the rows of a sheet can be told back as, None if nothing is written of it or nothing is told of its kind."""
    target = targets.get(sheet.kind)
    return target.reply if target and sheet.run_ids and sheet.state not in AT_WORK else None


def own_sheet_of(actor: Actor, run: Import) -> int:
    """Return the sheet of the actor from which an import was written, if it can be told back; 0 without one. One query at most."""
    target = targets.get(run.files[0]["becomes"]) if run.files else None
    if not (target and target.reply and access.allows(actor, Permission.TAKE_OVER_SHEETS)):
        return 0
    sheet = uploads.list_uploads(actor).filter(run_ids__contains=[run.pk]).first()
    return sheet.pk if sheet and reply_of(sheet) else 0


@dataclass(frozen=True)
class Places:
    """Where the answer stands: the column of each code, and the headings of those that follow the sheet's own."""

    columns: Mapping[str, int]
    added: Sequence[str]


def places_of(sheet: Upload, reply: Reply) -> Places:
    """Return where the answer goes: into a column of its name that is empty in every row, else into one of ours behind theirs."""
    known = {
        folded(name): code for code, (label, names) in reply.columns.items() for name in (str(label), *names)
    }
    free: dict[str, int] = {}
    for position, heading in enumerate(sheet.header):
        code = known.get(folded(_IN_BRACKETS.sub("", heading)))
        if code and code not in free and not _is_used(sheet, position):
            free[code] = position
    added: list[str] = []
    for code, (label, _names) in reply.columns.items():
        if code not in free:
            free[code] = len(sheet.header) + len(added)
            added.append(str(label))
    return Places(free, added)


def _is_used(sheet: Upload, position: int) -> bool:
    """Return whether a row of the table, and no note below it, says something in a column."""
    rows = sheet.rows.exclude(state=RowState.LEFT_OUT, choice="")
    return any(text.strip() for text in rows.values_list(f"cells__{position}", flat=True) if text)


@transaction.atomic
def reply_to(*, actor: Actor, upload_id: int) -> bytes:
    """Return the sheet as it came, as a workbook, with how far its rows are now. The audit log says who took it away.

    Rows, columns and texts are theirs, at their places; what was refused or voided says so. Raise DoesNotExist, WrongState
    for a sheet of which nothing is written, or with too many rows.
    """
    sheet = uploads.get_upload(actor, upload_id)
    reply = reply_of(sheet)
    if reply is None:
        raise WrongState(_("Nothing of this sheet is written."))
    if sheet.total > MOST_ROWS:
        words = _("The progress goes back in sheets of up to %(most)s rows; this one has more.")
        raise WrongState(words % {"most": f"{MOST_ROWS:,}"})
    places = places_of(sheet, reply)
    answers = _answers(actor, sheet, reply)
    with TemporaryDirectory(prefix="anqi-sheet-") as folder, uploads.file_of(sheet, actor) as came:
        layout = look(came, label=sheet.file_name).layout(sheet.layout.get("sheet") or "")
        path = Path(folder) / "reply.xlsx"
        lines = ((line.number, line.cells) for line in lines_of(came, layout, sheet.file_name))
        _write(path, sheet, places, answers, lines)
        made = Export(
            title=_("Progress back: %(file)s") % {"file": sheet.file_name},
            format=Format.XLSX,
            total=sheet.total,
        )
        record_download(actor=actor, export=made)
        return path.read_bytes()


# --- what is told ---------------------------------------------------------------------------------------------------


def _answers(actor: Actor, sheet: Upload, reply: Reply) -> dict[int, Mapping[str, Any]]:
    """Return the cells of the answer by row and code."""
    first = next(iter(reply.columns))
    made = ImportedRecord.objects.filter(run_id__in=sheet.run_ids, kind=sheet.kind, undone_at=None)
    record_of = dict(made.order_by("id").values_list("row", "object_id"))
    rows = list(sheet.rows.defer("cells", "mended", "before"))
    for row in rows:
        if row.twin_id and row.state in (RowState.SAME, RowState.CHANGED, RowState.WRITTEN):
            record_of.setdefault(row.number, row.twin_id)
    told = reply.tell(actor, set(record_of.values()))
    found: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        if row.number in record_of:
            found[row.number] = told.get(record_of[row.number], {first: str(NO_LONGER)})
        elif words := _why_not(row):
            found[row.number] = {first: words}
    return found


def _why_not(row: UploadRow) -> str:
    """Return why a row became no record; "" for totals and notes, of which nothing is told."""
    if row.choice == Choice.LEAVE:
        return _("Left out")
    if row.state == RowState.LEFT_OUT:
        return ""
    why = [
        sentence(each["code"], each["values"]) for each in row.remarks if each["outcome"] == Outcome.REFUSED
    ]
    if row.state == RowState.REFUSED and why:
        return _("Not taken over: %(why)s") % {"why": sentences(*why)}
    return _("Not taken over yet")


# --- the workbook ---------------------------------------------------------------------------------------------------


def _write(
    path: Path,
    sheet: Upload,
    places: Places,
    answers: Mapping[int, Mapping[str, Any]],
    lines: Iterator[tuple[int, list[str]]],
) -> None:
    header_rows = sheet.layout.get("header_rows") or []
    head_at = max(header_rows, default=0)
    width = len(sheet.header)
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet(sheet_name(sheet.layout.get("sheet") or sheet.file_name.rpartition(".")[0]))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        ours = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E9EEF5", "valign": "vcenter"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        for place in range(width + len(places.added)):
            label = sheet.header[place] if place < width else places.added[place - width]
            page.set_column(place, place, min(max(width_of(label) + 4, NARROWEST + 4), WIDEST))
        above = (
            0 if head_at else 1
        )  # a table without a header gets the names under which its columns are known here
        if above:
            for place, label in enumerate([*sheet.header, *places.added]):
                page.write_string(0, place, label, ours)
        for number, cells in lines:
            is_head = number <= head_at
            shown = _once(cells) if is_head and number != head_at else cells
            row: dict[int, Any] = {place: each for place, each in enumerate(shown) if each != ""}
            if is_head and number == head_at:
                row |= {width + place: label for place, label in enumerate(places.added)}
            row |= {places.columns[code]: value for code, value in answers.get(number, {}).items()}
            for place, value in sorted(row.items()):
                if isinstance(value, dt.date):
                    page.write_datetime(number - 1 + above, place, value, day)
                elif value not in (None, ""):
                    form = (ours if place >= width else head) if is_head else text
                    page.write_string(number - 1 + above, place, text_of(value)[:LONGEST_TEXT], form)
        page.freeze_panes(head_at or above, 0)


def _once(cells: Sequence[str]) -> list[str]:
    """Return the cells of a title with each text once: a merged one stands in all that it covers."""
    return [each if place == 0 or each != cells[place - 1] else "" for place, each in enumerate(cells)]
