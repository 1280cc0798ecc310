"""Why a sheet as a whole cannot be read, in a sentence that ends with what to do about it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.spreadsheets.refusal import Refusal

_FAR = gettext_lazy("Is a cell far below or beside the table filled in? If not, save the sheet as CSV.")
_SAVE = gettext_lazy("Open it in Excel or WPS and save it as .xlsx.")
_NO_SHEET = gettext_lazy("Save the table itself as .xlsx or .csv.")
# what the reading process or the first bytes say → what is wrong, and the way out
REASONS = {
    "empty": (gettext_lazy("it is empty."), gettext_lazy("Save it again and check its size.")),
    "no_table": (gettext_lazy("it is a workbook without a sheet of cells."), _NO_SHEET),
    "html": (gettext_lazy("it is a web page (HTML), although it may be named like a spreadsheet."), _SAVE),
    "xml_2003": (gettext_lazy("it is an XML spreadsheet of Excel 2003."), _SAVE),
    "xml": (gettext_lazy("it is an XML file, not a spreadsheet."), _NO_SHEET),
    "password": (
        gettext_lazy("it is protected by a password."),
        gettext_lazy("Open it in Excel or WPS, remove the password and save it again."),
    ),
    "word": (gettext_lazy("it is a text document, not a spreadsheet."), _NO_SHEET),
    "presentation": (gettext_lazy("it is a presentation, not a spreadsheet."), _NO_SHEET),
    "pdf": (gettext_lazy("it is a PDF, not a spreadsheet."), _NO_SHEET),
    "picture": (gettext_lazy("it is a picture, not a spreadsheet."), _NO_SHEET),
    "archive": (gettext_lazy("it is a packed archive, not a spreadsheet."), gettext_lazy("Unpack it first.")),
    "binary": (gettext_lazy("it is not a spreadsheet."), _NO_SHEET),
    "text": (
        gettext_lazy("it is not a spreadsheet but text."),
        gettext_lazy("Name it .csv, or save it as a spreadsheet."),
    ),
    "damaged": (
        gettext_lazy("it is damaged or incomplete."),
        gettext_lazy("Copy it again, or open it in Excel or WPS and save it under another name."),
    ),
    "packed_too_large": (
        gettext_lazy("unpacked it is larger than 400 MB a sheet or 600 MB in all."),
        gettext_lazy("Save the table as CSV, or in several files."),
    ),
    "bomb": (gettext_lazy("it expands to far more than a sheet of its size holds."), _SAVE),
    "expansion": (gettext_lazy("it expands to more than 200 times its size."), ""),
    "doctype": (gettext_lazy("it contains declarations (DOCTYPE) that no spreadsheet needs."), _SAVE),
    "far_cell": (
        gettext_lazy("cell %(cell)s, far from the table, is filled in."),
        gettext_lazy("Delete the columns and rows beside and below the table, or save the sheet as CSV."),
    ),
    "time": (gettext_lazy("it takes too long to read."), _FAR),
    "memory": (gettext_lazy("it takes too much memory to read."), _FAR),
    "too_long": (gettext_lazy("row %(row)s has more than four million characters."), ""),
    "many_lines": (
        gettext_lazy("a cell in row %(row)s has more than %(most)s lines."),
        gettext_lazy("Is a closing quotation mark missing?"),
    ),
    "big5": (
        gettext_lazy("its characters are encoded in Big5 (traditional Chinese)."),
        gettext_lazy("Save it as “CSV UTF-8”."),
    ),
    "mixed_encodings": (
        gettext_lazy("line %(line)s is encoded in UTF-8, line %(other)s in GB18030."),
        gettext_lazy("Put the parts together in a spreadsheet and save it as .xlsx or “CSV UTF-8”."),
    ),
    "no_encoding": (
        gettext_lazy("line %(line)s is encoded neither in UTF-8 nor in GB18030."),
        gettext_lazy("Open it in a spreadsheet and save it as .xlsx or “CSV UTF-8”."),
    ),
    "cut_off": (gettext_lazy("it ends in the middle of a character."), gettext_lazy("Copy it again.")),
    "broken_utf_16": (gettext_lazy("it is not encoded in UTF-16 to its end."), _SAVE),
}


class Unreadable(Exception):
    """The sheet as a whole cannot be read. The message is for the person and names file and row."""


class WrongEncoding(Unreadable):
    """The bytes are not text in the layout's encoding."""


class StrayText(Unreadable):
    """Text after a closing quotation mark, an error only with strict quotes."""


def reason(code: str, values: dict[str, Any]) -> str:
    """Return what is wrong and the way out."""
    wrong, way_out = (str(each) for each in REASONS[code])
    space = "" if wrong.endswith("。") or not way_out else " "
    return wrong % values + space + way_out


def unreadable(label: str, why: str, kind: type[Unreadable] = Unreadable) -> Unreadable:
    """Return the error for the file named ``label``."""
    return kind(_("%(file)s cannot be read: %(why)s") % {"file": label, "why": why})


def refused(label: str, error: Refusal) -> Unreadable:
    """Return the error for the person."""
    return unreadable(label, reason(error.code, error.values))
