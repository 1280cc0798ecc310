"""Sheets to take away: the rows with faults, to be mended in a spreadsheet and brought back; and empty templates."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Target
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import read_rows
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import NARROWEST, WIDEST, sheet_name, width_of
from foundation.words import listed
from imports.choices import Choice, Outcome, RowState
from imports.models import Upload
from imports.operations import uploads
from imports.remarks import sentence
from imports.targets import kind_word

MOST_ROWS = 20_000
MOST_CELLS = 100_000  # of the workbook with the rows that have faults, which a page makes and takes back
LARGEST = 10_000_000  # bytes of that workbook
LONGEST_COMMENT = 1_000
ROWS_WITH_CHOICES = 5_000  # of a template, for which a cell offers its choices


def faulty(sheet: Upload) -> Any:
    """Return the rows with faults, in the order of the file: as many as fit into one workbook."""
    rows = sheet.rows.filter(state=RowState.REFUSED).exclude(choice=Choice.LEAVE)
    return rows.order_by("number")[: most_rows(sheet)]


def most_rows(sheet: Upload) -> int:
    """Return how many rows of a sheet one workbook has; the rest comes when these are mended."""
    return min(MOST_ROWS, MOST_CELLS // max(1, len(sheet.header)))


def faults_sheet(sheet: Upload) -> bytes:
    """Return a workbook with the rows that have faults, each fault as a comment at its cell.

    The first column is the number of the row, by which the workbook is recognised when it comes back.
    """
    with TemporaryDirectory(prefix="anqi-sheet-") as folder:
        path = Path(folder) / "faults.xlsx"
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            page = book.add_worksheet(sheet_name(_("To mend")))
            page.set_comments_author("Anqi")
            head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E9EEF5"})
            bad = book.add_format({"bg_color": "#FBE3E1", "num_format": "@"})
            plain = book.add_format({"num_format": "@"})
            labels = [row_label(), *sheet.header]
            for place, label in enumerate(labels):
                page.write_string(0, place, label, head)
                page.set_column(place, place, min(max(width_of(label) + 2, NARROWEST), WIDEST), plain)
            page.freeze_panes(1, 1)
            for line, row in enumerate(faulty(sheet), start=1):
                faults = _faults(row.remarks, sheet.header)
                page.write_number(line, 0, row.number)
                if faults.get(None):
                    page.write_comment(line, 0, "\n".join(faults[None])[:LONGEST_COMMENT])
                for place, text in enumerate(row.current(len(sheet.header))):
                    page.write_string(line, place + 1, text, bad if place in faults else plain)
                    if place in faults:
                        page.write_comment(line, place + 1, "\n".join(faults[place])[:LONGEST_COMMENT])
        return path.read_bytes()


def row_label() -> str:
    """Return the header of the column with the numbers of the rows."""
    return _("Row (do not change)")


def _faults(remarks: Iterable[dict[str, Any]], header: list[str]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for each in remarks:
        if each["outcome"] == Outcome.REFUSED:
            place = header.index(each["column"]) if each["column"] in header else None
            found.setdefault(place, []).append(sentence(each["code"], each["values"]))
    return found


@transaction.atomic
def take_mended(*, actor: Actor, upload_id: int, path: Path, name: str) -> tuple[int, bool]:
    """Take over the cells of a workbook that :func:`faults_sheet` made.

    Return how many rows changed, and whether the workbook has more rows than are read at once, as one that an earlier
    version made. Raise ValidationError if it is another file.
    """
    sheet = uploads.get_upload(actor, upload_id)
    if path.stat().st_size > LARGEST:
        raise ValidationError(
            {"file": _("This is not the sheet with comments of this file: it is larger than that.")}
        )
    try:
        outline = look(path, label=name)
        lines = list(islice(read_rows(path, outline.layout(), label=name), 2 + most_rows(sheet)))
    except Unreadable as error:
        raise ValidationError({"file": str(error)}) from error
    if not lines or [cell.strip() for cell in lines[0].cells[1:]] != sheet.header:
        raise ValidationError(
            {"file": _("This is not the sheet with comments of this file: its columns are others.")}
        )
    width = len(sheet.header)
    changed: dict[int, dict[int, str]] = {}
    rows = {str(row.number): row for row in faulty(sheet)}
    for line in lines[1 : 1 + most_rows(sheet)]:
        row = rows.get(line.cells[0].strip())
        if row is None:
            continue
        cells, now = [*line.cells[1:], *[""] * width][:width], row.current(width)
        different = [place for place in range(width) if cells[place].strip() != now[place].strip()]
        if different:
            changed[row.number] = {place: cells[place] for place in different}
    if not changed:
        raise ValidationError({"file": _("Nothing in it differs from the rows here.")})
    uploads.mend(actor=actor, upload_id=sheet.pk, cells=changed)
    uploads.check_again(actor=actor, upload_id=sheet.pk)
    return len(changed), len(lines) > 1 + most_rows(sheet)


# --- templates ------------------------------------------------------------------------------------------------------


def template_of(target: Target, columns: Iterable[tuple[str, str, bool]]) -> bytes:
    """Return an empty workbook for one kind of rows; ``columns`` are field, label and whether every row needs it.

    Cells with choices offer them. A comment at each header says what the column takes.
    """
    with TemporaryDirectory(prefix="anqi-sheet-") as folder:
        path = Path(folder) / "template.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet(sheet_name(capfirst(kind_word(target.code))))
            lists = book.add_worksheet("choices")
            page.set_comments_author("Anqi")
            needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DCE7F5"})
            head = book.add_format({"bottom": 1, "bg_color": "#F0F3F7"})
            text = book.add_format({"num_format": "@"})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for place, (name, label, is_needed) in enumerate(columns):
                field = target.fields.get(name)
                is_day = isinstance(field, models.DateField)
                page.write_string(0, place, label, needed if is_needed else head)
                page.set_column(
                    place, place, min(max(width_of(label) + 6, 14), WIDEST), day if is_day else text
                )
                page.write_comment(0, place, _hint(field, is_needed)[:LONGEST_COMMENT])
                words = _choices(field)
                if words:
                    for line, word in enumerate(words):
                        lists.write_string(line, place, word)
                    cells = f"=choices!${_letter(place)}$1:${_letter(place)}${len(words)}"
                    page.data_validation(
                        1, place, ROWS_WITH_CHOICES, place, {"validate": "list", "source": cells}
                    )
            page.freeze_panes(1, 0)
            lists.very_hidden()
        return path.read_bytes()


def _choices(field: models.Field | None) -> list[str]:
    if field is None:
        return []
    if isinstance(field, models.BooleanField):
        return [_("yes"), _("no")]
    return [str(label) for value, label in field.flatchoices if value not in ("", None)]


def _hint(field: models.Field | None, is_needed: bool) -> str:
    """Return what a column takes, with an example."""
    words = [_("Needed in every row.") if is_needed else _("May stay empty.")]
    if isinstance(field, models.DateField):
        words.append(_("A day, for example 2026-03-05."))
    elif isinstance(field, models.IntegerField | models.DecimalField):
        words.append(_("A number, for example 120."))
    elif choices := _choices(field):
        words.append(_("One of: %(choices)s.") % {"choices": listed(choices)})
    if field is not None and field.help_text:
        words.append(str(field.help_text))
    return "\n".join(words)


def _letter(position: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(position))
