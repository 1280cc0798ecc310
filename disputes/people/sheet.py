"""The parties of a group from a sheet: which column is what, and the rows as they are carried from preview to keeping.

Nothing of a file is passed over in silence: what is no row, and what no column is read for, is said beside the preview.

Between the two requests the rows are in the page, sealed for the dispute and the person: nothing of them is stored before all
are right, and nobody else can read or forge them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from disputes.choices import PartyKind
from disputes.people.parties import MOST
from foundation.identifiers import folded
from foundation.normalising import nfkc
from foundation.sealing import UnreadableSecret, seal, unseal
from foundation.spreadsheets import non_values
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import read_rows
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import FILES, bare_cells

LARGEST_BYTES = 2_000_000
LABELS = {
    "name": pgettext_lazy("of a person", "Name"),
    "identity": gettext_lazy("Identity number"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "guardian": gettext_lazy("Guardian"),
    "guardian_identity": gettext_lazy("Identity number of the guardian"),
    "guardian_phone": gettext_lazy("Telephone of the guardian"),
    "representative": gettext_lazy("Represented by"),
    "representative_phone": gettext_lazy("Telephone of the representative"),
}
SYNONYMS = {
    "name": ("姓名", "名字", "当事人", "当事人姓名", "员工姓名", "工人姓名", "full name"),
    "identity": (
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "证件号码",
        "证件号",
        "id number",
        "id no",
    ),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "phone", "mobile"),
    "address": ("住址", "地址", "家庭住址", "现住址", "户籍地址"),
    "guardian": ("监护人", "监护人姓名"),
    "guardian_identity": ("监护人身份证号", "监护人身份证", "监护人身份证号码"),
    "guardian_phone": ("监护人电话", "监护人联系电话"),
    "representative": ("代理人", "委托代理人", "代理人姓名"),
    "representative_phone": ("代理人电话", "代理人联系电话"),
}

OWN = {
    "credit_code": gettext_lazy("Unified social credit code"),
    "off": gettext_lazy("Taken off"),
}
MOST_LINES = 2_000
_NOTE = re.compile(r"[^:]{1,12}:|注意|说明|备注|填表|制表")
PASSED_OVER = frozenset(map(folded, ("序号", "编号", "项次", "No", "No.", "Party no.", "当事人编号", "#")))
SIGNS = 30  # characters; names of persons are shorter
HEADER, TOTALS, NOTE, ALONE, THERE, OFF = "header", "totals", "note", "alone", "there", "off"
WHY = {
    HEADER: gettext_lazy("the header again"),
    TOTALS: gettext_lazy("totals"),
    NOTE: gettext_lazy("a heading or a note"),
    ALONE: gettext_lazy("no name"),
    THERE: gettext_lazy("a party already, on this side"),
    OFF: gettext_lazy("taken off"),
}

Rows = list[tuple[int, dict[str, str]]]  # number as in the spreadsheet, cells by field
Columns = dict[int, str]  # the field of each column that is read


@dataclass
class Read:
    """What a file says: its rows, the lines that are none (number, a key of WHY, their text), and what was not read."""

    rows: Rows = made(default_factory=list)
    left_out: list[tuple[int, str, str]] = made(default_factory=list)
    columns: list[str] = made(default_factory=list)  # names of those with content that nothing is read from
    sheets: list[str] = made(default_factory=list)  # names of the others


def read_people(upload: UploadedFile) -> Read:
    """Return the rows of a workbook or CSV file with a column of names. Raise ValidationError for what cannot be read."""
    name = str(upload.name or "")
    if (upload.size or 0) > LARGEST_BYTES:
        raise ValidationError({"file": _("The file is too large for a list of parties.")})
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(name).suffix.lower()[:6]}"
        upload.seek(0)
        path.write_bytes(upload.read())
        try:
            found = _read(path, _("The file"))
        except Unreadable as error:
            raise ValidationError({"file": str(error)}) from error
    if not found.rows:
        raise ValidationError({"file": _("No sheet of the file has a column with names and rows below it.")})
    if len(found.rows) > MOST:
        words = _("The file has %(number)d rows; a dispute has at most %(most)d parties.")
        raise ValidationError({"file": words % {"number": len(found.rows), "most": MOST}})
    return found


def _read(path: Path, label: str) -> Read:
    outline, known = look(path, label=label), _known()
    shown = [each.name for each in outline.sheets if not each.hidden] or [""]
    for sheet in shown:
        lines = [
            (line.number, bare_cells(line.cells) if outline.kind == "csv" else line.cells)
            for line in islice(read_rows(path, outline.layout(sheet), label=label), MOST_LINES + 1)
        ]
        found = _table(lines, known)
        if found.rows and len(lines) > MOST_LINES:
            raise ValidationError({"file": _("The file is too large for a list of parties.")})
        if found.rows:
            found.sheets = [each.name for each in outline.sheets if each.name != sheet and each.rows]
            return found
    return Read()


def _table(lines: list[tuple[int, list[str]]], known: Mapping[str, str]) -> Read:
    """Return the persons below the first line that names a column of names."""
    found, columns, names, filled, head = Read(), Columns(), dict[int, str](), set[int](), 0
    for place, (number, cells) in enumerate(lines):
        if not columns:
            below = lines[place + 1][1] if place + 1 < len(lines) else []
            columns, names, depth = _header(cells, below, known)
            head = place + depth
        elif place < head:
            continue
        elif here := [each.strip() for each in cells if each.strip()]:
            row = _cells_of(cells, columns)
            if why := _no_row(here, row, [*names.values()], known):
                found.left_out.append((number, why, here[0]))
                continue
            filled |= {n for n, cell in enumerate(cells) if cell.strip()}
            if why := _no_person(row):
                found.left_out.append((number, why, here[0]))
                continue
            found.rows.append((number, row))
    found.columns = [
        name for n, name in names.items() if n in filled - columns.keys() and folded(name) not in PASSED_OVER
    ]
    return found


def _header(
    cells: list[str], below: list[str], known: Mapping[str, str]
) -> tuple[Columns, dict[int, str], int]:
    """Return the fields and the names of the columns and how many lines they take; empty for a line that names no names.

    A header of two lines names a group above and its parts below. Raise ValidationError for two columns of names.
    """
    names = {n: cell.strip() for n, cell in enumerate(cells) if cell.strip()}
    columns = {n: known[folded(name)] for n, name in names.items() if folded(name) in known}
    parts = {n: known[folded(cell)] for n, cell in enumerate(below) if folded(cell) in known}
    is_above = (
        "name" in parts.values() and len(parts) > 1
    )  # the next line is the header, or the lower one of its two
    if is_above or "name" not in columns.values():
        return {}, {}, 0
    where, depth = next(n for n, name in columns.items() if name == "name"), 1
    if where >= len(below) or folded(below[where]) in ("", folded(names[where])):
        for n, cell in enumerate(below):
            both = folded(f"{names.get(n, '')}{cell}")
            if cell.strip() and both in known and folded(cell) != folded(names.get(n, "")):
                columns[n], depth = known[both], 2
    if [*columns.values()].count("name") > 1:
        raise ValidationError(
            {"file": _("Several columns are headed as names. Put all persons into one, one below the other.")}
        )
    return columns, names, depth


def _no_row(here: list[str], row: Mapping[str, str], names: list[str], known: Mapping[str, str]) -> str:
    """Return why a line, its filled cells and what is read of them, is no row of the table, as a key of WHY; "" for one that is."""
    distinct = dict.fromkeys(here)
    words = {*map(folded, names), *known}
    if len(distinct) > 1 and all(folded(each) in words for each in distinct):
        return HEADER
    if any(non_values.is_totals(each, also_english=place == 0) for place, each in enumerate(here[:2])):
        return TOTALS
    if len(distinct) == 1 and (len(here) > 2 or _is_note(here[0])):
        return NOTE
    is_note = not row.get("credit_code") and _is_note(row.get("name") or here[0])
    return NOTE if is_note and len(distinct) < 4 else ""


def _is_note(text: str) -> bool:
    return len(text) > SIGNS or bool(_NOTE.match(nfkc(text)))


def _no_person(row: Mapping[str, str]) -> str:
    """Return why a row is not to be entered, as a key of WHY; "" for one that is."""
    if row.get("off"):
        return OFF
    return "" if any(row.values()) else ALONE


def _cells_of(cells: list[str], columns: Columns) -> dict[str, str]:
    """Return the cells of a row by field; of several columns for one field, what they say, each once."""
    found: dict[str, str] = {}
    for n, name in columns.items():
        text = cells[n].replace("\0", "").strip() if n < len(cells) else ""
        was = found.get(name, "")
        found[name] = was if not text or text in was.split("/") else f"{was}/{text}" if was else text
    return found


def _known() -> dict[str, str]:
    """Return the field of each name of a column, in both languages."""
    found = {folded(each): name for name, words in SYNONYMS.items() for each in words}
    for language in ("en", "zh-hans"):
        with override(language):
            # the last: of a file with the parties that was taken away from here
            found |= {folded(str(label)): name for name, label in (LABELS | OWN).items()}
            found[folded(_("Party"))] = "name"
    return found


def template() -> bytes:
    """Return an empty workbook with the columns that are read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "parties.xlsx"
        with FILES["xlsx"](path, _("Parties"), [str(label) for label in LABELS.values()]) as file:
            file.add([])
        return path.read_bytes()


def carried(rows: Rows, *, dispute_id: int, user_id: int) -> str:
    """Return rows as the page carries them to the next request."""
    return seal(json.dumps(rows, ensure_ascii=False), purpose=_purpose(dispute_id, user_id))


def carried_back(text: str, *, dispute_id: int, user_id: int) -> Rows:
    """Return the rows that a page carried. Raise ValidationError for what is not of this dispute and person."""
    try:
        rows = json.loads(unseal(text, purpose=_purpose(dispute_id, user_id)))
    except UnreadableSecret as error:
        raise ValidationError(_("The list can no longer be read. Choose the file again.")) from error
    return [(int(number), dict(cells)) for number, cells in rows]


def mended(rows: Rows, typed: Mapping[str, str]) -> Rows:
    """Return rows with what was typed for a cell (``row-7-identity``), without those to leave out (``row-7-out``)."""
    found: Rows = []
    for number, cells in rows:
        if typed.get(f"row-{number}-out"):
            continue
        said = {
            name: typed[f"row-{number}-{name}"].strip()
            for name in (*LABELS, "credit_code")
            if f"row-{number}-{name}" in typed
        }
        found.append((number, cells | said))
    return found


def entries_of(rows: Rows, *, side: str, role: str) -> Sequence[dict[str, str]]:
    """Return the rows as entries on one side: of persons, and of organisations where a row has a credit code."""
    return [
        {
            **{name: cell for name, cell in cells.items() if name != "off"},
            "side": side,
            "role": role,
            "kind": PartyKind.ORGANISATION if cells.get("credit_code") else PartyKind.PERSON,
        }
        for _number, cells in rows
    ]


def _purpose(dispute_id: int, user_id: int) -> str:
    return f"disputes.people.sheet.{dispute_id}.{user_id}"
